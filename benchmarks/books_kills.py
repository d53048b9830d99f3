"""Who works at the desk is killed (-9) at random times; afterwards the books must hold all that was said to be done.

.venv/bin/python benchmarks/books_kills.py --times 200
"""

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from benchmarks.books_worker import LOT, SETTINGS
from benchmarks.figures import ROOT, provenance, publish
from benchmarks.table import markdown
from benchmarks.zpl_bench import BenchPrinter
from grader.grading import shipped_rule_pack
from grader.store import FruitDecided, FruitDelivered, Journal, Outcome, RunStarted, TrayClosed, TrayOpened, reading
from grader.store.books import BOOKS, Books, Follower
from grader.store.books.asking import rows
from grader.store.connections import check, connect
from grader.trace.desk import Desk, feeding, growers, holds, lots
from grader.trace.desk.logbook import check_log

FRUIT_A_TRAY = 12
LATEST_S = 1.5
"""After it is ready, a worker lives so long at most."""
EVERY_S = 0.25
"""A tray is full so often."""


@dataclass
class Said:
    """What workers said that they had done."""

    labelled: dict[int, str] = field(default_factory=dict)
    signed: dict[int, str] = field(default_factory=dict)
    printed: Counter[int] = field(default_factory=Counter)
    reprinted: Counter[int] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)

    def hear(self, line: str) -> None:
        """One line of a worker; half a line was not said."""
        if not line.endswith("\n"):
            return
        what, *words = line.split()
        self.acts[what] += 1
        match what:
            case "labelled":
                self.labelled[int(words[0])] = words[1]
            case "signed":
                self.signed[int(words[0])] = words[1]
            case "printed":
                self.printed[int(words[0])] += 1
            case "reprinted":
                self.reprinted[int(words[0])] += 1


class FullTrays:
    """A line that fills tray after tray while others work at the desk."""

    def __init__(self, folder: Path) -> None:
        self.journal = Journal(folder / "journal.db")
        self.delivered = 0
        self._ended = threading.Event()
        self.journal.submit(
            RunStarted(
                run=1, started_utc_ns=time.time_ns(), software_version="0", model_sha256="m",
                rule_pack_sha256=shipped_rule_pack().hash, calibration_sha256="c", station="kills",
            ),
            TrayOpened(tray=1, run=1, outlet="super", opened_utc_ns=1),
        ).result()  # fmt: skip
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        """Fruit come from now on."""
        self._thread.start()

    def end(self) -> None:
        """And no more."""
        self._ended.set()
        self._thread.join()
        self.journal.close()

    def _run(self) -> None:
        tray = 1
        while not self._ended.wait(EVERY_S):
            for _ in range(FRUIT_A_TRAY):
                self._fruit(tray)
            closed = TrayClosed(tray=tray, closed_utc_ns=time.time_ns())
            tray += 1
            self.journal.submit(closed, TrayOpened(tray=tray, run=1, outlet="super", opened_utc_ns=1)).result()

    def _fruit(self, tray: int) -> None:
        self.delivered += 1
        fruit = FruitDecided(
            run=1, fruit=self.delivered, lane=0, encoder_count=0, exposed_monotonic_ns=0,
            decided_utc_ns=time.time_ns(), views=2, sightings=3, diameter_mm=37.0, diameter_u_mm=0.3, weight_g=20.0,
            weight_u_g=1.4, maturity=0.85, decay="not_assessed", grade="Super", decided_outlet="super", outlet="super",
            criterion="size", margin=2.0, reason_code="graded", reason="Super", tray=tray,
        )  # fmt: skip
        fell = FruitDelivered(
            run=1, fruit=self.delivered, outcome=Outcome.DELIVERED, outlet="super", tray=tray, encoder_count=None,
            cause=None, delivered_utc_ns=time.time_ns(),
        )  # fmt: skip
        self.journal.submit(fruit, fell).result()


def begin(folder: Path) -> FullTrays:
    """Books with a manager, a shift and a lot that may be sold, and a line that is fed it."""
    line = FullTrays(folder)
    with Books(folder / "station.db") as books:
        desk = Desk(books, SETTINGS, lambda: datetime.now(UTC), os.urandom)
        now = desk.now()
        holds.enter_operator(desk, "Zhao", "manager", "Zhao")
        feeding.begin_shift(desk, now.date(), 1, "Zhao", ("Li",))
        growers.enter_grower(desk, "G1", "Wang Fang", None, "Li")
        growers.enter_report(desk, "G1", "Lab", "1", now - timedelta(days=1), "Li", passed=True)
        delivery = lots.Delivery(
            code=LOT, grower="G1", variety="Hongyan", plot="7", harvested_at=now - timedelta(hours=2),
            precooled_at=now - timedelta(hours=1.5), received_at=now, received_kg=Decimal(500), accountable="Zhao",
        )  # fmt: skip
        lots.receive(desk, delivery, "Li")
        feeding.feed(desk, folder / "journal.db", LOT, "Li")
    return line


