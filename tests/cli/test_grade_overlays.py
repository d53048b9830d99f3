"""What an overlay says: words that agree with the row, in places where they can be read."""

import numpy as np
import pytest

from grader.calibration import plain_scale
from grader.cli.labels import place_labels, words_of
from grader.cli.overlays import LEAST_SIDE_PX, draw_overlay
from grader.cli.records import Standard, make_rows
from grader.cli.rows import GradedFruit, Hashes
from grader.cli.strokes import DARK, INK_OF, LIGHT, ink_on
from grader.grading import Decay, Outlet, round_within, shipped_rule_pack
from grader.vision import measure


def fruit(*, diameter_mm: float = 36.0, maturity: float = 0.85, **changes: object) -> GradedFruit:
    numbers = dict.fromkeys(
        ["width_mm", "width_u_mm", "length_mm", "axis_deg", "surface_red", "volume_mm3", "weight_g"]
    )
    row: dict[str, object] = {
        "image": "picture.jpg",
        "fruit": 1,
        "bbox": (10, 10, 90, 90),
        "centre_px": (50.0, 50.0),
        **numbers,
        "diameter_mm": diameter_mm,
        "diameter_u_mm": 0.3,
        "maturity": maturity,
        "maturity_u": 0.02,
        "weight_u_g": None,
        "grade": "Super",
        "outlet": Outlet.SUPER,
        "reason": "Super: diameter",
        "reason_code": "graded",
        "criterion": "size",
        "margin": 1.0,
        "measurable": True,
        "why_not": None,
        "decay": Decay.NOT_ASSESSED,
        "scale": "calibrated",
        "hashes": Hashes(rule_pack="a", calibration="b", software="c"),
    }
    return GradedFruit.model_validate(row | changes)


def test_a_label_says_the_grade_in_words() -> None:
    assert words_of(fruit()) == ("Super", "36.00 mm  85% red")
    assert words_of(fruit(grade="II"))[0] == "grade II"


def test_a_label_says_why_there_is_no_grade() -> None:
    unripe = fruit(grade="substandard", reason_code="unripe", reason="unripe: maturity 0.300, below 0.80")
    assert words_of(unripe)[0] == "unripe"
    assert words_of(fruit(measurable=False, why_not="no_axis")) == ("not measured: no axis",)


@pytest.mark.parametrize(("diameter_mm", "maturity"), [(34.997, 0.79996), (29.9999, 0.90001)])
def test_a_label_never_takes_a_number_across_a_limit(diameter_mm: float, maturity: float) -> None:
    pack = shipped_rule_pack()
    row = fruit(
        diameter_mm=round_within(diameter_mm, 2, pack.limits_of("diameter_mm")),
        maturity=round_within(maturity, 3, pack.limits_of("maturity")),
    )
    said_mm, _, said_red, _ = words_of(row)[1].split()
    assert [float(said_mm) < limit for limit in (30, 35)] == [diameter_mm < limit for limit in (30, 35)]
    share = float(said_red.rstrip("%")) / 100
    assert [share < 0.80, share > 0.90] == [maturity < 0.80, maturity > 0.90]


def test_labels_lie_in_the_picture_and_not_on_each_other() -> None:
    corners = [(x, y) for x in (2, 360, 700, 1200) for y in (2, 300, 640, 940)]
    boxes = np.array([[x, y, x + 140, y + 140] for x, y in corners], np.float64)
    labels = place_labels([fruit() for _ in boxes], boxes, (1088, 1456), 1.0)
    for label in labels:
        assert min(label.x, label.y) >= 0
        assert label.x + label.width <= 1456
        assert label.y + label.height <= 1088
        others = [other for other in labels if other is not label]
        assert sum(label.overlap((o.x, o.y, o.x + o.width, o.y + o.height)) for o in others) == 0


@pytest.mark.parametrize("outlet", Outlet)
def test_letters_stand_out_from_every_colour(outlet: Outlet) -> None:
    ground, letters = np.array(INK_OF[outlet], float), np.array(ink_on(INK_OF[outlet]), float)
    assert ink_on(LIGHT) == DARK
    assert abs((ground - letters) @ (0.114, 0.587, 0.299)) > 100


def test_a_small_picture_is_enlarged_for_its_letters() -> None:
    frame = np.full((240, 320, 3), (130, 80, 55), np.uint8)
    frame[80:160, 100:200] = (40, 30, 170)
    calibration = plain_scale(0.3, (320, 240))
    sightings = measure(frame, calibration)
    rows = make_rows("x", sightings, calibration, Standard(shipped_rule_pack(), 0.93, "1"))
    assert len(rows) == 1
    overlay = draw_overlay(frame, sightings, rows)
    assert overlay.shape[1] >= LEAST_SIDE_PX
