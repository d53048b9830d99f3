"""The demonstration in virtual time: one process, as fast as it can be computed."""

from collections.abc import Callable
from pathlib import Path

import click

from grader.cli.demo_summary import Performance
from grader.cli.showing import Show
from grader.grading import RulePack
from grader.line.journaling import RunJournal, check_of_shift
from grader.line.onlooking import look_at
from grader.line.profile import StationProfile
from grader.line.states import State
from grader.line.station import Handover
from grader.network import OnnxNetwork, limits_of
from grader.store import Journal, RunStarted
from grader.twin.plant import Whereabouts
from grader.twin.simulation import Simulation
from grader.twin.virtual import VirtualStation

PATIENCE_S = 60.0
"""A machine that does not run again within so many simulated seconds ends the demonstration."""
TURN_S = 0.05


def in_virtual_time(
    profile: StationProfile,
    pack: RulePack,
    simulation: Simulation,
    path: Path,
    run: RunStarted,
    show: Show,
    *,
    network: OnnxNetwork | None,
    begun: Callable[[VirtualStation], None] = lambda _: None,
) -> tuple[Whereabouts, Performance]:
    """One run; where everything lies at its end, and how the line did.

    `begun` is called once the run is on record, before the belt moves.
    """
    with Journal(path) as journal, show.hearing():
        check = check_of_shift(path, run.calibration_sha256, profile.references.valid_h, run.started_utc_ns)
        record = RunJournal(journal, run, profile.encoder.mm_per_count)
        handover, limits = Handover(journal.next_tray, check), limits_of(network)
        station = VirtualStation(profile, pack, simulation.plant, simulation.see, record, handover, decay_limits=limits)
        begun(station)
        station.start()
        _run(station, run.run, show)
        station.complete()
        record.end("complete").result()
    performance = Performance(
        seconds=station.executed_s,
        latencies_s=station.line.latencies_s,
        frames_seen=station.frames,
        frames_dropped=0,
        late=station.line.tally.late,
    )
    return simulation.plant.whereabouts(), performance


def _run(station: VirtualStation, run: int, show: Show) -> None:
    ran_s = station.plant.now_s
    while not show.over(station.executed_s):
        station.run(TURN_S)
        if station.station.machine.state is State.EXECUTE:
            ran_s = station.plant.now_s
        elif station.plant.now_s - ran_s > PATIENCE_S:
            raise click.ClickException(f"the belt stands and nobody starts it again: {station.station.machine.why}")
        show.state(look_at(station.station, run, station.executed_s))
