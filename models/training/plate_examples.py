"""Examples from the path-traced plates."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.vision.network import Question, Skin
from models.plates import Sample, read_plates
from models.training.examples import NO_AXIS, ROOM, UNKNOWN, Example, square, unknown_answers
from models.training.twin_examples import DECAYED, HIDDEN

MAIN = 1
"""Number of the thing that a plate is about."""
ONE_IN = 10
FLATTEST = 0.4
"""An axis that points towards the camera more than this leaves it (its length in the picture, as a share) has no
direction there."""


def plate_examples(folder: Path, *, held_out: bool) -> Iterator[Example]:
    """Of the plates on the sheets in `folder`: every tenth is `held_out`, for judging."""
    for plate in read_plates(folder):
        if (plate.truth["index"] % ONE_IN == 0) == held_out:
            yield _example(plate)


def _example(plate: Sample) -> Example:
    own = plate.objects == MAIN
    x, y, width, height = cv2.boundingRect(own.astype(np.uint8))
    centre, side = (x + width / 2 - 0.5, y + height / 2 - 0.5), ROOM * max(width, height, 1)
    bgr = np.ascontiguousarray(plate.picture[..., ::-1])
    return Example(
        picture=square(bgr, centre, side, (0, 0, 0), smooth=True),
        skin=square(plate.classes, centre, side, UNKNOWN, smooth=False),
        body=square(_body(plate.classes, own), centre, side, UNKNOWN, smooth=False),
        yes=_answers(plate.truth),
        axis=_axis(plate.truth),
        group=f"plates:{plate.truth['index']}",
    )


def _body(skin: NDArray[np.uint8], own: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Where flesh is; whether it is under the leaves, the plates do not say."""
    flesh = own & (skin != Skin.CALYX) & (skin != Skin.BELT)
    return np.where(flesh, 1, np.where(skin == Skin.CALYX, UNKNOWN, 0)).astype(np.uint8)


def _answers(truth: dict[str, Any]) -> NDArray[np.float32]:
    yes = unknown_answers()
    yes[Question.NO_FRUIT] = truth["kind"] != "fruit"
    if truth["kind"] == "fruit":
        yes[Question.DECAY] = truth["decay"] > DECAYED
        yes[Question.BRUISE] = truth["bruise"] > DECAYED
        yes[Question.DEFORMED] = truth["deformed"]
        yes[Question.HIDDEN] = truth["hidden"] > HIDDEN
    return yes


def _axis(truth: dict[str, Any]) -> NDArray[np.float32]:
    if truth["kind"] != "fruit" or truth["axis_slant"] < FLATTEST:
        return NO_AXIS
    angle = np.radians(truth["axis_deg"])
    return np.array([np.cos(angle), np.sin(angle)], np.float32)
