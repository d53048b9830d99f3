"""How a body lies on the belt: where gravity lets it come to rest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.twin.mesh import Mesh

Array = NDArray[np.float64]

_STEPS_DEG = (8.0, 3.0, 1.0, 0.4, 0.15, 0.05)
_FINE = np.radians(0.3)
"""Steps below this look at every vertex, wider ones at every fifth."""


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """`rotation @ point_in_body + translation_mm` is the point in the belt's frame (z up, 0 on the belt)."""

    rotation: Array
    """(3, 3)."""
    translation_mm: Array
    """(3,)."""

    def place(self, points: Array) -> Array:
        """`points`, (..., 3) in the body's frame, in the belt's."""
        placed: Array = points @ self.rotation.T + self.translation_mm
        return placed

    def moved(self, by_mm: tuple[float, float]) -> "Pose":
        """The same attitude elsewhere on the belt."""
        return Pose(self.rotation, self.translation_mm + np.array([*by_mm, 0.0]))


def attitude(yaw: float, pitch: float, roll: float) -> Array:
    """(3, 3) for angles in radians: roll about the body's own axis, then the apex down by `pitch`, then yaw about z."""
    cy, sy, cp, sp, cr, sr = (f(angle) for angle in (yaw, pitch, roll) for f in (np.cos, np.sin))
    turn = np.array([[cy, -sy, 0.0], [sy, cy, 0.0], [0.0, 0.0, 1.0]])
    tilt = np.array([[cp, 0.0, sp], [0.0, 1.0, 0.0], [-sp, 0.0, cp]])
    spin = np.array([[1.0, 0.0, 0.0], [0.0, cr, -sr], [0.0, sr, cr]])
    turned: Array = turn @ tilt @ spin
    return turned


def equilibrium(mesh: Mesh, roll: float | None = None, near_roll: float = 0.0) -> tuple[float, float]:
    """Pitch and roll, radians, in which `mesh` rests stably on the belt, nearest to lying on its flat side.

    It has two of those; the other one is near a roll of pi (`near_roll`).

    A rigid body of one density rests where its centre of volume is lowest above the plane that carries it: a local
    minimum of the height max over v of (v - centre) · down. With `roll` given only the pitch is free, as when
    neighbours or calyx leaves hold the body.
    """
    _, centre = mesh.volume_and_centre
    arms = mesh.vertices - centre
    arms = arms[arms[:, 2] < 0.3 * arms[:, 2].max()]
    here = np.array([0.0, near_roll if roll is None else roll])
    rolls = (-1, 0, 1) if roll is None else (0,)
    for step in np.radians(_STEPS_DEG):
        around = step * np.array([(0, 0), *((p, r) for p in (-1, 0, 1) for r in rolls if (p, r) != (0, 0))])
        while True:
            carriers = arms if step < _FINE else arms[::5]
            heights = (_down(here + around) @ carriers.T).max(axis=1)
            best = int(np.argmin(heights))
            if best == 0:
                break
            here = here + around[best]
    return float(here[0]), float(here[1])


def lay(mesh: Mesh, angles: tuple[float, float, float], xy_mm: tuple[float, float]) -> Pose:
    """The pose at (yaw, pitch, roll), radians: lowest point on the belt, centre of volume above `xy_mm`."""
    rotation = attitude(*angles)
    _, centre = mesh.volume_and_centre
    lowest = (mesh.vertices @ rotation[2]).min()
    middle = rotation @ centre
    return Pose(rotation, np.array([xy_mm[0] - middle[0], xy_mm[1] - middle[1], -lowest]))


def _down(angles: Array) -> Array:
    """(A, 3): the downward direction in the body's frame for `angles`, (A, 2): pitch and roll."""
    pitch, roll = angles.T
    return np.stack([np.sin(pitch), -np.cos(pitch) * np.sin(roll), -np.cos(pitch) * np.cos(roll)], axis=1)
