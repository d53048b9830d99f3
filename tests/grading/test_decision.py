"""What becomes of a fruit: boundaries, both sides of the maturity window, decay, and what cannot be measured."""

import math
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.grading import (
    SUBSTANDARD,
    Decay,
    Decision,
    Measurement,
    Outlet,
    RulePack,
    decide,
    shipped_rule_pack,
    shipped_text,
)
from tests.grading.bruised import BRUISED

COOPERATIVE = shipped_rule_pack("cooperative")
SAME_DAY = shipped_rule_pack("same-day")
UNECE = shipped_rule_pack("unece")


def sound(diameter_mm: float, maturity: float = 0.85, weight_g: float | None = None) -> Measurement:
    return Measurement(
        diameter_mm=diameter_mm, maturity=maturity, surface_red=maturity, weight_g=weight_g, decay=Decay.NONE
    )


def cooperative_with(change: str, by: str) -> RulePack:
    text = shipped_text("cooperative")
    assert change in text
    return RulePack.model_validate(tomllib.loads(text.replace(change, by)))


@pytest.mark.parametrize(
    ("diameter_mm", "grade", "outlet"),
    [
        (35.0, "Super", Outlet.SUPER),
        (math.nextafter(35, 0), "I", Outlet.CLASS_I),
        (30.0, "I", Outlet.CLASS_I),
        (math.nextafter(30, 0), "II", Outlet.CLASS_II),
        (25.0, "II", Outlet.CLASS_II),
        (math.nextafter(25, 0), "substandard", Outlet.PROCESSING),
    ],
)
def test_a_size_limit_belongs_to_the_upper_grade(diameter_mm: float, grade: str, outlet: Outlet) -> None:
    decision = decide(sound(diameter_mm), COOPERATIVE)
    assert (decision.grade, decision.outlet, decision.criterion) == (grade, outlet, "size")


@pytest.mark.parametrize(
    ("maturity", "code"),
    [
        (math.nextafter(0.80, 0), "unripe"),
        (0.80, "graded"),
        (0.90, "graded"),
        (math.nextafter(0.90, 1), "overripe"),
    ],
)
def test_both_ends_of_the_maturity_window_are_inside(maturity: float, code: str) -> None:
    decision = decide(sound(36, maturity), COOPERATIVE)
    assert decision.because.code == code
    assert decision.grade == ("Super" if code == "graded" else "substandard")
    assert decision.outlet == (Outlet.SUPER if code == "graded" else Outlet.PROCESSING)


def test_a_light_fruit_of_36_mm_is_super() -> None:
    assert decide(sound(36, 0.85, weight_g=22.0), COOPERATIVE).grade == "Super"


def test_a_fruit_too_ripe_for_shipping_keeps_its_grade_on_the_same_day() -> None:
    assert decide(sound(36, 0.95), COOPERATIVE).grade == "substandard"
    assert decide(sound(36, 0.95), SAME_DAY).grade == "Super"
    assert decide(sound(36, 0.79), SAME_DAY).because.code == "unripe"


@pytest.mark.parametrize(
    ("diameter_mm", "red", "grade"),
    [
        (25.0, 0.90, "Extra"),
        (math.nextafter(25, 0), 0.90, "I"),
        (18.0, 0.90, "I"),
        (40.0, math.nextafter(0.90, 0), "II"),
        (18.0, 0.80, "II"),
        (40.0, math.nextafter(0.80, 0), "substandard"),
        (math.nextafter(18, 0), 0.95, "substandard"),
    ],
)
def test_unece_grades_by_size_and_white_patch(diameter_mm: float, red: float, grade: str) -> None:
    assert decide(sound(diameter_mm, red), UNECE).grade == grade


def test_where_a_fruit_fails_several_criteria_the_packs_order_decides() -> None:
    assert decide(sound(20, 0.95), COOPERATIVE).because.code == "too_small"


@pytest.mark.parametrize(
    ("measurement", "criterion", "margin"),
    [
        (sound(36.5), "size", 1.5),
        (sound(34.0), "size", 1.0),
        (sound(31.0), "size", 1.0),
        (sound(35.0), "size", 0.0),
        (sound(24.0), "size", -1.0),
        (sound(36.0, 0.95), "maturity", -0.05),
        (sound(36.0, 0.50), "maturity", -0.30),
    ],
)
def test_the_margin_is_what_there_is_to_spare_or_what_is_missing(
    measurement: Measurement, criterion: str, margin: float
) -> None:
    decision = decide(measurement, COOPERATIVE)
    assert decision.criterion == criterion
    assert decision.margin == pytest.approx(margin)


def test_a_better_size_is_no_margin_where_another_criterion_holds_the_fruit_back() -> None:
    weight = """
        [[criteria]]
        quantity = "weight"
        [[criteria.limits]]
        value = 25.0
        unit = "g"
        above = "Super"
        below = "I"
        side = "above"
        decision = "simple"
        status = "house rule"
        source = "test"
        [harvest_weight]
    """
    pack = cooperative_with("[harvest_weight]", weight)
    free, held_back = (decide(sound(34.5, weight_g=weight_g), pack) for weight_g in (26.0, 24.0))
    assert (free.grade, free.margin) == ("I", 0.5)
    assert (held_back.grade, held_back.margin) == ("I", 4.5)
    assert decide(sound(36.5, weight_g=24.0), pack).criterion == "weight"


@given(st.floats(0, 149), st.floats(0, 149), st.sampled_from([COOPERATIVE, SAME_DAY, UNECE]))
def test_a_larger_diameter_never_gives_a_worse_grade(one_mm: float, other_mm: float, pack: RulePack) -> None:
    order = [*(grade.name for grade in pack.grades), "substandard"]
    small, large = (decide(sound(mm, 0.9), pack) for mm in sorted((one_mm, other_mm)))
    assert order.index(str(large.grade)) <= order.index(str(small.grade))


