"""Nothing gets a class before spheres of known size and a patch of known colour were measured right."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.line.commands import SphereCheck
from grader.line.profile import References
from grader.line.references import ReferenceCheck
from grader.line.tracking import Track
from grader.vision import WhyNot

from .conftest import make_frame

SPHERES = (25.0, 30.0, 35.0)
PATCH = 42.5
"""A flat disc of 45 mm looks like a ball a little smaller."""


@pytest.fixture
def check() -> ReferenceCheck:
    return ReferenceCheck(References())


def piece(size_mm: float, red: float = 1.0, views: int = 4) -> Track:
    """A round thing without a calyx, as so many frames show it."""
    track = Track(1, 0, 0.0, 0.0)
    track.frames += [
        (make_frame(50.0 * nth, [(0, 0)], why_not=[WhyNot.NO_AXIS], round_mm=[size_mm], round_red=red), 0)
        for nth in range(views)
    ]
    return track


def test_the_check_passes_once_all_pieces_were_measured_right(check: ReferenceCheck) -> None:
    for size_mm in SPHERES:
        assert check.take(piece(size_mm + 0.1))
        assert check.result is SphereCheck.DUE
    assert check.take(piece(PATCH, red=0.84))
    assert check.result is SphereCheck.PASSED
    found = check.findings()
    figures: Any = found.pop("figures")
    assert found == {"result": "passed", "spheres_mm": {"25": 25.1, "30": 30.1, "35": 35.1}, "patch_red": 0.84}
    assert figures[0] == {"name": "scale_mm", "subject": "25", "value": 0.1, "low": -0.4, "high": 0.4}
    assert figures[-1] == {"name": "colour", "subject": None, "value": 0.84, "low": 0.81, "high": 0.89}


@pytest.mark.parametrize("wrong", SPHERES)
@pytest.mark.parametrize("by_mm", [-0.41, 0.41])
def test_one_sphere_measured_wrong_fails_the_check(check: ReferenceCheck, wrong: float, by_mm: float) -> None:
    for size_mm in SPHERES:
        check.take(piece(size_mm + by_mm * (size_mm == wrong)))
    check.take(piece(PATCH, red=0.85))
    assert check.result is SphereCheck.FAILED


@pytest.mark.parametrize("red", [0.80, 0.90])
def test_a_patch_of_another_colour_fails_the_check(check: ReferenceCheck, red: float) -> None:
    for size_mm in SPHERES:
        check.take(piece(size_mm))
    check.take(piece(PATCH, red=red))
    assert check.result is SphereCheck.FAILED


def test_after_a_failure_all_pieces_have_to_pass_again(check: ReferenceCheck) -> None:
    for size_mm in SPHERES:
        check.take(piece(size_mm + 1.0))
    check.take(piece(PATCH, red=0.85))
    results = [check.result]
    for size_mm, red in ((25.0, 1.0), (PATCH, 0.85), (30.0, 1.0), (35.0, 1.0)):
        check.take(piece(size_mm, red))
        results.append(check.result)
    due = SphereCheck.DUE
    assert results == [SphereCheck.FAILED, due, due, due, SphereCheck.PASSED]


@pytest.mark.parametrize("size_mm", [math.nan, 10.0, 22.9, 27.5, 32.5, 60.0])
def test_what_is_no_piece_is_a_fruit(check: ReferenceCheck, size_mm: float) -> None:
    assert not check.take(piece(size_mm))


def test_what_was_seen_round_only_once_is_a_fruit(check: ReferenceCheck) -> None:
    assert not check.take(piece(30.0, views=1))


def test_after_the_check_has_passed_all_round_things_are_fruit(check: ReferenceCheck) -> None:
    for size_mm in SPHERES:
        check.take(piece(size_mm))
    check.take(piece(PATCH, red=0.85))
    assert not check.take(piece(30.0))


@given(st.lists(st.sampled_from([*SPHERES, PATCH]), max_size=12))
def test_the_check_is_over_exactly_when_every_piece_was_seen(order: list[float]) -> None:
    check = ReferenceCheck(References())
    seen: set[float] = set()
    for size_mm in order:
        if check.take(piece(size_mm, red=0.85)):
            seen.add(size_mm)
        assert (check.result is SphereCheck.PASSED) == (seen == {*SPHERES, PATCH})


def test_pieces_of_nearly_one_size_are_refused() -> None:
    with pytest.raises(ValueError, match="told apart by size"):
        References(sphere_mm=(25.0, 27.0, 35.0))