def killed(folder: Path, port: int, seed: int, said: Said, chance: random.Random) -> None:
    """One life of a worker."""
    command = [sys.executable, "-m", "benchmarks.books_worker", str(folder), str(port), str(seed)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert worker.stdout is not None  # noqa: S101 - it was asked for
    if (first := worker.stdout.readline()) != "ready\n":
        _, error = worker.communicate()
        raise RuntimeError(first + error)
    timer = threading.Timer(chance.uniform(0, LATEST_S), worker.send_signal, (signal.SIGKILL,))
    timer.start()
    for line in worker.stdout:
        said.hear(line)
    _, error = worker.communicate()
    timer.cancel()
    if worker.returncode != -signal.SIGKILL:
        raise RuntimeError(error)


def faults(folder: Path, said: Said, line: FullTrays, bench: BenchPrinter) -> Iterator[str]:
    """What is wrong with the books after all that, a sentence each."""
    path = folder / "station.db"
    with Books(path) as books:
        Follower(books, folder / "journal.db", time.time_ns).follow()
    with closing(connect(path, write=False)) as connection:
        check(connection, path)
        whole = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if whole != "ok":
            yield f"the file is damaged: {whole}"
        foreign = connection.execute("PRAGMA foreign_key_check").fetchone()
        if foreign is not None:
            yield f"a row refers to nothing: {foreign}"
    with reading(path, BOOKS) as asked:
        fruit = rows(asked, "SELECT count(*) AS n, count(DISTINCT number) AS each FROM fruit")[0]
        if fruit["n"] != line.delivered or fruit["each"] != line.delivered:
            yield f"{line.delivered} fruit were delivered, {fruit['n']} rows of {fruit['each']} fruit are in the books"
        serials = {row["tray"]: row["serial"] for row in rows(asked, "SELECT tray, serial FROM tray_state")}
        yield from (f"the label of tray {n} is lost" for n, serial in said.labelled.items() if serials[n] != serial)
        heads = {row["size"]: row["root"].hex() for row in rows(asked, "SELECT size, root FROM checkpoint")}
        yield from (f"the head of {size} is lost" for size, root in said.signed.items() if heads.get(size) != root)
        ended = rows(asked, "SELECT tray, count(*) AS n FROM print WHERE what = 'printed' GROUP BY tray")
        done = {row["tray"]: row["n"] for row in ended}
        yield from (f"a print of tray {n} is lost" for n, times in said.printed.items() if done.get(n, 0) < times)
        check_log(asked)
    labels = Counter(bench.printed)
    yield from ("a label came out twice under one number" for times in labels.values() if times > 1)


def _counted(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        return {
            name: connection.execute(statement).fetchone()[0]
            for name, statement in {
                "events": "SELECT count(*) FROM event",
                "heads": "SELECT count(*) FROM checkpoint",
                "labelled": "SELECT count(*) FROM tray_history WHERE what = 'labelled'",
                "reprinted": "SELECT count(*) FROM tray_history WHERE what = 'reprinted'",
            }.items()
        }


def run(folder: Path, times: int, seed: int) -> tuple[dict[str, int], list[str]]:
    """Kill a worker so often while the line runs: what was done, and what is wrong."""
    said, chance = Said(), random.Random(seed)  # noqa: S311 - not for secrets
    line = begin(folder)
    with BenchPrinter() as bench:
        line.start()
        try:
            for nth in range(times):
                killed(folder, bench.port, seed + nth, said, chance)
        finally:
            line.end()
        wrong = list(faults(folder, said, line, bench))
    acts = {f"said: {what}": count for what, count in sorted(said.acts.items())}
    found = {"killed": times, "fruit": line.delivered, **acts, **_counted(folder / "station.db"),
             "labels that came out": len(bench.printed)}  # fmt: skip
    return found, wrong


def main() -> None:
    """Kill, judge, print, publish; exit code 1 where anything was lost or came out twice."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found, wrong = run(Path(folder), arguments.times, arguments.seed)
    table = markdown(("quantity", "value"), [*((name, str(count)) for name, count in found.items()),
                                             ("wrong afterwards", "; ".join(wrong) or "nothing")])  # fmt: skip
    print(table)
    about = {
        **provenance(), "what": f"each worker is killed within {LATEST_S} s of its start, while a line fills trays",
        "simulated": "fruit without a belt; a printer of TCP",
    }  # fmt: skip
    publish("books-kills", about, "Whoever works at the desk is killed at random times", table,
            {"counts": found, "wrong": wrong})  # fmt: skip
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
