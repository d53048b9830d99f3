"""`grader demo`: the whole line against a simulated machine whose truth is known."""

import sys
import tempfile
import time
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict, Unpack

import click

from grader.cli.demo_live import in_real_time
from grader.cli.demo_summary import summarise
from grader.cli.demo_virtual import in_virtual_time
from grader.cli.numbers import Within
from grader.cli.showing import Show
from grader.grading import find_rule_pack
from grader.line.profile import StationProfile
from grader.network import hash_of, load_network
from grader.store import RunStarted, next_run
from grader.twin.conveyor import ConveyorSettings
from grader.twin.feed import FeedSettings
from grader.twin.simulation import Depth, SimulationSettings, simulate

WITHOUT_TERMINAL_S = 60.0
"""How long it runs if nobody says so and nobody can press Ctrl-C."""
MM_PER_M = 1000.0
LARGEST_SEED = 2**63 - 1
"""What the journal can keep."""


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
    no_network: bool
    page: bool
    as_json: bool


@click.command()
@click.option("--headless", is_flag=True, help="Show nothing while it runs.")
@click.option("--seconds", type=Within(0, 1e7, min_open=True), help="End after so many seconds of running belt.")
@click.option(
    "--seed", type=click.IntRange(0, LARGEST_SEED), default=1, show_default=True, help="The same seed, the same fruit."
)
@click.option("--speed-m-s", type=Within(0.05, 1.0), default=0.3, show_default=True, help="Of the belt.")
@click.option(
    "--fruit-per-s", type=Within(0, 200, min_open=True), default=10.0, show_default=True,
    help="Over all lanes.",
)  # fmt: skip
@click.option("--virtual", is_flag=True, help="In virtual time: as fast as it can be computed, the same every time.")
@click.option(
    "--depth", type=click.Choice([depth.value for depth in Depth]), default=Depth.PIXELS.value, show_default=True,
    help="Render and measure frames, or draw what measuring would have said.",
)  # fmt: skip
@click.option("--journal", type=click.Path(dir_okay=False, path_type=Path), help="Keep the journal here.")
@click.option("--no-network", is_flag=True, help="Do without the network: decay is not assessed.")
@click.option("--page/--no-page", default=True, help="Serve the touchscreen's page; in virtual time nobody could look.")
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
    seconds, path = options["seconds"], options["journal"]
    if seconds is None and not (sys.stdin.isatty() and sys.stdout.isatty()):
        seconds = WITHOUT_TERMINAL_S
    show = Show(seconds, silent=options["headless"])
    profile, pack = StationProfile(), find_rule_pack("cooperative")
    with ExitStack() as stack:
        if path is None:
            path = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-demo-"))) / "journal.db"
        network = None if options["no_network"] or settings.depth is Depth.SIGHTINGS else load_network()
        simulation = simulate(profile, settings, progress=show.rendering, network=network)
        run = RunStarted(
            run=next_run(path),
            started_utc_ns=time.time_ns(),
            software_version=version("strawberry-grader"),
            model_sha256=hash_of(network),
            rule_pack_sha256=pack.hash,
            calibration_sha256=simulation.calibration_hash,
            station=profile.name,
            seed=settings.seed,
        )
        if options["virtual"]:
            where, performance = in_virtual_time(profile, pack, simulation, path, run, show, network=network)
        else:
            where, performance = in_real_time(
                profile, pack, settings, path, run, show, network=network, page=options["page"]
            )
        summary = summarise(path, run, profile, pack, where, performance)
    click.echo(summary.json() if options["as_json"] else summary.text())
    if not performance.on_record:
        raise click.ClickException(
            "the journal could not take all of this run, which stands open there. Make room on the disk; the next "
            "start ends it and counts fruit whose fate is not on record as unconfirmed"
        )
