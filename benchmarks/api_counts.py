"""Counts over a season, asked over HTTP: how long, whether exact, and how the sums grow with the fruit.

.venv/bin/python benchmarks/api_counts.py 100000 1000000 --season 50000000
"""

import argparse
import math
import os
import random
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.figures import provenance, publish
from benchmarks.table import markdown
from benchmarks.torture import Made, fill
from grader.api.serving import settle
from grader.api.settings import ApiSettings
from grader.store import reading
from grader.store.books import BOOKS, Books
from grader.store.books.asking import rows
from grader.store.books.records import GrowerEntered, LotEntered
from grader.store.connections import connect
from tests.api.station_api import StationApi, Web

LIMIT_MS = 100.0
DAYS, DAY_S = 100, 36_000
"""The season: a hundred days of ten hours."""
BEGAN = datetime(2026, 11, 25, tzinfo=UTC)
BEGAN_S = int(BEGAN.timestamp())
ROUNDS = 100
GRADES = {"super": "Super", "I": "I", "II": "II", "processing": "substandard", "recheck": "Super"}
LOTS_A_DAY, GROWERS = 10, 40
SUMMED = """
INSERT INTO {table} SELECT slot / {width}, lot, outcome, outlet, grade, sum(fruit), sum(weighed), sum(weight_mg),
  sum(variance_mg2) FROM sum_minute GROUP BY 1, 2, 3, 4, 5
"""
SIZED = """
WITH RECURSIVE mm (mm) AS (SELECT 22 UNION ALL SELECT mm + 1 FROM mm WHERE mm < 44)
INSERT INTO {table} SELECT slot, lot, outcome, outlet, grade, mm, fruit / 23 + (mm - 22 < fruit % 23) FROM {source}, mm
"""
KEPT = "SELECT outcome, outlet, grade, sum(fruit) AS fruit FROM {table} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
SUM_TABLES = ("sum_minute", "sum_quarter", "sum_day", "size_quarter", "size_day")


