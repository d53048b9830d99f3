"""What the views of a fruit say together, with and without stereo, on the twin's pixels and in its sightings' depth.

    .venv/bin/python benchmarks/fusion.py [--fruit N] [--rides N]

The catalogue is another than the one that the error model and the constants of `grader.line.stereo` were measured on.
"""

import argparse
import time
from dataclasses import asdict, dataclass, field

import cv2
import numpy as np

from benchmarks.figures import provenance, publish
from benchmarks.intervals import Z, bootstrap, percentile_95
from benchmarks.judging import RIPE
from benchmarks.table import markdown
from benchmarks.twin_errors import (
    CACHE,
    FRUIT_PER_S,
    LANES_MM,
    LEAD_MM,
    NEAR_MM,
    PROFILE,
    SPEED_MM_S,
    See,
    passing,
    pixels,
)
from grader.grading import Measurement, decide, find_rule_pack
from grader.line.fusion import agreeing, combine, fuse, widest_section
from grader.line.sightings import BeltSightings
from grader.line.tracking import Track, Tracker
from grader.twin.cameras import station
from grader.twin.entries import CatalogueSettings
from grader.twin.feed import Draw, Feed, FeedSettings, Item
from grader.twin.kept import kept_catalogue
from grader.twin.sighting_model import SightingModel
from grader.vision import WhyNot

Views = list[tuple[BeltSightings, int]]

SEED = 12
"""Of the catalogue; 11 is that of `twin_errors.py`."""
INDEPENDENT = 0.32
"""Share of the diameters' variance that differs between views, for their mean: docs/figures/twin-errors.md."""
TIMED = 400
PACK = find_rule_pack("cooperative")
ACROSS = np.sqrt(0.5)
HEADINGS = (
    "fruit",
    "how",
    "n",
    "bias",
    "sd",
    "p95 (95 % interval)",
    "p99",
    "within 1.96 u",
    "median u",
    "size grade right",
)


