"""Invariant 4 of the design, attacked with every shipped pack and with packs that users might write."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from grader.grading import Decay, Measurement, Outlet, RulePack, decide, shipped_names, shipped_rule_pack

numbers = st.none() | st.floats()
measurements = st.builds(
    Measurement,
    diameter_mm=numbers | st.floats(0, 60),
    diameter_u_mm=numbers | st.floats(0, 5),
    maturity=numbers | st.floats(0, 1),
    maturity_u=numbers | st.floats(0, 0.2),
    surface_red=numbers | st.floats(0, 1),
    decay=st.sampled_from(Decay),
    measurable=st.booleans(),
    why_not=st.none() | st.text(),
)


def limit(value: float, unit: str, names: tuple[str, str], k: float | None) -> dict[str, Any]:
    rule: dict[str, Any] = {"decision": "simple"} if k is None else {"decision": "guarded", "guard": {"k": k}}
    below, above = names
    meaning = {"above": above, "below": below, "side": "above", "status": "house rule", "source": "a user"}
    return {"value": value, "unit": unit, **meaning, **rule}


@st.composite
def user_packs(draw: st.DrawFn) -> RulePack:
    """Any outlets that the format allows, processing for table grades included."""
    outlets = draw(st.permutations(["super", "I", "II", "processing", "processing"]))
    grades = [f"G{rank}" for rank in range(draw(st.integers(1, 5)))]
    refusals = st.sampled_from(["processing", "waste", "recheck"])
    ks = st.none() | st.floats(0.1, 5)
    along = ["too_small", *reversed(grades)]
    sizes = [limit(20.0 + 3 * index, "mm", pair, draw(ks)) for index, pair in enumerate(pairwise(along))]
    window = [
        limit(0.8, "share", ("unripe", grades[0]), draw(ks)),
        limit(0.9, "share", (grades[0], "overripe"), draw(ks)),
    ]
    return RulePack.model_validate(
        {
            "format": 1,
            "name": "user",
            "version": "1.0.0",
            "title": "A user's own",
            "grades": [{"name": name, "outlet": outlet} for name, outlet in zip(grades, outlets, strict=False)],
            "substandard": [
                {"reason": reason, "outlet": draw(refusals), "en": reason}
                for reason in ("too_small", "unripe", "overripe")
            ],
            "criteria": draw(
                st.permutations([{"quantity": "size", "limits": sizes}, {"quantity": "maturity", "limits": window}])
            ),
        }
    )


@given(measurements, st.sampled_from([shipped_rule_pack(name) for name in shipped_names()]) | user_packs())
@example(Measurement(diameter_mm=20, maturity=0.85, decay=Decay.NOT_ASSESSED), shipped_rule_pack("cooperative"))
def test_what_may_be_rotten_never_reaches_processing(measurement: Measurement, pack: RulePack) -> None:
    decision = decide(measurement, pack)
    if decision.outlet is Outlet.PROCESSING:
        assert measurement.decay is Decay.NONE
    if measurement.measurable and measurement.decay is Decay.SURE:
        assert decision.outlet is Outlet.WASTE
    if measurement.decay is Decay.SUSPECTED or not measurement.measurable:
        assert (decision.outlet, decision.grade) == (Outlet.RECHECK, None)


@given(measurements, user_packs())
def test_a_grade_or_a_reason_always_comes_with_a_sentence_in_both_languages(
    measurement: Measurement, pack: RulePack
) -> None:
    decision = decide(measurement, pack)
    assert decision.reason
    assert decision.because.text("zh")


@pytest.mark.parametrize(
    "attempt",
    [
        {"decay": {"suspected": "processing"}},
        {"criteria": [{"quantity": "decay", "limits": []}]},
        {"substandard": [{"reason": "decay_suspected", "outlet": "processing", "en": "jam"}]},
    ],
)
def test_a_pack_cannot_even_speak_of_decay(attempt: dict[str, Any]) -> None:
    content = shipped_rule_pack("cooperative").model_dump(exclude_defaults=True) | attempt
    with pytest.raises(ValidationError):
        RulePack.model_validate(content)