class Spread(Made):
    """Fruit that leave the belt evenly over the season, of every grade, 22 to 44 mm."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def _next(self, trays: list[dict[str, Any]]) -> dict[str, Any]:
        fruit = super()._next(trays)
        day, rest = divmod(self.fruit * DAYS, self._size)
        at_s = BEGAN_S + day * 86_400 + rest * DAY_S // self._size
        size_mm = 22.0 + self.fruit * 7 % 23
        return fruit | {"grade": GRADES[fruit["outlet"]], "diameter_mm": size_mm, "delivered_utc_ns": at_s * 10**9}


def season_of_sums(path: Path, fruit: int) -> None:
    """The sums of a season of so many fruit, as they would have been kept, without the fruit themselves."""
    with Books(path) as books:
        for grower in range(GROWERS):
            books.submit(GrowerEntered(code=f"G{grower}", name=f"G {grower}", contact=None, who="b", utc_ns=1)).result()
        lots = [LotEntered(code=f"L{lot}", grower=f"G{lot % GROWERS}") for lot in range(DAYS * LOTS_A_DAY)]
        books.submit(*lots).result()
    minutes_a_day = DAY_S // 60
    each = fruit // (DAYS * minutes_a_day * 5)
    groups = [("delivered", outlet, grade) for outlet, grade in list(GRADES.items())[:4]] + [
        ("recheck", "recheck", "I")
    ]
    with closing(connect(path, write=True)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        for day in range(DAYS):
            for minute in range(minutes_a_day):
                slot = BEGAN_S // 60 + day * 1440 + minute
                lot = day * LOTS_A_DAY + minute * LOTS_A_DAY // minutes_a_day + 1
                for group in groups:
                    values = (slot, lot, *group, each, each, each * 20_000, each * 2_000_000)
                    connection.execute("INSERT INTO sum_minute VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        for table, width in (("sum_quarter", 15), ("sum_day", 1440)):
            connection.execute(SUMMED.format(table=table, width=width))
        for table, source in (("size_quarter", "sum_quarter"), ("size_day", "sum_day")):
            connection.execute(SIZED.format(table=table, source=source))
        connection.execute("COMMIT")


def questions(chance: random.Random) -> dict[str, str]:
    """What is asked, each time about other days."""
    begin = BEGAN + timedelta(days=chance.randrange(DAYS - 7), minutes=chance.randrange(600))
    week = f"since={quote(begin.isoformat())}&until={quote((begin + timedelta(days=7, minutes=7)).isoformat())}"
    day = BEGAN + timedelta(days=chance.randrange(DAYS))
    one_day = f"since={quote(day.isoformat())}&until={quote((day + timedelta(days=1)).isoformat())}"
    return {
        "the season by grade": "by=grade",
        "the season by grade, lot and grower": "by=grade,lot,grower&every_outcome=true",
        "the season by grade, day by day": "by=grade&bucket=day&time_zone=UTC",
        "the season's sizes by grade": "by=grade&histogram=true",
        "a week, from any minute, by grade and outlet": f"by=grade,outlet&{week}",
        "a day, hour by hour, by grade": f"by=grade&bucket=hour&{one_day}",
        "a grower's season by lot and grade": f"by=lot,grade&grower=G{chance.randrange(GROWERS)}",
    }


def asked(api: StationApi, what: str) -> dict[str, Any]:
    """Times, ms, of `what` asked again and again, each time about another day: by the clock, and of the processor."""
    chance, took, busy, last = random.Random(3), [], [], 0  # noqa: S311 - not for secrets
    for _ in range(ROUNDS):
        question = questions(chance)[what]
        began, worked = time.perf_counter(), time.process_time()
        answer = api.ask(f"/api/v1/counts?{question}")
        took.append((time.perf_counter() - began) * 1000)
        busy.append((time.process_time() - worked) * 1000)
        if answer.status != HTTPStatus.OK:
            raise SystemExit(answer.body.decode())
        last = len(answer.body)
    return {"clock_ms": _spread(took), "processor_ms": _spread(busy), "answer_kb": last / 1000}


def _spread(times: list[float]) -> tuple[float, float]:
    """Median and 99th percentile."""
    ordered = sorted(times)
    return ordered[len(ordered) // 2], ordered[math.ceil(len(ordered) * 0.99) - 1]


def exact(path: Path) -> bool:
    """Whether the sums are what counting every fruit gives."""
    with reading(path, BOOKS) as books:
        by_hand = "SELECT outcome, coalesce(outlet, '') AS outlet, coalesce(grade, '') AS grade, count(*) AS fruit"
        truth = rows(books, f"{by_hand} FROM fruit GROUP BY 1, 2, 3 ORDER BY 1, 2, 3")
        return all(rows(books, KEPT.format(table=table)) == truth for table in SUM_TABLES)


def measure(folder: Path, path: Path, fruit: int, *, counted: bool) -> dict[str, Any]:
    """Ask the books of so many fruit."""
    with reading(path, BOOKS) as books:
        kept = {table: rows(books, f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in SUM_TABLES}  # noqa: S608
    generous = ApiSettings(requests_per_s=10_000, burst=100_000)
    with Books(path, checked=False) as writer, Web(writer, folder / "none.db", folder / "run", generous) as api:
        settle()
        found = {what: asked(api, what) for what in questions(random.Random(3))}  # noqa: S311
    return {
        "fruit": fruit, "fruit_kept": counted, "exact": exact(path) if counted else None, "rows": kept,
        "file_mb": path.stat().st_size / 1e6, "asked": found,
    }  # fmt: skip


def main() -> None:
    """Fill, ask, print, publish; exit code 1 where a question took longer than it may, or a sum is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("fruit", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--season", type=int, default=50_000_000, help="The sums alone of so many fruit; 0: leave out.")
    parser.add_argument("--folder", type=Path, help="Where the books are filled (240 bytes a fruit); left out: /tmp.")
    arguments = parser.parse_args()
    found = []
    for size in sorted(set(arguments.fruit)):
        with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
            path = Path(name) / "station.db"
            for _ in fill(path, [size], Spread(size)):
                found.append(measure(Path(name), path, size, counted=True))
                print(found[-1], flush=True)
    if arguments.season:
        with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
            path = Path(name) / "station.db"
            season_of_sums(path, arguments.season)
            found.append(measure(Path(name), path, arguments.season, counted=False))
            print(found[-1], flush=True)
    table = markdown(("asked", *(_head(one) for one in found)), _rows(found))
    print(table)
    about = {
        **provenance(("strawberry-grader", "fastapi", "uvicorn", "sqlalchemy")),
        "what": f"ms, median (99th percentile) of {ROUNDS} questions over HTTP, each on a connection of its own: "
        "**processor time of server and client together** · time by the clock, on a machine shared with other work",
        "load": f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the end",
        "season": f"{DAYS} days of {DAY_S // 3600} h; fruit without a belt",
        "without fruit": "the sums as they would have been kept, made without the fruit: counts read nothing else",
    }
    publish("api-counts", about, "Counts over a season by the API", table, {"sizes": found})
    slow = [one for one in found for times in one["asked"].values() if times["processor_ms"][1] > LIMIT_MS]
    if slow or any(one["exact"] is False for one in found):
        raise SystemExit(1)


def _times(asked_of: dict[str, Any]) -> str:
    busy, busy_99 = asked_of["processor_ms"]
    clock, clock_99 = asked_of["clock_ms"]
    return f"**{busy:.1f} ({busy_99:.1f})** · {clock:.0f} ({clock_99:.0f})"


def _head(one: dict[str, Any]) -> str:
    return f"{one['fruit']:,} fruit" + ("" if one["fruit_kept"] else " (sums alone)")


def _rows(found: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    asked_rows = [(what, *(_times(one["asked"][what]) for one in found)) for what in found[0]["asked"]]
    size = ("rows of sums: minutes, quarters, days; sizes", *(
        " + ".join(f"{number:,}" for number in one["rows"].values()) for one in found
    ))  # fmt: skip
    exactly = ("the same as counting every fruit", *(
        {True: "yes", False: "NO", None: "not asked"}[one["exact"]] for one in found
    ))  # fmt: skip
    return [*asked_rows, size, ("file", *(f"{one['file_mb']:.0f} MB" for one in found)), exactly]


if __name__ == "__main__":
    main()
