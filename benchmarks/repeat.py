"""The same fruit a second time: does it get the same grade? And the fused diameter against the truth.

    .venv/bin/python benchmarks/repeat.py [--fruit N]

Each of N fruit is rendered in two attitudes and two lanes, and all of them pass the running line twice, in virtual
time. A fruit that was measured once and not the other time did not get the same grade again.
"""

import argparse
from collections import defaultdict
from itertools import cycle
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks.figures import ROOT, provenance, publish
from benchmarks.intervals import bootstrap, mean, percentile_95, wilson
from benchmarks.table import Goal, Row, goals_table
from benchmarks.virtual_run import run_station
from grader.grading import RulePack, find_rule_pack
from grader.line.profile import StationProfile
from grader.twin.audit import Audit
from grader.twin.audit import Row as Record
from grader.twin.cameras import station
from grader.twin.catalogue import Catalogue
from grader.twin.entries import CatalogueSettings, Entry
from grader.twin.feed import Draw, Feed, FeedSettings, Item, Kind, Specimen
from grader.twin.frames import FrameMaker, FrameSettings
from grader.twin.kept import kept_calibration, kept_catalogue
from grader.twin.pixel_camera import PixelCamera
from grader.twin.plant import Plant
from grader.twin.simulation import Simulation, SimulationSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

CACHE = ROOT / ".cache" / "twin"
POSES = 2
PASSES = 2
PROFILE = StationProfile()

Pair = tuple[Item, Record | None]


def main() -> None:
    """Render, run, print, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--fruit", type=int, default=200)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    pack = find_rule_pack("cooperative")
    seen = passes(arguments.fruit, pack)
    rows = [*repeat_rows(seen, pack), *accuracy_rows([pair for pairs in seen.values() for pair in pairs], pack)]
    about = {
        "simulated": f"{arguments.fruit} fruit in {POSES} attitudes, rendered, 10 fruit/s, 0.3 m/s, all lanes",
        "intervals": "by fruit: their passes are not independent",
        **provenance(),
    }
    title = "The same fruit again"
    print(f"{title}\n\n{goals_table(rows)}")
    publish("repeat", about, title, goals_table(rows), {"rows": [row.record() for row in rows]})


def passes(fruit: int, pack: RulePack) -> dict[int, list[Pair]]:
    """Whatever passed, by its look, with its records."""
    settings = CatalogueSettings(seed=21, fruit=fruit * POSES, poses=POSES, things=0)
    catalogue = kept_catalogue(settings, station(), CACHE)
    calibration = kept_calibration(catalogue, CACHE)
    frames = FrameMaker(catalogue, FrameSettings(mm_per_count=PROFILE.encoder.mm_per_count))
    conveyor = SimulationSettings().conveyor
    feed = Feed(
        7, FeedSettings(doubles=0, foreign=0), PROFILE.lanes.centres_mm, conveyor.speed_mm_s, _in_turn(catalogue),
        catalogue.references,
    )  # fmt: skip
    camera = PixelCamera(frames, calibration, PROFILE.window)
    simulation = Simulation(Plant(PROFILE, conveyor, feed, 7), camera.see, calibration.hash)
    finished = run_station(PROFILE, pack, simulation, fruit * POSES * PASSES)
    by_look: dict[int, list[Pair]] = defaultdict(list)
    for _, item, record in Audit(PROFILE, pack).pairs(finished.rows, finished.where):
        if item.kind == "fruit" and item.look is not None:
            by_look[item.look].append((item, record))
    return by_look


def _in_turn(catalogue: Catalogue) -> Draw:
    """Each lane's fruit one after the other, over and over."""
    by_lane: dict[int, list[Entry]] = defaultdict(list)
    for entry in catalogue.entries:
        if entry.specimen.kind == "fruit":
            by_lane[entry.lane].append(entry)
    turns: dict[int, Iterator[Entry]] = {lane: cycle(entries) for lane, entries in by_lane.items()}

    def draw(generator: np.random.Generator, lane: int, kind: Kind) -> Specimen:  # noqa: ARG001 - a `Draw`
        return next(turns[lane]).specimen

    return draw


def repeat_rows(seen: dict[int, list[Pair]], pack: RulePack) -> list[Row]:
    """Same size grade, other pose; same whole grade, same pose; same whole grade, other pose."""
    first = {look: pairs[0][1] for look, pairs in seen.items()}
    again = {look: pairs[1][1] for look, pairs in seen.items() if len(pairs) >= PASSES}
    posed = [(first[look], first[look + 1]) for look in first if look % POSES == 0 and look + 1 in first]
    same = [(first[look], record) for look, record in again.items()]
    return [
        _share("same size grade again, other attitude", posed, pack, Goal(93), Goal(97), size_only=True),
        _share("same whole grade again, same attitude", same, pack, Goal(95), Goal(98), size_only=False),
        _share("same whole grade again, other attitude", posed, pack, None, None, size_only=False),
    ]


def _share(
    what: str,
    pairs: list[tuple[Record | None, Record | None]],
    pack: RulePack,
    must: Goal | None,
    aim: Goal | None,
    *,
    size_only: bool,
) -> Row:
    """Of the fruit that were measured at least once."""
    grades = [tuple(_grade(record, pack, size_only=size_only) for record in pair) for pair in pairs]
    known = [(one, other) for one, other in grades if one is not None or other is not None]
    hits = sum(one == other for one, other in known)
    low, high = wilson(hits, len(known))
    return Row(what, "%", 1, len(known), 100 * hits / len(known), (100 * low, 100 * high), must, aim)


def _grade(record: Record | None, pack: RulePack, *, size_only: bool) -> object:
    """None where it was not measured."""
    if record is None or not record["views"]:
        return None
    return _size_class(record["diameter_mm"], pack) if size_only else record["grade"]


def _size_class(diameter_mm: float, pack: RulePack) -> int:
    limits = np.array([boundary.value for boundary in pack.limits_of("diameter_mm")])
    return int(np.searchsorted(limits, diameter_mm, "right"))


def accuracy_rows(pairs: list[Pair], pack: RulePack) -> list[Row]:
    """The fused diameter against the truth, and the size grade."""
    measured = [(item, record) for item, record in pairs if record is not None and record["views"]]
    by_look: dict[int, list[float]] = defaultdict(list)
    right: dict[int, list[bool]] = defaultdict(list)
    for item, record in measured:
        by_look[item.look or 0].append(record["diameter_mm"] - item.diameter_mm)
        same = _size_class(record["diameter_mm"], pack) == _size_class(item.diameter_mm, pack)
        right[item.look or 0].append(same)
    errors = np.array([np.mean(each) for each in by_look.values()])
    everything = np.concatenate([np.array(each) for each in by_look.values()])
    shares = np.array([np.mean(each) for each in right.values()])
    share = 100 * float(np.mean([value for each in right.values() for value in each]))
    low, high = bootstrap(100 * shares, mean)
    return [
        Row("passes in which it was measured", "%", 1, len(pairs), 100 * len(measured) / len(pairs)),
        Row("fused diameter: bias", "mm", 2, len(everything), float(everything.mean()), bootstrap(errors, mean)),
        Row("fused diameter: sd", "mm", 2, len(everything), float(everything.std(ddof=1))),
        Row(
            "fused diameter: 95th percentile",
            "mm",
            2,
            len(everything),
            float(percentile_95(everything)),
            bootstrap(errors, percentile_95),
            Goal(high=0.6),
            Goal(high=0.3),
        ),
        Row("size grade right, all fruit", "%", 1, len(everything), share, (low, high), Goal(95), Goal(98)),
    ]


if __name__ == "__main__":
    main()
