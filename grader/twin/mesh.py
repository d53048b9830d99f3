"""Closed surfaces of triangles: what every body of the twin is, and what its truth is computed from."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles whose corners run anticlockwise when seen from outside."""

    vertices: Array
    """(N, 3), mm."""
    triangles: Indices
    """(M, 3), rows of `vertices`."""
    edges: Indices
    """(E, 4): the ends of each edge, the triangle that runs from the first to the second, and the other triangle."""

    @cached_property
    def volume_and_centre(self) -> tuple[float, Array]:
        """Volume in mm³ and centre of volume, (3,), by summing the tetrahedra between the origin and each triangle."""
        a, b, c = (self.vertices[self.triangles[:, corner]] for corner in range(3))
        six_volumes = np.einsum("ij,ij->i", a, np.cross(b, c))
        volume = six_volumes.sum() / 6
        return float(volume), (six_volumes @ (a + b + c)) / (24 * volume)

    def moved(self, vertices: Array) -> "Mesh":
        """The same surface with its `vertices` elsewhere."""
        return Mesh(vertices, self.triangles, self.edges)


def tube(rings: Array) -> Mesh:
    """The closed surface through `rings`, (K, S, 3), whose first and last ring are a point repeated.

    Every ring turns from +y towards +z, and the rings follow one another along +x. Vertices keep the order of the
    rings, so that `vertices.reshape(rings.shape)` gives them back; the corners of no area at both ends are left out.
    """
    return Mesh(rings.reshape(-1, 3).copy(), *_topology(*rings.shape[:2]))


@lru_cache(maxsize=8)
def _topology(count: int, sectors: int) -> tuple[Indices, Indices]:
    """Triangles and edges of a tube of `count` rings: the same for every body of that fineness."""
    here = np.arange(count * sectors).reshape(count, sectors)
    beside = np.roll(here, -1, axis=1)
    here[[0, -1]] = here[[0, -1], :1]
    beside[[0, -1]] = here[[0, -1]]
    lower = np.stack([here[:-1], beside[:-1], here[1:]], axis=-1)[1:]
    upper = np.stack([beside[:-1], beside[1:], here[1:]], axis=-1)[:-1]
    triangles = np.concatenate([lower.reshape(-1, 3), upper.reshape(-1, 3)])
    return triangles, _edges(triangles)


def _edges(triangles: Indices) -> Indices:
    """(E, 4): see `Mesh.edges`; an edge of a closed surface belongs to two triangles, which run along it both ways."""
    start, end = triangles.ravel(), np.roll(triangles, -1, axis=1).ravel()
    owner = np.repeat(np.arange(len(triangles)), 3)
    size = triangles.max() + 1
    forth, back = start * size + end, end * size + start
    order = np.argsort(forth)
    twin = order[np.searchsorted(forth, back, sorter=order)]
    once = start < end
    return np.stack([start, end, owner, owner[twin]], axis=1)[once]


def face_normals(mesh: Mesh) -> Array:
    """(M, 3): outward, as long as twice the triangle's area in mm²."""
    a, b, c = (mesh.vertices[mesh.triangles[:, corner]] for corner in range(3))
    return np.cross(b - a, c - a)


def vertex_normals(mesh: Mesh) -> Array:
    """(N, 3): outward unit vectors, the mean of the faces about each vertex weighted by their area."""
    faces = face_normals(mesh)
    columns = [
        np.bincount(mesh.triangles.ravel(), np.repeat(faces[:, axis], 3), len(mesh.vertices)) for axis in range(3)
    ]
    normals = np.stack(columns, axis=1)
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    units: Array = normals / np.maximum(lengths, 1e-12)
    return units


def vertex_areas(mesh: Mesh) -> Array:
    """(N,), mm²: every vertex owns a third of each triangle about it."""
    areas = np.linalg.norm(face_normals(mesh), axis=1) / 6
    return np.bincount(mesh.triangles.ravel(), np.repeat(areas, 3), len(mesh.vertices)).astype(np.float64)
