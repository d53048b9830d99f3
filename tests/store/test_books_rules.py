"""What the books refuse, whoever writes them: nothing goes, nothing changes, nothing that is held gets a label."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.store import DamagedError, Journal, LockedError, NotOursError, RefusedError, VersionError, reading
from grader.store.books import BOOKS, BookRecord, Books, Follower
from grader.store.books.asking import rows
from grader.store.books.followed import SOURCE_BITS
from grader.store.books.lots import lot_of
from grader.store.books.records import (
    ActLogged,
    BatchBegan,
    Certified,
    CheckpointSigned,
    Contested,
    EventWritten,
    FeedBegan,
    GrowerEntered,
    GrowerNamed,
    HandGraded,
    HoldPlaced,
    HoldReleased,
    LotEntered,
    LotFacts,
    LotFinished,
    OperatorEntered,
    Person,
    PrintStep,
    ResidueReported,
    SampleRetained,
    ShiftBegan,
    TrayChanged,
    TrayWeighed,
    Treated,
)
from grader.store.books.trays import composition, tray_of
from grader.store.upstream.records import Audited, KeyMade, KeyRevoked

from .small_line import SmallLine

GROWER = GrowerEntered(code="G1", name="王芳", contact=None, who="Li", utc_ns=1)
FACTS = LotFacts(
    lot="A", variety="Hongyan", plot="7", harvested_utc_ns=10, harvest_c=18.0, precooled_utc_ns=20, precooled_c=5.0,
    received_utc_ns=30, received_g=500_000, accountable="Zhao", retained_sample="S-1", who="Li", why="received",
    utc_ns=40,
)  # fmt: skip
SHIFT = ShiftBegan(packed_on="2026-11-25", number=2, began_utc_ns=5, accountable="Zhao", operators=("Li", "Sun"))
BATCH = BatchBegan(code="GV1-261125-2S-001", shift=1, outlet="super", composition=1, lots=("B",))
CLOSED = TrayChanged(
    tray=5, what="closed", was="open", becomes="closed", who="Li", why="full", utc_ns=1, detail={"count": 3}
)
LABELLED = replace(
    CLOSED, what="labelled", was="closed", becomes="labelled", batch=BATCH.code, serial="5-ABCDEFGH",
    best_before="2026-11-30",
)  # fmt: skip
PRINT = PrintStep(tray=5, nth=0, what="begun", printer="p", job_sha256="0", who="Li", why="packed", utc_ns=1)
HOLD = HoldPlaced(lot="B", kind="hold", code="by_hand", reason="smells", who="anybody", utc_ns=1)
MANAGER = OperatorEntered(name="Zhao", role="manager", who="Zhao", utc_ns=1)
RELEASE = HoldReleased(hold=1, reason="looked at it", who="Zhao", utc_ns=2)
EVERY_KIND: tuple[BookRecord, ...] = (
    GROWER, LotEntered(code="A", grower="G1"), LotEntered(code="B", grower="G1"), FACTS, SHIFT, MANAGER,
    Treated(
        grower="G1", plot="7", kind="pesticide", product="P", amount="1 l", applied_utc_ns=1, safety_days=3.0, who="Li",
        utc_ns=1,
    ),
    ResidueReported(grower="G1", laboratory="L", number="1", sampled_utc_ns=1, passed=True, who="Li", utc_ns=1),
)  # fmt: skip


FED = FeedBegan(source=1, after_fruit=1, lot="A", pass_number=1, mixed=False, who="Li", utc_ns=1)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lot A in trays 1 (three Super, taken away) and 2 (two of class I), lot B in 5 (two Super), one of nobody in 3."""
    folder = tmp_path_factory.mktemp("written")
    line = SmallLine(folder / "journal.db").start()
    with Books(folder / "station.db") as books:
        follower = Follower(books, line.path, lambda: 99)
        line.send("II")
        follower.follow()
        books.submit(*EVERY_KIND, FED).result()
        line.send("super", 3)
        line.send("I", 2)
        follower.follow()
        books.submit(replace(FED, after_fruit=6, lot="B")).result()
        line.swap("super")
        line.send("super", 2)
        follower.follow()
        books.submit(BATCH).result()
    line.close()
    return folder


@pytest.fixture
def path(tmp_path: Path, written: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "copy")) / "station.db"


@pytest.fixture
def books(path: Path) -> Iterator[Books]:
    with Books(path) as books:
        yield books


MOVING = {
    "endpoint", "outbox", "line_heard", "operator_pin", "session", "sum_minute", "sum_quarter", "sum_day",
    "size_quarter", "size_day",
}  # fmt: skip
"""They say how something stands now, or add up what is kept for good."""


def refused(books: Books, *records: BookRecord) -> str:
    before = everything(books.path)
    with pytest.raises(RefusedError) as error:
        books.submit(*records).result()
    assert everything(books.path) == before
    return str(error.value)


