"""A line that writes its journal without a belt: a run, trays, fruit that fall where the test says."""

import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Self

from grader.store import (
    FruitDecided,
    FruitDelivered,
    Journal,
    Outcome,
    RunEnded,
    RunStarted,
    TrayClosed,
    TrayCounted,
    TrayDoubted,
    TrayOpened,
)

GRADES = {"super": ("Super", 37.0), "I": ("I", 32.0), "II": ("II", 27.0), "waste": ("substandard", 20.0)}
FRUIT = FruitDecided(
    run=1,
    fruit=1,
    lane=0,
    encoder_count=0,
    exposed_monotonic_ns=0,
    decided_utc_ns=10,
    views=2,
    sightings=3,
    diameter_mm=37.0,
    diameter_u_mm=0.3,
    weight_g=20.0,
    weight_u_g=1.5,
    decay="none",
    grade="Super",
    decided_outlet="super",
    outlet="super",
    criterion="size",
    margin=2.0,
    reason_code="graded",
    reason="Super",
    tray=1,
)


class SmallLine:
    """The journal of a line, and where it stands."""

    def __init__(self, path: Path, rule_pack_sha256: str = "r") -> None:
        self.path = path
        self.journal = Journal(path)
        self.run = self.journal.next_run
        self._pack = rule_pack_sha256
        self._fruit = 0
        self._tray = self.journal.next_tray
        self.standing: dict[str, int] = {}
        self.at_utc_ns = 40

    def start(self) -> Self:
        """A run begins, with a tray at each outlet."""
        begun = RunStarted(
            run=self.run, started_utc_ns=time.time_ns(), software_version="0", model_sha256="m",
            rule_pack_sha256=self._pack, calibration_sha256="c", station="twin",
        )  # fmt: skip
        self.journal.submit(begun).result()
        for outlet in GRADES:
            self.swap(outlet)
        return self

    def swap(self, outlet: str, why: str | None = None) -> int:
        """An empty tray stands at the outlet: its number; the last one was taken away for the reason `why`."""
        number, self._tray = self._tray, self._tray + 1
        opened = TrayOpened(tray=number, run=self.run, outlet=outlet, opened_utc_ns=20)
        old = self.standing.get(outlet)
        records = [opened] if old is None else [TrayClosed(tray=old, closed_utc_ns=30, why=why), opened]
        self.journal.submit(*records).result()
        self.standing[outlet] = number
        return number

    def send(self, outlet: str, count: int = 1, outcome: Outcome = Outcome.DELIVERED, **facts: object) -> None:
        """So many fruit fall into the outlet's tray, or else."""
        waiting = [self._deliver(self._decide(outlet, **facts), outlet, outcome) for _ in range(count)]
        for future in waiting:
            future.result()

    def pass_by(self, outlet: str) -> list[Future[None]]:
        """A fruit is decided and falls into the outlet's tray; nobody waits for the disk."""
        number = self._decide(outlet)
        return [self._decided, self._deliver(number, outlet, Outcome.DELIVERED)]

    def decide(self, outlet: str, **facts: object) -> int:
        """A fruit is on the belt: its number."""
        number = self._decide(outlet, **facts)
        self._decided.result()
        return number

    def deliver(self, fruit: int, outlet: str, outcome: Outcome = Outcome.DELIVERED) -> None:
        """It has left the belt."""
        self._deliver(fruit, outlet, outcome).result()

    def _decide(self, outlet: str, **facts: object) -> int:
        self._fruit += 1
        grade, diameter_mm = GRADES[outlet]
        fruit = replace(
            FRUIT, run=self.run, fruit=self._fruit, decided_outlet=outlet, outlet=outlet, tray=self.standing[outlet],
            **({"grade": grade, "diameter_mm": diameter_mm} | facts),  # type: ignore[arg-type]
        )  # fmt: skip
        self._decided = self.journal.submit(fruit)
        return self._fruit

    def _deliver(self, fruit: int, outlet: str, outcome: Outcome) -> Future[None]:
        fell = {
            Outcome.DELIVERED: (outlet, self.standing[outlet], None),
            Outcome.RECHECK: ("recheck", None, "late"),
            Outcome.UNCONFIRMED: (None, None, "no_exit_pulse"),
        }
        where, tray, cause = fell[outcome]
        delivery = FruitDelivered(
            run=self.run, fruit=fruit, outcome=outcome, outlet=where, tray=tray, encoder_count=None, cause=cause,
            delivered_utc_ns=self.at_utc_ns,
        )  # fmt: skip
        return self.journal.submit(delivery)

    def doubt(self, tray: int, why: str = "crash") -> None:
        self.journal.submit(TrayDoubted(tray=tray, why=why)).result()

    def count(self, tray: int, counted: int) -> None:
        self.journal.submit(TrayCounted(tray=tray, counted=counted)).result()

    def end(self) -> None:
        self.journal.submit(RunEnded(run=self.run, ended_utc_ns=50)).result()

    def close(self) -> None:
        self.journal.close()
