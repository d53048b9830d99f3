"""Mistakes in rule packs: each is a sentence with key, value and what is allowed, and all are said at once."""

import copy
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from grader.grading import RulePack, RulePackError, shipped_text
from grader.grading.mistakes import sentences
from grader.grading.reading import parse_rule_pack

COOPERATIVE = shipped_text("cooperative")


def problems(text: str) -> list[str]:
    with pytest.raises(RulePackError) as raised:
        parse_rule_pack(text, "own")
    return list(raised.value.problems)


def problems_of(raw: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as raised:
        RulePack.model_validate(raw)
    return sentences(raised.value, raw)


def changed(*changes: tuple[str, str]) -> str:
    text = COOPERATIVE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


OUTLETS = '"super" or "I" or "II" or "processing"'
SIZES = "a number above 0 and below 150"
LIMIT_KEYS = "value, unit, above, below, side, decision, guard, status, source"
GUARDS = "guard = { k = above 0, at most 5 } (times the standard uncertainty) or guard = { width = above 0 }"
NAMES = '"too_small", "unripe", "overripe", "Super", "I", "II"'


@pytest.mark.parametrize(
    ("old", "new", "said", "allowed"),
    [
        (
            "value = 0.80",
            "value = 80",
            'criteria "maturity", limits 80: value = 80 is not possible;',
            "a number above 0 and below 1 (80 % is 0.8)",
        ),
        (
            'unit = "share"',
            'unit = "%"',
            'criteria "maturity", limits 0.9: unit = "%" is not possible;',
            '"share" (0 to 1: 80 % is 0.80)',
        ),
        ('unit = "mm"', 'unit = "cm"', 'criteria "size", limits 35.0: unit = "cm" is not possible;', '"mm"'),
        ("value = 35.0", "value = 350", 'criteria "size", limits 350: value = 350 is not possible;', SIZES),
        ("value = 35.0", "value = true", 'criteria "size", limits true: value = true is not possible;', SIZES),
        ("value = 35.0", "value = nan", 'criteria "size", limits NaN: value = NaN is not possible;', SIZES),
        ('outlet = "super"\n', "", 'grades "Super": the key outlet is missing;', OUTLETS),
        ('outlet = "super"', 'outlet = "waste"', 'grades "Super": outlet = "waste" is not possible;', OUTLETS),
        (
            'outlet = "processing"',
            'outlet = "super"',
            'substandard "too_small": outlet = "super" is not possible;',
            '"processing" or "waste" or "recheck"',
        ),
        (
            'side = "above"',
            'sied = "above"',
            'criteria "size", limits 35.0: unknown key sied = "above"; did you mean "side"?',
            LIMIT_KEYS,
        ),
        (
            'quantity = "size"',
            'quantity = "length"',
            'criteria "length": quantity = "length" is not known;',
            'a table with quantity = "bruise" or "maturity" or "size" or "surface_red" or "weight"',
        ),
        (
            'version = "1.0.0"',
            "version = 1.0",
            "version = 1.0 is not possible;",
            'text of three numbers such as "1.0.0"',
        ),
        ("format = 1", "format = 2", "format = 2 is not possible;", "1"),
        (
            'above = "Super"\nbelow = "I"',
            'above = "Supr"\nbelow = "I"',
            'size, limit 35.0: above = "Supr" is no grade and no substandard reason; did you mean "Super"?',
            NAMES,
        ),
        (
            "value = 30.0",
            "value = 36.0",
            'size: "II" and "I" overlap, because the limit that parts them has value = 36.0;',
            "between 25.0 and 35.0",
        ),
        ("value = 30.0", "value = 35.0", "size: two limits overlap at value = 35.0;", "one limit at a value"),
        (
            'below = "too_small"',
            'below = "II"',
            'size, limit 25.0: above and below are both "II", so it parts nothing;',
            "two different names",
        ),
        ('name = "II"', 'name = "I"', 'the name "I" is given 2 times;', "each grade and each substandard reason once"),
        (
            'name = "Super"',
            'name = "substandard"',
            'the name "substandard" is taken by the station;',
            'any but "decay_sure", "decay_suspected", "graded", "not_measurable", "not_vouched_for", "substandard"',
        ),
        (
            'outlet = "II"',
            'outlet = "I"',
            'outlet = "I" is shared by the grades "I", "II";',
            "one, as a tray holds one grade",
        ),
        (
            'quantity = "maturity"',
            'quantity = "surface_red"\nlimits = []\n[[criteria]]\nquantity = "maturity"',
            'criteria "surface_red": limits = [] is not possible;',
            f"1 to 20 of them, each a table with the keys {LIMIT_KEYS}",
        ),
        (
            'decision = "simple"',
            'decision = "guarded"',
            'size, limit 35.0: decision = "guarded" needs one guard band and has 0;',
            GUARDS,
        ),
        (
            'decision = "simple"',
            'decision = "guarded"\nguard = { k = 2.0, width = 0.1 }',
            'size, limit 35.0: decision = "guarded" needs one guard band and has 2;',
            GUARDS,
        ),
        (
            'decision = "simple"',
            'decision = "simple"\nguard = { k = 2.0 }',
            'size, limit 35.0: decision = "simple" has a guard;',
            'decision = "guarded", or no guard',
        ),
        (
            '[[substandard]]\nreason = "unripe"',
            '[[substandard]]\nreason = "tiny"\noutlet = "waste"\nen = "tiny"\n[[substandard]]\nreason = "unripe"',
            'substandard: no limit leads to reason = "tiny";',
            "reasons that some limit names",
        ),
        (
            '[[grades]]\nname = "II"',
            '[[grades]]\nname = "III"\noutlet = "processing"\n[[grades]]\nname = "II"',
            'grades: nobody can reach "III";',
            "grades that some limit names and no criterion rules out",
        ),
    ],
)
def test_a_mistake_is_one_sentence(old: str, new: str, said: str, allowed: str) -> None:
    assert f"{said} allowed: {allowed}" in problems(changed((old, new)))


def test_a_missing_limit_is_a_gap() -> None:
    limits = COOPERATIVE.split("[[criteria.limits]]")
    text = "[[criteria.limits]]".join(limit for limit in limits if "value = 30.0" not in limit)
    (said,) = problems(text)
    assert said.startswith(
        'size: gap between 25.0 and 35.0: the lower limit says above = "II", the upper says below = "I"'
    )


def test_a_limit_that_uncertainty_cannot_guard_says_so() -> None:
    guarded = changed(
        ('quantity = "maturity"', 'quantity = "surface_red"'),
        (
            'side = "below" # 0.90 itself is ripe\ndecision = "simple"',
            'side = "below"\ndecision = "guarded"\nguard = { k = 2 }',
        ),
    )
    (said,) = problems(guarded)
    assert "guard has k, but surface_red comes without an uncertainty of its own" in said


def test_bands_that_leave_nothing_of_a_range_are_found() -> None:
    guard = 'decision = "guarded"\nguard = { width = 0.06 }'
    text = changed(
        ('side = "below" # 0.90 itself is ripe\ndecision = "simple"', f'side = "below"\n{guard}'),
        ('side = "above" # 0.80 itself is ripe\ndecision = "simple"', f'side = "above"\n{guard}'),
    )
    assert problems(text) == [
        'maturity: nobody can reach "Super", because guard bands leave nothing of its range; allowed: narrower bands'
    ]


def test_grades_that_fall_and_rise_again_are_found() -> None:
    raw = tomllib.loads(COOPERATIVE)
    for limit, above, below in zip(
        raw["criteria"][0]["limits"], ("I", "II", "Super"), ("II", "Super", "too_small"), strict=True
    ):
        limit |= {"above": above, "below": below}
    (said,) = problems_of(raw)
    assert said.startswith('size: from its lowest value upwards it gives "too_small", "Super", "II", "I"; allowed: ')


def test_a_criterion_that_gives_no_grade_is_found() -> None:
    raw = tomllib.loads(COOPERATIVE)
    raw["criteria"][1]["limits"] = [raw["criteria"][1]["limits"][1] | {"above": "overripe"}]
    assert problems_of(raw) == [
        'maturity: no range gives a grade, only "unripe", "overripe"; allowed: at least one of the grades'
    ]


def test_a_limit_between_two_reasons_has_no_better_side_to_guard() -> None:
    raw = tomllib.loads(COOPERATIVE)
    lowest = raw["criteria"][0]["limits"][-1]
    guarded = {"value": 15.0, "above": "too_small", "below": "unripe", "decision": "guarded", "guard": {"k": 2.0}}
    raw["criteria"][0]["limits"].append(lowest | guarded)
    (said,) = problems_of(raw)
    assert 'decision = "guarded", but neither "too_small" nor "unripe" is the better side; allowed: "simple"' in said


def test_a_criterion_that_is_judged_twice_is_found() -> None:
    raw = tomllib.loads(COOPERATIVE)
    raw["criteria"].append(raw["criteria"][0])
    assert problems_of(raw) == ['criteria: quantity = "size" is judged 2 times; allowed: once, with all its limits']


def test_all_problems_are_said_at_once() -> None:
    text = changed(
        ('outlet = "super"\n', ""),
        ("value = 0.80", "value = 80"),
        ("value = 30.0", "value = 36.0"),
        ('unit = "g"', 'unit = "kg"'),
        ("size_metric", "size_metrik"),
    )
    found = problems(text)
    assert len(found) == 5
    for word in ("outlet is missing", "value = 80", "overlap", '"kg"', "size_metrik"):
        assert sum(word in problem for problem in found) == 1


junk: st.SearchStrategy[Any] = st.one_of(
    st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just([]), st.just({}), st.just([{}])
)


@given(st.data())
def test_no_wrong_value_anywhere_breaks_the_check(data: st.DataObject) -> None:
    raw = copy.deepcopy(tomllib.loads(COOPERATIVE))
    here: Any = raw
    while True:
        key = data.draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
        if not isinstance(here[key], dict | list) or not here[key] or data.draw(st.booleans()):
            break
        here = here[key]
    if data.draw(st.booleans()):
        here[key] = data.draw(junk)
    else:
        del here[key]
    try:
        RulePack.model_validate(raw)
    except ValidationError as error:
        found = sentences(error, raw)
        assert found
        assert all("allowed: " in sentence for sentence in found)
