"""A panel of a chart: axes with ticks, points, bars, curves, and words that say what it shows."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

BLACK, GREY, RED, GREEN = (40, 40, 40), (170, 170, 170), (40, 40, 200), (60, 140, 40)
"""BGR."""
FONT, SIZE = cv2.FONT_HERSHEY_SIMPLEX, 0.45
LEFT, RIGHT, TOP, BOTTOM = 60, 70, 40, 36
"""Margins, px."""
TICKS = 6
"""At most so many on an axis."""
SHIFT = 4
"""OpenCV draws to a sixteenth of a pixel."""


def blank(width: int, height: int) -> Picture:
    """A white picture."""
    return np.full((height, width, 3), 255, np.uint8)


@dataclass(slots=True)
class Panel:
    """A part of a picture; what is drawn is given in the units of its axes."""

    picture: Picture
    place: tuple[int, int, int, int]
    """Left, top, width and height in the picture, px."""
    x: tuple[float, float] = field(init=False)
    y: tuple[float, float] = field(init=False)

    def axes(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Draw the axes from the first to the last value of each; to be called before all else."""
        self.x, self.y = x, y
        first, last = np.rint(self._pixels(np.array(x), np.array(y))).astype(int).tolist()
        cv2.rectangle(self.picture, first, last, GREY, 1)
        for value in _ticks(*x):
            place = self._pixels(np.array([value]), np.array([y[0]]))[0]
            self._text(f"{value:g}", (place[0] - 10, place[1] + 18))
        for value in _ticks(*y):
            place = self._pixels(np.array([x[0]]), np.array([value]))[0]
            self._text(f"{value:g}", (place[0] - 46, place[1] + 4))

    def label(self, words: str) -> None:
        """Say above the axes what is shown."""
        self._text(words, (self.place[0] + LEFT, self.place[1] + TOP - 12))

    def level(self, value: float, colour: Colour, words: str) -> None:
        """A line across the panel, with words at its right end."""
        self.curve(np.array(self.x), np.array([value, value]), colour)
        end = self._pixels(np.array([self.x[1]]), np.array([value]))[0]
        self._text(words, (end[0] + 4, end[1] + 4), colour)

    def points(self, x: Array, y: Array, colour: Colour) -> None:
        """A small disc a point."""
        for point in self._pixels(x, y):
            centre = np.rint(point * (1 << SHIFT)).astype(int).tolist()
            cv2.circle(self.picture, centre, 3 << SHIFT, colour, cv2.FILLED, cv2.LINE_AA, SHIFT)

    def curve(self, x: Array, y: Array, colour: Colour) -> None:
        """Straight lines from point to point."""
        points = np.rint(self._pixels(x, y) * (1 << SHIFT)).astype(np.int32)
        cv2.polylines(
            self.picture, [points], isClosed=False, color=colour, thickness=1, lineType=cv2.LINE_AA, shift=SHIFT
        )

    def bars(self, edges: Array, heights: Array, colour: Colour) -> None:
        """A histogram: `heights` (n,) between `edges` (n + 1,)."""
        low = self._pixels(edges[:-1], np.zeros_like(heights))
        high = self._pixels(edges[1:], heights)
        for one, other in zip(np.rint(low).astype(int).tolist(), np.rint(high).astype(int).tolist(), strict=True):
            if one[1] > other[1]:
                cv2.rectangle(self.picture, (one[0] + 1, one[1] - 1), (other[0] - 1, other[1]), colour, cv2.FILLED)

    def _pixels(self, x: Array, y: Array) -> Array:
        """Where the points (n,), (n,) lie in the picture: (n, 2)."""
        left, top, width, height = self.place
        right = left + LEFT + (x - self.x[0]) / (self.x[1] - self.x[0]) * (width - LEFT - RIGHT)
        down = top + TOP + (self.y[1] - y) / (self.y[1] - self.y[0]) * (height - TOP - BOTTOM)
        return np.stack([right, down], axis=1)

    def _text(self, words: str, place: tuple[float, float], colour: Colour = BLACK) -> None:
        cv2.putText(self.picture, words, (int(place[0]), int(place[1])), FONT, SIZE, colour, 1, cv2.LINE_AA)


def _ticks(low: float, high: float) -> list[float]:
    """Round values between the two, a step of 1, 2 or 5 apart."""
    least = (high - low) / TICKS
    power = 10.0 ** np.floor(np.log10(least))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least)
    return [
        float(round(number * step, 6)) for number in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)
    ]
