"""The line of `grader trace demo`: one lot after the other over the simulated belt, in virtual time."""

import time
from functools import partial
from importlib.metadata import version
from pathlib import Path

from grader.cli.demo_virtual import in_virtual_time
from grader.cli.showing import Show
from grader.grading import RulePack
from grader.line.commands import FeedLot, Origin
from grader.line.profile import StationProfile
from grader.network import NO_NETWORK
from grader.store import RunStarted, next_run
from grader.store.books import Follower
from grader.trace.desk import Desk
from grader.trace.desk.desk import utc_ns
from grader.trace.desk.feeding import feed
from grader.trace.errors import AgainstRulesError
from grader.twin.simulation import Depth, SimulationSettings, simulate
from grader.twin.virtual import VirtualStation

TRAY_COUNT = 30
"""Small trays, so that some become full."""


def run_lot(desk: Desk, journal: Path, pack: RulePack, lot: str, seconds: float, seed: int) -> int:
    """Feed the lot, run the belt for so long, until it is empty; returns how many fruit came into the books."""
    profile = StationProfile()
    trays = tuple(ejector.model_copy(update={"tray_count": TRAY_COUNT}) for ejector in profile.ejectors)
    profile = profile.model_copy(update={"ejectors": trays})
    simulation = simulate(profile, SimulationSettings(seed=seed, depth=Depth.SIGHTINGS))
    run = RunStarted(
        run=next_run(journal),
        started_utc_ns=time.time_ns(),
        software_version=version("strawberry-grader"),
        model_sha256=NO_NETWORK,
        rule_pack_sha256=pack.hash,
        calibration_sha256=simulation.calibration_hash,
        station=profile.name,
        seed=seed,
    )
    show = Show(seconds, silent=True)
    in_virtual_time(
        profile, pack, simulation, journal, run, show, network=None, begun=partial(_feed, desk, journal, lot)
    )
    return Follower(desk.books, journal, lambda: utc_ns(desk.now())).follow()


def _feed(desk: Desk, journal: Path, lot: str, line: VirtualStation) -> None:
    def tell(lot: str, pass_number: int, mixed: bool, who: str) -> None:  # noqa: FBT001 - as `TellLine` has it
        said = FeedLot(lot=lot, pass_number=pass_number, mixed=mixed, who=who)
        reply = line.station.command(said, Origin.MACHINE, line.plant.now_s, time.time())
        if not reply.accepted:
            raise AgainstRulesError(reply.sentence)

    feed(desk, journal, lot, "Li", tell=tell)
