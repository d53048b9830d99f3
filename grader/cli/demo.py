"""`grader demo`: the whole line against a simulated machine whose truth is known."""

import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import TypedDict, Unpack

import click

from grader.cli.demo_summary import Performance, Summary, summarise
from grader.grading import RulePack, find_rule_pack
from grader.line.journaling import RunJournal
from grader.line.profile import StationProfile
from grader.line.states import State
from grader.store import Journal, RunStarted
from grader.twin.conveyor import ConveyorSettings
from grader.twin.feed import FeedSettings
from grader.twin.simulation import Depth, Simulation, SimulationSettings, simulate
from grader.twin.virtual import VirtualStation

WITHOUT_TERMINAL_S = 60.0
"""How long it runs if nobody says so and nobody can press Ctrl-C."""
MM_PER_M = 1000.0
NO_MODEL = "none"
TELL_EVERY_S = 2.0
PATIENCE_S = 60.0
"""A machine that does not run again within so many simulated seconds ends the demonstration."""


class Options(TypedDict):
    """What the command line says."""

    headless: bool
    seconds: float | None
    seed: int
    speed_m_s: float
    fruit_per_s: float
    virtual: bool
    depth: str
    journal: Path | None
    as_json: bool


@click.command()
@click.option("--headless", is_flag=True, help="Show nothing while it runs.")
@click.option("--seconds", type=click.FloatRange(0, min_open=True), help="End after so many seconds of running belt.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same fruit.")
@click.option("--speed-m-s", type=click.FloatRange(0.05, 1.0), default=0.3, show_default=True, help="Of the belt.")
@click.option(
    "--fruit-per-s", type=click.FloatRange(0, 200, min_open=True), default=10.0, show_default=True,
    help="Over all lanes.",
)  # fmt: skip
@click.option("--virtual", is_flag=True, help="In virtual time: as fast as it can be computed, the same every time.")
@click.option(
    "--depth", type=click.Choice([depth.value for depth in Depth]), default=Depth.PIXELS.value, show_default=True,
    help="Render and measure frames, or draw what measuring would have said.",
)  # fmt: skip
@click.option("--journal", type=click.Path(dir_okay=False, path_type=Path), help="Keep the journal here.")
@click.option("--json", "as_json", is_flag=True, help="End with one line of JSON.")
def demo(**options: Unpack[Options]) -> None:
    """Run the line: fruit on a belt, decisions, air jets, trays, against a simulated machine.

    The simulation also plays the people: somebody presses Start, changes full trays and empties the recheck crate.
    """
    settings = SimulationSettings(
        seed=options["seed"],
        depth=Depth(options["depth"]),
        conveyor=ConveyorSettings(speed_mm_s=options["speed_m_s"] * MM_PER_M),
        feed=FeedSettings(fruit_per_s=options["fruit_per_s"]),
    )
    seconds, headless, journal = options["seconds"], options["headless"], options["journal"]
    if seconds is None and not (sys.stdin.isatty() and sys.stdout.isatty()):
        seconds = WITHOUT_TERMINAL_S
    if not options["virtual"]:
        raise click.UsageError("the line does not run in real time yet: add --virtual")
    profile, pack = StationProfile(), find_rule_pack("cooperative")
    with ExitStack() as stack:
        if journal is None:
            journal = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-demo-"))) / "journal.db"
        simulation = simulate(profile, settings, progress=None if headless else _rendering)
        summary = _in_virtual_time(profile, pack, settings, simulation, journal, seconds, told=not headless)
    click.echo(summary.json() if options["as_json"] else summary.text())


def _rendering(done: int, total: int) -> None:
    """Say how far the first start is."""
    click.echo(f"\rThe first start renders the fruit: {done} of {total}", nl=done == total, err=True)


def _in_virtual_time(
    profile: StationProfile,
    pack: RulePack,
    settings: SimulationSettings,
    simulation: Simulation,
    path: Path,
    seconds: float | None,
    *,
    told: bool,
) -> Summary:
    plant = simulation.plant
    with Journal(path) as journal:
        run = RunStarted(
            run=journal.next_run,
            started_utc_ns=time.time_ns(),
            software_version=version("strawberry-grader"),
            model_sha256=NO_MODEL,
            rule_pack_sha256=pack.hash,
            calibration_sha256=simulation.calibration_hash,
            station=profile.name,
            seed=settings.seed,
        )
        record = RunJournal(journal, run, profile.encoder.mm_per_count)
        station = VirtualStation(profile, pack, plant, simulation.see, record, journal.next_tray)
        station.start()
        _run(station, seconds, told=told)
        station.complete()
        record.end("complete").result()
    performance = Performance(
        seconds=station.executed_s,
        latencies_s=station.line.latencies_s,
        frames_seen=station.frames,
        frames_dropped=0,
        late=station.line.tally.late,
    )
    return summarise(path, run, profile, pack, plant.whereabouts(), performance)


def _run(station: VirtualStation, seconds: float | None, *, told: bool) -> None:
    """Until the belt has run for so long, or Ctrl-C."""
    told_s = time.monotonic()
    waited_since_s = station.plant.now_s
    with _interrupted() as interrupted:
        while not interrupted() and (seconds is None or station.executed_s < seconds):
            station.run(TICK_S)
            if station.station.machine.state is State.EXECUTE:
                waited_since_s = station.plant.now_s
            elif station.plant.now_s - waited_since_s > PATIENCE_S:
                raise click.ClickException(f"The belt stands and nobody starts it again: {station.station.machine.why}")
            if told and time.monotonic() - told_s >= TELL_EVERY_S:
                told_s = time.monotonic()
                _tell(station)


TICK_S = 0.05


def _tell(station: VirtualStation) -> None:
    tally = station.line.tally
    trays = "  ".join(
        f"{outlet} {place.delivered}/{place.capacity}" for outlet, place in station.line.outlets.places.items()
    )
    click.echo(
        f"{station.executed_s:6.0f} s  {station.station.machine.state.name.lower():9}  {tally.recorded:6} fruit  "
        f"in the trays: {trays}  recheck {tally.recheck}",
        err=True,
    )


@contextmanager
def _interrupted() -> Iterator[Callable[[], bool]]:
    """Ctrl-C and SIGTERM end the run as its own end does."""
    flag = _Flag()
    before = {number: signal.signal(number, flag.set) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield flag
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Flag:
    def __init__(self) -> None:
        self._set = False

    def __call__(self) -> bool:
        return self._set

    def set(self, _number: int, _frame: FrameType | None) -> None:
        self._set = True
