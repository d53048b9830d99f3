"""Back from a tray and forward from a lot, over as many fruit as a station sees in years: how long, and how it grows.

.venv/bin/python benchmarks/torture.py 10000 1000000 10000000
"""

import argparse
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from benchmarks.figures import provenance, publish
from benchmarks.table import markdown
from grader.store import reading
from grader.store.books import BOOKS, Books
from grader.store.books.asking import rows
from grader.store.books.followed import Followed, SourceFound, write_followed
from grader.store.books.records import FeedBegan, GrowerEntered, HoldPlaced, LotEntered, LotFacts
from grader.store.books.statements import write
from grader.store.books.tracing import held_trays, trace_back, trace_forward
from grader.store.connections import check, connect

FRUIT_A_LOT = 25_000
"""500 kg of 20 g."""
FRUIT_A_TRAY = 80
STEP = 25_000
GROWERS = 40
ROUNDS, COLD_ROUNDS = 40, 15
LIMIT_S = 1.0
MS_PER_S = 1000.0
TIMES = ("back_ms", "forward_ms", "cold_back_ms", "cold_forward_ms")
OUTLETS = ("super", "I", "II", "processing")
RUN = {
    "number": 1, "run": 1, "started_utc_ns": 1, "software_version": "0", "model_sha256": "m" * 64,
    "rule_pack_sha256": "r" * 64, "calibration_sha256": "c" * 64, "station": "torture", "seed": None,
}  # fmt: skip


