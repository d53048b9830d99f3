"""Guarded acceptance: the better side must be reached by the guard band as well."""

import math
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.grading import Decay, Measurement, Outlet, RulePack, decide, shipped_text


def cooperative(**guards: dict[str, float]) -> RulePack:
    """The cooperative's pack; `guards` name limits as `size_35`, `maturity_90`."""
    raw: dict[str, Any] = tomllib.loads(shipped_text("cooperative"))
    for criterion in raw["criteria"]:
        for limit in criterion["limits"]:
            figure = limit["value"] if criterion["quantity"] == "size" else 100 * limit["value"]
            if (guard := guards.get(f"{criterion['quantity']}_{figure:.0f}")) is not None:
                limit |= {"decision": "guarded", "guard": guard}
    return RulePack.model_validate(raw)


def fruit(diameter_mm: float, u_mm: float = 0.2, maturity: float = 0.85, maturity_u: float = 0.01) -> Measurement:
    return Measurement(
        diameter_mm=diameter_mm, diameter_u_mm=u_mm, maturity=maturity, maturity_u=maturity_u, decay=Decay.NONE
    )


def test_a_multiple_of_the_uncertainty_moves_the_limit_inwards() -> None:
    pack = cooperative(size_35={"k": 2.0})
    assert decide(fruit(35.4), pack).grade == "Super"
    assert decide(fruit(math.nextafter(35.4, 0)), pack).grade == "I"
    assert decide(fruit(35.1, u_mm=0.05), pack).grade == "Super"


def test_a_fixed_band_needs_no_uncertainty() -> None:
    pack = cooperative(size_35={"width": 0.3})
    sure, unsure = (Measurement(diameter_mm=mm, maturity=0.85) for mm in (35.3, 35.29))
    assert (decide(sure, pack).grade, decide(unsure, pack).grade) == ("Super", "I")


def test_a_guarded_window_shrinks_at_both_ends() -> None:
    pack = cooperative(maturity_80={"k": 2.0}, maturity_90={"k": 2.0})
    codes = [decide(fruit(36, maturity=maturity), pack).because.code for maturity in (0.81, 0.82, 0.88, 0.89)]
    assert codes == ["unripe", "graded", "graded", "overripe"]


def test_the_margin_and_the_reason_count_the_guard_band() -> None:
    decision = decide(fruit(25.1), cooperative(size_25={"k": 2.0}))
    assert decision.margin == pytest.approx(-0.3)
    assert "diameter 25.10 mm, not clear of 25 mm by its guard band of 0.40 mm" in decision.reason


def test_a_grade_that_a_guard_band_withheld_says_so() -> None:
    decision = decide(fruit(35.1), cooperative(size_35={"k": 2.0}))
    assert decision.grade == "I"
    assert decision.margin == pytest.approx(0.3)
    assert "at least 30 mm and not clear of 35 mm by its guard band of 0.40 mm" in decision.reason


@pytest.mark.parametrize("u_mm", [None, math.nan, math.inf, -0.1])
def test_without_a_usable_uncertainty_nothing_is_guessed(u_mm: float | None) -> None:
    measurement = Measurement(diameter_mm=40, diameter_u_mm=u_mm, maturity=0.85, decay=Decay.NONE)
    assert decide(measurement, cooperative(size_35={"k": 2.0})).outlet is Outlet.RECHECK


def test_a_guarded_lower_limit_binds_the_grades_above_it_too() -> None:
    """A fruit so badly measured that it is not clear of 25 mm is not I because 30 mm is decided simply."""
    decision = decide(fruit(30.5, u_mm=3.0), cooperative(size_25={"k": 2.0}))
    assert decision.because.code == "too_small"


@pytest.mark.parametrize(
    ("maturity", "code"), [(0.92, "overripe"), (0.78, "unripe"), (0.84, "unripe"), (0.86, "overripe")]
)
def test_where_bands_close_the_window_what_is_missed_by_more_is_said(maturity: float, code: str) -> None:
    pack = cooperative(maturity_80={"k": 2.0}, maturity_90={"k": 2.0})
    assert decide(fruit(36, maturity=maturity, maturity_u=0.2), pack).because.code == code


@given(st.floats(0, 149), st.floats(0, 10), st.floats(0, 10), st.floats(0.1, 5))
def test_a_larger_uncertainty_never_gives_a_better_grade(mm: float, one_u: float, other_u: float, k: float) -> None:
    pack = cooperative(size_25={"k": k}, size_30={"k": k}, size_35={"k": k})
    order = ["Super", "I", "II", "substandard"]
    precise, vague = (decide(fruit(mm, u_mm=u), pack).grade for u in sorted((one_u, other_u)))
    assert order.index(str(precise)) <= order.index(str(vague))


@given(st.floats(0, 149), st.floats(0, 10), st.floats(0.1, 5))
def test_whoever_is_accepted_is_inside_by_the_band(mm: float, u_mm: float, k: float) -> None:
    pack = cooperative(size_25={"k": k}, size_30={"k": k}, size_35={"k": k})
    grade = decide(fruit(mm, u_mm=u_mm), pack).grade
    limit = {"Super": 35.0, "I": 30.0, "II": 25.0}.get(str(grade))
    if limit is not None:
        assert mm - k * u_mm >= limit - 1e-8
