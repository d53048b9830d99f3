"""Measure, with pixels, the error model that the twin's sightings draw from (`grader.twin.sighting_model.ErrorModel`).

    .venv/bin/python benchmarks/twin_errors.py [--fruit N] [--rides N]

Fruit of a large catalogue ride through the window of the station's camera, calibrated by its own procedure, alone and
as pairs that touch. A fruit's mean error over its views is common to them; what is left differs from view to view.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import ROOT, provenance, publish
from grader.line.profile import StationProfile
from grader.line.sightings import BeltSightings
from grader.twin.cameras import station
from grader.twin.catalogue import Catalogue
from grader.twin.entries import CatalogueSettings
from grader.twin.feed import Feed, FeedSettings, Item
from grader.twin.frames import FrameMaker, FrameSettings
from grader.twin.kept import kept_calibration, kept_catalogue
from grader.twin.pixel_camera import PixelCamera
from grader.vision import WhyNot

Array = NDArray[np.float64]
Placed = list[tuple[Item, float]]
"""Items, and where they are along the travel, mm."""
See = Callable[[Placed, int, float], BeltSightings]

PROFILE = StationProfile()
LANES_MM = PROFILE.lanes.centres_mm
SPEED_MM_S = 300.0
FRUIT_PER_S = 10.0
NEAR_MM = 12.0
"""A sighting belongs to the fruit whose true place is the nearest, and nearer than this."""
LEAD_MM = 190.0
FEWEST, LEAST_WAY_MM = 3, 80.0
"""A line through fewer views of a fruit, or over less of the way, says nothing about its slope."""
CACHE = ROOT / ".cache" / "twin"
QUANTITIES = ("diameter_mm", "width_mm", "maturity", "volume_rel", "along_mm", "across_mm")


@dataclass
class Ride:
    """What was seen of the fruit of one feed."""

    errors: dict[str, dict[int, list[float]]] = field(
        default_factory=lambda: {name: defaultdict(list) for name in QUANTITIES}
    )
    """Of each quantity: those of each catalogue entry's measured views."""
    places: dict[int, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    """Of each catalogue entry's measured views: place along the travel, mm, and red share."""
    stated_u_mm: list[float] = field(default_factory=list)
    in_window: int = 0
    """Views of fruit that were wholly in the window,"""
    found: int = 0
    """that had a sighting,"""
    measured: dict[int, list[bool]] = field(default_factory=lambda: defaultdict(list))
    """and, of each fruit, whether each view was measured."""
    nobodys: int = 0
    """Sightings where no fruit is."""


def main() -> None:
    """Ride, print, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--fruit", type=int, default=256, help="in the catalogue")
    parser.add_argument("--rides", type=int, default=3000, help="fruit that ride alone, and as many in pairs")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    settings = CatalogueSettings(seed=11, fruit=arguments.fruit, things=16)
    catalogue = kept_catalogue(settings, station(), CACHE)
    alone = ride(catalogue, arguments.rides, FeedSettings(fruit_per_s=FRUIT_PER_S, doubles=0, foreign=0.03))
    touching = ride(catalogue, arguments.rides, FeedSettings(fruit_per_s=FRUIT_PER_S, doubles=1, foreign=0))
    columns = {"alone": summary(alone), "touching": summary(touching)}
    rows = ["| quantity | alone | touching |", "|---|---|---|"]
    rows += [
        f"| {name} | {columns['alone'][name]:.4g} | {columns['touching'][name]:.4g} |" for name in columns["alone"]
    ]
    table = "\n".join(rows)
    print(table)
    about = {
        "pictures": f"simulated: {arguments.fruit} catalogue fruit, station's camera, {arguments.rides} fruit ridden",
        "terms": "common: sd of what all views of a fruit share; view: sd of what differs between its views",
        **provenance(),
    }
    publish("twin-errors", about, "Errors of sightings on the twin's pixels", table, columns)


def ride(catalogue: Catalogue, fruit: int, feeding: FeedSettings) -> Ride:
    """Let `fruit` of the catalogue pass, a frame every `frame_every_mm` of the station profile."""
    seen = Ride()
    for placed, said in passing(Feed(5, feeding, LANES_MM, SPEED_MM_S, catalogue.draw), pixels(catalogue), fruit):
        _note(seen, placed, said)
    return seen


def pixels(catalogue: Catalogue) -> See:
    """The camera over the catalogue's frames, calibrated by its own procedure."""
    frames = FrameMaker(catalogue, FrameSettings(speed_mm_s=SPEED_MM_S))
    return PixelCamera(frames, kept_calibration(catalogue, CACHE), PROFILE.window).see


def passing(feed: Feed, see: See, fruit: int) -> Iterator[tuple[Placed, BeltSightings]]:
    """Frame after frame until `fruit` have come: what lies where, and what was seen."""
    travel_mm, items, total = 0.0, list[Item](), 0
    while total < fruit:
        laid = feed.lay(travel_mm)
        total += len(laid)
        items = [item for item in [*items, *laid] if item.rides_mm + travel_mm < 2 * LEAD_MM]
        placed = [(item, item.rides_mm + travel_mm - LEAD_MM) for item in items]
        yield placed, see(placed, round(travel_mm / PROFILE.encoder.mm_per_count), 0.0)
        travel_mm += PROFILE.window.frame_every_mm


def _note(seen: Ride, placed: Placed, said: BeltSightings) -> None:
    fruit = [(item, along) for item, along in placed if item.kind == "fruit"]
    places = np.array([(along, item.across_mm) for item, along in fruit]).reshape(-1, 2)
    rows = np.column_stack([said.along_mm, said.across_mm])
    apart = np.hypot(*(places[:, None] - rows[None]).transpose(2, 0, 1))
    owner = apart.argmin(axis=0) if fruit else np.zeros(0, int)
    seen.nobodys += int((apart.min(axis=0, initial=np.inf) > 2 * NEAR_MM).sum())
    window = PROFILE.window
    for nth, (item, along) in enumerate(fruit):
        if not window.from_mm <= along <= window.to_mm:
            continue
        seen.in_window += 1
        own = [row for row in np.flatnonzero(owner == nth) if apart[nth, row] < NEAR_MM]
        row = min(own, key=lambda row: float(apart[nth, row]), default=None)
        seen.found += row is not None
        measured = row is not None and said.why_not[row] == WhyNot.NOTHING
        seen.measured[item.number].append(measured)
        if row is None or not measured:
            continue
        off = {
            "diameter_mm": said.diameter_mm[row] - item.diameter_mm,
            "width_mm": said.width_mm[row] - item.width_mm,
            "maturity": said.maturity[row] - item.visible_red,
            "volume_rel": said.volume_mm3[row] / item.volume_mm3 - 1,
            "along_mm": said.along_mm[row] - along,
            "across_mm": said.across_mm[row] - item.across_mm,
        }
        for name, value in off.items():
            seen.errors[name][item.look or 0].append(float(value))
        seen.places[item.look or 0].append((along, float(said.maturity[row])))
        seen.stated_u_mm.append(float(said.diameter_u_mm[row]))


def summary(seen: Ride) -> dict[str, float]:
    """The model's constants and what else is worth knowing."""
    views = [np.array(view) for view in seen.measured.values()]
    never = np.array([not view.any() for view in views])
    sometimes = np.concatenate([view for view, none in zip(views, never, strict=True) if not none])
    said: dict[str, float] = {
        "fruit": len(views),
        "views": seen.in_window,
        "views found, share": seen.found / max(seen.in_window, 1),
        "sightings where no fruit is": seen.nobodys,
        "fruit that no view measures, share": float(never.mean()),
        "single views unmeasurable, share of the others'": float(1 - sometimes.mean()),
        "stated u of the diameter, median, mm": float(np.median(seen.stated_u_mm)),
    }
    for name, by_fruit in seen.errors.items():
        bias, common, view, p95 = _parts(by_fruit)
        said |= {f"{name} bias": bias, f"{name} common": common, f"{name} view": view, f"{name} p95": p95}
    slope, scatter = _slopes(seen)
    return said | {"maturity slope over 100 mm, relative": slope, "maturity scatter about it": scatter}


def _slopes(seen: Ride) -> tuple[float, float]:
    """How the red share that is seen changes as a fruit passes.

    Standard deviations of its slope over 100 mm divided by the root of m (1 - m), and of what is left about the lines.
    """
    slopes, squares, free = [], 0.0, 0
    for pairs in seen.places.values():
        along, red = np.array(pairs).T
        if len(along) < FEWEST or np.ptp(along) < LEAST_WAY_MM:
            continue
        line = np.polyfit(along / 100, red, 1)
        squares += float(((red - np.polyval(line, along / 100)) ** 2).sum())
        free += len(along) - 2
        slopes.append(line[0] / np.sqrt(max(red.mean() * (1 - red.mean()), 0.01)))
    return float(np.std(slopes)), float(np.sqrt(squares / max(free, 1)))


def _parts(by_fruit: dict[int, list[float]]) -> tuple[float, float, float, float]:
    """Bias, sd between fruit, sd between the views of a fruit, 95th percentile of the absolute error."""
    groups = [np.array(errors) for errors in by_fruit.values()]
    means = np.array([group.mean() for group in groups])
    free = sum(len(group) - 1 for group in groups)
    within = sum(float(((group - mean) ** 2).sum()) for group, mean in zip(groups, means, strict=True)) / max(free, 1)
    between = float(means.var(ddof=1)) - within * float(np.mean([1 / len(group) for group in groups]))
    everything = np.concatenate(groups)
    p95 = float(np.quantile(np.abs(everything), 0.95))
    return float(means.mean()), float(np.sqrt(max(between, 0))), float(np.sqrt(within)), p95


if __name__ == "__main__":
    main()
