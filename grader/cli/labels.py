"""A label for each fruit: number, grade, size and colour in words, placed where it hides no fruit if there is room."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.cli.rows import DECIMALS, NOT_MEASURED, GradedFruit, as_percent, as_published, why_not_words
from grader.cli.strokes import DARK, Array, Ink, Picture, draw_text, ink_on, lines_of
from grader.grading import RulePack

GRADE_CAP_PX = 17.0
"""Height of a grade's capitals in a picture of 1456 px: 9 px where its 1134 rows are shown on a screen's 600."""
FIGURE_CAP_PX = 14.0
SHORT_WORDS = 16
"""A first line of more letters is written as small as the figures."""
BARE_NAME = 2
"""A grade's name of so few letters (I, II) is a mere stroke or two: the word grade is put before it."""
MOST_WORDED = 60
"""Of more fruit in one picture the labels would hide most, and finding places would take minutes."""
_PADDING_PX = 5
_GAP_PX = 6
_GRID_PX = 28
"""From one place that a label may have to the next."""
_FRUIT_COST = 60.0
"""Of each px of a fruit's box that a label hides, its own or another's."""
_LABEL_COST = 400.0
"""Of each px of another label."""
_FAR_COST = 100.0
"""Of each px between a label and its fruit."""
_CROSSING_COST = 6000.0
"""Of each point of a leader that lies on another fruit, on a label, or under this one."""
_LEADER_POINTS = 16
_ROUNDS = 3
"""In each every label is placed anew among the others: what came later may have taken a better place."""
_ALOOF_PX = 36.0
"""A label keeps so far off other fruit, lest it be taken for theirs;"""
_ALOOF_COST = 80.0
"""each px nearer to one of them costs this."""
_FINALISTS = 200
"""So many places are looked at for the way of their leaders."""


@dataclass(frozen=True, slots=True)
class Label:
    """A box of text: corner and size in px."""

    lines: tuple[str, ...]
    caps_px: tuple[float, ...]
    x: int
    y: int
    width: int
    height: int

    @property
    def box(self) -> Array:
        """x0, y0, x1, y1."""
        return np.array([self.x, self.y, self.x + self.width, self.y + self.height], np.float64)

    def overlap(self, box: Sequence[float]) -> float:
        """Area, px, that it shares with `box` x0, y0, x1, y1."""
        return float(_overlaps(self.box[None], np.array([box], np.float64))[0, 0])

    def leader_to(self, outline: Array) -> tuple[Array, Array]:
        """The shortest way from the label to `outline` (R, 2): its two ends, px."""
        begins = np.clip(outline, self.box[:2], self.box[2:])
        nearest = int(np.hypot(*(outline - begins).T).argmin())
        return begins[nearest], outline[nearest]


def words_of(row: GradedFruit, pack: RulePack) -> tuple[str, str]:
    """What a label says: number and grade, or why there is none; then diameter and red share."""
    if not row.measurable or row.diameter_mm is None or row.maturity is None:
        return f"{row.fruit}  {NOT_MEASURED}", why_not_words(row)
    figures = f"{_short_mm(row.diameter_mm, pack)} mm  {_short_percent(row.maturity, pack)} red"
    graded = row.reason_code == "graded" and row.grade is not None
    verdict = name_of(str(row.grade)) if graded else row.reason.partition(":")[0]
    return f"{row.fruit}  {verdict}{'?' * bool(row.borderline)}", figures


def name_of(grade: str) -> str:
    """The name of `grade` that can be read where the letter I is a bare stroke."""
    return f"grade {grade}" if len(grade) <= BARE_NAME else grade


def place_labels(words: Sequence[tuple[str, ...]], boxes: Array, size: tuple[int, int], unit: float) -> list[Label]:
    """A label of each of `words` for the fruit that lie in `boxes` (n, 4) of a picture of `size` (h, w), px.

    `unit` is how many times larger than 1456 px the picture is. The fruit with least room come first. Where there are
    more than `MOST_WORDED` there is room for none: each bears its number, the first of its words.
    """
    if len(words) > MOST_WORDED:
        return [_number_on(lines[0].split()[0], box, unit) for lines, box in zip(words, boxes, strict=True)]
    placed: dict[int, Label] = {}
    ways: dict[int, Array] = {}
    least_room_first = np.argsort([_crowding(box, boxes) for box in boxes])[::-1]
    for index in map(int, np.tile(least_room_first, _ROUNDS)):
        lines = words[index]
        first = GRADE_CAP_PX if len(lines[0]) <= SHORT_WORDS else FIGURE_CAP_PX
        caps = (unit * first, *(unit * FIGURE_CAP_PX for _ in lines[1:]))
        width, height = _size_of(lines, caps, unit)
        labels = np.array([label.box for other, label in placed.items() if other != index]).reshape(-1, 4)
        leaders = np.array([way for other, way in ways.items() if other != index]).reshape(-1, 2)
        places = _places(boxes[index], (width, height), size, unit)
        best, ways[index] = _best(places, index, boxes, (labels, leaders), unit)
        placed[index] = Label(lines, caps, round(best[0]), round(best[1]), width, height)
    return [placed[index] for index in range(len(words))]


def _number_on(number: str, box: Array, unit: float) -> Label:
    """A label in the middle of the fruit in `box` x0, y0, x1, y1."""
    caps = (unit * FIGURE_CAP_PX,)
    width, height = _size_of((number,), caps, unit)
    x, y = ((box[:2] + box[2:] - (width, height)) / 2).round().astype(int).tolist()
    return Label((number,), caps, x, y, width, height)


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