@dataclass
class Said:
    """Diameters of n fruit, mm: what was said, how surely, and the truth."""

    diameter_mm: list[float] = field(default_factory=list)
    u_mm: list[float] = field(default_factory=list)
    true_mm: list[float] = field(default_factory=list)
    across: list[bool] = field(default_factory=list)
    """Whether the axis lies rather across the travel than along it."""

    def note(self, said: tuple[float, float], item: Item) -> None:
        """One more."""
        self.diameter_mm.append(said[0])
        self.u_mm.append(said[1])
        self.true_mm.append(item.diameter_mm)
        self.across.append(bool(abs(np.sin(item.yaw)) > ACROSS))

    def only(self, *, across: bool) -> "Said":
        """Those whose axis lies so."""
        some = Said()
        for said_mm, u_mm, true_mm, lies in zip(self.diameter_mm, self.u_mm, self.true_mm, self.across, strict=True):
            if lies is across:
                some.diameter_mm.append(said_mm)
                some.u_mm.append(u_mm)
                some.true_mm.append(true_mm)
        return some

    def figures(self) -> "Figures":
        """What the table says of them."""
        said, true = np.array(self.diameter_mm), np.array(self.true_mm)
        off = said - true
        low, high = bootstrap(off, percentile_95)
        return Figures(
            n=len(off),
            bias_mm=float(off.mean()),
            sd_mm=float(off.std(ddof=1)),
            p95_mm=float(percentile_95(off)),
            p95_low_mm=low,
            p95_high_mm=high,
            p99_mm=float(np.quantile(np.abs(off), 0.99)),
            coverage=float((np.abs(off) < Z * np.array(self.u_mm)).mean()),
            median_u_mm=float(np.median(self.u_mm)),
            size_grade_right=float(
                np.mean([_grade(one) == _grade(other) for one, other in zip(said, true, strict=True)])
            ),
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """Errors of fused diameters."""

    n: int
    bias_mm: float
    sd_mm: float
    p95_mm: float
    p95_low_mm: float
    """95 % interval of it"""
    p95_high_mm: float
    p99_mm: float
    coverage: float
    """Share of fruit whose truth lies within 1.96 u."""
    median_u_mm: float
    size_grade_right: float


WAYS = ("one view", "mean of the views", "stereo")


def main() -> None:
    """Ride, print, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--fruit", type=int, default=256, help="in the catalogue")
    parser.add_argument("--rides", type=int, default=3000, help="fruit that ride, of each kind")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    catalogue = kept_catalogue(CatalogueSettings(seed=SEED, fruit=arguments.fruit, things=16), station(), CACHE)
    alone, touching = (FeedSettings(fruit_per_s=FRUIT_PER_S, doubles=doubles, foreign=0.005) for doubles in (0.02, 1.0))
    model = SightingModel(1, PROFILE.window).see
    rows, record = list[list[str]](), dict[str, object]()
    for fruit, feeding, see in (
        ("a lot, pixels", alone, pixels(catalogue)),
        ("pairs that touch, pixels", touching, pixels(catalogue)),
        ("a lot, sightings", alone, model),
        ("pairs that touch, sightings", touching, model),
    ):
        said = ride(Feed(5, feeding, LANES_MM, SPEED_MM_S, catalogue.draw), see, arguments.rides)
        parts = {(fruit, way): of for way, of in said.items()}
        for lies in ("across", "along"):
            parts[f"{fruit}, axis {lies} the travel", "stereo"] = said["stereo"].only(across=lies == "across")
        for (name, way), of in parts.items():
            figures = of.figures()
            record[f"{name}: {way}"] = asdict(figures)
            rows.append(_row(name, way, figures))
    table = markdown(HEADINGS, rows)
    ms, views = cost(catalogue.draw)
    table += f"\n\nA fruit's widest section is found in {ms:.2f} ms of one core, from {views:.1f} views in the mean."
    print(table)
    about = {
        "pictures": f"simulated: {arguments.fruit} catalogue fruit, station's camera, {arguments.rides} ridden each",
        "a lot": "two of a hundred places carry a pair that touches",
        "one view": "the one nearest to the camera's foot",
        **provenance(),
    }
    publish("fusion", about, "Fused diameters", table, record)


def ride(feed: Feed, see: See, fruit: int) -> dict[str, Said]:
    """What is said of each fruit that passes, in each of the ways."""
    tracker, said = Tracker(PROFILE), {way: Said() for way in WAYS}
    items: dict[int, Item] = {}
    for placed, frame in passing(feed, see, fruit):
        items |= {item.number: item for item, _ in placed if item.kind == "fruit"}
        for track in tracker.see(frame):
            item = _owner(track, items)
            if item is not None and (good := _good(track)):
                for way, diameter in (
                    ("one view", _nearest(good)),
                    ("mean of the views", _mean(good)),
                    ("stereo", _stereo(track)),
                ):
                    said[way].note(diameter, item)
                del items[item.number]
    return said


def cost(draw: Draw) -> tuple[float, float]:
    """Processor time of finding one fruit's widest section, ms, and from how many views."""
    feed = Feed(6, FeedSettings(fruit_per_s=FRUIT_PER_S, doubles=0, foreign=0), LANES_MM, SPEED_MM_S, draw)
    tracker, tracks = Tracker(PROFILE), list[Track]()
    for _, frame in passing(feed, SightingModel(2, PROFILE.window).see, TIMED):
        tracks += tracker.see(frame)
    views = [good for track in tracks if (good := _good(track))]
    began_s = time.process_time()
    for good in views:
        widest_section(good, PROFILE.encoder)
    ms = (time.process_time() - began_s) / len(views) * 1000
    return ms, float(np.mean([len(good) for good in views]))


def _grade(diameter_mm: float) -> str | None:
    return decide(Measurement(diameter_mm=float(diameter_mm), maturity=RIPE), PACK).grade


def _owner(track: Track, items: dict[int, Item]) -> Item | None:
    def apart_mm(item: Item) -> float:
        return float(np.hypot(item.rides_mm - LEAD_MM - track.rides_mm, item.across_mm - track.across_mm))

    nearest = min(items.values(), key=apart_mm, default=None)
    return nearest if nearest is not None and apart_mm(nearest) < NEAR_MM else None


def _good(track: Track) -> Views:
    return [(frame, row) for frame, row in track.frames if frame.why_not[row] == WhyNot.NOTHING]


def _nearest(views: Views) -> tuple[float, float]:
    frame, row = min(views, key=lambda view: abs(view[0].along_mm[view[1]]))
    return float(frame.diameter_mm[row]), float(frame.diameter_u_mm[row])


def _mean(views: Views) -> tuple[float, float]:
    values, u = np.array([(frame.diameter_mm[row], frame.diameter_u_mm[row]) for frame, row in views]).T
    kept = agreeing(values, u)
    return combine(values[kept], u[kept], INDEPENDENT)


def _stereo(track: Track) -> tuple[float, float]:
    measurement = fuse(track, PROFILE).measurement
    return float(measurement.diameter_mm or np.nan), float(measurement.diameter_u_mm or np.nan)


def _row(fruit: str, way: str, of: Figures) -> list[str]:
    return [
        fruit,
        way,
        str(of.n),
        f"{of.bias_mm:+.3f} mm",
        f"{of.sd_mm:.3f} mm",
        f"{of.p95_mm:.3f} mm ({of.p95_low_mm:.2f} to {of.p95_high_mm:.2f})",
        f"{of.p99_mm:.2f} mm",
        f"{100 * of.coverage:.1f} %",
        f"{of.median_u_mm:.2f} mm",
        f"{100 * of.size_grade_right:.1f} %",
    ]


if __name__ == "__main__":
    main()
