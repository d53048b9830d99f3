"""A small camera over the twin's belt, its scenes (each rendered once), and drawings whose every edge is known."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.twin.cameras import looking_down
from grader.twin.scene import FruitTruth, Scene, SceneSettings, render_scene
from grader.twin.view import View
from grader.vision import Calibration, Sightings
from grader.vision.calibration import BeltColour, BeltPlane, Camera

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Bgr = tuple[float, float, float]

SMALL = looking_down((728, 544), 1035, (-0.12, 0.06, 6e-4, -4e-4, 0.0), 450, 1.0)
"""The station's camera at half its resolution: it renders four times as fast."""

BLUE_BELT = BeltColour((130.0, 82.0, 56.0), (0.75, 1.1), 2.0)
BELT: Bgr = BLUE_BELT.median_bgr
RED: Bgr = (45.0, 40.0, 165.0)
PALE: Bgr = (125.0, 170.0, 180.0)
LEAF: Bgr = (45.0, 120.0, 60.0)


def calibration(view: View = SMALL, belt_colour: BeltColour | None = None) -> Calibration:
    """What a perfect calibration of `view` would say."""
    return Calibration(view.camera, view.belt, belt_colour, scale_u=1e-4, plain_scale=False, hash="0" * 64)


def straight_down(size_px: tuple[int, int], mm_per_px: float, height_mm: float = 1e6) -> Calibration:
    """A perfect lens far above the middle of the belt, which it shows as a scanner would."""
    focal = height_mm / mm_per_px
    width, height = size_px
    camera = Camera(size_px, np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1.0]]), np.zeros(5))
    belt = BeltPlane(np.diag([1.0, -1.0, -1.0]), np.array([0.0, 0.0, height_mm]))
    return Calibration(camera, belt, BLUE_BELT, scale_u=1e-4, plain_scale=False, hash="0" * 64)


def scene(settings: SceneSettings, seed: int = 5, view: View = SMALL) -> Scene:
    """The twin's picture, rendered once."""
    return _rendered(settings.model_dump_json(), seed, view)


@cache
def _rendered(settings: str, seed: int, view: View) -> Scene:
    wanted = SceneSettings.model_validate_json(settings)
    return render_scene(np.random.default_rng(seed), view.camera, view.belt, wanted)


def rows_of(sightings: Sightings, truths: tuple[FruitTruth, ...]) -> tuple[list[tuple[int, FruitTruth]], list[int]]:
    """The pairs of row and fruit, matched as the issue says, and the rows that are nobody's."""
    left = set(range(len(sightings)))
    pairs = []
    for truth in truths:
        distance = np.hypot(*(sightings.centre_px - truth.centre_px).T)
        near = [row for row in left if distance[row] < 0.45 * np.sqrt(truth.flesh_px)]
        if near:
            row = min(near, key=lambda row: float(distance[row]))
            left.remove(row)
            pairs.append((row, truth))
    return pairs, sorted(left)


def plain(size_px: tuple[int, int], bgr: Bgr = BELT) -> Array:
    """(h, w, 3) of one colour, in grey levels that are not yet whole."""
    return np.tile(np.array(bgr), (size_px[1], size_px[0], 1))


def disc_cover(size_px: tuple[int, int], centre: tuple[float, float], radius: float, fine: int = 8) -> Array:
    """(h, w): the share of each pixel that a disc covers, by `fine` x `fine` samples a pixel."""
    offset = (np.arange(fine) + 0.5) / fine - 0.5
    x = (np.arange(size_px[0])[:, None] + offset).ravel() - centre[0]
    y = (np.arange(size_px[1])[:, None] + offset).ravel() - centre[1]
    inside = x * x + (y * y)[:, None] < radius * radius
    return np.asarray(inside.reshape(size_px[1], fine, size_px[0], fine).mean(axis=(1, 3)))


def lay(canvas: Array, cover: Array, bgr: Bgr | Array) -> Array:
    """`canvas` (h, w, 3) with a colour over it where `cover` (h, w) says."""
    return np.asarray(canvas + cover[..., None] * (np.asarray(bgr) - canvas))


def developed(canvas: Array, noise: float = 0.0, smear_px: float = 0.0, softness_px: float = 0.0) -> Picture:
    """The picture of `canvas` (h, w, 3): softened by the lens, smeared along x, with noise, in whole grey levels."""
    if softness_px:
        canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), softness_px))
    if smear_px:
        side = max(smear_px - 1, 0) / 2
        canvas = np.asarray(cv2.filter2D(canvas, -1, np.array([[side, min(smear_px, 1), side]]) / smear_px))
    random = np.random.default_rng(20261123)
    return np.asarray(np.clip(np.rint(canvas + random.normal(0, noise, canvas.shape)), 0, 255), np.uint8)


def disc(size_px: tuple[int, int], centre: tuple[float, float], radius: float) -> Mask:
    """(h, w): whose pixels' centres lie in the disc."""
    x, y = np.meshgrid(np.arange(size_px[0]), np.arange(size_px[1]))
    return np.asarray((x - centre[0]) ** 2 + (y - centre[1]) ** 2 <= radius**2)
