"""A label beside each fruit: grade, size and colour in words, placed where it hides no other fruit if there is room."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from grader.cli.rows import DECIMALS, GradedFruit, as_published
from grader.cli.strokes import DARK, Array, Ink, Picture, draw_text, ink_on, lines_of

GRADE_CAP_PX = 23.0
"""Height of a grade's capitals in a picture of 1456 px: 13 px on a screen of 1024 x 600."""
FIGURE_CAP_PX = 17.0
SHORT_WORDS = 12
"""A first line of more letters is written as small as the figures."""
BARE_NAME = 2
"""A grade's name of so few letters (I, II) is a mere stroke or two: the word grade is put before it."""
_PADDING_PX = 7
_GAP_PX = 8
_LABEL_COST = 4.0
"""Hiding another label is so much worse than hiding another fruit,"""
_OWN_COST = 0.6
"""and hiding the own fruit is so much better."""
_FAR_COST = 20.0
"""Area, px, that a label may hide rather than move away by one px more."""


@dataclass(frozen=True, slots=True)
class Label:
    """A box of text: corner and size in px."""

    lines: tuple[str, ...]
    caps_px: tuple[float, ...]
    x: int
    y: int
    width: int
    height: int

    def overlap(self, box: Sequence[float]) -> float:
        """Area, px, that it shares with `box` x0, y0, x1, y1."""
        across = min(self.x + self.width, box[2]) - max(self.x, box[0])
        down = min(self.y + self.height, box[3]) - max(self.y, box[1])
        return max(across, 0.0) * max(down, 0.0)


def words_of(row: GradedFruit) -> tuple[str, ...]:
    """What a label says: the grade, or why there is none; then diameter and red share."""
    if not row.measurable or row.diameter_mm is None or row.maturity is None:
        return (f"not measured: {(row.why_not or '').replace('_', ' ')}",)
    # As published: 29.97 mm would contradict grade II as 30.0 mm.
    figures = f"{as_published(row.diameter_mm, DECIMALS['diameter_mm'])} mm  {100 * row.maturity:.6g}% red"
    if row.reason_code == "graded" and row.grade is not None:
        return (name_of(row.grade), figures)
    return (row.reason.partition(":")[0], figures)


def name_of(grade: str) -> str:
    """The name of `grade` that can be read where the letter I is a bare stroke."""
    return f"grade {grade}" if len(grade) <= BARE_NAME else grade


def place_labels(rows: Sequence[GradedFruit], boxes: Array, size: tuple[int, int], unit: float) -> list[Label]:
    """A label for each of `rows`, whose fruit lie in `boxes` (n, 4) of a picture of `size` (h, w), px.

    `unit` is how many times larger than 1456 px the picture is. The fruit with least room come first.
    """
    placed: dict[int, Label] = {}
    crowding = [_crowding(box, boxes) for box in boxes]
    for index in np.argsort(crowding)[::-1]:
        lines = words_of(rows[index])
        first = GRADE_CAP_PX if len(lines[0]) <= SHORT_WORDS else FIGURE_CAP_PX
        caps = (unit * first, *(unit * FIGURE_CAP_PX for _ in lines[1:]))
        candidates = _candidates(lines, caps, boxes[index], size, unit)
        placed[int(index)] = min(candidates, key=partial(_cost, own=int(index), boxes=boxes, placed=placed, unit=unit))
    return [placed[index] for index in range(len(rows))]


def draw_label(picture: Picture, label: Label, ink: Ink, unit: float) -> None:
    """Draw `label` on a ground of `ink`."""
    begin, end = (label.x, label.y), (label.x + label.width, label.y + label.height)
    cv2.rectangle(picture, begin, end, ink, cv2.FILLED)
    cv2.rectangle(picture, begin, end, DARK, max(1, round(2 * unit)))
    padding = round(_PADDING_PX * unit)
    baseline = label.y + padding
    for text, cap in zip(label.lines, label.caps_px, strict=True):
        baseline += round(cap)
        draw_text(picture, text, (label.x + padding, baseline), cap, ink_on(ink))
        baseline += round(cap / 2)


def _crowding(box: Array, boxes: Array) -> float:
    """How near the other boxes are; the nearer, the larger."""
    centre = (box[:2] + box[2:]) / 2
    away = np.hypot(*(((boxes[:, :2] + boxes[:, 2:]) / 2 - centre).T))
    return float((1 / (away[away > 0] + 1)).sum())


def _candidates(
    lines: tuple[str, ...], caps: tuple[float, ...], box: Array, size: tuple[int, int], unit: float
) -> list[Label]:
    """Labels around `box`, moved into the picture, and one on it."""
    width, height = lines_of(lines, caps)
    padding = round(_PADDING_PX * unit)
    width, height = width + 2 * padding, height + 2 * padding - round(caps[-1] / 2)
    x0, y0, x1, y1 = (float(side) for side in box)
    gap = _GAP_PX * unit
    middle_x, middle_y = (x0 + x1 - width) / 2, (y0 + y1 - height) / 2
    beside_x, beside_y = (x0 - gap - width, x1 + gap), (y0 - gap - height, y1 + gap)
    along_x = (middle_x, x0 - width / 2, x1 - width / 2, x0, x1 - width)
    along_y = (middle_y, y0 - height / 2, y1 - height / 2, y0, y1 - height)
    corners = [(x, y) for x in along_x for y in beside_y] + [(x, y) for x in beside_x for y in along_y]
    corners += [(x, y) for x in beside_x for y in beside_y] + [(middle_x, middle_y)]
    return [
        Label(
            lines,
            caps,
            round(min(max(x, 0), max(size[1] - width, 0))),
            round(min(max(y, 0), max(size[0] - height, 0))),
            width,
            height,
        )
        for x, y in corners
    ]


def _cost(label: Label, own: int, boxes: Array, placed: dict[int, Label], unit: float) -> float:
    """Area that the label hides, of its own fruit, of others, of other labels; and what its distance is worth."""
    x, y = (boxes[own, :2] + boxes[own, 2:]) / 2
    far = float(np.hypot(label.x + label.width / 2 - x, label.y + label.height / 2 - y))
    fruit = sum(label.overlap(box) * (_OWN_COST if index == own else 1.0) for index, box in enumerate(boxes))
    others = sum(
        label.overlap((other.x, other.y, other.x + other.width, other.y + other.height)) for other in placed.values()
    )
    return fruit + _LABEL_COST * others + _FAR_COST * unit * far
