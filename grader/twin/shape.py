"""The form of a strawberry's flesh as a few numbers, and the solid that they describe.

The profile is the egg curve r(X) ∝ sqrt(1 - X²) · exp(-(taper · X + waist · X²)), X = -1 at the stem, 1 at the apex:
smooth everywhere, round at both ends, and with a growing taper it goes from an ellipsoid over an egg to a cone.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from grader.twin.mesh import Mesh, tube

Array = NDArray[np.float64]

RINGS = 128
SECTORS = 256
"""A 46 mm fruit's facets then lie within 0.004 mm of the smooth form (0.02 px at 4.6 px/mm); truth and pictures are
made from the same facets."""


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A body in its own frame: x from the stem to the apex, y across its flat side, z through it.

    Breadth and length alone make an ellipsoid.
    """

    breadth_mm: float
    """Twice the greatest radius of the profile; the true diameter differs by the bumps."""
    length_mm: float
    """Along the axis, without the hollow under the calyx."""
    taper: float = 0.0
    """0: both ends alike; 0.5: a cone with a round tip."""
    waist: float = 0.0
    """Above 0: pointed ends; below 0: blunt ends."""
    flat: float = 1.0
    """Height over width of a cross-section."""
    wedge: float = 0.0
    """By which share the cross-section is flatter at the apex than at the stem."""
    hollow: float = 0.0
    """Depth of the hollow under the calyx, as a share of the length."""
    bend: tuple[float, float] = (0.0, 0.0)
    """How far the middle lies off the stem-apex line along y and z, as shares of the length."""
    bumps: Array = field(default_factory=lambda: np.zeros((0, 5)))
    """(B, 5): turns about the axis, half-waves along it, their phases (radians), amplitude as a share of the radius."""
    deformed: bool = False
    """Whether a grader would call it so; its bumps make it so."""


def solid(shape: Shape, rings: int = RINGS, sectors: int = SECTORS) -> Mesh:
    """The body's surface: `rings` plane cross-sections of `sectors` points each, and its two ends."""
    along = np.linspace(0, np.pi, rings + 2)
    around = np.linspace(0, 2 * np.pi, sectors, endpoint=False)
    x, radius = profile(shape, along)
    swell = 1 + _bumps(shape.bumps, along, around)
    flat = shape.flat * (1 - shape.wedge * (1 - np.cos(along)) / 2)
    arch = np.sin(along) ** 2 * shape.length_mm
    points = np.empty((rings + 2, sectors, 3))
    points[..., 0] = x[:, None]
    points[..., 1] = radius[:, None] * swell * np.cos(around) + (shape.bend[0] * arch)[:, None]
    points[..., 2] = (flat * radius)[:, None] * swell * np.sin(around) + (shape.bend[1] * arch)[:, None]
    return tube(points)


def profile(shape: Shape, along: Array) -> tuple[Array, Array]:
    """Place on the axis and radius, mm, of the cross-sections at the angles `along`: 0 at the stem, π at the apex."""
    height = -np.cos(along)
    egg = np.sin(along) * np.exp(-(shape.taper * height + shape.waist * height**2))
    fine = np.linspace(0, np.pi, 721)
    greatest = (np.sin(fine) * np.exp(shape.taper * np.cos(fine) - shape.waist * np.cos(fine) ** 2)).max()
    hollow = shape.hollow * np.exp(-((along / 0.4) ** 2))
    egg[[0, -1]] = 0.0
    return shape.length_mm * ((1 + height) / 2 + hollow), shape.breadth_mm / 2 * egg / greatest


def _bumps(bumps: Array, along: Array, around: Array) -> Array:
    """(K, S): by which share the radius is larger; nothing at both ends, where all sectors meet in a point."""
    total = np.zeros((len(along), len(around)))
    for turns, waves, phase_around, phase_along, amplitude in bumps:
        total += amplitude * np.outer(np.cos(waves * along + phase_along), np.cos(turns * around + phase_around))
    swell: Array = total * (np.sin(along) ** 2)[:, None]
    return swell
