"""How wide a fruit is: its flanks, seen along lines of sight that graze them, and the uncertainty of what they say."""

from dataclasses import dataclass
from math import radians

import numpy as np
from numpy.typing import NDArray

from grader.vision.axis import AXIS_U_DEG
from grader.vision.edges import RAYS, Edges
from grader.vision.flanks import Flanks, Outline
from grader.vision.geometry import Sight
from grader.vision.rings import as_complex, as_pairs

Array = NDArray[np.float64]

FLATNESS, FLATNESS_U = 0.90, 0.045
"""Height over width of a fruit's cross-section: fruit lie on their flat side. Mean and spread of 148 rendered fruit."""
EQUATOR, EQUATOR_U = 0.925, 0.045
"""Height of the widest points over the belt, over half the width. It follows the flatness; the rest spreads by this."""
WINDOW = 0.30
"""The flank that is fitted reaches so far, in widths, from the widest section towards stem and apex. Farther out an egg
is no parabola: with 0.38 the width of the twin's 256 fruit, seen without noise, was wrong by 0.44 % (sd), with 0.30 by
0.19 %; nearer in, too few rays are left to carry it."""
TOP = 0.06
"""The outermost edge points, to this share of the width, say roughly where the widest section is."""
LARGEST_EDGE_U_MM = 1.2
"""A width whose flanks are less certain than this has not been seen: too few rays, or they contradict each other."""
BUMPS = 1.0032
"""A parabola follows the mean of a bumpy flank; the greatest width is more by this share: 1.0034 of rendered fruit,
1.0030 of the twin's."""
CROOKED = 0.06
"""Error, in widths, for each unit of skew: how the scatter of the twin's and of rendered fruit grows with it."""
IRREGULAR, IRREGULAR_LEAN = 0.004, 0.016
"""Spread of a fruit about the elliptic cylinder, in widths: seen from straight above, and for each radian of lean."""
_SHAPES = np.array([(FLATNESS, FLATNESS + FLATNESS_U, FLATNESS), (EQUATOR, EQUATOR + FLATNESS_U, EQUATOR + EQUATOR_U)])[
    ..., None
]
"""Flatness and equator (2, 3, 1): as they are taken to be, with the one off, and with the other."""
_FOLLOWING = np.arange(1, RAYS + 1) % RAYS


@dataclass(frozen=True, slots=True)
class Widths:
    """The widest sections of n fruit."""

    width_mm: Array
    """(n,) greatest horizontal width across the axis; nonsense where not `seen`."""
    width_u_mm: Array
    """(n,) its standard uncertainty."""
    length_mm: Array
    """(n,) extent of the outline along the axis."""
    area_mm2: Array
    """(n,) within the outline."""
    seen: NDArray[np.bool_]
    """(n,) both flanks show enough of themselves about the widest section."""
    skew: Array
    """(n,) slope of the flanks where they are farthest apart: none if the axis is one of symmetry."""
    caliper_mm: Array
    """(n, 2, 2) where the two lines of sight that graze the widest section meet the belt."""


@dataclass(frozen=True, slots=True)
class Grazing:
    """Two lines of sight that graze each of n fruit, in the plane across it."""

    low_mm: Array
    """(n,) where the one meets the belt, across the axis."""
    high_mm: Array
    """(n,) where the other does."""
    camera_mm: Array
    """(n,) where the camera's foot is, across the axis."""
    height_mm: float
    """Of the camera above the belt."""

    def width_mm(self, flatness: float | Array, equator: float | Array) -> Array:
        """Width (n,) of the ellipses that both lines touch; (k, n) of k shapes, if these are columns (k, 1).

        They are `flatness` times as high as wide, their middles lie `equator` half-widths above the belt. A line with
        slope t from the vertical touches the ellipse with half-axes a and f a where it passes the middle at a distance
        of a sqrt(1 + f^2 t^2), along the belt; both conditions together are linear in a. A sphere that lies on the
        belt is f = 1, equator = 1.
        """
        low, high = (self.low_mm - self.camera_mm) / self.height_mm, (self.high_mm - self.camera_mm) / self.height_mm
        grazing = np.sqrt(1 + (flatness * low) ** 2) + np.sqrt(1 + (flatness * high) ** 2)
        return np.asarray(2 * (self.high_mm - self.low_mm) / (grazing + equator * (high - low)))

    def lean(self) -> Array:
        """How far from straight above the fruit is seen, across its axis: (n,) slope."""
        return np.abs((self.low_mm + self.high_mm) / 2 - self.camera_mm) / self.height_mm


