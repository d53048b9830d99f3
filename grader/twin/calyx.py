"""The green on a strawberry: leaves that lie on the flesh or stand off it, sometimes a stem."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.twin.body import Body
from grader.twin.shape import SECTORS

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

_ALONG, _ACROSS = 10, 5
"""Points of a leaf's surface."""
_ABOVE_BELT_MM = 0.3
"""Leaves and stem that the belt is in the way of lie on it."""


@dataclass(frozen=True, slots=True, eq=False)
class Calyx:
    """Thin surfaces without a closed inside, in the body's frame."""

    vertices: Array
    """(V, 3), mm."""
    triangles: Indices
    """(T, 3)."""
    rib: Array
    """(V,): 0 on a leaf's midrib to 1 at its edge; -1 on the stem."""
    reflectance: Array
    """(3,): linear RGB."""

    def placed(self, body: Body) -> Array:
        """(V, 3): the vertices in the belt's frame, above the belt."""
        points = body.pose.place(self.vertices)
        points[:, 2] = np.maximum(points[:, 2], _ABOVE_BELT_MM)
        return points


def draw_calyx(generator: np.random.Generator, body: Body) -> Calyx:
    """Five to nine leaves about the stem of `body`, and a stem on two fruit in five."""
    count = int(generator.integers(5, 10))
    turn = generator.uniform(0, 2 * np.pi)
    length = generator.uniform(0.32, 0.55) * body.shape.breadth_mm
    mood = generator.beta(0.8, 1.2)
    parts = []
    for nth in range(count):
        azimuth = turn + 2 * np.pi * nth / count + generator.normal(0, 0.15)
        lift = float(np.clip(generator.normal(mood, 0.25), 0, 1))
        parts.append(_leaf(body, azimuth, length * generator.uniform(0.75, 1.15), lift, generator))
    if generator.uniform() < 0.4:  # noqa: PLR2004 - the two in five
        parts.append(_stem(body, generator))
    else:
        parts.append(_stem(body, generator, stump=True))
    starts = np.cumsum([0] + [len(points) for points, _, _ in parts])
    green = np.array([0.09, 0.23, 0.04]) * generator.uniform(0.6, 1.5)
    return Calyx(
        vertices=np.concatenate([points for points, _, _ in parts]),
        triangles=np.concatenate([tri + at for (_, tri, _), at in zip(parts, starts[:-1], strict=True)]),
        rib=np.concatenate([rib for _, _, rib in parts]),
        reflectance=green * np.array([generator.uniform(0.8, 1.5), 1.0, 1.0]),
    )


def _leaf(
    body: Body, azimuth: float, length: float, lift: float, generator: np.random.Generator
) -> tuple[Array, Indices, Array]:
    """A pointed leaf from the stem along the meridian `azimuth`: on the flesh with `lift` 0, straight off it with 1."""
    sector = round(azimuth / (2 * np.pi) * SECTORS) % SECTORS
    meridian = body.mesh.vertices.reshape(-1, SECTORS, 3)[:, sector]
    arc = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(meridian, axis=0), axis=1))])
    along = np.linspace(0, 1, _ALONG)
    lying = np.stack([np.interp(0.5 + along * length, arc, meridian[:, axis]) for axis in range(3)], axis=1)
    outwards = np.array([0.0, np.cos(azimuth), np.sin(azimuth)])
    aside = np.array([0.0, -np.sin(azimuth), np.cos(azimuth)])
    tangent = np.gradient(lying, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    normal = np.cross(aside, tangent) * -np.sign(np.cross(aside, tangent)[0] @ [1.0, 0, 0] or 1.0)
    spread = generator.uniform(np.radians(50), np.radians(110))
    free = lying[0] + np.outer(along * length, np.cos(spread) * np.array([-1.0, 0, 0]) + np.sin(spread) * outwards)
    raised = lift * along[:, None]
    middle = lying + normal * (0.5 + 0.6 * along[:, None]) + raised * (free - lying)
    half = 0.5 * length * generator.uniform(0.3, 0.5) * np.sin(np.pi * (0.22 + 0.78 * along)) ** 0.8
    across = np.linspace(-1, 1, _ACROSS)
    radius = np.maximum(np.linalg.norm(lying[:, 1:], axis=1), half)[:, None]
    drop = (half[:, None] * across) ** 2 / (2 * radius) * (1 - raised) - raised * 0.25 * half[:, None] * across**2
    points = middle[:, None] + half[:, None, None] * across[:, None] * aside - drop[..., None] * normal[:, None]
    return points.reshape(-1, 3), _grid(_ALONG, _ACROSS), np.tile(np.abs(across), _ALONG)


def _stem(body: Body, generator: np.random.Generator, *, stump: bool = False) -> tuple[Array, Indices, Array]:
    """A curved stalk, or what is left of it."""
    length = generator.uniform(1.5, 3.0) if stump else generator.uniform(5.0, 18.0)
    radius = generator.uniform(0.6, 1.1)
    along = np.linspace(0, 1, 6)
    lean = generator.normal(0, 0.35, 2)
    middle = np.stack([-along * length, lean[0] * along**2 * length, lean[1] * along**2 * length], axis=1)
    around = np.linspace(0, 2 * np.pi, 9)
    ring = radius * np.stack([np.zeros(9), np.cos(around), np.sin(around)], axis=1)
    points = body.mesh.vertices[0] + middle[:, None] + ring
    return points.reshape(-1, 3), _grid(6, 9), np.full(6 * 9, -1.0)


def _grid(rows: int, columns: int) -> Indices:
    """Two triangles in every mesh of a grid of points."""
    here = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = here[:-1, :-1].ravel(), here[:-1, 1:].ravel(), here[1:, :-1].ravel(), here[1:, 1:].ravel()
    return np.concatenate([np.stack([a, b, c], axis=1), np.stack([b, d, c], axis=1)])
