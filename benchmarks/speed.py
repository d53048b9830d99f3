"""Time `measure` against what a user would pick instead: CPU time of one thread, in turn, as ratios.

    .venv/bin/python benchmarks/speed.py [FOLDER]

FOLDER holds pictures as rendered-belt does. Without scikit-image (`make bench` installs it) its rows are left out.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import PACKAGES, ROOT, provenance, publish
from benchmarks.rendered_belt import read_pictures, set_up
from benchmarks.rival_opencv import grade_by_tutorial, grade_by_tutorial_with_blur
from benchmarks.table import Goal, Row, goals_table
from grader.cli.bench import interleave
from grader.network import load_network
from grader.vision import Sightings, measure

RENDERED_BELT = ROOT.parent / "shared" / "data" / "rendered-belt"
TURNS = 300
EVERY = {"skimage": 60, "skimage_hulls": 60}
"""Slow rivals have fewer turns."""

Times = dict[str, NDArray[np.float64]]


def main() -> int:
    """Time, print, publish."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", nargs="?", type=Path, default=RENDERED_BELT)
    parser.add_argument("--turns", type=int, default=TURNS)
    arguments = parser.parse_args()
    if not (arguments.folder / "truth.json").is_file():
        print("no rendered-belt pictures there: name their folder", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        pictures = list(read_pictures(arguments.folder, set_up(arguments.folder, Path(folder))))
    fruit = float(np.mean([len(measure(picture.frame_bgr, picture.calibration)) for picture in pictures]))

    def ours(turn: int) -> object:
        picture = pictures[turn % len(pictures)]
        return measure(picture.frame_bgr, picture.calibration)

    def on_frames(call: Callable[[NDArray[np.uint8]], object]) -> Callable[[int], object]:
        return lambda turn: call(pictures[turn % len(pictures)].frame_bgr)

    network = load_network()

    def with_network(turn: int) -> object:
        picture = pictures[turn % len(pictures)]
        return measure(picture.frame_bgr, picture.calibration, network)

    calls = {"ours": ours, "with_network": with_network} | {name: on_frames(call) for name, call in rivals().items()}
    times = interleave(calls, arguments.turns, EVERY)
    packages = (*PACKAGES, "scikit-image") if "skimage" in times else PACKAGES
    height, width = pictures[0].frame_bgr.shape[:2]
    about = {
        "pictures": f"simulated: path-traced (rendered-belt), {width} x {height} px, {fruit:.1f} fruit a frame",
        "timing": "CPU time of one thread, taken in turn in one process; ratios of medians unless they say otherwise",
    } | provenance(packages)
    alone = np.array([_alone(measure(picture.frame_bgr, picture.calibration)) for picture in pictures])
    rows = [*speed_rows(times), *alone_rows(times, alone[np.arange(arguments.turns) % len(pictures)])]
    title = "Speed of `measure`"
    print(f"{title}\n\n{goals_table(rows)}\n\n{about['pictures']}")
    publish("speed", about, title, goals_table(rows), {"rows": [row.record() for row in rows]})
    return 0


def rivals() -> dict[str, Callable[[NDArray[np.uint8]], object]]:
    """The calls to compare with, by name, each on a frame."""
    calls: dict[str, Callable[[NDArray[np.uint8]], object]] = {
        "cvtcolor": lambda frame: cv2.cvtColor(frame, cv2.COLOR_BGR2HSV),
        "tutorial": grade_by_tutorial,
        "tutorial_with_blur": grade_by_tutorial_with_blur,
    }
    if find_spec("skimage"):
        from benchmarks.rival_skimage import HULLS, MOMENTS, grade_by_regions  # noqa: PLC0415 - optional, and slow to load

        calls["skimage"] = lambda frame: grade_by_regions(frame, MOMENTS)
        calls["skimage_hulls"] = lambda frame: grade_by_regions(frame, HULLS)
    return calls


def speed_rows(times: Times) -> list[Row]:
    """The table: ours as a multiple of `cvtColor`, the other rivals as multiples of ours."""
    ours, cvtcolor = times["ours"], float(np.median(times["cvtcolor"]))
    p50, p99 = (float(value) for value in np.percentile(ours, [50, 99]))
    rows = [
        Row("ours, median", "ms", 2, len(ours), float(p50)),
        Row("ours, 99th percentile", "ms", 2, len(ours), float(p99)),
        Row("cvtColor(BGR2HSV), median", "ms", 2, len(ours), cvtcolor),
        Row(
            "ours / cvtColor(BGR2HSV), medians",
            "times",
            2,
            len(ours),
            p50 / cvtcolor,
            None,
            Goal(high=2.8),
            Goal(high=1.5),
        ),
        Row(
            "ours, 99th percentile / median of cvtColor",
            "times",
            2,
            len(ours),
            p99 / cvtcolor,
            None,
            Goal(high=4.5),
            Goal(high=2.5),
        ),
    ]
    if "with_network" in times:
        read = float(np.median(times["with_network"])) / cvtcolor
        name = "ours with the network on every fruit / cvtColor, medians"
        rows.append(Row(name, "times", 2, len(ours), read, None, Goal(high=4.0), Goal(high=2.5)))
    slower = {
        "tutorial": ("OpenCV tutorial (HSV, morphology, contours, minAreaRect) / ours", Goal(2), Goal(4)),
        "tutorial_with_blur": ("the same with GaussianBlur(11 x 11) before it / ours", Goal(2), Goal(4)),
        "skimage": ("scikit-image (HSV, watershed, regionprops of moments) / ours", Goal(100), Goal(200)),
        "skimage_hulls": ("the same with solidity and feret_diameter_max / ours", Goal(100), Goal(200)),
    }
    for name, (quantity, must, aim) in slower.items():
        if name in times:
            taken = times[name]
            rows.append(Row(quantity, "times", 1, len(taken), float(np.median(taken) / p50), None, must, aim))
    return rows


def alone_rows(times: Times, alone: NDArray[np.bool_]) -> list[Row]:
    """What parting fruit that touch takes, which no rival does: the turns (n,) on frames where all lie `alone`."""
    if not alone.any():
        return []
    ours = float(np.median(times["ours"][alone]))
    quantity = "frames where no fruit touch: OpenCV tutorial / ours"
    return [
        Row("frames where no fruit touch: ours, median", "ms", 2, int(alone.sum()), ours),
        Row(quantity, "times", 1, int(alone.sum()), float(np.median(times["tutorial"][alone])) / ours),
    ]


def _alone(seen: Sightings) -> bool:
    """Whether no blob had to be parted."""
    blobs = seen.objects.blob.tolist()
    return len(set(blobs)) == len(blobs)


if __name__ == "__main__":
    sys.exit(main())
