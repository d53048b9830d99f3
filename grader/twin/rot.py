"""A rotten spot: soft brown rot, or grey mould with a paler heart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.twin.body import Body

Array = NDArray[np.float64]

BROWN, GREY = np.array([0.20, 0.085, 0.04]), np.array([0.46, 0.43, 0.38])
"""Reflectances in linear RGB, set by eye."""
RADIUS_MM = (3.0, 11.0)
SOFT_MM = 1.2
"""Over which width the spot runs into the sound skin."""
PATCHES = 4
"""A spot is some discs that overlap, so that its border is no circle."""


@dataclass(frozen=True, slots=True, eq=False)
class Rot:
    """Where the skin of one body is rotten."""

    inside_mm: Array
    """(N,): for each vertex of the body, how far inside the spot it is; below 0 it is sound."""
    colour: Array
    """(3,): linear RGB reflectance."""

    def share(self, inside_mm: Array) -> Array:
        """How much of the colour at `inside_mm` (S,) is that of rot: 0-1."""
        return np.clip(0.5 + inside_mm / (2 * SOFT_MM), 0, 1)


def draw_rot(generator: np.random.Generator, body: Body, areas: Array) -> Rot:
    """A spot about a vertex of `body`, wherever on its surface; `areas` (N,) of the vertices."""
    vertices = body.mesh.vertices
    heart = vertices[generator.choice(len(vertices), p=areas / areas.sum())]
    radius = float(generator.uniform(*RADIUS_MM))
    hearts = heart + generator.normal(0, radius / 3, (PATCHES, 3))
    inside = (radius - np.linalg.norm(vertices[:, None] - hearts, axis=2)).max(axis=1)
    mould = generator.uniform()
    return Rot(inside, BROWN + mould * (GREY - BROWN))
