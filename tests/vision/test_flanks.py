"""A parabola through a flank, which strays do not move."""

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.vision.flanks import FEWEST_RAYS, Flanks, Outline

Array = NDArray[np.float64]
X = np.linspace(-0.38, 0.38, 21)
CURVE = (15.0, 0.8, -13.0)
MIDDLE = np.zeros(1)


def points(noise: float = 0.0, x: Array = X) -> tuple[Array, Array]:
    y = CURVE[0] + CURVE[1] * x + CURVE[2] * x * x + np.random.default_rng(3).normal(0, noise, len(x))
    return x[None], y[None]


def fitted(x: Array, y: Array, usable: NDArray[np.bool_] | None = None) -> Flanks:
    """Flanks of outlines that have one flank each."""
    return Outline.of(x, y).fit_flanks((np.ones(x.shape, np.bool_) if usable is None else usable)[:, None])


def test_a_parabola_is_found_as_it_is() -> None:
    flanks = fitted(*points())
    assert flanks.curve[0, 0] == pytest.approx(CURVE, abs=1e-3)
    for x in (-0.3, 0.0, 0.2):
        assert flanks.at(np.array([x]))[0] == pytest.approx(CURVE[0] + CURVE[1] * x + CURVE[2] * x * x, abs=1e-4)


@pytest.mark.parametrize("strays", [(10,), (3, 11), (9, 10, 17)])
@pytest.mark.parametrize("by_mm", [-3.0, 1.5, 3.0])
def test_strays_do_not_move_it(strays: tuple[int, ...], by_mm: float) -> None:
    x, y = points(noise=0.05)
    calm = fitted(x, y).at(MIDDLE)
    y[0, list(strays)] += by_mm
    assert fitted(x, y).at(MIDDLE) == pytest.approx(calm, abs=0.12)
    assert abs(Outline.of(x, y).fit_parabolas(np.ones((1, *x.shape), np.bool_))[0, 0, 0] - calm) > 0.12


def test_what_is_not_usable_counts_for_nothing() -> None:
    x, y = points()
    usable = np.ones(x.shape, np.bool_)
    usable[0, ::3] = False
    y[0, ::3] = np.linspace(-900, 900, len(X[::3]))
    flanks = fitted(x, y, usable)
    assert flanks.curve[0, 0] == pytest.approx(CURVE, abs=1e-3)
    assert flanks.rays[0, 0] == usable.sum()


def test_uncertainty_is_that_of_repeated_trials() -> None:
    noise = np.random.default_rng(7).normal(0, 0.1, (2000, len(X)))
    x = np.tile(X, (2000, 1))
    flanks = fitted(x, CURVE[0] + CURVE[1] * x + CURVE[2] * x * x + noise)
    assert np.median(flanks.u_at(np.zeros(2000))) == pytest.approx(flanks.at(np.zeros(2000)).std(), rel=0.15)


def test_fewer_rays_and_a_place_further_out_are_less_certain() -> None:
    few = np.zeros((1, len(X)), np.bool_)
    few[0, ::4] = True
    noise = np.random.default_rng(7).normal(0, 0.1, (500, len(X)))
    wide = np.tile(X, (500, 1))
    all_rays = fitted(wide, wide * wide + noise)
    some_rays = fitted(wide, wide * wide + noise, np.tile(few, (500, 1)))
    at_middle, outside = np.zeros(500), np.full(500, 0.38)
    assert np.median(some_rays.u_at(at_middle)) > 1.5 * np.median(all_rays.u_at(at_middle))
    assert np.median(all_rays.u_at(outside)) > 1.5 * np.median(all_rays.u_at(at_middle))


def test_nothing_is_extrapolated() -> None:
    x, y = points()
    for usable, place, reached in (
        (x > -1, 0.0, True),
        (x > 0.1, 0.0, False),
        (x < -0.1, 0.0, False),
        (x > 0.1, 0.2, True),
        (np.abs(x) > 0.3, 0.0, True),
    ):
        assert fitted(x, y, usable).reaches(np.array([place]))[0] == reached


def test_too_few_rays_reach_nowhere() -> None:
    x, y = points()
    for rays in range(FEWEST_RAYS):
        usable = np.zeros(x.shape, np.bool_)
        usable[0, np.linspace(0, 20, rays).astype(int)] = True
        flanks = fitted(x, y, usable)
        assert not flanks.reaches(MIDDLE)[0]
        assert np.isfinite(flanks.at(MIDDLE)).all()
        assert np.isfinite(flanks.u_at(MIDDLE)).all()


def test_no_fruit_have_no_flanks() -> None:
    flanks = fitted(np.zeros((0, 72)), np.zeros((0, 72)))
    assert flanks.at(np.zeros(0)).shape == flanks.u_at(np.zeros(0)).shape == flanks.reaches(np.zeros(0)).shape == (0, 1)


def test_each_flank_is_fitted_by_itself() -> None:
    x, y = points(noise=0.05)
    both = fitted(np.concatenate([x, x]), np.concatenate([y, 2 * y + x]))
    assert both.curve[0] == pytest.approx(fitted(x, y).curve[0])
    assert both.curve[1] == pytest.approx(fitted(x, 2 * y + x).curve[0])


def test_two_flanks_of_one_outline_do_not_know_each_other() -> None:
    x, y = points(noise=0.05)
    upper = np.arange(2 * len(X)) < len(X)
    both = Outline.of(np.tile(x, 2), np.concatenate([y, -2 * y], axis=1)).fit_flanks(np.array([[upper, ~upper]]))
    assert both.curve[0, 0] == pytest.approx(fitted(x, y).curve[0, 0])
    assert both.curve[0, 1] == pytest.approx(fitted(x, -2 * y).curve[0, 0])
    assert both.rays.tolist() == [[len(X), len(X)]]
