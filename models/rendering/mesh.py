"""A surface of triangles with all that the picture and its mask must know of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

BELT, RED, PALE, CALYX, ROT, BRUISE = range(6)
"""Classes of a mask's pixels."""
FLESH = 255
"""Label of triangles whose class is decided by their `fields`, pixel by pixel."""
SKIN, MATTER, GREEN = range(3)
"""Materials: light enters skin and passes through green."""


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles, closed or not."""

    points: Array
    """(V, 3), mm."""
    triangles: Indices
    """(T, 3)."""
    colour: Array
    """(V, 3): reflectance, linear RGB."""
    finish: Array
    """(V, 3): roughness, coat and sheen, each 0-1."""
    fields: Array
    """(V, 3): above 0 where the skin is red, rotten, bruised."""
    label: Indices
    """(T,): class, or FLESH."""
    material: Indices
    """(T,)."""
    number: Indices
    """(T,): which object of the plate, from 1; 0: not yet said."""

    def numbered(self, number: int) -> "Mesh":
        """The same as part of object `number`."""
        return replace(self, number=np.full(len(self.triangles), number))

    def at(self, points: Array) -> "Mesh":
        """The same with its vertices elsewhere."""
        return replace(self, points=points)


def part(
    points: Array,
    triangles: Indices,
    colour: ArrayLike,
    *,
    finish: ArrayLike = (0.6, 0.0, 0.0),
    fields: ArrayLike = (0.0, 0.0, 0.0),
    label: int = BELT,
    material: int = MATTER,
) -> Mesh:
    """A mesh of one material; `colour`, `finish` and `fields` may be those of all vertices or of each."""
    count, many = len(points), len(triangles)
    return Mesh(
        points,
        triangles,
        np.array(np.broadcast_to(np.asarray(colour, dtype=float), (count, 3))),
        np.array(np.broadcast_to(np.asarray(finish, dtype=float), (count, 3))),
        np.array(np.broadcast_to(np.asarray(fields, dtype=float), (count, 3))),
        np.full(many, label),
        np.full(many, material),
        np.zeros(many, dtype=np.int64),
    )


def join(meshes: Sequence[Mesh]) -> Mesh:
    """All of them as one; of none, an empty one."""
    if not meshes:
        return part(np.zeros((0, 3)), np.zeros((0, 3), dtype=np.int64), np.zeros((0, 3)))
    starts = np.cumsum([0] + [len(mesh.points) for mesh in meshes])
    return Mesh(
        np.concatenate([mesh.points for mesh in meshes]),
        np.concatenate([mesh.triangles + start for mesh, start in zip(meshes, starts[:-1], strict=True)]),
        np.concatenate([mesh.colour for mesh in meshes]),
        np.concatenate([mesh.finish for mesh in meshes]),
        np.concatenate([mesh.fields for mesh in meshes]),
        np.concatenate([mesh.label for mesh in meshes]),
        np.concatenate([mesh.material for mesh in meshes]),
        np.concatenate([mesh.number for mesh in meshes]),
    )


def grid(rows: int, columns: int, *, closed: bool = False) -> Indices:
    """Two triangles in every mesh of a grid of points; `closed` joins the last column to the first."""
    here = np.arange(rows * columns).reshape(rows, columns)
    if closed:
        here = np.concatenate([here, here[:, :1]], axis=1)
    a, b, c, d = here[:-1, :-1].ravel(), here[:-1, 1:].ravel(), here[1:, :-1].ravel(), here[1:, 1:].ravel()
    return np.concatenate([np.stack([a, b, c], axis=1), np.stack([b, d, c], axis=1)])


def capped(rows: int, columns: int) -> Indices:
    """A closed grid with a pole at either end: the poles are the two vertices behind the grid's."""
    top = np.arange(columns)
    bottom = top + (rows - 1) * columns
    first = np.full(columns, rows * columns)
    ends = [
        np.stack([first, np.roll(top, -1), top], axis=1),
        np.stack([first + 1, bottom, np.roll(bottom, -1)], axis=1),
    ]
    return np.concatenate([grid(rows, columns, closed=True), *ends])


def normals_and_areas(points: Array, triangles: Indices) -> tuple[Array, Array]:
    """Outward unit normal (V, 3) and share of the area (V,), mm², of each vertex."""
    corners = points[triangles]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(cross, axis=1) / 2
    normals = np.zeros_like(points)
    areas = np.zeros(len(points))
    for corner in range(3):
        for axis in range(3):
            normals[:, axis] += np.bincount(triangles[:, corner], cross[:, axis], len(points))
        areas += np.bincount(triangles[:, corner], area, len(points)) / 3
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12), areas


def ball(rows: int = 6, columns: int = 9) -> tuple[Array, Indices]:
    """A unit sphere's points and triangles, pole along z."""
    polar = np.linspace(0, np.pi, rows + 2)[1:-1]
    around = np.linspace(0, 2 * np.pi, columns, endpoint=False)
    rings = np.stack(
        [
            np.outer(np.sin(polar), np.cos(around)),
            np.outer(np.sin(polar), np.sin(around)),
            np.outer(np.cos(polar), np.ones(columns)),
        ],
        axis=2,
    )
    return np.concatenate([rings.reshape(-1, 3), [[0, 0, 1], [0, 0, -1]]]), capped(rows, columns)[:, ::-1]


def scattered(
    form: tuple[Array, Indices], centres: Array, frames: Array, sizes: Array
) -> tuple[Array, Indices, Indices]:
    """Copies of a small `form` at `centres` (N, 3): axes `frames` (N, 3, 3, a row each), half axes `sizes` (N, 3) mm.

    Points, triangles, and for each point the number of its copy.
    """
    points, triangles = form
    placed = centres[:, None] + np.einsum("pk,nk,nkj->npj", points, sizes, frames)
    offset = np.arange(len(centres)) * len(points)
    of = np.repeat(np.arange(len(centres)), len(points))
    return placed.reshape(-1, 3), (triangles[None] + offset[:, None, None]).reshape(-1, 3), of