def everything(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def test_nothing_on_record_can_be_changed_or_removed_at_any_age(books: Books, path: Path) -> None:
    books.submit(HOLD, RELEASE, CLOSED, LABELLED).result()
    sample = SampleRetained(sample="S", batch=BATCH.code, place="fridge", accountable="Zhao", who="Li", utc_ns=1)
    books.submit(sample, HandGraded(lot="A", outlet="II", weight_g=5, who="Li", why="crate", utc_ns=1)).result()
    books.submit(EventWritten(kind="packed", canonical=b"{}", utc_ns=1, lots=("A",), trays=(1,))).result()
    books.submit(
        ActLogged(source="feed", entry=1, canonical=b"{}", salt=bytes(16), utc_ns=1),
        CheckpointSigned(origin="o", size=1, root=bytes(32), lines=(("o", "line"),), utc_ns=1),
        Certified(lot="B", weight_g=5, scale="S-7", basis=("control",), who="Li", utc_ns=1),
        replace(PRINT, tray=5), GrowerNamed(grower="G1", shown=True, who="Li", utc_ns=1),
        LotFinished(lot="B", who="Li", why="done", utc_ns=1),
        TrayWeighed(tray=1, net_g=60, fruit=3, scale="S-7", who="Li", utc_ns=1),
        Contested(fruit=1 << SOURCE_BITS | 1, who="Li", why="no", utc_ns=1),
    ).result()  # fmt: skip
    key = KeyMade(code="k", name="erp", scope="read", sha256=b"h" * 32, who="Li", utc_ns=1)
    event = EventWritten(kind="audit", canonical=b"{}", utc_ns=1)
    audit = Audited(
        event=event, who="Li", origin="local", what="key.create", subject="k", accepted=True, detail={}, utc_ns=1
    )
    books.submit(key, KeyRevoked(code="k", who="Li", utc_ns=1), audit).result()
    connection = sqlite3.connect(path)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    kept = sorted(
        set(tables) - {"alembic_version", "event_person", "act_salt", "sqlite_sequence", "tray_member"} - MOVING
    )
    assert len(kept) > 15
    for table in kept:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() > (0,), table  # noqa: S608
        with pytest.raises(sqlite3.IntegrityError, match="stays as it is"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
        with pytest.raises(sqlite3.IntegrityError, match="stays"):
            connection.execute(f"UPDATE {table} SET {columns[0]} = {columns[0]} - 1")  # noqa: S608
    connection.close()


def test_a_person_can_be_forgotten_and_the_event_stays(books: Books, path: Path) -> None:
    person = Person("trace:operator", "Li", bytes(16))
    books.submit(EventWritten(kind="held", canonical=b"{}", utc_ns=1, lots=("A",), people=(person,))).result()
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM event_person WHERE name = 'Li'")
    connection.close()
    with reading(path, BOOKS) as asked:
        assert rows(asked, "SELECT kind FROM event") == [{"kind": "held"}]


@pytest.mark.parametrize(
    "steps",
    [
        ("labelled",), ("reopened",), ("merged",), ("reprinted",), ("closed", "closed"),
        ("closed", "labelled", "reopened"),
        ("closed", "labelled", "merged"), ("closed", "labelled", "labelled"), ("voided", "reopened"),
        ("voided", "labelled"), ("closed", "reopened", "labelled"), ("voided", "voided"), ("closed", "teleported"),
    ],
)  # fmt: skip
def test_a_tray_takes_no_step_that_there_is_not(books: Books, steps: tuple[str, ...]) -> None:
    becomes = {
        "closed": "closed", "labelled": "labelled", "reopened": "open", "voided": "voided", "merged": "merged",
        "reprinted": "labelled", "teleported": "closed",
    }  # fmt: skip
    was = "open"
    taken: list[BookRecord] = []
    for step in steps:
        names = {"batch": BATCH.code, "serial": f"5-{len(taken)}", "best_before": "2026-11-30"}
        facts = names if step == "labelled" else {"into_tray": 2} if step == "merged" else {}
        taken.append(replace(CLOSED, what=step, was=was, becomes=becomes[step], **facts))
        was = becomes[step]
    refused(books, *taken)


def test_a_state_that_the_tray_is_not_in_is_no_beginning(books: Books) -> None:
    assert "not in a state" in refused(books, replace(CLOSED, what="reopened", was="closed", becomes="open"))
    assert "not in a state" in refused(books, replace(CLOSED, becomes="labelled"))


def test_a_held_lot_gets_no_label_until_a_manager_releases_it(books: Books) -> None:
    books.submit(CLOSED, HOLD).result()
    assert "is held" in refused(books, LABELLED)
    assert "only a manager" in refused(books, replace(RELEASE, who="Li"))
    books.submit(RELEASE).result()
    assert "UNIQUE" in refused(books, RELEASE)
    books.submit(LABELLED).result()


def test_who_is_a_manager_no_longer_releases_nothing(books: Books) -> None:
    books.submit(HOLD, replace(MANAGER, role="left")).result()
    assert "only a manager" in refused(books, RELEASE)
    books.submit(replace(MANAGER, role="manager")).result()
    books.submit(RELEASE).result()


def test_a_recall_stands(books: Books) -> None:
    books.submit(CLOSED, replace(HOLD, kind="recall")).result()
    assert "a recall stands" in refused(books, RELEASE)
    assert "is held" in refused(books, LABELLED)


def test_a_held_tray_gets_no_label_and_no_reprint(books: Books) -> None:
    books.submit(CLOSED, LABELLED, replace(HOLD, lot=None, tray=5)).result()
    reprint = replace(CLOSED, what="reprinted", was="labelled", becomes="labelled")
    assert "is held" in refused(books, reprint)
    books.submit(RELEASE, reprint).result()


@pytest.mark.parametrize(
    ("tray", "why"), [(3, "of nobody"), (4, "not for sale"), (5, "in doubt")], ids=["nobody's", "waste", "in doubt"]
)
def test_no_label_for(books: Books, tray: int, why: str) -> None:
    if tray == 5:
        books.submit(replace(CLOSED, what="doubted", becomes="open")).result()
    books.submit(replace(CLOSED, tray=tray)).result()
    assert why in refused(books, replace(LABELLED, tray=tray))


def test_a_tray_that_is_merged_takes_its_lots_and_its_holds_along(books: Books, path: Path) -> None:
    into = {"what": "merged", "was": "closed", "becomes": "merged", "into_tray": 1}
    into_open = {**into, "into_tray": 2}
    assert "closed tray" in refused(books, CLOSED, replace(CLOSED, **into_open))  # type: ignore[arg-type]
    books.submit(CLOSED, replace(CLOSED, tray=2)).result()
    assert "same grade" in refused(books, replace(CLOSED, tray=2, **into))  # type: ignore[arg-type]
    books.submit(replace(CLOSED, **into)).result()  # type: ignore[arg-type]
    with reading(path, BOOKS) as asked:
        assert [(share.lot, share.fruit) for share in composition(asked, 1)] == [("A", 3), ("B", 2)]
        merged = tray_of(asked, 5)
    assert merged is not None
    assert (merged.state, merged.into_tray) == ("merged", 1)
    books.submit(HOLD).result()
    assert "is held" in refused(books, replace(LABELLED, tray=1))
    with sqlite3.connect(path) as connection, pytest.raises(sqlite3.IntegrityError, match="stays as it is"):
        connection.execute("DELETE FROM tray_member")
    connection.close()


def test_of_several_states_of_a_lots_facts_the_last_counts(books: Books, path: Path) -> None:
    books.submit(replace(FACTS, received_g=480_000, why="typing error")).result()
    with reading(path, BOOKS) as asked:
        lot = lot_of(asked, "A")
        assert lot is not None
        assert lot.received_g == 480_000
        assert rows(asked, "SELECT count(*) AS n FROM lot_facts") == [{"n": 2}]


@pytest.mark.parametrize(
    "record",
    [
        GROWER, LotEntered(code="A", grower="G1"), LotEntered(code="C", grower="nobody"), replace(FACTS, lot="nothing"),
        replace(FACTS, received_g=0), replace(FACTS, harvested_utc_ns=31), replace(FACTS, harvest_c=88.0), SHIFT,
        replace(SHIFT, packed_on="25.11.2026"), replace(SHIFT, number=10), replace(HOLD, lot="nothing"),
        replace(HOLD, tray=1), replace(HOLD, lot=None, tray=77), replace(HOLD, reason=""), replace(RELEASE, hold=9),
        replace(BATCH, code="other"), replace(CLOSED, counted=3), replace(CLOSED, who=""), replace(CLOSED, tray=99),
        replace(LABELLED, was="open", what="closed", becomes="closed"),
        EventWritten(kind="held", canonical=b"{}", utc_ns=1, lots=("nothing",)),
    ],
)  # fmt: skip
def test_is_refused_and_leaves_nothing(books: Books, record: BookRecord) -> None:
    refused(books, record)


def test_the_books_are_no_journal_and_the_journal_no_books(books: Books, path: Path) -> None:
    for wrong in (lambda: Books(path.with_name("journal.db")), lambda: reading(path).__enter__()):
        with pytest.raises(NotOursError):
            wrong()
    books.close()
    with pytest.raises(NotOursError, match="no station's journal"):
        Journal(path)


def test_one_process_writes_and_damage_or_newer_books_are_refused(path: Path) -> None:
    with Books(path), pytest.raises(LockedError):
        Books(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 's9999'")
    connection.close()
    with pytest.raises(VersionError):
        Books(path)
    path.write_bytes(path.read_bytes()[:8192])
    with pytest.raises(DamagedError):
        Books(path)


def test_a_finished_lot_is_not_fed_and_not_finished_twice(books: Books) -> None:
    finished = LotFinished(lot="A", who="Li", why="done", utc_ns=1)
    books.submit(finished).result()
    with pytest.raises(RefusedError):
        books.submit(replace(finished, utc_ns=2)).result()
    with pytest.raises(RefusedError, match="finished"):
        books.submit(replace(FED, after_fruit=6)).result()
