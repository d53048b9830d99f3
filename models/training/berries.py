"""Examples from photographs of single berries on a plain ground, whose outlines people drew (berries-on-white).

The half of the photos that figures are published from is never trained on.
"""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.coco import Labelled, filled, read_labels
from grader.vision.network import Question, Skin
from models.training.colours import is_leaf, is_orange, is_pale, is_red, is_ripe
from models.training.examples import NO_AXIS, ROOM, UNKNOWN, Example, square, unknown_answers

NEAR = 0.45
"""Leaves so far from the body, in its sizes, are its own."""
SEED = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
DOUBTED_PX = 3
"""People draw a pixel or two beside the edge."""


def berry_examples(folder: Path, *, held_out: bool = False) -> Iterator[Example]:
    """All outlined berries of the half that may be looked at; `held_out`: of the other, for judging."""
    for labelled in read_labels(folder):
        if labelled.tuning != held_out:
            yield from _of_photo(labelled)


def _of_photo(labelled: Labelled) -> Iterator[Example]:
    picture = np.asarray(cv2.imread(str(labelled.path), cv2.IMREAD_COLOR), np.uint8)
    bodies = [filled(polygon, (picture.shape[0], picture.shape[1])) for polygon in labelled.polygons]
    skin = _skin(picture, np.any(bodies, axis=0))
    for body in bodies:
        if body.any():
            yield _example(picture, skin, body, f"berries:{labelled.photo}")


def _example(picture: NDArray[np.uint8], skin: NDArray[np.uint8], body: NDArray[np.bool_], group: str) -> Example:
    centre, side = box_of(body, skin == Skin.CALYX)
    # Another berry's body is not this one's, and where it hides this one nobody drew.
    yes = unknown_answers()
    yes[Question.NO_FRUIT] = yes[Question.DECAY] = yes[Question.BRUISE] = 0
    return Example(
        picture=square(picture, centre, side, (0, 0, 0), smooth=True),
        skin=square(skin, centre, side, UNKNOWN, smooth=False),
        body=square(body.astype(np.uint8), centre, side, UNKNOWN, smooth=False),
        yes=yes,
        axis=NO_AXIS,
        group=group,
    )


def box_of(body: NDArray[np.bool_], leaf: NDArray[np.bool_]) -> tuple[tuple[float, float], float]:
    """Middle and side of the square of an example about `body` (h, w) and those of the leaves that are near it."""
    x, y, width, height = cv2.boundingRect(body.astype(np.uint8))
    reach = round(NEAR * max(width, height))
    near = leaf.copy()
    near[: max(y - reach, 0)], near[y + height + reach :] = False, False
    near[:, : max(x - reach, 0)], near[:, x + width + reach :] = False, False
    x, y, width, height = cv2.boundingRect((body | near).astype(np.uint8))
    return (x + width / 2 - 0.5, y + height / 2 - 0.5), ROOM * max(width, height)


def _skin(picture: NDArray[np.uint8], body: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Classes where outline and colour agree; UNKNOWN elsewhere."""
    skin = np.where(body, UNKNOWN, Skin.BELT).astype(np.uint8)
    skin[body & is_pale(picture)] = Skin.PALE
    # Seeds count as the skin that they sit in.
    red = cv2.morphologyEx(is_ripe(picture).astype(np.uint8), cv2.MORPH_CLOSE, SEED) > 0
    skin[body & is_orange(picture)] = Skin.PALE
    skin[body & red & ~is_leaf(picture) & ~is_orange(picture)] = Skin.RED
    skin[is_leaf(picture)] = Skin.CALYX
    border = (
        cv2.morphologyEx(body.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((DOUBTED_PX, DOUBTED_PX), np.uint8)) > 0
    )
    skin[border & (skin != Skin.CALYX)] = UNKNOWN
    # Red beside the outline: its light on the ground, or a part that was forgotten.
    skin[~body & is_red(picture)] = UNKNOWN
    return skin
