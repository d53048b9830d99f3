"""Sums that are kept agree with counting every fruit, over any time, and stretches are covered once."""

import random
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.store import FruitDelivered, Outcome, reading
from grader.store.books import BOOKS, Books, Follower
from grader.store.books.asking import row, rows
from grader.store.books.records import FeedBegan
from grader.store.connections import connect
from grader.store.upgrade import upgrade
from grader.store.upstream.sums import MINUTES, SIZES, Stretch, counts, covered, sizes, span

from .small_line import SmallLine
from .test_books_rules import EVERY_KIND

NS_PER_MIN = 60 * 10**9
FROM_MIN = 1000
LAST_MIN = FROM_MIN + 3 * 1440

minutes = st.integers(0, 10**8)


@given(begin=minutes, length=st.integers(0, 10**7), levels=st.sampled_from([MINUTES, SIZES]))
def test_a_stretch_is_covered_once_and_by_few_slots_where_it_is_long(
    begin: int, length: int, levels: tuple[tuple[str, int], ...]
) -> None:
    finest = levels[-1][1]
    begin, end = begin * finest, (begin + length) * finest
    width = dict(levels)
    parts = sorted(
        (first * width[table], last * width[table]) for table, first, last in covered(Stretch(begin, end), levels)
    )
    edges = [begin, *(edge for part in parts for edge in part), end] if parts else [begin, end]
    assert edges[0::2] == edges[1::2] if parts else begin == end
    assert len(parts) <= 5


class TimedLine(SmallLine):
    """Whose fruit leave the belt at a time."""

    def fall(self, outlet: str, at_ns: int, outcome: Outcome, weight_g: float | None) -> None:
        number = self._decide(outlet, weight_g=weight_g)
        where, tray = (outlet, self.standing[outlet]) if outcome is Outcome.DELIVERED else ("recheck", None)
        if outcome is Outcome.UNCONFIRMED:
            where = None  # type: ignore[assignment]  # nobody knows
        delivery = FruitDelivered(
            run=self.run, fruit=number, outcome=outcome, outlet=where, tray=tray, encoder_count=None,
            cause=None if outcome is Outcome.DELIVERED else "late", delivered_utc_ns=at_ns,
        )  # fmt: skip
        self.journal.submit(delivery).result()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some hundred fruit of two lots and of nobody, over three days, in any order."""
    folder, chance = tmp_path_factory.mktemp("sums"), random.Random(7)  # noqa: S311 - not for secrets
    line = TimedLine(folder / "journal.db").start()
    with Books(folder / "station.db") as books:
        follower = Follower(books, line.path, lambda: 99)
        follower.follow()
        books.submit(*EVERY_KIND).result()
        for turn in range(6):
            for _ in range(40):
                at_ns = chance.randrange(FROM_MIN * NS_PER_MIN, LAST_MIN * NS_PER_MIN)
                outlet, outcome = chance.choice(["super", "I", "II"]), chance.choices(list(Outcome), [8, 1, 1])[0]
                line.fall(outlet, at_ns, outcome, chance.choice([None, chance.uniform(5, 40)]))
            follower.follow()
            fed = FeedBegan(
                source=1, after_fruit=40 * (turn + 1), lot="AB"[turn % 2], pass_number=1, mixed=True, who="L", utc_ns=1
            )
            books.submit(fed).result()
    line.close()
    return folder / "station.db"


BY = ("lot", "grower", "outcome", "outlet", "grade")
BY_HAND = """
SELECT lot.code AS lot, grower.code AS grower, outcome, outlet, grade, count(*) AS fruit, count(weight_g) AS weighed,
  total(weight_g) AS weight_g FROM fruit LEFT JOIN lot ON lot.lot = fruit.lot LEFT JOIN grower USING (grower)
WHERE delivered_utc_ns >= :begin AND delivered_utc_ns < :end GROUP BY 1, 2, 3, 4, 5
"""


@given(begin=st.integers(FROM_MIN - 100, LAST_MIN + 100), length=st.integers(0, 5000))
def test_sums_are_what_counting_every_fruit_gives(filled: Path, begin: int, length: int) -> None:
    end = begin + length
    with reading(filled, BOOKS) as books:
        found = counts(books, [Stretch(begin, end)], BY, {})
        truth = rows(books, BY_HAND, begin=begin * NS_PER_MIN, end=end * NS_PER_MIN)
    keyed = {tuple(one[name] for name in BY): one for one in found}
    assert keyed.keys() == {tuple(one[name] for name in BY) for one in truth}
    for one in truth:
        kept = keyed[tuple(one[name] for name in BY)]
        assert (kept["fruit"], kept["weighed"]) == (one["fruit"], one["weighed"])
        assert kept["weight_mg"] / 1000 == pytest.approx(one["weight_g"], abs=0.0006 * one["fruit"])


def test_a_filter_leaves_the_rest_out(filled: Path) -> None:
    everything = [Stretch(0, 1 << 40)]
    with reading(filled, BOOKS) as books:
        whole = counts(books, everything, BY, {})
        for name in ("lot", "grower", "outcome", "outlet", "grade"):
            for value in {one[name] for one in whole} - {None}:
                some = counts(books, everything, BY, {name: value})
                assert some == [one for one in whole if one[name] == value]


def test_sizes_add_up_to_the_counts_and_the_span_holds_all(filled: Path) -> None:
    with reading(filled, BOOKS) as books:
        there = span(books)
        assert there is not None
        begin, end = there
        by_size: Counter[str] = Counter()
        for one in sizes(books, [Stretch(begin, end)], ("outcome",), {}):
            by_size[one["outcome"]] += one["fruit"]
        whole = {one["outcome"]: one["fruit"] for one in counts(books, [Stretch(begin, end)], ("outcome",), {})}
    assert by_size == whole
    assert sum(whole.values()) == 240


def test_books_of_an_older_version_get_the_sums_of_what_is_in_them(filled: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(filled, tmp_path / "station.db"))
    sums = ("sum_minute", "sum_quarter", "sum_day", "size_quarter", "size_day")
    with reading(path, BOOKS) as books:
        kept = {table: rows(books, f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4, 5, 6") for table in sums}  # noqa: S608
    with closing(connect(path, write=True)) as connection:
        _go_back(connection)
    upgrade(path, BOOKS)
    with reading(path, BOOKS) as books:
        again = {table: rows(books, f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4, 5, 6") for table in sums}  # noqa: S608
        assert row(books, "SELECT count(*) AS n FROM notice") == {"n": 0}
    assert again == kept


def _go_back(connection: sqlite3.Connection) -> None:
    """As it was before there was anything for upstream systems, or finished, contested and weighed."""
    ours = (
        "'sum_minute', 'sum_quarter', 'sum_day', 'size_quarter', 'size_day', 'notice', 'endpoint', 'outbox', "
        "'line_heard', 'api_key', 'api_key_revoked', 'operator_pin', 'session', 'audit', 'lot_finished', 'contest', "
        "'tray_weighed'"
    )
    connection.execute("PRAGMA foreign_keys = OFF")
    for (name,) in connection.execute(
        f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND (tbl_name IN ({ours}) OR name LIKE '%_is_noticed' "  # noqa: S608
        "OR name IN ('fruit_is_summed', 'a_finished_lot_is_not_fed'))"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for (name,) in connection.execute(
        f"SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ({ours})"  # noqa: S608
    ).fetchall():
        connection.execute(f"DROP TABLE {name}")
    connection.execute("UPDATE alembic_version SET version_num = 's0003'")
