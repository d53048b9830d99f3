"""The reference spheres and the colour patch, as the camera sees them at the start of a shift."""

import numpy as np
from numpy.typing import NDArray

from grader.twin.light import Light, diffuse, specular
from grader.twin.raster import Window, coverage, window_around
from grader.twin.skin import PALE as PALE_SKIN
from grader.twin.skin import RED as RED_SKIN
from grader.twin.sprite import HALF, PALE, RED, Sprite
from grader.twin.view import View, on_belt, project

Array = NDArray[np.float64]

MATT = 0.25
"""Roughness, radians, of the paint's reflections."""
GLOSS = 0.15
"""Share of a smooth skin's shine that it has."""


def see_sphere(diameter_mm: float, at_mm: Array, view: View, light: Light) -> tuple[Sprite, Array]:
    """A matt red sphere that lies on the belt at `at_mm` (2,); and the ball (1, 4) that casts its shadow."""
    radius = diameter_mm / 2
    centre = np.array([*at_mm, radius])
    rim = project(_grazed(view.eye, centre, radius), view.camera, view.belt)
    window = window_around(rim)
    cover = coverage(rim, window)
    away = _lines_of_sight(view, window)
    # The nearest point of each line of sight to the centre, and from there back to the skin; beyond the rim, the rim.
    along = away @ (centre - view.eye)
    nearest = view.eye + along[:, None] * away
    inside = np.maximum(radius**2 - ((nearest - centre) ** 2).sum(axis=1), 0)
    points = nearest - np.sqrt(inside)[:, None] * away
    normals = (points - centre) / np.linalg.norm(points - centre, axis=1, keepdims=True)
    glow = RED_SKIN * diffuse(light, points, normals)[:, None]
    glow += GLOSS * specular(light, points, normals, view.eye, MATT)[:, None]
    classes = np.where(cover >= HALF, RED, 0).astype(np.uint8)
    painted = glow.reshape(*window.shape, 3)[..., ::-1] * cover[..., None]
    return Sprite(window, painted.astype(np.float32), cover, classes), np.array([[*centre, radius]])


def see_patch(diameter_mm: float, red_share: float, at_mm: Array, view: View, light: Light) -> tuple[Sprite, Array]:
    """A flat disc that is red but for a pale disc in its middle; it casts no shadow, (0, 4)."""
    turn = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    circle = diameter_mm / 2 * np.stack([np.cos(turn), np.sin(turn), np.zeros_like(turn)], axis=1)
    circle[:, :2] += at_mm
    rim = project(circle, view.camera, view.belt)
    window = window_around(rim)
    cover = coverage(rim, window)
    at = on_belt(_pixels(window), view.camera, view.belt)
    pale = np.linalg.norm(at - at_mm, axis=1) < diameter_mm / 2 * np.sqrt(1 - red_share)
    points = np.column_stack([at, np.zeros(len(at))])
    up = np.broadcast_to(np.array([0.0, 0.0, 1.0]), points.shape)
    glow = np.where(pale[:, None], PALE_SKIN, RED_SKIN) * diffuse(light, points, up)[:, None]
    classes = np.where(cover >= HALF, np.where(pale.reshape(window.shape), PALE, RED), 0).astype(np.uint8)
    painted = glow.reshape(*window.shape, 3)[..., ::-1] * cover[..., None]
    return Sprite(window, painted.astype(np.float32), cover, classes), np.zeros((0, 4))


def _grazed(eye: Array, centre: Array, radius: float, count: int = 720) -> Array:
    """(count, 3): the circle on a sphere that lines from `eye` graze."""
    to_eye = eye - centre
    distance = float(np.linalg.norm(to_eye))
    towards = to_eye / distance
    across = np.cross(towards, [0.0, 1.0, 0.0])
    across /= np.linalg.norm(across)
    other = np.cross(towards, across)
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)[:, None]
    ring = np.cos(turn) * across + np.sin(turn) * other
    circle: Array = centre + radius**2 / distance * towards + radius * np.sqrt(1 - (radius / distance) ** 2) * ring
    return circle


def _pixels(window: Window) -> Array:
    """(N, 2): all pixels of a window, row by row."""
    x, y = np.meshgrid(np.arange(window.width) + window.x, np.arange(window.height) + window.y)
    return np.stack([x, y], axis=-1).reshape(-1, 2).astype(np.float64)


def _lines_of_sight(view: View, window: Window) -> Array:
    """(N, 3): unit vectors from the camera through all pixels of a window."""
    at = on_belt(_pixels(window), view.camera, view.belt)
    away = np.column_stack([at, np.zeros(len(at))]) - view.eye
    directions: Array = away / np.linalg.norm(away, axis=1, keepdims=True)
    return directions
