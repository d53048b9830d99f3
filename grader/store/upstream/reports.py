"""Fruit of a lot, or of some time, added up for people to look at: grades, reasons, histograms, who is near a limit."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from grader.store.books.asking import Row, row, rows

LOT = "fruit.lot = (SELECT lot FROM lot WHERE code = :lot)"
TIME = "fruit.fruit >= :first AND fruit.fruit < :after AND delivered_utc_ns >= :begin AND delivered_utc_ns < :end"


@dataclass(frozen=True, slots=True)
class Which:
    """Which fruit are meant."""

    condition: str
    values: dict[str, Any]


def of_lot(code: str) -> Which:
    """Those of a lot."""
    return Which(LOT, {"lot": code})


def of_time(connection: Connection, begin_utc_ns: int, end_utc_ns: int) -> Which:
    """Those that left the belt from `begin` until before `end`.

    Keys rise with time in each journal, so that the first and last are found by halving, and no other row is looked at.
    """
    last = row(connection, "SELECT max(fruit) AS fruit, min(fruit) AS first FROM fruit")
    if last is None or last["fruit"] is None:
        return Which("0", {})
    begin, end = ((_first_since(connection, at, last["first"], last["fruit"])) for at in (begin_utc_ns, end_utc_ns))
    return Which(TIME, {"first": begin, "after": end, "begin": begin_utc_ns, "end": end_utc_ns})


def grades(connection: Connection, which: Which) -> list[Row]:
    """Fruit and estimated weight by grade, outcome and outlet."""
    return _rows(
        connection, which,
        "SELECT grade, outcome, outlet, count(*) AS fruit, count(weight_g) AS weighed, total(weight_g) AS weight_g",
        "GROUP BY grade, outcome, outlet ORDER BY grade, outcome, outlet",
    )  # fmt: skip


def reasons(connection: Connection, which: Which) -> list[Row]:
    """Fruit by what decided."""
    return _rows(
        connection, which, "SELECT reason_code, grade, count(*) AS fruit",
        "GROUP BY reason_code, grade ORDER BY fruit DESC, reason_code",
    )  # fmt: skip


def histogram(connection: Connection, which: Which, field: str, step: float) -> list[Row]:
    """Fruit by `slot`, the number of whole `step`s in a field (`diameter_mm`, `maturity`); null: not measured."""
    if field not in {"diameter_mm", "width_mm", "maturity", "weight_g"}:
        raise ValueError(f"there is no histogram of {field}")
    # A red share of 0.85 is 17 twentieths and not 16.999.
    slot = f"CAST({field} * {1 / step} + 1e-9 AS INTEGER)"
    return _rows(
        connection, which, f"SELECT {slot} AS slot, count(*) AS fruit", "GROUP BY slot ORDER BY slot",
    )  # fmt: skip


def sizes_of_grade(connection: Connection, which: Which, grade: str, field: str) -> list[float]:
    """The size of each fruit of a grade, mm."""
    if field not in {"diameter_mm", "width_mm"}:
        raise ValueError(f"{field} is no size")
    more = Which(f"{which.condition} AND grade = :grade AND {field} IS NOT NULL", which.values | {"grade": grade})
    return [float(one["size"]) for one in _rows(connection, more, f"SELECT {field} AS size", "")]


def newest(connection: Connection, which: Which, limit: int) -> list[Row]:
    """The newest fruit: run, number there, grade."""
    return _rows(
        connection, which, "SELECT fruit.fruit, run.number AS run, fruit.number, grade, reason_code",
        f"ORDER BY fruit.fruit DESC LIMIT {int(limit)}", "JOIN run USING (run)",
    )  # fmt: skip


def _rows(connection: Connection, which: Which, chosen: str, then: str, joined: str = "") -> list[Row]:
    return rows(connection, f"{chosen} FROM fruit {joined} WHERE {which.condition} {then}", **which.values)


def _first_since(connection: Connection, utc_ns: int, first: int, last: int) -> int:
    """The key of the first fruit that left the belt at `utc_ns` or later; behind the last where there is none."""
    low, high = first, last + 1
    while low < high:
        middle = (low + high) // 2
        found = row(
            connection, "SELECT fruit, delivered_utc_ns FROM fruit WHERE fruit >= :at ORDER BY fruit LIMIT 1", at=middle
        )
        if found is None or found["delivered_utc_ns"] >= utc_ns:
            high = middle
        else:
            low = int(found["fruit"]) + 1
    return low