def _short_mm(diameter_mm: float, pack: RulePack) -> str:
    """One decimal, or as published: 29.97 mm would contradict grade II as 30.0 mm."""
    short = round(diameter_mm, 1)
    if _same_side(diameter_mm, short, pack, "diameter_mm"):
        return f"{short:.1f}"
    return as_published(diameter_mm, DECIMALS["diameter_mm"])


def _short_percent(share: float, pack: RulePack) -> str:
    """Whole percent, or as published."""
    short = round(share, 2)
    return f"{100 * short:.0f}%" if _same_side(share, short, pack, "maturity") else as_percent(share)


def _same_side(number: float, short: float, pack: RulePack, field: str) -> bool:
    return all(limit.is_above(number) == limit.is_above(short) for limit in pack.limits_of(field))


def _crowding(box: Array, boxes: Array) -> float:
    """How near the other boxes are; the nearer, the larger."""
    centre = (box[:2] + box[2:]) / 2
    away = np.hypot(*(((boxes[:, :2] + boxes[:, 2:]) / 2 - centre).T))
    return float((1 / (away[away > 0] + 1)).sum())


def _size_of(lines: tuple[str, ...], caps: tuple[float, ...], unit: float) -> tuple[int, int]:
    width, height = lines_of(lines, caps)
    padding = round(_PADDING_PX * unit)
    return width + 2 * padding, height + 2 * padding - round(caps[-1] / 2)


def _places(box: Array, label: tuple[int, int], size: tuple[int, int], unit: float) -> Array:
    """Boxes (C, 4) that a label of the size `label` (w, h) may have: a grid, and close around `box`."""
    highest = np.maximum(np.array(size[::-1]) - label, 0).astype(np.float64)
    x0, y0, x1, y1 = box
    gap = _GAP_PX * unit
    width, height = label
    across = np.array([(x0 + x1 - width) / 2, x0, x1 - width, x0 - gap - width, x1 + gap])
    down = np.array([(y0 + y1 - height) / 2, y0, y1 - height, y0 - gap - height, y1 + gap])
    grid_x, grid_y = (np.append(np.arange(0, most, _GRID_PX * unit), most) for most in highest)
    corners = np.concatenate(
        [_pairs(across, down), _pairs(across, grid_y), _pairs(grid_x, down), _pairs(grid_x, grid_y)]
    )
    corners = np.rint(np.clip(corners, 0, highest))
    return np.concatenate([corners, corners + label], axis=1)


def _pairs(xs: Array, ys: Array) -> Array:
    """Each of `xs` with each of `ys`: (n, 2)."""
    return np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)


def _best(places: Array, own: int, boxes: Array, there: tuple[Array, Array], unit: float) -> tuple[Array, Array]:
    """The best of `places` (C, 4), and points of its leader: what it hides and how far it is decide.

    What is `there` already: labels (m, 4) and points of their leaders (P, 2).
    """
    labels, ways = there
    others = np.delete(boxes, own, axis=0)
    hidden = _overlaps(places, boxes + _rim(unit)).sum(axis=1)
    begins, ends = _between(places, boxes[own])
    cost = _FRUIT_COST * hidden + _LABEL_COST * _overlaps(places, labels + _rim(unit)).sum(axis=1)
    cost += _FAR_COST * unit * np.hypot(*(ends - begins).T)
    cost += _ALOOF_COST * unit * np.clip(_ALOOF_PX * unit - _gaps(places, others), 0, None).sum(axis=1)
    finalists = np.argsort(cost, kind="stable")[:_FINALISTS]
    begins, ends = begins[finalists, None], ends[finalists, None]
    points = begins + np.linspace(0.05, 0.95, _LEADER_POINTS)[:, None] * (ends - begins)
    obstacles = np.concatenate([others, labels])
    crossed = _inside(points[:, :, None], obstacles).any(axis=2).sum(axis=1)
    covered = _inside(ways[None], places[finalists, None]).sum(axis=1)
    chosen = int((cost[finalists] + _CROSSING_COST * unit**2 * (crossed + covered)).argmin())
    return places[finalists[chosen]], points[chosen]


def _rim(unit: float) -> Array:
    """What widens a box on all sides, so that a label keeps off it."""
    return _GAP_PX * unit / 2 * np.array([-1.0, -1.0, 1.0, 1.0])


def _between(places: Array, box: Array) -> tuple[Array, Array]:
    """Ends (C, 2) of a way from each of `places` (C, 4) to the fruit in `box`: towards its middle, up to the box."""
    middle = (box[:2] + box[2:]) / 2
    begins = np.clip(middle, places[:, :2], places[:, 2:])
    return begins, np.clip(begins, box[:2], box[2:])


def _overlaps(ones: Array, others: Array) -> Array:
    """Areas (n, m), px, that the boxes `ones` (n, 4) share with `others` (m, 4)."""
    low = np.maximum(ones[:, None, :2], others[None, :, :2])
    high = np.minimum(ones[:, None, 2:], others[None, :, 2:])
    return np.asarray(np.clip(high - low, 0, None).prod(axis=2), np.float64)


def _gaps(ones: Array, others: Array) -> Array:
    """Distances (n, m), px, between the boxes `ones` (n, 4) and `others` (m, 4)."""
    apart = np.maximum(ones[:, None, :2] - others[None, :, 2:], others[None, :, :2] - ones[:, None, 2:])
    return np.asarray(np.hypot(*np.moveaxis(np.clip(apart, 0, None), -1, 0)), np.float64)


def _inside(points: Array, boxes: Array) -> NDArray[np.bool_]:
    """Whether `points` (..., 2) lie in `boxes` (..., 4)."""
    return np.asarray(((points > boxes[..., :2]) & (points < boxes[..., 2:])).all(axis=-1))
