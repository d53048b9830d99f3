"""The flesh of a fruit as the camera sees it: which point of the skin each pixel shows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.twin.fruit import Fruit
from grader.twin.mesh import vertex_normals
from grader.twin.raster import Window, coverage, rasterise, window_around
from grader.twin.view import View, facing, outline_of, project

Array = NDArray[np.float64]

SOUND_MM = -1e3
"""So far outside of any rotten spot a sound fruit is."""


@dataclass(frozen=True, slots=True, eq=False)
class Flesh:
    """The pixels of a window whose centres see skin, in the belt's frame."""

    window: Window
    cover: NDArray[np.float32]
    """(rows, columns), 0-1: share of each pixel that the flesh covers, leaves or not."""
    index: NDArray[np.int64]
    """(S,): their places in the flattened window, rising."""
    points: Array
    """(S, 3), mm."""
    normals: Array
    """(S, 3): outward unit vectors of the smooth skin."""
    margin: Array
    """(S,): see `Skin.margin`."""
    rot_mm: Array
    """(S,): see `Rot.inside_mm`; far below 0 where the fruit is sound."""
    depth: Array
    """(S,), mm from the camera."""
    seeds: Array
    """(A, 3), mm: the seeds on the side that faces the camera."""
    seed_pixels: Array
    """(A, 2): where they appear."""
    px_per_mm: float
    """Across the line of sight, at the fruit."""


def see(fruit: Fruit, view: View, leaves: Array) -> Flesh:
    """What `view` sees of the fruit's flesh, in a window that has room for its `leaves`, (V, 2) px, too."""
    surface = fruit.body.surface
    pixels = project(surface.vertices, view.camera, view.belt)
    towards = facing(surface, pixels)
    rim = outline_of(surface, pixels, towards)
    window = window_around(np.concatenate([rim, leaves]))
    visible = surface.triangles[towards]
    distance = np.linalg.norm(surface.vertices - view.eye, axis=1)
    samples = rasterise(pixels, distance, visible, window)
    upright = vertex_normals(surface)
    rot = fruit.skin.rot
    rot_mm = rot.inside_mm if rot else np.full(len(upright), SOUND_MM)
    values = np.concatenate([surface.vertices, upright, fruit.skin.margin[:, None], rot_mm[:, None]], axis=1)
    at = samples.interpolate(values, visible)
    normals = at[:, 3:6] / np.linalg.norm(at[:, 3:6], axis=1, keepdims=True)
    seeds = fruit.skin.seeds
    sight = view.eye - surface.vertices[seeds]
    seeds = seeds[np.einsum("ij,ij->i", upright[seeds], sight) > 0]
    return Flesh(
        window,
        coverage(rim, window),
        samples.index,
        at[:, :3],
        normals,
        at[:, 6],
        at[:, 7],
        samples.depth,
        surface.vertices[seeds],
        pixels[seeds],
        float(view.camera.matrix[0, 0] / distance.min()),
    )
