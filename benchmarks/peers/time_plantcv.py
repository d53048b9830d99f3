"""Time PlantCV's size analysis; runs in the peers' own environment (`make peers`), for PlantCV needs an older OpenCV.

Prints one JSON line: milliseconds of CPU time of one thread, medians, of PlantCV and, in turn, of a full-frame
`cvtColor(BGR2HSV)`, the yardstick that every environment has.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable

import cv2
from plantcv import plantcv as pcv

RED_IN_LAB = 150
"""Fruit is redder than this in the a channel of Lab, 0-255; 128 is grey."""
SMALLEST_PX = 500
CVTCOLORS = 20
"""Calls of the yardstick for each of PlantCV's."""


def analyse(frame_bgr: cv2.typing.MatLike) -> int:
    """Size and shape of all red objects of a frame, as PlantCV's tutorials do it; how many there were."""
    redness = pcv.rgb2gray_lab(rgb_img=frame_bgr, channel="a")
    mask = pcv.threshold.binary(gray_img=redness, threshold=RED_IN_LAB, object_type="light")
    labels, count = pcv.create_labels(mask=pcv.fill(bin_img=mask, size=SMALLEST_PX))
    pcv.analyze.size(img=frame_bgr, labeled_mask=labels, n_labels=count)
    pcv.outputs.clear()
    return int(count)


def milliseconds(call: Callable[[cv2.typing.MatLike], object], frame_bgr: cv2.typing.MatLike) -> float:
    """CPU time of this thread that `call` takes for a frame."""
    start_ns = time.thread_time_ns()
    call(frame_bgr)
    return (time.thread_time_ns() - start_ns) / 1e6


def to_hsv(frame_bgr: cv2.typing.MatLike) -> object:
    """The yardstick."""
    return cv2.cvtColor(frame_bgr, cv2.COLOR_BGR2HSV)


def main() -> None:
    """Time the frames named on the command line, after a turn that does not count."""
    cv2.setNumThreads(1)
    pcv.params.debug = None
    frames = [frame for name in sys.argv[1:] if (frame := cv2.imread(name)) is not None]
    objects = [analyse(frame) for frame in frames]
    peer, yardstick = [], []
    for frame in frames:
        peer.append(milliseconds(analyse, frame))
        yardstick += [milliseconds(to_hsv, frame) for _ in range(CVTCOLORS)]
    print(
        json.dumps(
            {
                "ms": statistics.median(peer),
                "cvtcolor_ms": statistics.median(yardstick),
                "objects": statistics.mean(objects),
                "calls": len(peer),
            }
        )
    )


if __name__ == "__main__":
    main()
