"""A line in virtual time in a process of its own, which may be killed; what truly fell into trays is in a file.

Items in the air and on the belt vanish with it: the machine that outlives its line is in `benchmarks/kills.py`.
"""

import multiprocessing
import os
import time
from collections import Counter
from concurrent.futures import Future
from dataclasses import dataclass, field
from importlib.metadata import version
from multiprocessing.process import BaseProcess
from pathlib import Path

from benchmarks.soak import with_crates
from benchmarks.virtual_run import TURN_S
from grader.grading import Outlet, find_rule_pack
from grader.line.journaling import RunJournal
from grader.line.profile import StationProfile
from grader.line.records import DeliveryRecord
from grader.line.states import State
from grader.line.station import Handover
from grader.store import Journal, RunStarted
from grader.twin.conveyor import ConveyorSettings
from grader.twin.feed import FeedSettings
from grader.twin.plant import Plant
from grader.twin.simulation import Depth, SimulationSettings, simulate
from grader.twin.virtual import VirtualStation

JOURNAL, TRUTH = "journal.db", "truth"
LETTERS: dict[Outlet, bytes] = {
    outlet: str(number).encode() for number, outlet in enumerate(Outlet) if outlet is not Outlet.RECHECK
}
"""Of each outlet in the file of the truth, where every fruit is one letter."""


@dataclass(slots=True)
class Witness:
    """Writes down what lies in a plant's trays; each fruit once, and for good before anybody is told of it."""

    plant: Plant
    file: int
    """The truth's, opened to append: what was written outlives the process."""
    _known: Counter[Outlet] = field(default_factory=Counter)
    _taken: int = 0

    def look(self) -> None:
        """Write down what has fallen since the last look."""
        for outlet, items in self.plant.taken_away[self._taken :]:
            self._write(outlet, len(items))
            self._known[outlet] -= len(items)
        self._taken = len(self.plant.taken_away)
        for outlet, items in self.plant.trays.items():
            self._write(outlet, len(items))

    def _write(self, outlet: Outlet, lying: int) -> None:
        if lying > self._known[outlet]:
            os.write(self.file, LETTERS[outlet] * (lying - self._known[outlet]))
            self._known[outlet] = lying


class WitnessedStation(VirtualStation):
    """A fruit is written down where it lies before the line's journal can say so."""

    witness: Witness

    def step(self) -> None:
        """VirtualStation's."""
        super().step()
        self.witness.look()

    def deliver(self, delivery: DeliveryRecord) -> Future[None]:
        """VirtualStation's."""
        self.witness.look()
        return super().deliver(delivery)


def truth(folder: Path) -> Counter[str]:
    """What lies in the trays of all runs, by outlet."""
    written = (folder / TRUTH).read_bytes() if (folder / TRUTH).exists() else b""
    return Counter({outlet.value: written.count(letter) for outlet, letter in LETTERS.items()})


def start_line(folder: Path, fruit: int, seed: int) -> BaseProcess:
    """Begin a run of so many fruit, 60 a second at 1 m/s, in a process of its own."""
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(folder, fruit, seed))
    process.start()
    return process


def _run(folder: Path, fruit: int, seed: int) -> None:
    profile, pack = with_crates(StationProfile()), find_rule_pack("cooperative")
    settings = SimulationSettings(
        seed=seed,
        depth=Depth.SIGHTINGS,
        conveyor=ConveyorSettings(speed_mm_s=1000),
        feed=FeedSettings(fruit_per_s=60.0),
    )
    simulation = simulate(profile, settings)
    file = os.open(folder / TRUTH, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with Journal(folder / JOURNAL) as journal:
        begun = RunStarted(
            run=journal.next_run, started_utc_ns=time.time_ns(), software_version=version("strawberry-grader"),
            model_sha256="none", rule_pack_sha256=pack.hash, calibration_sha256=simulation.calibration_hash,
            station=profile.name,
        )  # fmt: skip
        handover = Handover(journal.next_tray)
        record = RunJournal(journal, begun, profile.encoder.mm_per_count)
        station = WitnessedStation(profile, pack, simulation.plant, simulation.see, record, handover)
        station.witness = Witness(simulation.plant, file)
        station.start()
        while station.line.tally.recorded < fruit or station.station.machine.state is not State.EXECUTE:
            station.run(TURN_S)
        station.complete()
        record.end("complete").result()
