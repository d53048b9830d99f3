"""How a body lies on the belt: on its side as it would roll to rest, or now and then on its end."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def turn(yaw: float, pitch: float, roll: float) -> Array:
    """(3, 3): rolls about the body's x, then pitches (positive lifts the apex), then turns about the vertical."""
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    about_z = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1]])
    about_y = np.array([[cp, 0, -sp], [0, 1, 0], [sp, 0, cp]])
    about_x = np.array([[1, 0, 0], [0, cr, -sr], [0, sr, cr]])
    turned: Array = about_z @ about_y @ about_x
    return turned


def resting_pitch(points: Array, roll: float) -> float:
    """The pitch, radians within 40 degrees, at which the centre of `points` (N, 3) lies lowest."""
    pitches = np.radians(np.arange(-40, 41, 2))
    lows = [((points - points.mean(axis=0)) @ turn(0, pitch, roll)[2]).min() for pitch in pitches]
    return float(pitches[int(np.argmax(lows))])


def draw_turn(generator: np.random.Generator, points: Array) -> Array:
    """The rotation of a body with the surface `points`."""
    yaw = generator.uniform(0, 2 * np.pi)
    roll = float(generator.choice((0.0, np.pi)) + generator.normal(0, 0.2))
    chance = generator.uniform()
    if chance < 0.06:  # noqa: PLR2004 - rolls freely
        roll = float(generator.uniform(0, 2 * np.pi))
    pitch = resting_pitch(points[::37], roll) + generator.normal(0, np.radians(6))
    if chance > 0.92:  # noqa: PLR2004 - stands on its calyx, or on its apex, more or less
        pitch = float(generator.choice((1, -1))) * generator.uniform(np.radians(35), np.radians(85))
    return turn(yaw, pitch, roll)
