"""How wide a fruit is: its flanks, seen along lines of sight that graze them, and the uncertainty of what they say."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.vision.axis import AXIS_U_DEG
from grader.vision.edges import Edges
from grader.vision.flanks import Flanks, fit_flanks, fit_parabolas
from grader.vision.geometry import Sight

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

    def width_mm(self, flatness: float, equator: float) -> Array:
        """Width (n,) of the ellipses that both lines touch.

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


def measure_widths(edges: Edges, sight: Sight, axis: Array, scale_u: float) -> Widths:
    """Widths across `axis` (n, 2; unit vectors on the belt) from the flesh's `edges`.

    `scale_u` is the calibration's relative standard uncertainty of lengths.
    """
    across = np.stack([-axis[:, 1], axis[:, 0]], axis=1)
    points_mm = sight.on_belt(edges.point_px)
    along_mm, across_mm = (points_mm @ np.stack([axis, across], axis=2)).transpose(2, 0, 1)
    flanks, widest, middle_mm = _widest_section(along_mm, across_mm, edges.found)
    low_mm, high_mm = flanks.at(widest).reshape(2, -1)
    grazing = Grazing(-low_mm, high_mm, across @ sight.centre_mm[:2], sight.height_mm)
    width_mm = BUMPS * grazing.width_mm(FLATNESS, EQUATOR)
    shrink = 1 - EQUATOR * width_mm / 2 / sight.height_mm
    length_mm = (along_mm.max(axis=1) - along_mm.min(axis=1)) * shrink
    low_slope, high_slope = flanks.slope_at(widest).reshape(2, -1)
    skew = np.abs(high_slope - low_slope) / 2 / np.ptp(across_mm, axis=1)
    edge_u_mm = np.hypot(*flanks.u_at(widest).reshape(2, -1))
    caliper = np.stack([-low_mm, high_mm], axis=1)[:, :, None] * across[:, None] + (middle_mm[:, None] * axis)[:, None]
    return Widths(
        width_mm=width_mm,
        width_u_mm=_uncertainty(grazing, edge_u_mm, length_mm / np.maximum(width_mm, 1.0), skew, scale_u),
        length_mm=length_mm,
        area_mm2=_area(along_mm, across_mm) * shrink**2,
        seen=flanks.reaches(widest).reshape(2, -1).all(axis=0) & (edge_u_mm < LARGEST_EDGE_U_MM),
        skew=skew,
        caliper_mm=caliper,
    )


def _widest_section(along: Array, across: Array, found: NDArray[np.bool_]) -> tuple[Flanks, Array, Array]:
    """Fit both flanks about the widest section of each of n fruit.

    The flanks are 2n rows: first the lower ones, turned over, then the upper ones. Also returned are where on them the
    widest section is (2n,), and its place along the axis (n,), mm.
    """
    n = len(along)
    low, high = across.min(axis=1), across.max(axis=1)
    rough = high - low
    upper = across > ((low + high) / 2)[:, None]
    outward = np.concatenate([-across, across])
    sides = np.concatenate([~upper, upper])
    both_along = np.concatenate([along, along])
    top = sides & (outward > np.concatenate([-low, high])[:, None] - TOP * np.concatenate([rough, rough])[:, None])
    middle = ((both_along * top).sum(axis=1) / top.sum(axis=1)).reshape(2, n).mean(axis=0)
    usable = sides & np.concatenate([found, found])
    x = np.concatenate([(along - middle[:, None]) / rough[:, None]] * 2)
    shift = _widest(fit_parabolas(x, outward, usable & (np.abs(x) < WINDOW)))
    x = x - np.concatenate([shift, shift])[:, None]
    flanks = fit_flanks(x, outward, usable & (np.abs(x) < WINDOW))
    widest = _widest(flanks.curve)
    return flanks, np.concatenate([widest, widest]), middle + (shift + widest) * rough


def _widest(curve: Array) -> Array:
    """Where the two flanks (2n, 3) of each fruit are farthest apart: (n,), within a quarter width of the middle."""
    _, tilt, bend = curve[: len(curve) // 2].T + curve[len(curve) // 2 :].T
    return np.where(bend < 0, np.clip(-tilt / np.minimum(2 * bend, -1e-6), -0.25, 0.25), 0)


def _area(x: Array, y: Array) -> Array:
    """Area of each closed outline (n, R), by the shoelace formula: (n,)."""
    following = np.arange(1, x.shape[1] + 1) % x.shape[1]
    return np.asarray(np.abs((x * y[:, following] - x[:, following] * y).sum(axis=1)) / 2)


def _uncertainty(grazing: Grazing, edge_u_mm: Array, slenderness: Array, skew: Array, scale_u: float) -> Array:
    """Standard uncertainty of the widths (n,), mm, by the budget in docs/uncertainty.md; its terms are independent."""
    width_mm = grazing.width_mm(FLATNESS, EQUATOR)
    terms = (
        edge_u_mm,
        grazing.width_mm(FLATNESS + FLATNESS_U, EQUATOR + FLATNESS_U) - width_mm,
        grazing.width_mm(FLATNESS, EQUATOR + EQUATOR_U) - width_mm,
        # Across a wrong axis an ellipse is wider by half of (slenderness^2 - 1) times the angle squared.
        width_mm * np.maximum(slenderness**2 - 1, 0) / 2 * np.radians(AXIS_U_DEG) ** 2,
        width_mm * CROOKED * skew,
        width_mm * IRREGULAR,
        width_mm * IRREGULAR_LEAN * grazing.lean(),
        width_mm * scale_u,
    )
    return np.asarray(BUMPS * np.sqrt(sum(term**2 for term in terms)))
