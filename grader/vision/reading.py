"""What the network says of each fruit, as the station's other modules need it."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from grader.vision.network import CELLS, ROOM, Answers, Network, Question, Skin, crop_squares
from grader.vision.objects import Objects

Array = NDArray[np.float64]

FLESH = [Skin.RED, Skin.PALE, Skin.ROT, Skin.BRUISE]
"""The classes that are flesh."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Of n objects; probabilities and shares 0-1."""

    decay: Array
    """(n,) probability that it rots somewhere that is seen."""
    no_fruit: Array
    """(n,) probability that it is none."""
    red: Array
    """(n,) red share of its flesh."""
    rot: Array
    """(n,) share of its flesh that is rot or mould."""
    bruise: Array
    """(n,) share of its flesh that is bruised."""

    def only(self, kept: NDArray[np.bool_]) -> "Reading":
        """Of the objects that are `kept` (n,)."""
        return Reading(*(getattr(self, column.name)[kept] for column in fields(self)))


def unread(n: int) -> Reading:
    """Nobody looked at any of n objects: all is NaN."""
    column = np.full(n, np.nan)
    return Reading(column, column, column, column, column)


def ask(network: Network, frame_bgr: NDArray[np.uint8], objects: Objects, step: int) -> Answers:
    """Show `network` each of `objects`, whose coarse pixels are `step` pixels of `frame_bgr` (h, w, 3) apart."""
    return network(crop_squares(frame_bgr, *squares(objects, step)))


def squares(objects: Objects, step: int) -> tuple[Array, Array]:
    """Middle (n, 2) and side (n,) of the squares about `objects`, leaves included, px of the frame."""
    boxes = objects.boxes()
    low, high = step * boxes[:, :2], step * (boxes[:, 2:] + 1)
    return (low + high) / 2 - 0.5, ROOM * (high - low).max(axis=1, initial=0)


def interpret(answers: Answers) -> Reading:
    """Add up what `answers` say of the cells that are the fruit's own."""
    n = len(answers.yes)
    own = answers.body.reshape(n, CELLS**2, 1)
    skin = answers.skin.reshape(n, Skin.COUNT, CELLS**2)
    seen = (skin @ own)[..., 0].astype(np.float64)
    flesh = np.maximum(seen[:, FLESH].sum(axis=1), 1e-9)
    # A little doubt in each of many cells is no spot: an area is of cells that are likelier rot than not.
    spots = ((skin[:, [Skin.ROT, Skin.BRUISE]] > 0.5) @ own)[..., 0].astype(np.float64)  # noqa: PLR2004 - likelier than not
    yes = answers.yes.astype(np.float64)
    return Reading(
        decay=yes[:, Question.DECAY],
        no_fruit=yes[:, Question.NO_FRUIT],
        red=seen[:, Skin.RED] / flesh,
        rot=spots[:, 0] / flesh,
        bruise=spots[:, 1] / flesh,
    )
