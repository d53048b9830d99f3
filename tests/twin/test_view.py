"""What the camera sees of a body is exactly where optics says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.twin.body import draw_body
from grader.twin.cameras import askew, station
from grader.twin.pose import lay
from grader.twin.raster import coverage, window_around
from grader.twin.shape import Shape, solid
from grader.twin.variety import Variety
from grader.twin.view import View, on_belt, outline, project, undistorted

Array = NDArray[np.float64]
STATION, ASKEW = station(), askew()
SPHERE = Shape(30.0, 30.0)


def rim_of_sphere(view: View, centre: Array, radius: float) -> Array:
    """(7200, 2) px: its tangent circle as the camera sees it (eye, tangent point and centre make a right angle)."""
    arm = centre - view.eye
    distance = np.linalg.norm(arm)
    arm = arm / distance
    aside = np.cross(arm, [0.3, 0.9, 0.1])
    aside /= np.linalg.norm(aside)
    turn = np.linspace(0, 2 * np.pi, 7200, endpoint=False)[:, None]
    ring = radius * np.sqrt(1 - (radius / distance) ** 2)
    circle = np.cos(turn) * aside + np.sin(turn) * np.cross(arm, aside)
    return project(view.eye + arm * (distance - radius**2 / distance) + ring * circle, view.camera, view.belt)


def beyond(points: Array, rim: Array) -> Array:
    """(N,) px: how far `points` lie outside the closed `rim`, along rays from its middle."""
    middle = rim.mean(axis=0)
    turn, limit_turn = (np.arctan2(*(some - middle).T[::-1]) for some in (points, rim))
    reach, limit = (np.linalg.norm(some - middle, axis=1) for some in (points, rim))
    order = np.argsort(limit_turn)
    outside: Array = reach - np.interp(turn, limit_turn[order], limit[order], period=2 * np.pi)
    return outside


@pytest.mark.parametrize("xy", [(0.0, 0.0), (110.0, -70.0), (-60.0, 85.0)])
@pytest.mark.parametrize("view", [STATION, ASKEW])
def test_a_sphere_shows_the_outline_of_its_tangent_circle(view: View, xy: tuple[float, float]) -> None:
    mesh = solid(SPHERE)
    pose = lay(mesh, (0.4, 0.2, 0.0), xy)
    seen = outline(mesh.moved(pose.place(mesh.vertices)), view.camera, view.belt, rays=90)
    known = rim_of_sphere(view, np.array([*xy, 15.0]), 15.0)
    assert np.abs(beyond(seen, known)).max() < 0.015


def test_a_pixel_on_the_edge_is_filled_as_far_as_the_sphere_reaches() -> None:
    mesh = solid(SPHERE)
    pose = lay(mesh, (0.4, 0.2, 0.0), (87.3, -41.9))
    seen = outline(mesh.moved(pose.place(mesh.vertices)), STATION.camera, STATION.belt)
    known = rim_of_sphere(STATION, np.array([87.3, -41.9, 15.0]), 15.0)
    window = window_around(seen)
    cover = coverage(seen, window)
    left, right = known[:, 0] < known[:, 0].mean(), known[:, 0] > known[:, 0].mean()
    for row in range(10, window.height - 10):
        steps = row + window.y + (np.arange(32) + 0.5) / 32 - 0.5
        ends = [
            np.interp(steps, known[side][order, 1], known[side][order, 0]).mean()
            for side in (left, right)
            for order in [np.argsort(known[side][:, 1])]
        ]
        middle = round(float(np.mean(ends))) - window.x
        assert cover[row, :middle].sum() == pytest.approx(middle + window.x - 0.5 - ends[0], abs=0.02)
        assert cover[row, middle:].sum() == pytest.approx(ends[1] - middle - window.x + 0.5, abs=0.02)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_point_of_a_fruit_lies_outside_its_outline(seed: int) -> None:
    body = draw_body(np.random.default_rng(seed), Variety(), (30.0, 40.0))
    rim = outline(body.surface, STATION.camera, STATION.belt, rays=1440)
    points = project(body.surface.vertices, STATION.camera, STATION.belt)
    middle = rim.mean(axis=0)
    ray = np.arctan2(*(rim - middle).T[::-1])
    order = np.argsort(ray)
    reach = np.linalg.norm(points - middle, axis=1)
    limit = np.interp(
        np.arctan2(*(points - middle).T[::-1]),
        ray[order],
        np.linalg.norm(rim - middle, axis=1)[order],
        period=2 * np.pi,
    )
    assert (reach - limit).max() < 0.01


def test_the_belt_is_found_back_from_the_picture() -> None:
    points = np.random.default_rng(1).uniform(-50, 50, (20, 2))
    lifted = np.concatenate([points, np.full((20, 1), 7.0)], axis=1)
    pixels = project(lifted, ASKEW.camera, ASKEW.belt)
    assert on_belt(pixels, ASKEW.camera, ASKEW.belt, 7.0) == pytest.approx(points, abs=1e-3)


def test_without_distortion_a_straight_edge_stays_straight() -> None:
    line = np.stack([np.linspace(-80, 80, 9), np.full(9, 60.0), np.zeros(9)], axis=1)
    x, y = project(line, undistorted(ASKEW.camera), ASKEW.belt).T
    assert y == pytest.approx(np.polyval(np.polyfit(x, y, 1), x), abs=1e-6)
    x, y = project(line, ASKEW.camera, ASKEW.belt).T
    assert np.abs(y - np.polyval(np.polyfit(x, y, 1), x)).max() > 0.2