def measure_widths(edges: Edges, outline_mm: Array, sight: Sight, axis: Array, scale_u: float) -> Widths:
    """Widths across `axis` (n, 2; unit vectors on the belt) from the flesh's `edges`.

    `outline_mm` (n, RAYS, 2) is where the lines of sight through them meet the belt; `scale_u` is the calibration's
    relative standard uncertainty of lengths.
    """
    # As complex numbers, x + iy: the turn that brings the axis to lie along x is a factor.
    to_stem = as_complex(axis)
    points = as_complex(outline_mm) * to_stem.conj()[:, None]
    along_mm, across_mm = points.real, points.imag
    flanks, widest, middle_mm = _widest_section(along_mm, across_mm, edges.found)
    caliper = flanks.at(widest)
    camera_mm = (complex(*sight.centre_mm[:2]) * to_stem.conj()).imag
    grazing = Grazing(caliper[:, 0], caliper[:, 1], camera_mm, sight.height_mm)
    widths_mm = BUMPS * grazing.width_mm(*_SHAPES)
    width_mm = widths_mm[0]
    shrink = 1 - EQUATOR * width_mm / 2 / sight.height_mm
    length_mm = (along_mm.max(axis=1) - along_mm.min(axis=1)) * shrink
    skew = np.abs(flanks.slope_at(widest).sum(axis=1)) / 2 / (across_mm.max(axis=1) - across_mm.min(axis=1))
    edge_u_mm = np.hypot(*flanks.u_at(widest).T)
    slenderness = length_mm / np.maximum(width_mm, 1.0)
    return Widths(
        width_mm=width_mm,
        width_u_mm=_uncertainty(widths_mm, grazing.lean(), edge_u_mm, slenderness, skew, scale_u),
        length_mm=length_mm,
        area_mm2=np.abs((points.conj() * points[:, _FOLLOWING]).imag.sum(axis=1)) / 2 * shrink**2,
        seen=flanks.reaches(widest).all(axis=1) & (edge_u_mm < LARGEST_EDGE_U_MM),
        skew=skew,
        caliper_mm=as_pairs((middle_mm[:, None] + 1j * caliper) * to_stem[:, None]),
    )


def _widest_section(along: Array, across: Array, found: NDArray[np.bool_]) -> tuple[Flanks, Array, Array]:
    """Fit the lower and the upper flank about the widest section of each of n fruit.

    Also returned are where on them the widest section is (n,), and its place along the axis (n,), mm.
    """
    low = across.min(axis=1, keepdims=True)
    rough = across.max(axis=1, keepdims=True) - low
    height = (across - low) / rough
    # From the lowest point and from the highest: (n, 2, R), in widths.
    depth = np.stack([height, 1 - height], axis=1)
    top, usable = depth < TOP, (depth < 0.5) & found[:, None]  # noqa: PLR2004 - the half
    middle = ((top * along[:, None]).sum(axis=2) / top.sum(axis=2)).sum(axis=1, keepdims=True) / 2
    x = (along - middle) / rough
    outline = Outline.of(x, across)
    about = _widest(outline.fit_parabolas(usable & (np.abs(x) < WINDOW)[:, None]), np.zeros(len(x)))
    flanks = outline.fit_flanks(usable & (np.abs(x - about[:, None]) < WINDOW)[:, None])
    widest = _widest(flanks.curve, about)
    return flanks, widest, middle[:, 0] + widest * rough[:, 0]


def _widest(curve: Array, about: Array) -> Array:
    """Where the two flanks (n, 2, 3) of each fruit are farthest apart: (n,), within a quarter width `about` (n,)."""
    _, tilt, bend = (curve[:, 1] - curve[:, 0]).T
    place = -tilt / np.minimum(2 * bend, -1e-6)
    return np.where(bend < 0, np.minimum(np.maximum(place, about - 0.25), about + 0.25), about)


def _uncertainty(
    widths_mm: Array, lean: Array, edge_u_mm: Array, slenderness: Array, skew: Array, scale_u: float
) -> Array:
    """Standard uncertainty of the widths (n,), mm, by the budget in docs/uncertainty.md; its terms are independent.

    `widths_mm` (3, n) is what they would be with each of `_SHAPES`.
    """
    width_mm, flatter, lower = widths_mm
    # Across a wrong axis an ellipse is wider by half of (slenderness^2 - 1) times the angle squared.
    turned = np.maximum(slenderness**2 - 1, 0) * (radians(AXIS_U_DEG) ** 2 / 2)
    irregular = (CROOKED * skew) ** 2 + (IRREGULAR_LEAN * lean) ** 2 + IRREGULAR**2
    of_width = width_mm**2 * (turned**2 + irregular + scale_u**2)
    of_shape = (flatter - width_mm) ** 2 + (lower - width_mm) ** 2
    return np.asarray(np.sqrt((BUMPS * edge_u_mm) ** 2 + of_shape + of_width))
