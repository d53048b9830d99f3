"""Laying sprites over a belt, and keeping account of which pixel shows what."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.twin.raster import Window
from grader.twin.sprite import HALF, PALE, RED, Sprite

_TOUCHING_PX = 4
"""Fruit whose masks come this near count as touching."""
_DISC = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _TOUCHING_PX + 1, 2 * _TOUCHING_PX + 1))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a picture shows of one fruit."""

    red_px: int
    pale_px: int
    """Flesh that is not red, rot too."""
    centre_px: tuple[float, float]
    """Centroid of the flesh; nan without flesh."""
    bbox: tuple[int, int, int, int]
    """[x0, y0, x1, y1), with calyx; zeros where nothing is seen."""
    touching: bool
    """Another fruit's mask comes within 4 px."""
    cut: bool
    """Reaches the picture's edge."""
    hidden: float
    """Share of the body, leaves aside, that other things or the picture's edge hide; nan of what is no fruit."""


@dataclass(slots=True, eq=False)
class Canvas:
    """A picture in linear light with its masks."""

    light: NDArray[np.float32]
    """(rows, columns, 3), BGR."""
    numbers: NDArray[np.uint16] = field(init=False)
    classes: NDArray[np.uint8] = field(init=False)
    bodies: NDArray[np.uint16] = field(init=False)
    """Like `numbers`, of the flesh alone and as if it had no leaves on it."""
    windows: dict[int, tuple[slice, slice]] = field(init=False, default_factory=dict)
    """Where each number was laid."""
    body_px: dict[int, int] = field(init=False, default_factory=dict)
    """How large each body is, hidden or not."""

    def __post_init__(self) -> None:
        self.numbers = np.zeros(self.light.shape[:2], np.uint16)
        self.classes = np.zeros(self.light.shape[:2], np.uint8)
        self.bodies = np.zeros(self.light.shape[:2], np.uint16)

    def lay(self, sprite: Sprite, number: int = 0) -> None:
        """Lay `sprite` over what is there; number 0 is what is no fruit."""
        here, there = _overlap(sprite.window, self.light.shape[:2])
        self.light[here] *= 1 - sprite.cover[there][..., None]
        self.light[here] += sprite.light[there]
        fills = sprite.cover[there] >= HALF
        self.numbers[here][fills] = number
        self.bodies[here][fills] = 0
        self.classes[here][fills] = sprite.classes[there][fills]
        if sprite.body is not None:
            self.bodies[here][sprite.body[there]] = number
            self.body_px[number] = int(sprite.body.sum())
        self.windows[number] = here

    def seen(self, number: int) -> Seen:
        """What is left to see of fruit `number`."""
        rows, columns = (_wider(part) for part in self.windows[number])
        numbers, classes = self.numbers[rows, columns], self.classes[rows, columns]
        own = numbers == number
        hidden = self._hidden(number)
        y, x = np.nonzero(own)
        if not len(x):
            return Seen(0, 0, (np.nan, np.nan), (0, 0, 0, 0), touching=False, cut=True, hidden=hidden)
        flesh_y, flesh_x = np.nonzero(own & (classes >= PALE))
        height, width = self.numbers.shape
        left, top = int(x.min()) + columns.start, int(y.min()) + rows.start
        right, bottom = int(x.max()) + columns.start + 1, int(y.max()) + rows.start + 1
        around = cv2.dilate(own.astype(np.uint8), _DISC) > 0
        return Seen(
            red_px=int((own & (classes == RED)).sum()),
            pale_px=int((own & (classes >= PALE) & (classes != RED)).sum()),
            centre_px=(_mean(flesh_x) + columns.start, _mean(flesh_y) + rows.start),
            bbox=(left, top, right, bottom),
            touching=bool((around & (numbers != 0) & ~own).any()),
            cut=left == 0 or top == 0 or right == width or bottom == height,
            hidden=hidden,
        )

    def _hidden(self, number: int) -> float:
        if not (whole := self.body_px.get(number)):
            return float("nan")
        return 1 - float((self.bodies[self.windows[number]] == number).sum()) / whole


def _wider(part: slice) -> slice:
    """With room for neighbours that touch."""
    return slice(max(part.start - _TOUCHING_PX, 0), part.stop + _TOUCHING_PX)


def _mean(values: NDArray[np.int64]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _overlap(window: Window, shape: tuple[int, int]) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """The part of `window` inside a picture of `shape`, in the picture's and in the window's own rows and columns."""
    y0, x0 = max(window.y, 0), max(window.x, 0)
    y1, x1 = max(min(window.y + window.height, shape[0]), y0), max(min(window.x + window.width, shape[1]), x0)
    there = slice(y0 - window.y, y1 - window.y), slice(x0 - window.x, x1 - window.x)
    return (slice(y0, y1), slice(x0, x1)), there
