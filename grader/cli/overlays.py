"""The picture with what was found drawn on it: outline in the grade's colour, axis, caliper, label; a legend below."""

from collections import Counter
from collections.abc import Sequence

import cv2
import numpy as np

from grader.cli.labels import GRADE_CAP_PX, draw_label, name_of, place_labels, words_of
from grader.cli.rows import NOT_MEASURED, GradedFruit
from grader.cli.strokes import (
    DARK,
    INK_OF,
    LIGHT,
    Array,
    Ink,
    Picture,
    draw_arrow,
    draw_dashes,
    draw_line,
    draw_text,
    text_size,
)
from grader.grading import SUBSTANDARD, Outlet, RulePack
from grader.vision import Sightings

USUAL_PX = 1456
"""Longer side of the picture that strokes and letters are made for; others get them in proportion."""
LEAST_SIDE_PX = 1000
"""Smaller pictures are enlarged, so that there is room for letters."""
STROKE_PX = 3
LEADER_PX = 2
LONGEST_WITHOUT_LEADER_PX = 14
"""From a label to the outline; a label as near as that needs no line to its fruit."""
BAR_PX = 46
"""Height of the legend."""
TO_LOOK_AT = "for a person"
"""In the legend: measured, but without a grade, because rot is suspected."""


def draw_overlay(frame_bgr: Picture, sightings: Sightings, rows: Sequence[GradedFruit], pack: RulePack) -> Picture:
    """Draw `rows`, the grades of `sightings` by `pack`, on a copy of `frame_bgr` (h, w, 3); the legend comes below."""
    zoom = max(1, -(-LEAST_SIDE_PX // max(frame_bgr.shape[:2])))
    picture = np.ascontiguousarray(frame_bgr.repeat(zoom, axis=0).repeat(zoom, axis=1))
    unit = max(picture.shape[:2]) / USUAL_PX
    stroke = max(1, round(STROKE_PX * unit))
    outlines = _zoomed(sightings.outline_px, zoom)
    for index, row in enumerate(rows):
        if not row.measurable:
            draw_dashes(picture, outlines[index], LIGHT, stroke)
            continue
        draw_line(picture, outlines[index], ink_of(row), stroke, closed=True)
        draw_line(picture, _zoomed(sightings.caliper_px[index], zoom), LIGHT, max(1, stroke - 1))
        draw_arrow(picture, *_axis(outlines[index], float(sightings.axis_deg[index])), LIGHT, max(1, stroke - 1))
    boxes = sightings.bbox_px.astype(np.float64) * zoom
    labels = place_labels([words_of(row, pack) for row in rows], boxes, picture.shape[:2], unit)
    for row, label, outline in zip(rows, labels, outlines, strict=True):
        begin, end = label.leader_to(outline)
        if np.hypot(*(end - begin)) > LONGEST_WITHOUT_LEADER_PX * unit:
            draw_line(picture, np.stack([begin, end]), ink_of(row), max(1, round(LEADER_PX * unit)))
    for row, label in zip(rows, labels, strict=True):
        draw_label(picture, label, ink_of(row), unit)
    return np.concatenate([picture, _legend(rows, picture.shape[1], unit)])


def _name(row: GradedFruit) -> str:
    """What the legend counts a fruit as."""
    if not row.measurable:
        return NOT_MEASURED
    return TO_LOOK_AT if row.grade is None else name_of(row.grade)


def ink_of(row: GradedFruit) -> Ink:
    """The colour of a fruit's grade; what is no grade has that of processing, what was not measured is white."""
    if not row.measurable or row.grade is None:
        return INK_OF[Outlet.RECHECK]
    if row.grade == SUBSTANDARD and row.outlet != Outlet.WASTE:
        return INK_OF[Outlet.PROCESSING]
    return INK_OF[row.outlet]


def _zoomed(points: Array, zoom: int) -> Array:
    """Where `points`, px, lie once each pixel has become `zoom` x `zoom`; pixel centres at whole numbers."""
    return points * zoom + (zoom - 1) / 2


def _axis(outline: Array, axis_deg: float) -> tuple[Array, Array]:
    """Begin and end, px, of the line from stem to apex through `outline` (R, 2)."""
    along = np.array([np.cos(np.radians(axis_deg)), np.sin(np.radians(axis_deg))])
    centre = outline.mean(axis=0)
    reach = (outline - centre) @ along
    return centre + along * reach.min() * 0.9, centre + along * reach.max() * 0.9


def _legend(rows: Sequence[GradedFruit], width: int, unit: float) -> Picture:
    """A bar that counts the grades, each in its colour."""
    bar = np.full((round(BAR_PX * unit), width, 3), DARK, np.uint8)
    cap = GRADE_CAP_PX * unit
    baseline = round((bar.shape[0] + cap) / 2)
    x = round(12 * unit)
    names = Counter((_name(row), ink_of(row)) for row in rows)
    order = list(INK_OF.values())
    for (name, ink), count in sorted(names.items(), key=lambda entry: order.index(entry[0][1])):
        side = round(cap)
        cv2.rectangle(bar, (x, baseline - side), (x + side, baseline), ink, cv2.FILLED)
        text = f"{name}: {count}"
        draw_text(bar, text, (x + round(1.5 * side), baseline), cap, LIGHT)
        x += round(3 * side) + text_size(text, cap)[0]
    if not rows:
        draw_text(bar, "no fruit found", (x, baseline), cap, LIGHT)
        return bar
    notes = ["? near another grade"] * any(row.borderline for row in rows)
    notes += ["plain scale"] * (rows[0].scale == "plain")
    if notes:
        text = "   ".join(notes)
        draw_text(bar, text, (width - text_size(text, cap)[0] - round(12 * unit), baseline), cap, LIGHT)
    return bar
