"""How a body's outline in the picture changes as it rides along: from one place to another nearby, an affine map.

A body is stood for by an ellipsoid. The lines of sight that graze it touch it along an ellipse; the points of that
ellipse at both places, projected with perspective and lens, say where each part of the outline goes.
"""

import numpy as np
from numpy.typing import NDArray

from grader.twin.view import View, project

Array = NDArray[np.float64]

POINTS = 24
"""Of the grazed ellipse."""


def grazed_px(view: View, centres_mm: Array, axes_mm: Array) -> Array:
    """(n, 24, 2) px: the outlines of n ellipsoids; centres (n, 3), semi-axes as the columns of (n, 3, 3), belt frame.

    In the frame in which the ellipsoid is the unit sphere and the eye lies at e, the circle that is grazed has its
    middle at e / |e|² and the radius sqrt(1 - 1 / |e|²).
    """
    eye = np.linalg.solve(axes_mm, (view.eye - centres_mm)[..., None])[..., 0]
    far = (eye**2).sum(axis=1)[:, None]
    aside = _unit(np.cross([0.0, 1.0, 0.0], eye))
    other = _unit(np.cross(eye, aside))
    turn = np.arange(POINTS) * 2 * np.pi / POINTS
    ring = np.cos(turn)[:, None] * aside[:, None] + np.sin(turn)[:, None] * other[:, None]
    grazed = (eye / far)[:, None] + np.sqrt(1 - 1 / far)[:, None] * ring
    points = centres_mm[:, None] + grazed @ axes_mm.transpose(0, 2, 1)
    return project(points.reshape(-1, 3), view.camera, view.belt).reshape(-1, POINTS, 2)


def affine(start_px: Array, end_px: Array) -> Array:
    """(n, 2, 3): the maps that carry the points `start_px` (n, P, 2) nearest to `end_px` (n, P, 2)."""
    start_middle, end_middle = start_px.mean(axis=1), end_px.mean(axis=1)
    start, end = start_px - start_middle[:, None], end_px - end_middle[:, None]
    spread, together = start.transpose(0, 2, 1) @ start, end.transpose(0, 2, 1) @ start
    turn = together @ np.linalg.inv(spread)
    shift = end_middle - (turn @ start_middle[..., None])[..., 0]
    return np.concatenate([turn, shift[..., None]], axis=2)


def _unit(vectors: Array) -> Array:
    length: Array = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return length
