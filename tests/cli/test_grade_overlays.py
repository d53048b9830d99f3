"""What an overlay says: words that agree with the row, in places where they can be read."""

import numpy as np
import pytest

from grader.calibration import plain_scale
from grader.cli.labels import FIGURE_CAP_PX, GRADE_CAP_PX, Label, place_labels, words_of
from grader.cli.overlays import BAR_PX, LEAST_SIDE_PX, draw_overlay
from grader.cli.records import Standard, make_rows
from grader.cli.rows import GradedFruit, Hashes
from grader.cli.strokes import DARK, INK_OF, LIGHT, ink_on
from grader.grading import Decay, Outlet, round_within, shipped_rule_pack
from grader.vision import measure

PACK = shipped_rule_pack()


def fruit(*, diameter_mm: float = 36.0, maturity: float = 0.85, **changes: object) -> GradedFruit:
    numbers = dict.fromkeys(
        [
            "width_mm",
            "width_u_mm",
            "length_mm",
            "axis_deg",
            "surface_red",
            "volume_mm3",
            "weight_g",
            "rot_mm2",
            "bruise_mm2",
        ]
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
        "borderline": False,
        "measurable": True,
        "why_not": None,
        "decay": Decay.NOT_ASSESSED,
        "decay_probability": None,
        "scale": "calibrated",
        "hashes": Hashes(rule_pack="a", calibration="b", software="c"),
    }
    return GradedFruit.model_validate(row | changes)


def test_a_label_says_the_grade_in_words() -> None:
    assert words_of(fruit(), PACK) == ("1  Super", "36.0 mm  85% red")
    assert words_of(fruit(fruit=7, grade="II"), PACK)[0] == "7  grade II"


def test_a_label_questions_a_grade_that_is_near_another() -> None:
    assert words_of(fruit(borderline=True), PACK)[0] == "1  Super?"


def test_a_label_says_that_rot_is_suspected() -> None:
    suspected = fruit(
        grade=None, criterion="decay", reason_code="decay_suspected", reason="rot suspected: a person looks",
        decay=Decay.SUSPECTED, decay_probability=0.4, outlet=Outlet.RECHECK,
    )  # fmt: skip
    assert words_of(suspected, PACK)[0] == "1  rot suspected"


def test_a_label_says_why_there_is_no_grade() -> None:
    unripe = fruit(grade="substandard", reason_code="unripe", reason="unripe: maturity 0.300, below 0.80")
    assert words_of(unripe, PACK)[0] == "1  unripe"
    lost = fruit(measurable=False, why_not="no_axis", borderline=None)
    assert words_of(lost, PACK) == ("1  not measured", "stem to tip not visible")


@pytest.mark.parametrize(("diameter_mm", "maturity"), [(34.997, 0.79996), (29.9999, 0.90001), (34.96, 0.904)])
def test_a_label_never_takes_a_number_across_a_limit(diameter_mm: float, maturity: float) -> None:
    row = fruit(
        diameter_mm=round_within(diameter_mm, 2, PACK.limits_of("diameter_mm")),
        maturity=round_within(maturity, 3, PACK.limits_of("maturity")),
    )
    said_mm, _, said_red, _ = words_of(row, PACK)[1].split()
    assert [float(said_mm) < limit for limit in (30, 35)] == [diameter_mm < limit for limit in (30, 35)]
    share = float(said_red.rstrip("%")) / 100
    assert [share < 0.80, share > 0.90] == [maturity < 0.80, maturity > 0.90]


def test_labels_lie_in_the_picture_and_not_on_each_other() -> None:
    corners = [(x, y) for x in (2, 360, 700, 1200) for y in (2, 300, 640, 940)]
    boxes = np.array([[x, y, x + 140, y + 140] for x, y in corners], np.float64)
    labels = place_labels([words_of(fruit(), PACK) for _ in boxes], boxes, (1088, 1456), 1.0)
    for label in labels:
        assert min(label.x, label.y) >= 0
        assert label.x + label.width <= 1456
        assert label.y + label.height <= 1088
        others = [other for other in labels if other is not label]
        assert sum(label.overlap((o.x, o.y, o.x + o.width, o.y + o.height)) for o in others) == 0
        assert sum(label.overlap(box) for box in boxes) == 0


def test_of_very_many_fruit_each_bears_its_number() -> None:
    corners = [(x, y) for x in range(0, 1400, 70) for y in range(0, 1000, 70)]
    boxes = np.array([[x, y, x + 60, y + 60] for x, y in corners], np.float64)
    words = [(f"{number}  Super", "36.0 mm") for number in range(1, len(boxes) + 1)]
    labels = place_labels(words, boxes, (1088, 1456), 1.0)
    assert [label.lines for label in labels] == [(str(number),) for number in range(1, len(boxes) + 1)]
    assert all(label.overlap(box) == label.width * label.height for label, box in zip(labels, boxes, strict=True))


def test_labels_of_a_heap_go_to_the_empty_belt() -> None:
    corners = [(x, y) for x in range(300, 900, 105) for y in range(250, 650, 105)]
    boxes = np.array([[x, y, x + 100, y + 100] for x, y in corners], np.float64)
    labels = place_labels([words_of(fruit(), PACK) for _ in boxes], boxes, (1088, 1456), 1.0)
    assert sum(label.overlap(box) for label in labels for box in boxes) == 0


def test_a_leader_joins_a_label_with_the_nearest_point_of_its_fruit() -> None:
    label = Label(("1  Super",), (17.0,), 100, 40, 60, 20)
    outline = np.array([[90.0, 200.0], [150.0, 110.0], [210.0, 200.0]])
    begin, end = label.leader_to(outline)
    assert (begin.tolist(), end.tolist()) == ([150.0, 60.0], [150.0, 110.0])


def test_letters_can_be_read_on_a_screen_of_600_rows() -> None:
    assert min(GRADE_CAP_PX, FIGURE_CAP_PX) * 600 / (1088 + BAR_PX) > 7


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
    rows = make_rows("x", sightings, calibration, Standard(PACK, 0.93, None, None, "1"))
    assert len(rows) == 1
    overlay = draw_overlay(frame, sightings, rows, PACK)
    assert overlay.shape[1] >= LEAST_SIDE_PX
