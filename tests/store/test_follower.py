"""The books hold what the journal holds, once, whatever happens in between."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import NullPool, create_engine

from grader.line.journaling import feed_by_the_books
from grader.line.records import NOBODYS, Feed
from grader.store import Journal, Outcome, RefusedError, VersionError, reading, set_aside
from grader.store.books import BOOKS, Books, Follower
from grader.store.books import follower as follower_module
from grader.store.books.asking import rows
from grader.store.books.followed import Followed
from grader.store.books.records import FeedBegan, GrowerEntered, LotEntered, TrayChanged
from grader.store.books.trays import history_of, tray_of, trays_at_the_line
from grader.store.schema import JOURNAL
from grader.store.tail import finished_after, last_fruit

from .small_line import SmallLine

FOLLOW_FOR_EVER = """
import sys, time
from pathlib import Path
from grader.store.books import Books, Follower
with Books(Path(sys.argv[1])) as books:
    follower = Follower(books, Path(sys.argv[2]), time.time_ns)
    print("ready", flush=True)
    while True:
        follower.follow()
"""


@pytest.fixture
def line(tmp_path: Path) -> Iterator[SmallLine]:
    line = SmallLine(tmp_path / "journal.db").start()
    yield line
    line.close()


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    with Books(tmp_path / "station.db") as books:
        yield books


def follow(books: Books, line: SmallLine) -> int:
    return Follower(books, line.path, lambda: 99).follow()


def in_the_journal(line: SmallLine) -> list[tuple[object, ...]]:
    with reading(line.path) as journal:
        found = finished_after(journal, 0, 10**6)
    return [(row["run"], row["fruit"], row["tray"], row["outcome"], row["weight_g"]) for row in found]


def in_the_books(path: Path) -> list[tuple[object, ...]]:
    statement = (
        "SELECT run.number AS run, fruit.number, tray.number AS tray, outcome, weight_g FROM fruit "
        "JOIN run USING (run) LEFT JOIN tray USING (tray) ORDER BY fruit"
    )
    with reading(path, BOOKS) as connection:
        return [tuple(row.values()) for row in rows(connection, statement)]


def test_every_fruit_that_left_the_belt_comes_into_the_books_once(books: Books, line: SmallLine) -> None:
    line.send("super", 5)
    line.send("I", 3, Outcome.RECHECK)
    line.send("II", 2, Outcome.UNCONFIRMED)
    assert follow(books, line) == 10
    assert follow(books, line) == 0
    line.send("super")
    assert follow(books, line) == 1
    assert in_the_books(books.path) == in_the_journal(line)


def test_a_fruit_on_the_belt_is_not_in_the_books_yet(books: Books, line: SmallLine) -> None:
    late = line.decide("super")
    line.send("super", 2)
    assert follow(books, line) == 2
    line.deliver(late, "super")
    assert follow(books, line) == 1
    assert in_the_books(books.path) == in_the_journal(line)


def test_a_follower_that_goes_on_and_one_that_begins_again_see_the_same(
    books: Books, line: SmallLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower_module, "STEP", 7)
    staying = Follower(books, line.path, lambda: 99)
    chance = random.Random(1)  # noqa: S311
    for _ in range(12):
        outlet = chance.choice(["super", "I", "II"])
        line.send(outlet, chance.randrange(9))
        if chance.random() < 0.4:
            line.swap(outlet)
        if chance.random() < 0.3:
            staying = Follower(books, line.path, lambda: 99)
        staying.follow()
    follow(books, line)
    assert in_the_books(books.path) == in_the_journal(line)
    with reading(books.path, BOOKS) as connection:
        for tray in range(1, 5):
            steps = [step["what"] for step in history_of(connection, tray)]
            assert steps in ([], ["closed", "taken_away"])


def test_a_tray_is_closed_behind_its_last_fruit_however_far_behind_the_books_are(
    books: Books, line: SmallLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower_module, "STEP", 7)
    line.send("super", 20)
    line.swap("super")
    line.send("super", 20)
    line.swap("super")
    follow(books, line)
    with reading(books.path, BOOKS) as connection:
        for tray in (1, 5):
            assert [step["what"] for step in history_of(connection, tray)] == ["closed", "taken_away"]


def test_a_step_from_another_place_than_the_books_stand_at_is_refused(books: Books, line: SmallLine) -> None:
    line.send("super", 3)
    follow(books, line)
    with reading(line.path) as journal:
        again = finished_after(journal, 0, 3)
    before = in_the_books(books.path)
    with pytest.raises(RefusedError, match="not followed up to"):
        books.submit(Followed(source=1, after=0, fruit=again, utc_ns=1)).result()
    assert in_the_books(books.path) == before


def test_trays_are_opened_doubted_counted_and_closed_as_the_line_says(books: Books, line: SmallLine) -> None:
    follower = Follower(books, line.path, lambda: 99)
    line.send("super", 4)
    follower.follow()
    line.doubt(1, "crash")
    follower.follow()
    line.count(1, 5)
    follower.follow()
    line.swap("super")
    follower.follow()
    with reading(books.path, BOOKS) as connection:
        assert [(step["what"], step["why"], step["counted"]) for step in history_of(connection, 1)] == [
            ("doubted", "crash", None),
            ("recounted", "counted at the line", 5),
            ("closed", "taken away at the line", None),
            ("taken_away", "another tray stands there", None),
        ]
        assert [tray.tray for tray in trays_at_the_line(connection)] == [2, 3, 4, 5]
        tray = tray_of(connection, 1)
    assert tray is not None
    assert (tray.state, tray.taken_away, tray.needs_recount, tray.counted) == ("closed", True, False, 5)


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("count", "taken away at the line: full, by its count"),
        ("weight", "taken away at the line: full, by estimated weight"),
        ("sensor", "taken away at the line: full, by the sensor"),
        ("outlet_missing_pulses", "taken away at the line: outlet_missing_pulses"),
    ],
)
def test_a_tray_says_why_the_line_took_it_away(books: Books, line: SmallLine, why: str, words: str) -> None:
    tray = line.standing["super"]
    line.swap("super", why)
    follow(books, line)
    with reading(books.path, BOOKS) as asked:
        assert [step["why"] for step in history_of(asked, tray) if step["what"] == "closed"] == [words]


def test_a_journal_of_the_last_version_is_upgraded_and_its_trays_keep_silent(tmp_path: Path, books: Books) -> None:
    path = tmp_path / "old.db"
    scripts = Config()
    scripts.set_main_option("script_location", JOURNAL.scripts)
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(path, isolation_level=None), poolclass=NullPool)
    with engine.connect() as connection:
        scripts.attributes["connection"] = connection
        connection.exec_driver_sql("BEGIN")
        command.upgrade(scripts, "0001")
        connection.exec_driver_sql("COMMIT")
    with pytest.raises(VersionError, match="start the station once"), reading(path):
        pass
    line = SmallLine(path).start()
    tray = line.swap("super")
    line.swap("super")
    assert follow(books, line) == 0
    line.close()
    with reading(books.path, BOOKS) as asked:
        assert [step["why"] for step in history_of(asked, tray) if step["what"] == "closed"] == [
            "taken away at the line"
        ]


def test_a_doubt_that_a_person_settled_in_the_books_does_not_come_back(books: Books, line: SmallLine) -> None:
    line.send("super", 2)
    line.doubt(1)
    follow(books, line)
    books.submit(changed("recounted", "open", 2)).result()
    follow(books, line)
    with reading(books.path, BOOKS) as connection:
        tray = tray_of(connection, 1)
    assert tray is not None
    assert not tray.needs_recount


def changed(what: str, becomes: str, counted: int | None = None) -> TrayChanged:
    """A person did it to tray 1."""
    return TrayChanged(
        tray=1, what=what, was="open", becomes=becomes, who="Li", why="why", utc_ns=1, counted=counted, detail={}
    )


def test_fruit_that_fall_into_a_tray_that_people_closed_put_its_count_in_doubt(books: Books, line: SmallLine) -> None:
    line.send("super", 2)
    follow(books, line)
    books.submit(changed("closed", "closed")).result()
    line.send("super")
    follow(books, line)
    with reading(books.path, BOOKS) as connection:
        tray, steps = tray_of(connection, 1), history_of(connection, 1)
    assert tray is not None
    assert tray.needs_recount
    assert (steps[-1]["who"], steps[-1]["why"]) == ("books", "fruit fell in after it was closed")


def test_fruit_are_of_the_lot_that_was_fed_before_them(books: Books, line: SmallLine) -> None:
    line.send("super", 2)
    follow(books, line)
    books.submit(GrowerEntered(code="G", name="Wang", contact=None, who="Li", utc_ns=1)).result()
    for lot in ("A", "B"):
        books.submit(LotEntered(code=lot, grower="G")).result()
    feed(books, line, "A")
    line.send("super", 3)
    feed(books, line, "B")
    feed(books, line, "A", pass_number=2)
    feed(books, line, "B", pass_number=3)
    line.send("super", 4)
    follow(books, line)
    with reading(books.path, BOOKS) as connection:
        found = rows(
            connection,
            "SELECT code, pass_number, count(*) AS fruit FROM fruit LEFT JOIN lot USING (lot) "
            "GROUP BY fruit.lot, pass_number ORDER BY min(fruit)",
        )
    assert [tuple(row.values()) for row in found] == [(None, 1, 2), ("A", 1, 3), ("B", 3, 4)]


def test_where_line_and_books_disagree_nobody_knows_whose_a_fruit_is(books: Books, line: SmallLine) -> None:
    follow(books, line)
    books.submit(GrowerEntered(code="G", name="Wang", contact=None, who="Li", utc_ns=1)).result()
    for lot in ("A", "B"):
        books.submit(LotEntered(code=lot, grower="G")).result()
    feed(books, line, "A")
    line.send("super", 2, lot="A")
    line.send("I", 3, lot="B")
    line.send("II", 4)  # nobody told the line
    follow(books, line)
    with reading(books.path, BOOKS) as connection:
        found = rows(connection, "SELECT outlet, code FROM fruit LEFT JOIN lot USING (lot) GROUP BY outlet, code")
    assert {row["outlet"]: row["code"] for row in found} == {"super": "A", "I": None, "II": "A"}


def test_a_line_that_starts_is_fed_what_its_books_say(books: Books, line: SmallLine, tmp_path: Path) -> None:
    assert feed_by_the_books(books.path, line.path) == NOBODYS
    follow(books, line)
    books.submit(GrowerEntered(code="G", name="Wang", contact=None, who="Li", utc_ns=1)).result()
    books.submit(LotEntered(code="A", grower="G")).result()
    feed(books, line, "A", pass_number=2)
    assert feed_by_the_books(books.path, line.path) == Feed("A", 2, mixed=False)
    other = SmallLine(tmp_path / "other.db").start()
    other.close()
    assert feed_by_the_books(books.path, other.path) == NOBODYS
    assert feed_by_the_books(tmp_path / "none.db", line.path) == NOBODYS
    (tmp_path / "broken.db").write_bytes(b"no database" * 1000)
    assert feed_by_the_books(tmp_path / "broken.db", line.path) == NOBODYS


def feed(books: Books, line: SmallLine, lot: str, pass_number: int = 1) -> None:
    with reading(line.path) as journal:
        after = last_fruit(journal)
    books.submit(
        FeedBegan(source=1, after_fruit=after, lot=lot, pass_number=pass_number, mixed=False, who="Li", utc_ns=1)
    ).result()


def test_a_lot_cannot_be_fed_to_fruit_that_are_in_the_books(books: Books, line: SmallLine) -> None:
    line.send("super", 2)
    follow(books, line)
    books.submit(GrowerEntered(code="G", name="Wang", contact=None, who="Li", utc_ns=1)).result()
    books.submit(LotEntered(code="A", grower="G")).result()
    late = FeedBegan(source=1, after_fruit=1, lot="A", pass_number=1, mixed=False, who="Li", utc_ns=1)
    with pytest.raises(RefusedError, match="in the books already"):
        books.submit(late).result()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kill_9_of_the_follower_loses_and_doubles_nothing(tmp_path: Path, line: SmallLine, seed: int) -> None:
    path, chance = tmp_path / "station.db", random.Random(seed)  # noqa: S311
    for _ in range(4):
        command = [sys.executable, "-c", FOLLOW_FOR_EVER, str(path), str(line.path)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        until = time.monotonic() + chance.uniform(0.05, 0.4)
        while time.monotonic() < until:
            line.send(chance.choice(["super", "I", "II"]), chance.randrange(1, 9))
            if chance.random() < 0.3:
                line.swap("super")
        process.send_signal(signal.SIGKILL)
        process.communicate()
    with Books(path) as books:
        follow(books, line)
        assert in_the_books(path) == in_the_journal(line)
        assert len(in_the_books(path)) > 20
        with reading(path, BOOKS) as connection:
            closed = rows(
                connection, "SELECT tray, count(*) AS n FROM tray_history WHERE what = 'closed' GROUP BY tray"
            )
    assert {row["n"] for row in closed} <= {1}


def test_a_journal_that_was_set_aside_is_followed_by_the_next_one(books: Books, tmp_path: Path) -> None:
    for lap in (1, 2):
        line = SmallLine(tmp_path / "journal.db").start()
        line.send("super", 3, weight_g=20.0 + lap)
        line.end()
        assert follow(books, line) == 3
        line.close()
        set_aside(line.path, f"aside-{lap}.db")
    with reading(books.path, BOOKS) as connection:
        assert rows(connection, "SELECT count(DISTINCT tray) AS trays FROM fruit") == [{"trays": 2}]
    assert [row[-1] for row in in_the_books(books.path)] == [21.0] * 3 + [22.0] * 3


def test_an_older_copy_of_the_journal_is_refused(books: Books, tmp_path: Path) -> None:
    line = SmallLine(tmp_path / "journal.db").start()
    line.send("super", 2)
    line.end()
    line.close()
    older = line.path.read_bytes()
    more = SmallLine(line.path)
    more.standing = line.standing
    more.start()
    more.send("super", 2)
    more.close()
    follow(books, line)
    line.path.write_bytes(older)
    with pytest.raises(VersionError, match="older copy"):
        follow(books, line)


def test_where_nothing_was_ever_run_there_is_nothing_to_follow(books: Books, tmp_path: Path) -> None:
    follower = Follower(books, tmp_path / "journal.db", lambda: 99)
    assert follower.follow() == 0
    Journal(tmp_path / "journal.db").close()
    assert follower.follow() == 0
    line = SmallLine(tmp_path / "journal.db").start()
    line.send("super")
    assert follower.follow() == 1
    line.close()
