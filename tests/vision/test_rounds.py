"""Reference spheres: their size, wherever they lie, from the cone of sight that grazes them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.vision.rounds import fit_balls

CAMERA_MM = np.array([12.0, -7.0, 450.0])


def outline_of_ball(
    radius: float, at: tuple[float, float], rays: int = 44
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Where the lines from the camera that graze a ball on the belt meet the belt, (rays, 2)."""
    centre = np.array([*at, radius])
    towards = centre - CAMERA_MM
    distance = float(np.linalg.norm(towards))
    towards /= distance
    across = np.cross(towards, [0.0, 1.0, 0.0])
    across /= np.linalg.norm(across)
    other = np.cross(towards, across)
    sine = radius / distance
    turn = np.linspace(0, 2 * np.pi, rays, endpoint=False)[:, None]
    away = np.sqrt(1 - sine**2) * towards + sine * (np.cos(turn) * across + np.sin(turn) * other)
    return np.asarray((CAMERA_MM - away * (CAMERA_MM[2] / away[:, 2:]))[:, :2])


@given(st.floats(5, 40), st.tuples(st.floats(-150, 150), st.floats(-110, 110)))
def test_a_ball_is_measured_exactly_wherever_it_lies(radius: float, at: tuple[float, float]) -> None:
    diameter_mm, misfit_mm = fit_balls(outline_of_ball(radius, at)[None], CAMERA_MM)
    assert diameter_mm[0] == pytest.approx(2 * radius, abs=1e-6)
    assert misfit_mm[0] < 1e-6


@given(st.floats(12, 20), st.integers(0, 1000))
def test_noise_on_the_edge_averages_out_and_is_told_as_the_misfit(radius: float, seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 0.08, (44, 2))
    diameter_mm, misfit_mm = fit_balls(outline_of_ball(radius, (40, 20))[None] + noise, CAMERA_MM)
    assert diameter_mm[0] == pytest.approx(2 * radius, abs=0.15)
    assert 0.04 < misfit_mm[0] < 0.12


def test_what_is_longer_than_wide_is_no_ball() -> None:
    turn = np.linspace(0, 2 * np.pi, 44, endpoint=False)
    oval = np.stack([16.0 * np.cos(turn), 15.0 * np.sin(turn)], axis=1)
    _, misfit_mm = fit_balls(oval[None], CAMERA_MM)
    assert misfit_mm[0] > 0.25