@given(st.floats(0, 149), st.floats(0, 1), st.sampled_from([COOPERATIVE, SAME_DAY, UNECE]))
def test_the_margin_is_negative_exactly_where_the_fruit_is_substandard(
    diameter_mm: float, red: float, pack: RulePack
) -> None:
    decision = decide(sound(diameter_mm, red), pack)
    assert decision.margin is not None
    assert (decision.margin < 0) == (decision.grade == "substandard")


@given(st.floats(25, 70), st.floats(0.8, 0.9))
def test_moving_a_graded_fruit_by_its_margin_changes_its_grade(diameter_mm: float, maturity: float) -> None:
    decision = decide(sound(diameter_mm, maturity), COOPERATIVE)
    assert decision.margin is not None
    hair = 1e-6
    beyond = [diameter_mm - decision.margin - hair, diameter_mm + decision.margin + hair]
    assert any(decide(sound(mm, maturity), COOPERATIVE).grade != decision.grade for mm in beyond)
    if decision.margin > hair:
        within = [diameter_mm - decision.margin + hair, diameter_mm + decision.margin - hair]
        assert all(decide(sound(mm, maturity), COOPERATIVE).grade == decision.grade for mm in within)


def test_rot_goes_to_waste_and_suspected_rot_to_a_person() -> None:
    sure, suspected = (
        decide(Measurement(diameter_mm=36, maturity=0.85, decay=decay), COOPERATIVE)
        for decay in (Decay.SURE, Decay.SUSPECTED)
    )
    assert (sure.grade, sure.outlet, sure.criterion) == ("substandard", Outlet.WASTE, "decay")
    assert (suspected.grade, suspected.outlet, suspected.criterion) == (None, Outlet.RECHECK, "decay")
    assert sure.margin is suspected.margin is None


def test_without_a_look_at_decay_a_table_grade_keeps_its_outlet() -> None:
    assert decide(Measurement(diameter_mm=36, maturity=0.85), COOPERATIVE).outlet is Outlet.SUPER


def test_without_a_look_at_decay_nothing_goes_to_processing_and_the_reason_says_both() -> None:
    decision = decide(Measurement(diameter_mm=24.2, maturity=0.85), COOPERATIVE)
    assert (decision.grade, decision.outlet, decision.criterion) == ("substandard", Outlet.RECHECK, "size")
    assert decision.because.code == "too_small"
    assert decision.because.notes == ("decay_not_assessed",)
    assert "too small: diameter 24.20 mm, below 25 mm" in decision.reason
    assert "decay was not assessed" in decision.reason


@pytest.mark.parametrize("decay", list(Decay))
def test_what_is_not_measurable_gets_no_grade_and_goes_to_recheck(decay: Decay) -> None:
    measurement = Measurement(diameter_mm=36, maturity=0.85, decay=decay, measurable=False, why_not="cut")
    decision = decide(measurement, COOPERATIVE)
    assert decision == Decision(None, Outlet.RECHECK, None, None, decision.because)
    assert decision.reason == "not measured: the edge of the picture cuts it"


@pytest.mark.parametrize(
    "measurement",
    [
        sound(math.nan),
        sound(math.inf),
        sound(-1.0),
        sound(36, math.nan),
        sound(36, 1.01),
        Measurement(maturity=0.85, decay=Decay.NONE),
        Measurement(diameter_mm=36, decay=Decay.NONE),
    ],
)
def test_a_missing_or_impossible_number_is_never_guessed(measurement: Measurement) -> None:
    decision = decide(measurement, COOPERATIVE)
    assert (decision.grade, decision.outlet, decision.margin) == (None, Outlet.RECHECK, None)
    assert "is missing or impossible" in decision.reason


def test_the_size_metric_says_which_width_decides() -> None:
    by_width = cooperative_with('size_metric = "diameter_mm"', 'size_metric = "width_mm"')
    fruit = Measurement(diameter_mm=34.9, width_mm=35.1, maturity=0.85, decay=Decay.NONE)
    assert decide(fruit, COOPERATIVE).grade == "I"
    assert decide(fruit, by_width).grade == "Super"


def test_whoever_edits_a_limit_sees_the_effect() -> None:
    assert decide(sound(35.5), cooperative_with("value = 35.0", "value = 36.0")).grade == "I"


@pytest.mark.parametrize(
    ("bruise_mm2", "grade", "outlet"),
    [(0.0, "Super", Outlet.SUPER), (60.0, "Super", Outlet.SUPER), (60.1, SUBSTANDARD, Outlet.PROCESSING)],
)
def test_a_pack_may_send_bruised_fruit_to_processing(bruise_mm2: float, grade: str, outlet: Outlet) -> None:
    pack = RulePack.model_validate(tomllib.loads(shipped_text("cooperative") + BRUISED))
    fruit = Measurement(
        diameter_mm=36.0, diameter_u_mm=0.2, maturity=0.85, maturity_u=0.01, bruise_mm2=bruise_mm2, decay=Decay.NONE
    )
    decision = decide(fruit, pack)
    assert (decision.grade, decision.outlet) == (grade, outlet)
    assert decide(fruit, shipped_rule_pack()).grade == "Super"


def test_where_nobody_looked_for_bruises_a_pack_that_asks_gets_no_grade() -> None:
    pack = RulePack.model_validate(tomllib.loads(shipped_text("cooperative") + BRUISED))
    unseen = Measurement(diameter_mm=36.0, diameter_u_mm=0.2, maturity=0.85, maturity_u=0.01)
    assert decide(unseen, pack).outlet is Outlet.RECHECK
