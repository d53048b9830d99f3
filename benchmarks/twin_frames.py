"""How fast the twin makes frames and builds its catalogue, and what moving sprites instead of rendering anew costs.

.venv/bin/python benchmarks/twin_frames.py
"""

import argparse
import time
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import ROOT, provenance, publish
from grader.line.profile import StationProfile
from grader.twin.boards import BoardCamera
from grader.twin.cameras import station
from grader.twin.catalogue import Catalogue, build_catalogue, usable_cores
from grader.twin.entries import CatalogueSettings
from grader.twin.feed import Feed, FeedSettings, Item
from grader.twin.frames import FrameMaker, FrameSettings
from grader.twin.kept import kept_calibration
from grader.vision import Calibration, WhyNot, measure

Array = NDArray[np.float64]

LEAD_MM = 190.0
FINE_MM, FINE_FRUIT = 7.5, 24
"""For the cost of moving sprites: rendered so near to each other that each place has one of its own."""


def main() -> None:
    """Time, compare, print, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--frames", type=int, default=300)
    arguments = parser.parse_args()
    cores = usable_cores()
    settings = CatalogueSettings()
    begin = time.perf_counter()
    catalogue = build_catalogue(settings, station())
    build_s = time.perf_counter() - begin
    begin = time.perf_counter()
    pictures = dict(BoardCamera(FrameMaker(Catalogue(settings, catalogue.view, ()))).pictures())
    boards_s = time.perf_counter() - begin
    calibration = kept_calibration(catalogue, ROOT / ".cache" / "twin")
    cv2.setNumThreads(1)
    table = [
        "| quantity | n | value |",
        "|---|---|---|",
        f"| catalogue of {settings.fruit} fruit, {settings.things} things built, {cores} cores | 1 | {build_s:.1f} s |",
        f"| board views taken | {len(pictures)} | {boards_s:.1f} s |",
    ]
    for rate in (10.0, 25.0, 50.0):
        n, shown, ms = _times(catalogue, rate, arguments.frames)
        p50, p99 = np.quantile(ms, [0.5, 0.99])
        table.append(
            f"| frame, {shown:.1f} fruit in view, one core: median, p99 | {n} | "
            f"{p50:.1f} ms = {1000 / p50:.0f} a second, {p99:.1f} ms |"
        )
    table += [f"| {name} | {n} | {value} |" for name, n, value in _moving(calibration)]
    print("\n".join(table))
    about = {"pictures": "simulated: 1456 x 1088 px, the twin's station camera", **provenance()}
    publish("twin-frames", about, "The twin's frames", "\n".join(table), {"rows": table[2:]})


def _times(catalogue: Catalogue, fruit_per_s: float, frames: int) -> tuple[int, float, Array]:
    """Frames timed, fruit in view in the mean, and CPU time of each, ms."""
    profile = StationProfile()
    feeding = FeedSettings(fruit_per_s=fruit_per_s)
    feed = Feed(2, feeding, profile.lanes.centres_mm, 300.0, catalogue.draw)
    maker = FrameMaker(catalogue)
    items: list[Item] = []
    shown, ms = [], []
    for nth in range(frames + 10):
        travel_mm = 400 + nth * profile.window.frame_every_mm
        items = [item for item in [*items, *feed.lay(travel_mm)] if item.rides_mm + travel_mm < 2 * LEAD_MM]
        placed = [(item, item.rides_mm + travel_mm - LEAD_MM) for item in items]
        begin = time.process_time_ns()
        maker.frame(placed, round(travel_mm / profile.encoder.mm_per_count))
        if nth >= 10:  # noqa: PLR2004 - warm by then
            ms.append((time.process_time_ns() - begin) / 1e6)
            shown.append(sum(abs(along) < 160 for _, along in placed))  # noqa: PLR2004 - half the window
    return len(ms), float(np.mean(shown)), np.array(ms)


def _moving(calibration: Calibration) -> list[tuple[str, int, str]]:
    """What moved sprites change in the measured diameter, against sprites rendered at the very place."""
    settings = CatalogueSettings(seed=3, fruit=FINE_FRUIT, things=0, spacing_mm=FINE_MM)
    fine = build_catalogue(settings, station())
    still = FrameSettings(lamp_drift=0)
    here = FrameMaker(fine, still)
    places = [patch.along_mm for patch in fine.entries[0].patches if abs(patch.along_mm) <= 125][::2]  # noqa: PLR2004
    truth, again = (_diameters(here, places, first, calibration) for first in (0, 1000))
    noise = (truth - again)[np.isfinite(truth - again)]
    rows = [("diameter, same sprites, other noise: sd of the difference", len(noise), f"{noise.std():.3f} mm")]
    apart_mm = fine.entries[0].patches[1].along_mm - fine.entries[0].patches[0].along_mm
    for step in (4, 8, 12, 16):
        entries = tuple(replace(entry, patches=entry.patches[step // 2 :: step]) for entry in fine.entries)
        moved = _diameters(FrameMaker(Catalogue(settings, fine.view, entries), still), places, 1000, calibration)
        off = (moved - truth)[np.isfinite(moved - truth)]
        extra = np.sqrt(max(float(off.var() - noise.var()), 0.0))
        name = f"diameter, sprites {apart_mm * step:.0f} mm apart: mean, sd of the difference, sd beyond noise"
        rows.append((name, len(off), f"{off.mean():+.3f}, {off.std():.3f}, {extra:.3f} mm"))
    return rows


def _diameters(maker: FrameMaker, places: list[float], first: int, calibration: Calibration) -> Array:
    """(places x fruit,): each fruit alone at each place; NaN where it was not measured."""
    found = []
    for nth, along_mm in enumerate(places):
        for entry in maker.catalogue.entries:
            drawn = entry.specimen
            across_mm = maker.catalogue.settings.lanes_mm[entry.lane] + drawn.off_lane_mm
            sizes = (drawn.diameter_mm, drawn.width_mm, drawn.length_mm, drawn.volume_mm3)
            item = Item(1, "fruit", entry.lane, 0.0, across_mm, *sizes, drawn.visible_red, drawn.yaw, drawn.look)
            seen = measure(maker.frame([(item, along_mm)], first + nth), calibration)
            alone = len(seen) == 1 and seen.why_not[0] == WhyNot.NOTHING
            found.append(float(seen.diameter_mm[0]) if alone else np.nan)
    return np.array(found)


if __name__ == "__main__":
    main()
