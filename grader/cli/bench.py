"""`grader bench`: how fast this machine is, as a multiple of something that every machine does."""

import gc
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import cv2
import numpy as np
from numpy.typing import NDArray

from grader.calibration import load_calibration
from grader.cli.batch import require_belt, require_light
from grader.cli.bench_station import station
from grader.cli.pictures import read_picture
from grader.errors import GraderError
from grader.network import load_network
from grader.vision import Calibration, measure
from grader.vision.network import Network

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FEWEST_CALLS = 200
"""Fewer do not carry a 99th percentile."""
MOST_FRAMES = 60
"""So many decoded frames (5 MB each) are kept in memory; more say nothing new."""

Frame = NDArray[np.uint8]


class FrameSizeError(GraderError, ValueError, code="frame-size"):
    """A picture is not of the calibrated camera's size. Name frames of that camera, or the calibration of the other."""


@dataclass(frozen=True, slots=True)
class Speed:
    """CPU time of one thread for one frame, from decoded picture to measurements with uncertainty."""

    frames: int
    """Different pictures that took turns."""
    fruit_per_frame: float
    ms_p50: float
    ms_p99: float
    cvtcolor_ms_p50: float
    """One full-frame `cvtColor(BGR2HSV)`, in turn with ours."""
    ratio_p50: float
    """`ms_p50` / `cvtcolor_ms_p50`: comparable between machines."""
    ratio_p99: float
    """`ms_p99` / `cvtcolor_ms_p50`."""


@click.group()
def bench() -> None:
    """Measure how fast this machine works."""


@bench.command()
@click.argument("frames", nargs=-1, required=True, type=FILE)
@click.option("--calibration", "path", required=True, type=FILE, help="The calibration of the camera of these frames.")
@click.option(
    "--calls", default=300, show_default=True, type=click.IntRange(FEWEST_CALLS), help="How often to measure."
)
@click.option("--network", "with_network", is_flag=True, help="With the network on every fruit.")
@click.option("--json", "as_json", is_flag=True, help="One line for programs.")
def vision(frames: tuple[Path, ...], path: Path, calls: int, *, with_network: bool, as_json: bool) -> None:
    """Time the measuring of FRAMES: CPU time of one thread, in turn with a conversion to HSV."""
    calibration = load_calibration(path)
    if len(frames) > MOST_FRAMES:
        click.echo(f"of {len(frames)} frames the first {MOST_FRAMES} are used", err=True)
    pictures = [_read_frame(frame, calibration) for frame in frames[:MOST_FRAMES]]
    speed = time_vision(pictures, calibration, calls, load_network() if with_network else None)
    if as_json:
        click.echo(json.dumps({name: round(value, 4) for name, value in asdict(speed).items()}))
        return
    click.echo(
        f"{speed.frames} frames with {speed.fruit_per_frame:.1f} fruit each, {calls} calls, one thread, CPU time\n"
        f"measure: {speed.ms_p50:.2f} ms (median), {speed.ms_p99:.2f} ms (99th percentile)\n"
        f"cvtColor(BGR2HSV) of a full frame: {speed.cvtcolor_ms_p50:.2f} ms (median)\n"
        f"measure / cvtColor: {speed.ratio_p50:.2f} (median), {speed.ratio_p99:.2f} (99th percentile / median)"
    )


bench.add_command(station)


def _read_frame(path: Path, calibration: Calibration) -> Frame:
    frame = read_picture(path)
    width, height = calibration.camera.size_px
    if frame.shape[:2] != (height, width):
        raise FrameSizeError(
            f"{path} is {frame.shape[1]} x {frame.shape[0]} px, the calibrated camera's pictures are {width} x {height}"
        )
    require_belt(frame, measure(frame, calibration), calibration, path)
    require_light(frame, calibration, path)
    return frame


def time_vision(frames: Sequence[Frame], calibration: Calibration, calls: int, network: Network | None = None) -> Speed:
    """Measure the `frames` in turn, `calls` times in all."""
    fruit = [len(measure(frame, calibration, network)) for frame in frames]  # the warm-up
    times = interleave(
        {
            "ours": lambda turn: measure(frames[turn % len(frames)], calibration, network),
            "cvtcolor": lambda turn: cv2.cvtColor(frames[turn % len(frames)], cv2.COLOR_BGR2HSV),
        },
        calls,
    )
    ours_p50, ours_p99 = np.percentile(times["ours"], [50, 99])
    cvtcolor = float(np.median(times["cvtcolor"]))
    return Speed(
        frames=len(frames),
        fruit_per_frame=float(np.mean(fruit)),
        ms_p50=float(ours_p50),
        ms_p99=float(ours_p99),
        cvtcolor_ms_p50=cvtcolor,
        ratio_p50=float(ours_p50 / cvtcolor),
        ratio_p99=float(ours_p99 / cvtcolor),
    )


def interleave(
    calls: Mapping[str, Callable[[int], object]],
    turns: int,
    every: Mapping[str, int] | None = None,
    clock_ns: Callable[[], int] = time.thread_time_ns,
) -> dict[str, NDArray[np.float64]]:
    """CPU time of each of `calls` in ms, taken in turn, so that a machine whose speed drifts slows all alike.

    Each is given the number of the turn, after one turn that does not count; those in `every` only have each so many
    turns. They are shuffled each turn: whoever is first at a frame fetches it from memory for those behind it. OpenCV
    has one thread meanwhile, and the garbage collector does not look at what was there before.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    gc.collect()
    gc.freeze()
    times: dict[str, list[float]] = {name: [] for name in calls}
    try:
        for call in calls.values():
            call(0)
        order, chance = list(calls.items()), random.Random(0)  # noqa: S311 - no secret
        for turn in range(turns):
            chance.shuffle(order)
            for name, call in order:
                if turn % (every or {}).get(name, 1):
                    continue
                start_ns = clock_ns()
                call(turn)
                times[name].append((clock_ns() - start_ns) / 1e6)
    finally:
        gc.unfreeze()
        cv2.setNumThreads(threads)
    return {name: np.array(taken) for name, taken in times.items()}