class Made:
    """Fruit as the journal would give them: four outlets in turns, every tenth to recheck, tray after tray."""

    def __init__(self) -> None:
        self.fruit = 0
        self._tray = 0
        self._room: dict[str, int] = dict.fromkeys(OUTLETS, 0)
        self._standing: dict[str, int] = {}

    def step(self, count: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The next trays, the next fruit."""
        trays: list[dict[str, Any]] = []
        return trays, [self._next(trays) for _ in range(count)]

    def _next(self, trays: list[dict[str, Any]]) -> dict[str, Any]:
        self.fruit += 1
        outlet, delivered = OUTLETS[self.fruit % 4], self.fruit % 10 > 0
        if delivered and not self._room[outlet]:
            self._tray += 1
            self._standing[outlet], self._room[outlet] = self._tray, FRUIT_A_TRAY
            trays.append({"tray": self._tray, "run": 1, "outlet": outlet, "opened_utc_ns": self.fruit})
        self._room[outlet] -= delivered
        return {
            "delivery": self.fruit, "id": self.fruit, "run": 1, "fruit": self.fruit, "pass_number": 1, "lot": None,
            "tray": self._standing[outlet] if delivered else None, "outlet": outlet if delivered else "recheck",
            "outcome": "delivered" if delivered else "recheck", "cause": None if delivered else "late",
            "grade": "Super", "reason_code": "graded", "diameter_mm": 36.5 + self.fruit % 7 / 10, "diameter_u_mm": 0.31,
            "width_mm": 36.4, "width_u_mm": 0.29, "weight_g": 20.0 + self.fruit % 11 / 10, "weight_u_g": 1.4,
            "maturity": 0.85, "decay": "none", "decided_utc_ns": self.fruit, "delivered_utc_ns": self.fruit,
        }  # fmt: skip


def fill(path: Path, sizes: list[int], made: Made | None = None) -> Iterator[int]:
    """Fill the books in the file `path` as the follower does, lot after lot; gives each of `sizes` once it is reached.

    Without waiting for the disk: it is the asking that is timed.
    """
    with Books(path) as books:
        books.submit(SourceFound(fingerprint="torture", utc_ns=1)).result()
        for grower in range(GROWERS):
            books.submit(GrowerEntered(code=f"G{grower}", name=f"Grower {grower}", contact=None, who="b", utc_ns=1))
    made, lots = made or Made(), 0
    connection = connect(path, write=True)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA foreign_keys = ON")
    while made.fruit < sizes[-1]:
        connection.execute("BEGIN")
        if made.fruit >= lots * FRUIT_A_LOT:
            _lot(connection, lots, made.fruit)
            lots += 1
        size = next(size for size in sizes if size > made.fruit)
        count = min(STEP, size - made.fruit, lots * FRUIT_A_LOT - made.fruit)
        after = made.fruit
        trays, fruit = made.step(count)
        runs = [RUN] if after == 0 else []
        write_followed(connection, Followed(source=1, after=after, runs=runs, trays=trays, fruit=fruit, utc_ns=1))
        connection.execute("COMMIT")
        if made.fruit == size:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            yield size
    connection.close()


def _lot(connection: sqlite3.Connection, number: int, after: int) -> None:
    code = f"L{number}"
    facts = LotFacts(
        lot=code, variety="Hongyan", plot="7", harvested_utc_ns=1, harvest_c=18.0, precooled_utc_ns=2, precooled_c=5.0,
        received_utc_ns=3, received_g=500_000, accountable="b", retained_sample=None, who="b", why="received", utc_ns=4,
    )  # fmt: skip
    fed = FeedBegan(source=1, after_fruit=after, lot=code, pass_number=1, mixed=True, who="b", utc_ns=5)
    for record in (LotEntered(code=code, grower=f"G{number % GROWERS}"), facts, fed):
        write(connection, record)


def forget(path: Path) -> None:
    """Have the file read from the disk again, as after a night: the kernel drops what it holds of it."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(opened, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(opened)


def cold_ms(path: Path, ask: Callable[[Connection, int], object], numbers: list[int]) -> tuple[float, float]:
    """The same as `times_ms`, but nothing of the file is in memory when a question is asked."""
    took = []
    for number in numbers:
        forget(path)
        with reading(path, BOOKS) as books:
            began = time.perf_counter()
            ask(books, number)
            took.append((time.perf_counter() - began) * MS_PER_S)
    return statistics.median(took), max(took)


def times_ms(ask: Callable[[int], object], numbers: list[int]) -> tuple[float, float]:
    """Median and longest of asking about each of `numbers`, ms; each on its own, nothing is asked twice."""
    took = []
    for number in numbers:
        began = time.perf_counter()
        ask(number)
        took.append((time.perf_counter() - began) * MS_PER_S)
    return statistics.median(took), max(took)


def measure(path: Path, size: int) -> dict[str, Any]:
    """Ask the books of `size` fruit: trays and lots spread evenly over all of them."""
    with reading(path, BOOKS) as books:
        trays = rows(books, "SELECT max(tray) AS n FROM tray")[0]["n"]
        lots = rows(books, "SELECT max(lot) AS n FROM lot")[0]["n"]
        back = times_ms(lambda tray: trace_back(books, tray), _spread(trays, ROUNDS))
        forward = times_ms(lambda lot: trace_forward(books, f"L{lot - 1}"), _spread(lots, ROUNDS))
    forget(path)
    began = time.perf_counter()
    with closing(connect(path, write=False)) as connection:
        check(connection, path)
    check_s = time.perf_counter() - began
    cold_back = cold_ms(path, trace_back, _spread(trays, COLD_ROUNDS))
    cold_forward = cold_ms(path, lambda books, lot: trace_forward(books, f"L{lot - 1}"), _spread(lots, COLD_ROUNDS))
    hold = HoldPlaced(lot=f"L{lots // 2}", kind="hold", code="by_hand", reason="torture", who="b", utc_ns=1)
    with Books(path, checked=False) as writer:
        writer.submit(hold).result()
    with reading(path, BOOKS) as books:
        began = time.perf_counter()
        held = held_trays(books)
        held_ms = (time.perf_counter() - began) * MS_PER_S
        holds = rows(books, "SELECT count(*) AS n FROM open_hold")[0]["n"]
    return {
        "fruit": size,
        "trays": trays,
        "lots": lots,
        "file_mb": path.stat().st_size / 1e6,
        "back_ms": back,
        "forward_ms": forward,
        "cold_back_ms": cold_back,
        "cold_forward_ms": cold_forward,
        "held_ms": held_ms,
        "check_s": check_s,
        "held_trays": len(held),
        "holds": holds,
    }


def _spread(last: int, count: int) -> list[int]:
    """So many numbers from 1 to `last`, evenly, each once."""
    count = min(count, last)
    return [1 + number * last // count for number in range(count)]


def main() -> None:
    """Fill, ask, print, publish; exit code 1 where a question took longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("fruit", type=int, nargs="*", default=[10_000, 100_000, 1_000_000, 10_000_000])
    parser.add_argument("--folder", type=Path, help="Where the books are filled (170 bytes a fruit); left out: /tmp.")
    arguments = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        path = Path(folder) / "station.db"
        for size in fill(path, sorted(set(arguments.fruit))):
            found.append(measure(path, size))
            print({name: value for name, value in found[-1].items() if name != "holds"}, flush=True)
    head = (
        "fruit", "trays", "lots", "file", "tray back", "lot forward", "tray back, from the disk",
        "lot forward, from the disk", "held trays: of holds", "check for damage",
    )  # fmt: skip
    table = markdown(head, [_row(one) for one in found])
    print(table)
    about = {
        **provenance(), "what": f"median (longest) of {ROUNDS} trays and as many lots; of {COLD_ROUNDS} from the disk",
        "each lot": f"{FRUIT_A_LOT} fruit; each tray {FRUIT_A_TRAY}", "simulated": "fruit without a belt",
    }  # fmt: skip
    publish("torture", about, "Tracing back and forward over many fruit", table, {"sizes": found})
    if max(one[name][1] for one in found for name in TIMES) > LIMIT_S * MS_PER_S:
        raise SystemExit(1)


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    times = ["{:.1f} ms ({:.0f})".format(*one[name]) for name in TIMES]
    held = f"{one['held_ms']:.0f} ms: {one['held_trays']} of {one['holds']}"
    return (
        f"{one['fruit']:,}",
        f"{one['trays']:,}",
        str(one["lots"]),
        f"{one['file_mb']:.0f} MB",
        *times,
        held,
        f"{one['check_s']:.1f} s",
    )


if __name__ == "__main__":
    main()
