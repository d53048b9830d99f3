"""The calyx as the camera sees it, before, beside and behind the flesh."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.twin.calyx import Calyx
from grader.twin.light import Light, diffuse, specular
from grader.twin.raster import Samples, Window, rasterise
from grader.twin.view import View, project

Array = NDArray[np.float64]
Picture = NDArray[np.float32]

SCALE = 4
"""Samples per pixel in each direction."""


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """The flesh that the calyx may hide, and that may hide the calyx."""

    window: Window
    depth: Picture
    """(rows, columns), mm from the camera; valid two pixels beyond the flesh's edge."""
    cover: Picture
    """(rows, columns), 0-1."""


@dataclass(frozen=True, slots=True, eq=False)
class Foliage:
    """What a window shows of a calyx."""

    cover: Picture
    """(rows, columns), 0-1: share of the pixel."""
    light: Picture
    """(rows, columns, 3), linear BGR, multiplied by `cover`."""
    hides: Picture
    """(rows, columns), 0-1: share of the pixel's flesh that it hides."""


def see_calyx(calyx: Calyx, leaves: Array, view: View, light: Light, backdrop: Backdrop) -> Foliage:
    """What `view` sees of `calyx`, its vertices at `leaves`, (V, 3), in the belt's frame."""
    window, triangles = backdrop.window, calyx.triangles
    depth = np.linalg.norm(leaves - view.eye, axis=1)
    samples = rasterise(project(leaves, view.camera, view.belt), depth, triangles, window, SCALE)
    row, column = np.divmod(samples.index, window.width * SCALE)
    pixel = (row // SCALE) * window.width + column // SCALE
    before = samples.depth < backdrop.depth.ravel()[pixel]
    shown = before | _beside(row, column, backdrop.cover.ravel()[pixel])
    normals = _towards(leaves, triangles, samples, view.eye)
    at = samples.interpolate(np.concatenate([leaves, calyx.rib[:, None]], axis=1), triangles)
    glow = _leaf_light(calyx, at[shown], normals[shown], light, view.eye)

    def gathered(weights: Array | NDArray[np.bool_], where: NDArray[np.bool_]) -> Picture:
        total = np.bincount(pixel[where], weights, window.height * window.width) / SCALE**2
        return total.reshape(window.shape).astype(np.float32)

    return Foliage(
        cover=gathered(np.ones(int(shown.sum())), shown),
        light=np.stack([gathered(glow[:, channel], shown) for channel in (2, 1, 0)], axis=2),
        hides=gathered(np.ones(int(before.sum())), before),
    )


def _beside(row: NDArray[np.int64], column: NDArray[np.int64], cover: Picture) -> NDArray[np.bool_]:
    """Which samples lie outside the flesh: where it covers a share of a pixel, that share of the samples, scattered."""
    rank = ((row % SCALE) * 5 + (column % SCALE) * 7) % SCALE**2
    outside: NDArray[np.bool_] = rank >= cover * SCALE**2
    return outside


def _towards(leaves: Array, triangles: NDArray[np.int64], samples: Samples, eye: Array) -> Array:
    """(S, 3): unit normals of the triangles that the samples see, on the side that faces the camera."""
    a, b, c = (leaves[triangles[:, corner]] for corner in range(3))
    normals = np.cross(b - a, c - a)
    normals *= np.sign(np.einsum("ij,ij->i", normals, eye - a))[:, None]
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    found: Array = normals[samples.triangle]
    return found


def _leaf_light(calyx: Calyx, at: Array, normals: Array, light: Light, eye: Array) -> Array:
    """(S, 3), linear RGB, of samples `at`, (S, 4), point and rib: a pale midrib, faint side veins, a paler stem."""
    points, rib = at[:, :3], at[:, 3]
    veins = 1 + 0.5 * np.exp(-((rib / 0.08) ** 2)) + 0.12 * np.cos(9 * rib + 0.9 * points[:, 0])
    brightness = np.where(rib < 0, 1.5, veins) * diffuse(light, points, normals)
    shine = 0.35 * specular(light, points, normals, eye, roughness=0.25)
    glow: Array = calyx.reflectance * brightness[:, None] + shine[:, None]
    return glow
