"""Counts, weights and sizes of fruit over any time, from sums that grow with time and not with fruit.

A fruit counts when it left the belt. Any whole minutes may be asked for: days are taken whole where they fit between,
then quarters of an hour, and minutes at the edges, so that a season costs hardly more than an hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from grader.store.books.asking import Row, rows

Value = str | int
MINUTES = (("sum_day", 1440), ("sum_quarter", 15), ("sum_minute", 1))
SIZES = (("size_day", 1440), ("size_quarter", 15))
"""The tables, the coarsest first, and how many minutes a slot of each is."""
END_MIN = 1 << 40
"""Later than anything."""

DIMENSIONS = {
    "lot": "lot_code.code",
    "grower": "grower.code",
    "outcome": "part.outcome",
    "outlet": "nullif(part.outlet, '')",
    "grade": "nullif(part.grade, '')",
}
KEPT = ("outcome", "outlet", "grade")
"""Dimensions that are columns of the sums; lot and grower are looked up once what is left of them is little."""
FILTERS = {
    "lot": "part.lot = (SELECT lot FROM lot WHERE code = :lot)",
    "grower": "part.lot IN (SELECT lot FROM lot WHERE grower = (SELECT grower FROM grower WHERE code = :grower))",
    "outcome": "part.outcome = :outcome",
    "outlet": "part.outlet = :outlet",
    "grade": "part.grade = :grade",
}
JOINS = """
LEFT JOIN lot AS lot_code ON lot_code.lot = part.lot LEFT JOIN grower ON grower.grower = lot_code.grower
"""
SUMMED = ("fruit", "weighed", "weight_mg", "variance_mg2")


@dataclass(frozen=True, slots=True)
class Stretch:
    """From a minute until before another, both since 1970-01-01 UTC."""

    begin_min: int
    end_min: int


@dataclass(frozen=True, slots=True)
class Asked:
    """From which tables, what of them is summed, and by what else it is grouped."""

    levels: Sequence[tuple[str, int]]
    summed: Sequence[str]
    also: Sequence[str] = ()


def covered(stretch: Stretch, levels: Sequence[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """The slots whose sum is the stretch: table, first slot, slot after the last; nothing twice.

    The ends must be whole slots of the finest of `levels`.
    """
    found: list[tuple[str, int, int]] = []
    open_ends = [(stretch.begin_min, stretch.end_min)]
    for table, minutes in levels:
        left: list[tuple[int, int]] = []
        for begin, end in open_ends:
            first, last = -(-begin // minutes), end // minutes
            if first >= last:
                left.append((begin, end))
                continue
            found.append((table, first, last))
            left += [(begin, first * minutes), (last * minutes, end)]
        open_ends = [(begin, end) for begin, end in left if begin < end]
    return found


def counts(
    connection: Connection, stretches: Sequence[Stretch], by: Sequence[str], where: dict[str, Value]
) -> list[Row]:
    """The sums of each stretch (its number is `stretch`) by `by`, of the fruit that `where` lets through."""
    return _asked(connection, stretches, Asked(MINUTES, SUMMED), by, where)


def sizes(
    connection: Connection, stretches: Sequence[Stretch], by: Sequence[str], where: dict[str, Value]
) -> list[Row]:
    """The same by the whole millimetres of the diameter (`size_mm`; -1: not measured); ends are whole quarters."""
    return _asked(connection, stretches, Asked(SIZES, ("fruit",), ("size_mm",)), by, where)


def _asked(
    connection: Connection, stretches: Sequence[Stretch], what: Asked, by: Sequence[str], where: dict[str, Value]
) -> list[Row]:
    inner = [*(name for name in KEPT if name in by), *what.also]
    if {"lot", "grower"} & set(by):
        inner.append("lot")
    outer = [DIMENSIONS[name] for name in by] + [f"part.{name}" for name in what.also]
    names = [f"{DIMENSIONS[name]} AS {name}" for name in by] + [f"part.{name}" for name in what.also]
    summed = ", ".join([*inner, *(f"sum({name}) AS {name}" for name in what.summed)])
    condition = " AND ".join(FILTERS[name] for name in where) or "1"
    found: list[Row] = []
    for number, stretch in enumerate(stretches):
        parts = covered(stretch, what.levels)
        slots: dict[str, Any] = {}
        for place, (_, first, last) in enumerate(parts):
            slots |= {f"first{place}": first, f"last{place}": last}
        # Each table is summed by itself, so that its index serves the slots and no row is carried further than it must.
        union = " UNION ALL ".join(
            f"SELECT {summed} FROM {table} AS part WHERE slot >= :first{place} AND slot < :last{place} "  # noqa: S608 - our own names
            f"AND {condition}{_grouped(inner)}"
            for place, (table, _, _) in enumerate(parts)
        )
        # A lot has one code and one grower: what a single table gives by lot is grouped already.
        again = len(parts) > 1 or "lot" not in by
        chosen = ", ".join([*names, *(f"sum(part.{name}) AS {name}" if again else name for name in what.summed)])
        statement = f"SELECT {chosen} FROM ({union}) AS part {JOINS if 'lot' in inner else ''}"  # noqa: S608
        statement += _grouped(outer) if again else ""
        if outer:
            statement += f" ORDER BY {', '.join(outer)}"
        rows_of = rows(connection, statement, **slots, **where) if parts else []
        found += [{"stretch": number, **row} for row in rows_of if row["fruit"]]
    return found


def _grouped(keys: Sequence[str]) -> str:
    return f" GROUP BY {', '.join(keys)}" if keys else ""


def span(connection: Connection) -> tuple[int, int] | None:
    """The first minute that has fruit, and the one after the last, on whole quarters of an hour; None: there are none.

    Both in minutes since 1970-01-01 UTC.
    """
    found = rows(connection, "SELECT min(slot) AS first, max(slot) AS last FROM sum_quarter")[0]
    return None if found["first"] is None else (found["first"] * 15, (found["last"] + 1) * 15)
