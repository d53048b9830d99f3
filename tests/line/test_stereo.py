"""Exact ellipses, seen from several places along the travel, give back what they are."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.line.stereo import LEAN_U, UNSEEN_U, Section, fit_section, lines_of_sight, widening
from grader.twin.grazing import Ellipses, seen_width_mm
from grader.vision.size import BUMPS, EQUATOR, FLATNESS

Array = NDArray[np.float64]

CAMERA_MM = np.array([3.0, -4.0, 450.0])
ACROSS, ALONG = np.pi / 2, 0.0
"""Which way the axis lies, to the travel."""
PLACES_MM = (-100.0, -50.0, 0.0, 50.0, 100.0)
LINE_U_MM = 0.12
TRAVEL_U = 0.002


@dataclass(frozen=True)
class Fruit:
    """One ellipse; lengths in half-widths where no unit is said."""

    half_mm: float = 15.0
    height: float = EQUATOR
    lean: float = 0.0
    flatness: float = FLATNESS
    yaw: float = ACROSS
    across_mm: float = 27.5

    def calipers(self, places_mm: tuple[float, ...] = PLACES_MM) -> Array:
        """As it is seen at these places along the travel, (n, 2, 2)."""
        along_mm = np.array(places_mm)
        half_mm = np.full_like(along_mm, self.half_mm / BUMPS)
        return Ellipses(
            along_mm=along_mm,
            across_mm=np.full_like(along_mm, self.across_mm),
            yaw=np.full_like(along_mm, self.yaw),
            half_mm=half_mm,
            height_mm=np.full_like(along_mm, self.height * self.half_mm),
            lean_mm=self.lean * half_mm,
            flatness=np.full_like(along_mm, self.flatness),
        ).grazed(CAMERA_MM)


def found(
    calipers: Array,
    places_mm: tuple[float, ...] = PLACES_MM,
    line_u_mm: float = LINE_U_MM,
    travel_u: float = TRAVEL_U,
    travel_scale: float = 1.0,
) -> Section:
    travel_mm = 1234.0 + travel_scale * np.array(places_mm)
    return fit_section(lines_of_sight(calipers, CAMERA_MM, travel_mm, np.full(len(travel_mm), line_u_mm)), travel_u)


half_mm = st.floats(9, 24)
yaw = st.floats(-np.pi, np.pi)
across_mm = st.floats(-90, 90)


@given(half_mm, yaw, across_mm, st.integers(1, 5))
def test_a_fruit_of_typical_form_is_found_from_any_number_of_views(
    half: float, turned: float, across: float, views: int
) -> None:
    fruit, places = Fruit(half_mm=half, yaw=turned, across_mm=across), PLACES_MM[:views]
    section = found(fruit.calipers(places), places)
    assert section.width_mm == pytest.approx(2 * half, abs=0.02)
    assert section.equator_mm == pytest.approx(EQUATOR * half, abs=0.1)
    assert 1.0 < section.diameter_mm / section.width_mm < 1.005


@given(half_mm, st.floats(-0.4, 0.4), across_mm, st.floats(0.8, 1.3), st.floats(-0.1, 0.1), st.floats(0.8, 1.0))
def test_where_views_are_exact_they_alone_say_width_and_height(
    half: float, turned: float, across: float, height: float, lean: float, flatness: float
) -> None:
    fruit = Fruit(half, height, lean, flatness, ACROSS + turned, across)
    section = found(fruit.calipers(), line_u_mm=0.002, travel_u=1e-6)
    assert section.width_mm == pytest.approx(2 * half, abs=0.02)
    assert section.equator_mm == pytest.approx(height * half, abs=0.1)


@given(half_mm, st.floats(-0.12, 0.12), st.floats(0.8, 0.97))
def test_a_section_that_leans_is_wider_than_it_is_horizontally(half: float, lean: float, flatness: float) -> None:
    fruit = Fruit(half_mm=half, lean=lean, flatness=flatness)
    section = found(fruit.calipers(), line_u_mm=0.0005, travel_u=1e-6)
    assert section.diameter_mm == pytest.approx(2 * half * widening(lean**2, flatness), abs=0.05)


def test_a_fruit_that_lies_propped_up_is_seen_to_be_high_and_not_taken_for_a_large_one() -> None:
    fruit = Fruit(height=EQUATOR + 8 / 15)  # on a stone of 8 mm
    calipers = fruit.calipers()
    section = found(calipers)
    assert section.equator_mm == pytest.approx(fruit.height * 15, abs=2.0)
    assert section.width_mm == pytest.approx(30.0, abs=0.15)
    assert (BUMPS * seen_width_mm(calipers, CAMERA_MM)).mean() > 30.45


def test_along_the_travel_the_height_stays_what_fruit_are_like() -> None:
    propped = Fruit(height=EQUATOR + 8 / 15, yaw=ALONG, across_mm=0.0)
    lying = replace(propped, height=EQUATOR)
    assert found(propped.calipers()).equator_mm < 15
    assert found(replace(propped, yaw=ACROSS).calipers()).equator_mm > 18
    calipers = lying.calipers()
    assert found(calipers).width_mm == pytest.approx((BUMPS * seen_width_mm(calipers, CAMERA_MM)).mean(), abs=0.02)


def test_of_one_view_the_section_is_what_vision_makes_of_it() -> None:
    fruit = Fruit(height=0.8, flatness=0.95, lean=0.05)
    calipers = fruit.calipers((70.0,))
    section = found(calipers, (70.0,))
    assert section.width_mm == pytest.approx(BUMPS * seen_width_mm(calipers, CAMERA_MM)[0], abs=0.02)


def test_a_view_that_lies_beside_the_others_is_hardly_heard() -> None:
    calipers = Fruit().calipers()
    calipers[1] += 4.0
    assert found(calipers).width_mm == pytest.approx(30.0, abs=0.1)


def test_a_view_with_another_axis_is_left_out() -> None:
    calipers = Fruit().calipers()
    calipers[2] = Fruit(half_mm=18, yaw=ACROSS + 1.0).calipers()[2]
    assert len(lines_of_sight(calipers, CAMERA_MM, np.array(PLACES_MM), np.full(5, LINE_U_MM)).u_mm) == 4
    assert found(calipers).width_mm == pytest.approx(30.0, abs=0.02)


def test_stem_and_apex_may_be_taken_for_each_other_in_any_view() -> None:
    calipers = Fruit(lean=0.05).calipers()
    turned = calipers.copy()
    turned[[0, 3]] = turned[[0, 3], ::-1]
    assert found(turned).diameter_mm == pytest.approx(found(calipers).diameter_mm, abs=1e-9)


@pytest.mark.parametrize("scale", [0.996, 1.004])
def test_an_encoder_that_is_wrong_by_twice_its_uncertainty_spoils_no_width(scale: float) -> None:
    assert found(Fruit().calipers(), travel_scale=scale).width_mm == pytest.approx(30.0, abs=0.1)


def test_uncertainty_shrinks_with_views_but_not_below_what_none_of_them_shows() -> None:
    of = [found(Fruit().calipers(PLACES_MM[:views]), PLACES_MM[:views]) for views in (1, 2, 5)]
    widths_u, diameters_u = [one.width_u_mm for one in of], [one.diameter_u_mm for one in of]
    assert widths_u == sorted(widths_u, reverse=True)
    assert diameters_u == sorted(diameters_u, reverse=True)
    assert widths_u[-1] > UNSEEN_U * 30


def test_views_that_contradict_each_other_make_it_uncertain() -> None:
    calipers = Fruit().calipers()
    calm_u = found(calipers).width_u_mm
    calipers[::2, 1, 0] += 1.0
    assert found(calipers).width_u_mm > 1.5 * calm_u


def test_a_lean_of_usual_spread_is_the_share_by_which_vision_makes_diameters_of_widths() -> None:
    assert widening(LEAN_U**2) == pytest.approx(1.004, abs=0.0003)
