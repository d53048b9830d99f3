"""The off-size share of a tray: as brute force counts it, and as it is found when the fruit are measured again."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.grading import shipped_rule_pack
from grader.trace.rules.classes import size_class, tolerance_of
from grader.trace.rules.tolerance import Size, SizeClass, judge, poisson_binomial, probability_off

PROBABILITY = st.floats(0, 1)
CLASS_I = SizeClass(30, 35)


def by_brute_force(probabilities: list[float]) -> list[float]:
    """Every way in which the fruit can turn out, one by one."""
    chances = [0.0] * (len(probabilities) + 1)
    for turn_out in itertools.product((0, 1), repeat=len(probabilities)):
        chances[sum(turn_out)] += math.prod(p if off else 1 - p for p, off in zip(probabilities, turn_out, strict=True))
    return chances


def by_recursion(probabilities: list[float]) -> list[float]:
    """One fruit after the other, in whole numbers of nothing but additions and multiplications."""
    chances = [1.0]
    for p in probabilities:
        chances = [
            (chances[k] if k < len(chances) else 0.0) * (1 - p) + (chances[k - 1] * p if k else 0.0)
            for k in range(len(chances) + 1)
        ]
    return chances


@given(st.lists(PROBABILITY, max_size=11))
def test_few_fruit_are_counted_as_by_brute_force(probabilities: list[float]) -> None:
    assert poisson_binomial(probabilities) == pytest.approx(by_brute_force(probabilities), abs=1e-12)


@given(st.lists(PROBABILITY, min_size=12, max_size=300))
def test_many_fruit_are_counted_as_one_after_the_other(probabilities: list[float]) -> None:
    assert poisson_binomial(probabilities) == pytest.approx(by_recursion(probabilities), abs=1e-12)


def test_a_whole_lot_has_the_mean_and_the_spread_that_it_must_have() -> None:
    p = np.random.default_rng(1).uniform(0, 0.3, 30_000)
    chances, counts = poisson_binomial(p), np.arange(30_001)
    assert chances.sum() == pytest.approx(1, abs=1e-12)
    mean = (chances * counts).sum()
    assert mean == pytest.approx(p.sum(), rel=1e-9)
    assert (chances * (counts - mean) ** 2).sum() == pytest.approx((p * (1 - p)).sum(), rel=1e-6)


@given(st.lists(PROBABILITY, min_size=1, max_size=60))
def test_the_limit_is_the_smallest_share_that_holds_95_percent(probabilities: list[float]) -> None:
    found = judge(probabilities)
    within = list(itertools.accumulate(by_recursion(probabilities)))
    most = round(found.limit * found.fruit)
    assert within[most] >= 0.95 - 1e-9
    assert most == 0 or within[most - 1] < 0.95 + 1e-9
    assert found.expected == pytest.approx(sum(probabilities) / len(probabilities))


@given(st.lists(PROBABILITY, min_size=1, max_size=40), PROBABILITY)
def test_a_worse_fruit_makes_no_tray_better(probabilities: list[float], other: float) -> None:
    worse = [max(probabilities[0], other), *probabilities[1:]]
    before, after = judge(probabilities), judge(worse)
    assert after.expected >= before.expected - 1e-12
    assert after.limit >= before.limit


def test_a_tray_that_is_sure_misses_nothing_and_one_that_is_wrong_misses_all() -> None:
    assert (judge([0.0] * 80).expected, judge([0.0] * 80).limit) == (0, 0)
    assert (judge([1.0] * 80).expected, judge([1.0] * 80).limit) == (1, 1)
    with pytest.raises(ValueError, match="no fruit"):
        judge([])
    for wrong in ([0.5, 1.1], [-0.1], [float("nan")]):
        with pytest.raises(ValueError, match="from 0 to 1"):
            poisson_binomial(wrong)


@pytest.mark.parametrize(
    ("mm", "u_mm", "expected"),
    [
        (32.5, 0.3, 0.0), (30.0, 0.3, 0.5), (35.0, 0.3, 0.5), (29.7, 0.3, 0.8413447), (30.3, 0.3, 0.1586553),
        (34.7, 0.3, 0.1586553), (32.5, 0.0, 0.0), (29.9, 0.0, 1.0), (30.0, 0.0, 0.0), (32.5, None, 1.0),
        (None, 0.3, 1.0), (float("nan"), 0.3, 1.0), (32.5, float("nan"), 1.0), (32.5, -1.0, 1.0),
        (32.5, 2.5, 0.3173105),
    ],
)  # fmt: skip
def test_a_fruit_near_a_limit_may_lie_beyond_it(mm: float | None, u_mm: float | None, expected: float) -> None:
    assert probability_off(Size(mm, u_mm), CLASS_I) == pytest.approx(expected, abs=1e-6)


@given(st.floats(20, 45), st.floats(0.01, 3))
def test_the_classes_of_a_pack_share_a_fruit_among_them(mm: float, u_mm: float) -> None:
    pack = shipped_rule_pack("cooperative")
    classes = [*(size_class(pack, grade) for grade in ("Super", "I", "II")), SizeClass(None, 25)]
    assert sum(1 - probability_off(Size(mm, u_mm), one) for one in classes) == pytest.approx(1, abs=1e-9)


def test_the_expected_share_is_what_measuring_again_finds() -> None:
    rng = np.random.default_rng(7)
    true_mm, u_mm = rng.uniform(28, 37, 200_000), 0.35
    measured_mm = true_mm + rng.normal(0, u_mm, true_mm.size)
    in_class = (measured_mm >= 30) & (measured_mm < 35)
    off = ((true_mm < 30) | (true_mm >= 35))[in_class].mean()
    expected = judge([probability_off(Size(mm, u_mm), CLASS_I) for mm in measured_mm[in_class][:20_000]]).expected
    assert expected == pytest.approx(off, abs=0.003)


def test_the_95_percent_limit_holds_for_95_percent_of_trays() -> None:
    rng = np.random.default_rng(8)
    kept = 0
    for _ in range(400):
        p = rng.uniform(0, 0.25, 80)
        kept += int((rng.random(80) < p).sum()) <= round(judge(p).limit * 80)
    assert kept / 400 > 0.93


@pytest.mark.parametrize(
    ("pack", "grade", "limits"),
    [
        ("cooperative", "Super", SizeClass(35, None)), ("cooperative", "I", SizeClass(30, 35)),
        ("cooperative", "II", SizeClass(25, 30)), ("cooperative", "substandard", SizeClass(None, None)),
        ("unece", "Extra", SizeClass(25, None)),
    ],
)  # fmt: skip
def test_a_class_has_the_limits_of_its_pack(pack: str, grade: str, limits: SizeClass) -> None:
    assert size_class(shipped_rule_pack(pack), grade) == limits


def test_a_tolerance_that_is_agreed_on_comes_before_the_stations_own() -> None:
    assert tolerance_of(shipped_rule_pack("unece"), "Extra", 0.2) == 0.05
    assert tolerance_of(shipped_rule_pack("cooperative"), "Super", 0.2) == 0.2
