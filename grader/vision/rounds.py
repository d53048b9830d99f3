"""Reference spheres and the colour patch: what is round, how large a ball it would be, and how red it is.

A ball's outline is where lines of sight graze it. They all make the same angle with the line to its centre, so that a
ball is a cone of sight; and it lies on the belt, so that the cone's angle and direction give its radius.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.vision.calibration import Calibration
from grader.vision.census import count_pixels
from grader.vision.geometry import Sight
from grader.vision.sightings import Sightings, WhyNot

Array = NDArray[np.float64]

ROUND_MM = 0.15
"""An outline is round if its points lie about a sphere's, or about a circle on the belt, with this standard deviation
at most. The twin's spheres have 0.01; of 1,506 sightings of its fruit the roundest had 0.31."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """n objects; NaN for those that are not round, or have a calyx."""

    diameter_mm: Array
    """(n,) of the ball on the belt that the camera would see so. A flat disc seems to be a ball a little smaller."""
    red_share: Array
    """(n,) of the red and pale pixels."""


def measure_rounds(seen: Sightings, calibration: Calibration) -> Rounds:
    """Which of the sightings that have no axis are round, and what they are like."""
    diameter_mm, red_share = np.full((2, len(seen)), np.nan)
    chosen = np.flatnonzero(seen.why_not == WhyNot.NO_AXIS)
    if len(chosen):
        on_belt_mm = Sight.of(calibration).on_belt(seen.outline_px[chosen])
        ball_mm, misfit_mm = fit_balls(on_belt_mm, Sight.of(calibration).centre_mm)
        is_round = np.minimum(misfit_mm, _off_circle(on_belt_mm)) <= ROUND_MM
        census = count_pixels(seen.objects)
        red = census.red()[chosen] / np.maximum(census.flesh()[chosen], 1)
        diameter_mm[chosen], red_share[chosen] = np.where(is_round, (ball_mm, red), np.nan)
    return Rounds(diameter_mm, red_share)


def fit_balls(on_belt_mm: Array, camera_mm: Array) -> tuple[Array, Array]:
    """Diameters (n,) mm of the balls on the belt that outlines fit best, and the misfits' rms (n,) mm.

    `on_belt_mm` (n, R, 2) is where the lines of sight that graze them meet the belt, `camera_mm` (3,) whence they come.
    """
    rays = np.concatenate([on_belt_mm, np.zeros((*on_belt_mm.shape[:2], 1))], axis=2) - camera_mm
    rays /= np.linalg.norm(rays, axis=2, keepdims=True)
    # Of a cone about the unit vector a with the angle t: ray . a = cos t, or ray . m = 1 with m = a / cos t.
    cone = np.array([np.linalg.lstsq(each, np.ones(len(each)), rcond=None)[0] for each in rays]).reshape(-1, 3)
    steep = np.linalg.norm(cone, axis=1)
    axis = cone / steep[:, None]
    sine = np.sqrt(np.maximum(1 - 1 / steep**2, 1e-12))
    # The centre is radius / sin t away from the camera, and one radius above the belt.
    radius = camera_mm[2] / (1 - axis[:, 2] / sine)
    angle = np.arccos(np.clip(np.einsum("nrc,nc->nr", rays, axis), -1, 1))
    misfit = (angle - np.arcsin(sine)[:, None]) * (radius / sine)[:, None]
    return 2 * radius, np.sqrt((misfit**2).mean(axis=1))


def _off_circle(points_mm: Array) -> Array:
    """Rms distance (n,) of points (n, R, 2) from the circles that fit them best."""
    from_middle = points_mm - points_mm.mean(axis=1, keepdims=True)
    # |p|^2 = 2 c . p + k, linear in the circle's centre c and k = r^2 - |c|^2.
    system = np.concatenate([2 * from_middle, np.ones((*from_middle.shape[:2], 1))], axis=2)
    squares = (from_middle**2).sum(axis=2)
    found = np.array([np.linalg.lstsq(a, b, rcond=None)[0] for a, b in zip(system, squares, strict=True)]).reshape(
        -1, 3
    )
    radius = np.sqrt(found[:, 2] + (found[:, :2] ** 2).sum(axis=1))
    distance = np.linalg.norm(from_middle - found[:, None, :2], axis=2) - radius[:, None]
    return np.asarray(np.sqrt((distance**2).mean(axis=1)))
