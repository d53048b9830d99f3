"""Counts by the API against what lies in the twin's trays, with the web process killed again and again meanwhile.

.venv/bin/python benchmarks/api_truth.py --fruit 20000
"""

import argparse
import random
import tempfile
import time
import urllib.error
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from benchmarks.figures import provenance, publish
from benchmarks.soak import with_crates
from benchmarks.table import markdown
from benchmarks.virtual_run import TURN_S
from grader.grading import find_rule_pack
from grader.line.journaling import RunJournal
from grader.line.profile import StationProfile
from grader.line.states import State
from grader.store import Journal, RunStarted
from grader.twin.conveyor import ConveyorSettings
from grader.twin.feed import FeedSettings
from grader.twin.simulation import Depth, SimulationSettings, simulate
from grader.twin.virtual import VirtualStation
from tests.system.station_process import ServeProcess, grader

STATION = "[api]\nrequests_per_s = 10000.0\nburst = 100000\n"
KILL_SHARE = 0.3
"""Of the turns of ten simulated seconds, after which the web process is killed."""
PATIENCE_S = 120.0


@dataclass
class Held:
    """What was asked and found."""

    kills: int = 0
    asked: int = 0
    unanswered: int = 0
    """Questions to a process that had just been killed."""
    too_many: list[str] = field(default_factory=list)
    """Answers that said more than lay in the trays."""
    delivered: Counter[str] = field(default_factory=Counter)
    """By outlet, at the end, by the API."""
    truth: Counter[str] = field(default_factory=Counter)
    """By outlet, at the end, in the trays."""
    unconfirmed: int = 0
    recorded: int = 0
    finished: int = 0
    """Fruit of every outcome, by the API."""

    @property
    def holds(self) -> bool:
        """No answer said too much; at the end delivered <= truth <= delivered + unconfirmed, and none is missing."""
        short = sum((self.truth - self.delivered).values())
        return (
            not self.too_many
            and not self.delivered - self.truth
            and short <= self.unconfirmed
            and self.finished == self.recorded
        )


def hold_against(folder: Path, fruit: int, seed: int = 1) -> Held:
    """Run the station in virtual time until so many `fruit` are recorded, beside a web process that is killed."""
    chance, held = random.Random(seed), Held()  # noqa: S311 - not for secrets
    file = folder / "station.toml"
    file.write_text(STATION)
    key = grader("api", "key", "create", "--scope", "read", "--station", str(file))
    profile = with_crates(StationProfile())
    settings = SimulationSettings(
        seed=seed,
        depth=Depth.SIGHTINGS,
        conveyor=ConveyorSettings(speed_mm_s=1000),
        feed=FeedSettings(fruit_per_s=60.0),
    )
    simulation, pack = simulate(profile, settings), find_rule_pack("cooperative")
    run = RunStarted(
        run=1, started_utc_ns=time.time_ns(), software_version=version("strawberry-grader"), model_sha256="none",
        rule_pack_sha256=pack.hash, calibration_sha256=simulation.calibration_hash, station=profile.name,
    )  # fmt: skip
    served = ServeProcess(file, 0)
    with Journal(folder / "journal.db") as journal:
        served.start()
        try:
            record = RunJournal(journal, run, profile.encoder.mm_per_count)
            station = VirtualStation(profile, pack, simulation.plant, simulation.see, record)
            station.start()
            while station.line.tally.recorded < fruit or station.station.machine.state is not State.EXECUTE:
                station.run(TURN_S)
                _ask(served, key, simulation.plant.whereabouts().trays, held)
                if chance.random() < KILL_SHARE:
                    served.kill()
                    held.kills += 1
                    _ask(served, key, [], held)
                    served.start()
            station.complete()
            record.end("complete").result()
            held.recorded = station.line.tally.recorded
            held.truth = Counter({
                outlet.value: 0 for outlet, _ in simulation.plant.whereabouts().trays
            })  # fmt: skip
            for outlet, items in simulation.plant.whereabouts().trays:
                held.truth[outlet.value] += len(items)
            _at_the_end(served, key, held)
        finally:
            served.kill()
    return held


def _ask(served: ServeProcess, key: str, trays: Sequence[tuple[object, Sequence[object]]], held: Held) -> None:
    held.asked += 1
    try:
        found = served.ask("/api/v1/counts?by=outlet", key)
    except (OSError, urllib.error.URLError):
        held.unanswered += 1
        return
    truth = sum(len(items) for _, items in trays)
    if found["fruit"] > truth:
        held.too_many.append(f"{found['fruit']} said, {truth} in the trays")


def _at_the_end(served: ServeProcess, key: str, held: Held) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s:
        found = served.ask("/api/v1/counts?by=outcome,outlet&every_outcome=true", key)
        held.finished = found["fruit"]
        if held.finished >= held.recorded:
            break
    for row in found["rows"]:
        if row["outcome"] == "delivered":
            held.delivered[row["outlet"]] += row["fruit"]
        held.unconfirmed += row["fruit"] if row["outcome"] == "unconfirmed" else 0


def main() -> None:
    """Run, print, publish; exit code 1 where it does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--fruit", type=int, default=100_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        held = hold_against(Path(folder), arguments.fruit)
    rows = [
        ("fruit recorded by the line", str(held.recorded)),
        ("fruit finished, by the API", str(held.finished)),
        ("web process killed", str(held.kills)),
        ("asked, unanswered", f"{held.asked}, {held.unanswered}"),
        ("answers that said more than lay in the trays", str(len(held.too_many))),
        ("delivered, by the API", str(held.delivered.total())),
        ("in the trays", str(held.truth.total())),
        ("unconfirmed", str(held.unconfirmed)),
        ("delivered <= truth <= delivered + unconfirmed", "holds" if held.holds else "does NOT hold"),
    ]
    table = markdown(("quantity", "value"), rows)
    print(table)
    about = {
        **provenance(),
        "simulated": "60 fruit/s, 1 m/s, virtual time, without optics; the web process is real, and killed by SIGKILL "
        f"after {KILL_SHARE:.0%} of the turns of ten simulated seconds; the line is not killed",
    }
    publish("api-truth", about, "Counts by the API against the twin's trays", table, {"holds": held.holds})
    if not held.holds:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
