"""The log in the books: what an event costs, signing, a proof, checking it all, a page; and how it grows.

.venv/bin/python benchmarks/log_in_the_books.py 1000 100000
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.figures import provenance, publish
from benchmarks.table import markdown
from grader.store import reading
from grader.store.books import BOOKS, Books
from grader.store.books.log import log_size
from grader.store.books.records import EventWritten
from grader.store.books.statements import write
from grader.store.connections import connect
from grader.trace.desk import Desk
from grader.trace.desk.logbook import check_log, head_of, prove, sign
from grader.trace.events import LotShare, Names, Packed, write_event
from grader.trace.evidence import Bundle, KeyKind, SecretKey, Trust, canonical, verify
from grader.trace.evidence.trust import Log, LogKey
from grader.trace.identity import DEMO_PREFIX, Gtin, TrayIdentity, make_serial
from grader.trace.settings import TraceSettings

MS, US = 1e3, 1e6
ROUNDS = 50
STEP = 1000
LIMIT_MS = 50.0
NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)
KEY = SecretKey.from_seed("bench.example/1", KeyKind.LOG, bytes(range(32)))
TRUST = Trust(
    format="grader-trust/1", logs=(Log(origin=KEY.public.name, holder="bench", keys=(LogKey(key=KEY.public),)),)
)


def packed(number: int) -> bytes:
    """The event of a tray."""
    tray = TrayIdentity(Gtin.of_company(DEMO_PREFIX, 1), "GV1-261125-1S-001", make_serial(number, bytes(5)))
    facts = {"count": 80, "sizesMm": {"35": 30, "36": 30, "37": 20}, "fruitSha256": "0" * 64}
    happening = Packed(
        (LotShare("A", Decimal("1.600")),), (tray,), "Super", date(2026, 11, 30), {"rulePack": "r" * 64}, facts
    )
    return canonical(write_event(happening, NOON + timedelta(seconds=number), "station-1", Names("trace.example.org")))


def fill(path: Path, size: int) -> float:
    """Put events into the books until they are so many: microseconds of processor each, with its leaf."""
    with reading(path, BOOKS) as books:
        have = log_size(books)
    events = [EventWritten(kind="packed", canonical=packed(number), utc_ns=1) for number in range(have, size)]
    connection = connect(path, write=True)
    connection.execute("PRAGMA synchronous = OFF")  # it is the computing that is timed
    began = time.process_time()
    for start in range(0, len(events), STEP):
        connection.execute("BEGIN")
        for event in events[start : start + STEP]:
            write(connection, event)
        connection.execute("COMMIT")
    took = time.process_time() - began
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return took / max(len(events), 1) * US


def median_ms(
    act: Callable[[int], object], numbers: list[int], clock: Callable[[], float] = time.perf_counter
) -> float:
    """Median of doing it for each, ms by that clock."""
    took = []
    for number in numbers:
        began = clock()
        act(number)
        took.append((clock() - began) * MS)
    return statistics.median(took)


def measure(path: Path, size: int) -> dict[str, Any]:
    """Fill up to `size` events, then sign, prove, verify, check."""
    event_us = fill(path, size)
    with Books(path, checked=False) as books:
        desk = Desk(books, TraceSettings(), lambda: datetime.now(UTC), os.urandom)
        began = time.process_time()
        sign(desk, [KEY])
        sign_all_s = time.process_time() - began
        extra = iter(range(size, size + ROUNDS))

        def sign_one(_: int) -> None:
            desk.write(EventWritten(kind="packed", canonical=packed(next(extra)), utc_ns=1))
            sign(desk, [KEY])

        # How long the disk takes is the disk's; it waits three times.
        sign_ms = median_ms(sign_one, list(range(ROUNDS)), time.process_time)
    with reading(path, BOOKS) as asked:
        head = head_of(asked)
        places = [1 + place * size // ROUNDS for place in range(ROUNDS)]
        prove_ms = median_ms(lambda place: prove(asked, place, head), places)
        proofs = [prove(asked, place, head).written.encode() for place in places]
        verify_ms = median_ms(lambda number: verify(Bundle.parse(proofs[number]), TRUST), list(range(ROUNDS)))
        began = time.perf_counter()
        check_log(asked)
        check_s = time.perf_counter() - began
    return {
        "events": size,
        "event_us": event_us,
        "sign_ms": sign_ms,
        "sign_after_all_s": sign_all_s,
        "prove_ms": prove_ms,
        "proof_bytes": max(map(len, proofs)),
        "verify_ms": verify_ms,
        "check_s": check_s,
        "file_mb": path.stat().st_size / 1e6,
    }


def main() -> None:
    """Measure each size, print, publish; exit code 1 where verifying takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("events", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    arguments = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "station.db"
        Books(path).close()
        for size in sorted(set(arguments.events)):
            found.append(measure(path, size))
            print(found[-1], flush=True)
    head = ("events", "an event with its leaf, processor", "written and signed by itself, processor", "a proof",
            "its file", "verified", "the whole log checked", "books")  # fmt: skip
    rows = [
        (f"{one['events']:,}", f"{one['event_us']:.0f} µs", f"{one['sign_ms']:.0f} ms", f"{one['prove_ms']:.1f} ms",
         f"{one['proof_bytes']} bytes", f"{one['verify_ms']:.1f} ms", f"{one['check_s']:.1f} s",
         f"{one['file_mb']:.0f} MB")
        for one in found
    ]  # fmt: skip
    table = markdown(head, rows)
    print(table)
    about = {**provenance(("strawberry-grader", "cryptography")), "what": f"median of {ROUNDS}; events of packed trays"}
    publish("log", about, "The log in the books", table, {"sizes": found})
    if max(one["verify_ms"] for one in found) > LIMIT_MS:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
