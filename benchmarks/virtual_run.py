"""One run of the whole station in virtual time, its journal and its truth."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from grader.cli.demo_summary import Performance, Summary, summarise
from grader.grading import RulePack
from grader.line.journaling import RunJournal
from grader.line.profile import StationProfile
from grader.line.states import State
from grader.network import OnnxNetwork, hash_of, limits_of
from grader.store import Journal, RunStarted, fruit_of_run, reading
from grader.twin.audit import Row
from grader.twin.plant import Whereabouts
from grader.twin.simulation import Simulation
from grader.twin.virtual import VirtualStation

TURN_S = 10.0


@dataclass(frozen=True, slots=True)
class Finished:
    """What a run left."""

    summary: Summary
    rows: list[Row]
    """Its recorded fruit."""
    where: Whereabouts
    station: VirtualStation
    wall_s: float


def run_station(
    profile: StationProfile,
    pack: RulePack,
    simulation: Simulation,
    fruit: int,
    each_turn: Callable[[], None] = lambda: None,
    *,
    network: OnnxNetwork | None = None,
) -> Finished:
    """Until so many `fruit` are recorded and the belt has run empty; `each_turn` is called every ten seconds of it.

    `network`: what the simulation's camera shows its fruit to.
    """
    run = RunStarted(
        run=1,
        started_utc_ns=time.time_ns(),
        software_version=version("strawberry-grader"),
        model_sha256=hash_of(network),
        rule_pack_sha256=pack.hash,
        calibration_sha256=simulation.calibration_hash,
        station=profile.name,
        seed=None,
    )
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        with Journal(path) as journal:
            record = RunJournal(journal, run, profile.encoder.mm_per_count)
            station = VirtualStation(
                profile, pack, simulation.plant, simulation.see, record, decay_limits=limits_of(network)
            )
            station.start()
            # Whoever ends a run while the belt stands leaves fruit on it.
            while station.line.tally.recorded < fruit or station.station.machine.state is not State.EXECUTE:
                station.run(TURN_S)
                each_turn()
            station.complete()
            record.end("complete").result()
        wall_s = time.monotonic() - began_s
        performance = Performance(
            seconds=station.executed_s,
            latencies_s=station.line.latencies_s,
            frames_seen=station.frames,
            frames_dropped=0,
            late=station.line.tally.late,
        )
        where = simulation.plant.whereabouts()
        summary = summarise(path, run, profile, pack, where, performance)
        with reading(path) as connection:
            rows: list[Row] = list(fruit_of_run(connection, run.run))
    return Finished(summary, rows, where, station, wall_s)
