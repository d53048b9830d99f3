"""Rows against truth: which row is which fruit's, and what each says of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.pictures import Picture, Visible, look
from grader.grading import Measurement, decide, shipped_rule_pack
from grader.vision import Sightings, WhyNot, measure
from grader.vision.masks import flesh_mask
from grader.vision.network import Network

Array = NDArray[np.float64]

REACH = 0.45
"""A row belongs to the fruit whose flesh centroid is within this times the root of its flesh pixels."""
DENSITY_G_PER_MM3 = 0.93e-3
RIPE = 0.85
"""In the middle of the maturity window: with it size alone decides."""
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Fruit:
    """A judged fruit, and what its row says; NaN and None where it was not found or not measured."""

    picture: str
    camera: str
    belt: str
    number: int
    isolated: bool
    found: bool
    why_not: str
    """Empty where it was measured."""
    true_width_mm: float
    true_diameter_mm: float
    true_weight_g: float
    true_maturity: float
    true_axis_deg: float
    true_size_grade: str | None
    true_grade: str | None
    width_mm: float = float("nan")
    width_u_mm: float = float("nan")
    diameter_mm: float = float("nan")
    diameter_u_mm: float = float("nan")
    weight_g: float = float("nan")
    weight_u_g: float = float("nan")
    maturity: float = float("nan")
    maturity_u: float = float("nan")
    axis_deg: float = float("nan")
    size_grade: str | None = None
    grade: str | None = None
    iou: float = float("nan")
    """Of its flesh mask."""
    decay: float = float("nan")
    """Probability, by this view alone."""
    rot_mm2: float = float("nan")

    @property
    def measured(self) -> bool:
        """Whether it was found and called measurable."""
        return self.found and not self.why_not


@dataclass(slots=True)
class Outcome:
    """What came of all pictures."""

    fruit: list[Fruit] = field(default_factory=list)
    rows: int = 0
    false_rows: list[str] = field(default_factory=list)
    """Where each row is that belongs to no fruit, or to one that has a nearer row."""
    picture_iou: list[float] = field(default_factory=list)
    """Of all flesh of each picture."""


def judge(pictures: Iterable[Picture], network: Network | None = None) -> Outcome:
    """Measure every picture and compare."""
    outcome = Outcome()
    for picture in pictures:
        sightings = measure(picture.frame_bgr, picture.calibration, network)
        mask = flesh_mask(picture.frame_bgr, picture.calibration, sightings, network)
        visible = look(picture)
        row_of, false = match(sightings.centre_px, visible)
        outcome.rows += len(sightings)
        for row in false:
            x, y = sightings.centre_px[row]
            outcome.false_rows.append(f"{picture.name} at ({x:.0f}, {y:.0f})")
        outcome.picture_iou.append(_iou(mask > 0, picture.flesh))
        for index in np.flatnonzero(visible.judged):
            outcome.fruit.append(_fruit(picture, int(index), visible, sightings, mask, int(row_of[index])))
    return outcome


def match(rows_px: Array, visible: Visible) -> tuple[NDArray[np.intp], list[int]]:
    """The row of each fruit (n,), -1 for none, given the rows' `centre_px` (m, 2); and which rows are false.

    Where a fruit is in reach of two rows the nearer one is its own, and the other false.
    """
    row_of = np.full(len(visible.flesh_px), NOBODY, np.intp)
    distance = np.linalg.norm(rows_px[:, None] - visible.centre_px[None], axis=2)
    within = distance <= REACH * np.sqrt(visible.flesh_px)
    pairs = np.argwhere(within)
    taken = set()
    for row, fruit in pairs[np.argsort(distance[within], kind="stable")]:
        if row_of[fruit] == NOBODY and row not in taken:
            row_of[fruit] = row
            taken.add(int(row))
    return row_of, [row for row in range(len(rows_px)) if row not in taken]


def _fruit(
    picture: Picture, index: int, visible: Visible, sightings: Sightings, mask: NDArray[np.uint16], row: int
) -> Fruit:
    number = int(picture.number[index])
    truth = Fruit(
        picture=picture.name,
        camera=picture.camera,
        belt=picture.belt,
        number=number,
        isolated=bool(visible.isolated[index]),
        found=row != NOBODY,
        why_not="not found" if row == NOBODY else "",
        true_width_mm=float(picture.width_mm[index]),
        true_diameter_mm=float(picture.diameter_mm[index]),
        true_weight_g=float(picture.volume_mm3[index]) * DENSITY_G_PER_MM3,
        true_maturity=float(picture.visible_red[index]),
        true_axis_deg=float(picture.axis_deg[index]),
        true_size_grade=grade_of(float(picture.diameter_mm[index]), RIPE),
        true_grade=grade_of(float(picture.diameter_mm[index]), float(picture.visible_red[index])),
    )
    if row == NOBODY:
        return truth
    flesh = picture.flesh & (picture.fruit_mask == number)
    return _with_row(truth, sightings, row, _iou(mask == row + 1, flesh))


def _with_row(truth: Fruit, sightings: Sightings, row: int, iou: float) -> Fruit:
    why_not = WhyNot(int(sightings.why_not[row]))
    measured = why_not is WhyNot.NOTHING
    diameter_mm, maturity = float(sightings.diameter_mm[row]), float(sightings.maturity[row])
    return replace(
        truth,
        why_not="" if measured else why_not.name.lower(),
        width_mm=float(sightings.width_mm[row]),
        width_u_mm=float(sightings.width_u_mm[row]),
        diameter_mm=diameter_mm,
        diameter_u_mm=float(sightings.diameter_u_mm[row]),
        weight_g=float(sightings.volume_mm3[row]) * DENSITY_G_PER_MM3,
        weight_u_g=float(sightings.volume_u_mm3[row]) * DENSITY_G_PER_MM3,
        maturity=maturity,
        maturity_u=float(sightings.maturity_u[row]),
        axis_deg=float(sightings.axis_deg[row]),
        size_grade=grade_of(diameter_mm, RIPE) if measured else None,
        grade=grade_of(diameter_mm, maturity) if measured else None,
        iou=iou,
        decay=float(sightings.decay[row]),
        rot_mm2=float(sightings.rot_mm2[row]),
    )


def grade_of(diameter_mm: float, maturity: float) -> str | None:
    """Grade by the shipped pack `cooperative`, whose limits are all simple and need no uncertainty."""
    return decide(Measurement(diameter_mm=diameter_mm, maturity=maturity), shipped_rule_pack("cooperative")).grade


def _iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    union = np.count_nonzero(one | other)
    return np.count_nonzero(one & other) / union if union else 1.0
