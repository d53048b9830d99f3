"""The empty belt as the camera sees it, with the shadows of what lies on it."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.twin.light import Light, hidden_sky, level, specular
from grader.twin.view import View, on_belt

Array = NDArray[np.float64]
Picture = NDArray[np.float32]

BeltName = Literal["blue", "white", "grey", "black", "green"]
REFLECTANCES: dict[BeltName, tuple[float, float, float]] = {
    "blue": (0.035, 0.085, 0.24), "white": (0.66, 0.65, 0.62), "grey": (0.2, 0.2, 0.2),
    "black": (0.028, 0.028, 0.03), "green": (0.035, 0.17, 0.085),
}  # fmt: skip
"""Linear RGB, of food-grade polyurethane belts, set by eye."""

_COARSE = 4
"""Light and shadow are computed on every fourth pixel and interpolated."""
CELL_MM, _CELLS = 0.25, 512
"""The texture repeats after 128 mm."""
_FAR = 5.0
"""A ball keeps 1/5³ of the light from the belt five radii away; beyond, its shadow is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Belt:
    """How a belt looks."""

    reflectance: Array
    """(3,): linear RGB."""
    gloss: float
    """0: matt; 1: mirrors the panels as a wet belt does."""
    texture: Picture
    """(512, 512): relative brightness, 0.25 mm a cell, repeating."""


def draw_belt(generator: np.random.Generator, name: BeltName) -> Belt:
    """A belt of that colour, a little darker or lighter than the next one, with grain, weave and wear."""
    fine = _noise(generator, _CELLS // 2)
    worn = _noise(generator, 16)
    cells = np.arange(_CELLS) * 2 * np.pi / _CELLS
    weave = np.sin(cells * 85)[:, None] * np.sin(cells * 85)
    texture = 1 + generator.uniform(0.04, 0.12) * fine + generator.uniform(0, 0.03) * worn
    texture = texture + generator.uniform(0, 0.03) * weave
    reflectance = np.array(REFLECTANCES[name]) * generator.uniform(0.85, 1.15) * generator.uniform(0.95, 1.05, 3)
    return Belt(reflectance, float(generator.uniform(0, 0.3) ** 2), np.clip(texture, 0.5, 1.5).astype(np.float32))


def shine(belt: Belt, view: View, light: Light, bodies: list[Array]) -> Picture:
    """(rows, columns, 3), linear BGR: the belt under `light`, in the shade of `bodies`: the balls of each, (B, 4)."""
    width, height = view.camera.size_px
    xy = coarse_map(view)
    rows, columns = xy.shape[:2]
    points = np.concatenate([xy.reshape(-1, 2), np.zeros((rows * columns, 1))], axis=1)
    up = np.zeros_like(points)
    up[:, 2] = 1
    lit = level(light, points[:, :2])
    glare = belt.gloss * specular(light, points, up, view.eye, roughness=0.35)
    sky = open_sky(points, up, bodies)
    matt = np.stack([lit * sky, glare * sky], axis=1).reshape(rows, columns, 2).astype(np.float32)
    smooth = cv2.resize(matt, (width, height), interpolation=cv2.INTER_LINEAR)
    grain = _laid_out(belt.texture, xy, (width, height))
    lit_grain = smooth[..., 0] * grain
    planes = [lit_grain * np.float32(share) + smooth[..., 1] for share in belt.reflectance[::-1]]
    return np.asarray(cv2.merge(planes), dtype=np.float32)


def coarse_map(view: View) -> Array:
    """(rows, columns, 2), mm: the belt's point at the middle of every block of four by four pixels."""
    width, height = view.camera.size_px
    x = (np.arange(-(-width // _COARSE)) + 0.5) * (width / -(-width // _COARSE)) - 0.5
    y = (np.arange(-(-height // _COARSE)) + 0.5) * (height / -(-height // _COARSE)) - 0.5
    pixels = np.stack(np.meshgrid(x, y), axis=-1)
    return on_belt(pixels.reshape(-1, 2), view.camera, view.belt).reshape(len(y), len(x), 2)


def open_sky(points: Array, up: Array, bodies: list[Array], radii: float = _FAR) -> Array:
    """(N,): share of its light that each point of the belt still gets; shadows end `radii` from a body."""
    left = np.ones(len(points))
    for balls in bodies:
        middle, radius = balls[:, :2].mean(axis=0), balls[:, 3].max()
        aside = points[:, :2] - middle
        near = np.flatnonzero(np.einsum("ij,ij->i", aside, aside) < (radii * radius) ** 2)
        taken = hidden_sky(points[near], up[near], balls)
        left[near] *= 1 - np.maximum(taken - radii**-3, 0)
    return left


def _laid_out(texture: Picture, xy: Array, size_px: tuple[int, int]) -> Picture:
    """(rows, columns): the texture on the belt, seen by the camera."""
    cells = cv2.resize((xy / CELL_MM).astype(np.float32), size_px, interpolation=cv2.INTER_LINEAR)
    laid = cv2.remap(texture, cells[..., 0], cells[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return np.asarray(laid, dtype=np.float32)


def _noise(generator: np.random.Generator, waves: int) -> Picture:
    """(512, 512): random values on `waves` x `waves` points, interpolated smoothly, also across opposite edges."""
    seed = np.pad(generator.standard_normal((waves, waves), dtype=np.float32), 4, mode="wrap")
    scale = _CELLS // waves
    grown = cv2.resize(seed, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return np.asarray(grown[4 * scale : -4 * scale, 4 * scale : -4 * scale], dtype=np.float32)
