"""Compare two versions of OpenCV on what the hot path will ask of them: CPU time of one thread, as ratios.

    .venv/bin/python benchmarks/opencv_versions.py 4.14.0.94 5.0.0.93

Each version runs in an environment of its own, made by uv; the runs alternate, so that a machine whose speed drifts
slows both. Prints a Markdown table: median time of the first version, and the second's as a multiple of it.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

HEIGHT, WIDTH = 1088, 1456
FRUIT = 12
POINTS, RAY = 1300, 24
"""Contour points of all fruit of a frame, and colour samples along the ray through each."""


def frame(chance: np.random.Generator) -> NDArray[np.uint8]:
    """(HEIGHT, WIDTH, 3) BGR: twelve red discs on a blue belt, with noise."""
    picture = np.full((HEIGHT, WIDTH, 3), (150, 90, 40), np.uint8)
    for index in range(FRUIT):
        centre = (200 + 350 * (index % 4), 200 + 350 * (index // 4))
        cv2.circle(picture, centre, 80, (40, 30, 190), -1)
    noise = chance.normal(0, 4, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def primitives() -> dict[str, Callable[[], object]]:
    """The calls to time, by name, each on data that is ready."""
    chance = np.random.default_rng(0)
    full = frame(chance)
    quarter = cv2.resize(full, (WIDTH // 4, HEIGHT // 4), interpolation=cv2.INTER_NEAREST)
    packed = cv2.cvtColor(quarter, cv2.COLOR_BGR2BGR565).view(np.uint16)[..., 0]
    classes = (np.arange(1 << 16) >= 1 << 15).astype(np.uint8)  # red is in the upper five bits: its upper half
    mask = cv2.LUT(packed, classes)
    points = chance.uniform(100, 1000, (POINTS, 1, 2)).astype(np.float32)
    rays_x, rays_y = chance.uniform(100, 1000, (2, POINTS, RAY)).astype(np.float32)
    lens = np.array([[2000.0, 0, 727], [0, 2000, 543], [0, 0, 1]])
    distortion = np.array([-0.12, 0.06, 0, 0, 0])
    size = (WIDTH // 4, HEIGHT // 4)
    return {
        "cvtColor BGR2HSV, full": lambda: cv2.cvtColor(full, cv2.COLOR_BGR2HSV),
        "resize to a quarter, nearest": lambda: cv2.resize(full, size, interpolation=cv2.INTER_NEAREST),
        "resize to a quarter, linear": lambda: cv2.resize(full, size, interpolation=cv2.INTER_LINEAR),
        "cvtColor BGR2BGR565, quarter": lambda: cv2.cvtColor(quarter, cv2.COLOR_BGR2BGR565),
        "LUT on 16 bits, quarter": lambda: cv2.LUT(packed, classes),
        "components, BBDT, quarter": lambda: cv2.connectedComponentsWithStatsWithAlgorithm(
            mask, 8, cv2.CV_32S, cv2.CCL_BBDT
        ),
        "findContours, quarter": lambda: cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE),
        f"undistortPoints, {POINTS}": lambda: cv2.undistortPoints(points, lens, distortion, P=lens),
        f"remap, {POINTS} rays of {RAY}": lambda: cv2.remap(full, rays_x, rays_y, cv2.INTER_LINEAR),
    }


def time_primitives(calls: int) -> dict[str, float]:
    """Median CPU time of `calls` calls of each primitive, in µs, with the OpenCV of this process."""
    cv2.setNumThreads(1)
    medians = {}
    for name, call in primitives().items():
        call()
        times_ns = []
        for _ in range(calls):
            start_ns = time.process_time_ns()
            call()
            times_ns.append(time.process_time_ns() - start_ns)
        medians[name] = statistics.median(times_ns) / 1000
    return medians


def time_version(opencv: str, calls: int) -> dict[str, float]:
    """Run `time_primitives` in an environment with that OpenCV and our NumPy."""
    uv = str(Path(sys.executable).with_name("uv"))
    # fmt: off
    command = [
        uv, "run", "--quiet", "--no-project", "--isolated", "--python", sys.executable,
        "--with", f"numpy=={version('numpy')}", "--with", f"opencv-python-headless=={opencv}",
        "python", __file__, "--calls", str(calls),
    ]
    # fmt: on
    answer = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    medians: dict[str, float] = json.loads(answer)
    return medians


def main() -> None:
    """Compare the two versions named, or, without names, time the OpenCV of this process and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("versions", nargs="*", help="two versions of opencv-python-headless")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=100)
    arguments = parser.parse_args()
    if not arguments.versions:
        print(json.dumps(time_primitives(arguments.calls)))
        return
    first, second = arguments.versions
    rounds = [{name: time_version(name, arguments.calls) for name in (first, second)} for _ in range(arguments.rounds)]
    print(f"| call | {first}: median, µs | {second} / {first}: median (least to most of {arguments.rounds}) |")
    print("|---|---|---|")
    for call in rounds[0][first]:
        ratios = sorted(times[second][call] / times[first][call] for times in rounds)
        median_us = statistics.median(times[first][call] for times in rounds)
        print(f"| {call} | {median_us:.0f} | {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) |")


if __name__ == "__main__":
    main()
