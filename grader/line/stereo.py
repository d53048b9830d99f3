"""A fruit's widest cross-section in space, from all views of it: the belt's known motion is a stereo baseline.

In the frame that rides with the fruit the camera moves along the travel. Each view gives two lines of sight that graze
the widest section. In the plane across the fruit's axis a line that meets the belt at s and leans by the slope t from
the vertical (towards the camera, s - t z at the height z) touches the ellipse about (x, h) where

    s = x + h t ± sqrt(a² + 2 a b t + f² a² t²)

a is half the greatest horizontal width, h the equator's height, f the flatness, and b how much higher than h the line
on the one side touches, and lower the one on the other: a section that leans. The lean is why the greatest diameter is
more than the greatest horizontal width. Where the axis lies across the travel, the views see the section from
slopes that differ by 0.4, and say what h and b are; where it lies along it, they stay what fruit are like.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.vision.size import BUMPS, EQUATOR, EQUATOR_U, FLATNESS, FLATNESS_U, IRREGULAR

Array = NDArray[np.float64]

LEAN_U = 0.04
"""Spread of b / a. Its mean square makes a section of typical flatness 0.4 % wider than it is horizontally, which is
vision's `DIAMETER_PER_WIDTH`; the twin's bodies have 0.033."""
UNSEEN_U = 0.0025
"""Relative standard uncertainty of width and diameter that no number of views lessens: axis, bumps, calibration."""
WRONG_AXIS_DEG = 15.0
"""A view whose axis is this far from the median of all views' has seen something else."""
OWN_SHARE = 1 / 3
"""Of the uncertainty that vision states for a width, so much is each line's own, at least: edges, and flanks that are
crooked. It counts where a camera is coarse or a flank half hidden; else `IRREGULAR` is more."""
CONTRADICTS = 3.0
"""A view so many uncertainties off has half the weight that it would have; so has what fruit are like, for a fruit that
lies propped up."""
USUAL_MISFIT = 0.5
"""The lines miss the ellipse by less than this, in uncertainties (rms), of 19 in 20 fruit that lie alone: of what makes
a fruit no ellipse, most is the same in all views. Where they miss by more, the uncertainty grows with it."""
MOST_ROUNDS, SETTLED_MM = 8, 0.02
"""Of Gauss-Newton, until one changes nothing by more: mostly two or three, more for what lies propped up."""
MIDDLE, HALF, HEIGHT, LEAN, FLAT, DRIFT = range(6)
"""The unknowns: x, a, h, b in mm; f; and by how much more than the encoder says the fruit went aside, for each mm."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Of n views, the two lines of sight each that graze a fruit's widest section, in the plane across its axis."""

    foot_mm: Array
    """(n, 2) where they meet the belt in the frame that rides with the fruit: the lower, the higher one."""
    slope: Array
    """(n, 2) how they lean from the vertical: where they meet the belt, less the camera's foot, over its height."""
    travel_mm: Array
    """(n,) how far the belt had gone, from the mean of all views."""
    u_mm: Array
    """(n,) standard uncertainty of where they meet the belt, as tangents of an ellipse."""


@dataclass(frozen=True, slots=True)
class Section:
    """The widest cross-section; lengths in mm, uncertainties standard."""

    width_mm: float
    """Greatest horizontal width."""
    width_u_mm: float
    diameter_mm: float
    """Greatest width in any direction across the axis."""
    diameter_u_mm: float
    equator_mm: float
    """Height of the widest points above the belt, the mean of both sides."""
    equator_u_mm: float


def lines_of_sight(caliper_mm: Array, camera_mm: Array, travel_mm: Array, u_mm: Array) -> Lines:
    """The lines in the plane across the axis on which the views agree; views of something else are left out.

    `caliper_mm` (n, 2, 2) is where they meet the belt, along and across the travel, and `u_mm` (n,) how uncertain that
    is; `camera_mm` (3,) the camera's place; `travel_mm` (n,) what the encoder says.
    """
    across, agree = _across(caliper_mm[:, 1] - caliper_mm[:, 0])
    normal = np.array([np.cos(across), np.sin(across)])
    on_belt, travel = np.sort(caliper_mm[agree] @ normal, axis=1), travel_mm[agree]
    ridden = (travel - travel[0]) * normal[0]
    return Lines(
        foot_mm=BUMPS * on_belt + (1 - BUMPS) * on_belt.mean(axis=1)[:, None] - ridden[:, None],
        slope=(on_belt - camera_mm[:2] @ normal) / camera_mm[2],
        travel_mm=travel - travel.mean(),
        u_mm=u_mm[agree],
    )


def line_u_mm(width_mm: Array, width_u_mm: Array) -> Array:
    """How uncertain the lines of each view are, (n,), from what vision says of its width."""
    return np.maximum(IRREGULAR * width_mm, OWN_SHARE * width_u_mm)


def fit_section(lines: Lines, drift_u: float) -> Section:
    """The ellipse that all lines graze, as far as they say, and else what fruit are like: least squares with priors.

    `drift_u` is the relative standard uncertainty of the encoder's travel.
    """
    found = _first_guess(lines)
    for _ in range(MOST_ROUNDS):
        seen, seen_rows = _seen(lines, found)
        usual, usual_rows = _usual(found, drift_u)
        rows = np.concatenate([seen_rows, usual_rows])
        normal = rows.T @ rows
        step = np.linalg.solve(normal, rows.T @ np.concatenate([seen, usual]))
        found = found + step
        if np.abs(step[[HALF, HEIGHT, LEAN]]).max() < SETTLED_MM:
            break
    misfit = float(np.sqrt(np.mean(seen**2)))
    return _section(found, np.linalg.inv(normal), max(1.0, misfit / USUAL_MISFIT))


def _across(way: Array) -> tuple[float, NDArray[np.bool_]]:
    """The direction in radians in which the calipers `way` (n, 2) measure, and which views agree on it."""
    turned = np.arctan2(way[:, 1], way[:, 0])
    off = _half_turn(turned - turned[0])
    median = float(np.median(off))
    off = _half_turn(off - median)
    agree = np.abs(off) <= np.radians(WRONG_AXIS_DEG)
    if not agree.any():
        agree, off = ~agree, 0 * off
    return float(turned[0] + median + off[agree].mean()), agree


def widening(lean_square: float, flatness: float = FLATNESS) -> float:
    """Greatest diameter over greatest horizontal width of an ellipse, from the mean of (b / a)².

    The root of the greater eigenvalue of [[1, b/a], [b/a, f²]].
    """
    return float(np.sqrt((1 + flatness**2 + np.sqrt((1 - flatness**2) ** 2 + 4 * lean_square)) / 2))


def _half_turn(angle: Array) -> Array:
    """Angles of lines, between -90° and 90°."""
    return np.asarray((angle + np.pi / 2) % np.pi - np.pi / 2)


def _first_guess(lines: Lines) -> Array:
    """A fruit of typical form, of the size and at the place of the median view."""
    low, high = lines.slope.T
    grazing = np.sqrt(1 + (FLATNESS * lines.slope) ** 2).sum(axis=1)
    half = float(np.median((lines.foot_mm[:, 1] - lines.foot_mm[:, 0]) / (grazing + EQUATOR * (high - low))))
    middle = float(np.median(lines.foot_mm.mean(axis=1) - EQUATOR * half * (low + high) / 2))
    return np.array([middle, half, EQUATOR * half, 0.0, FLATNESS, 0.0])


def _seen(lines: Lines, at: Array) -> tuple[Array, Array]:
    """By how much each line misses the ellipse `at` the unknowns (2n,), and the derivatives (2n, 6), in uncertainties.

    Both lines of a view have the weight that is Cauchy's for the two together.
    """
    t, side = lines.slope, np.array([-1.0, 1.0])
    half, lean, flat = at[HALF], at[LEAN], at[FLAT]
    flat_t = flat * t
    reach = np.sqrt(np.maximum(half * half + 2 * half * lean * t + (half * flat_t) ** 2, 1e-6))
    miss = lines.foot_mm - at[MIDDLE] - at[HEIGHT] * t - side * reach - at[DRIFT] * lines.travel_mm[:, None]
    outward = side / reach
    rows = np.empty((*t.shape, 6))
    rows[..., MIDDLE] = 1
    rows[..., HALF] = outward * (half + lean * t + half * flat_t**2)
    rows[..., HEIGHT] = t
    rows[..., LEAN] = outward * half * t
    rows[..., FLAT] = outward * half * half * t * flat_t
    rows[..., DRIFT] = lines.travel_mm[:, None]
    weight = 1 / np.sqrt(lines.u_mm**2 + (miss * miss).sum(axis=1) / (2 * CONTRADICTS**2))
    return (miss * weight[:, None]).ravel(), (rows * weight[:, None, None]).reshape(-1, 6)


def _usual(at: Array, drift_u: float) -> tuple[Array, Array]:
    """The same of what fruit are like: height of the equator, lean, flatness; and of the encoder. (4,) and (4, 6)."""
    half = at[HALF]
    typical = EQUATOR + at[FLAT] - FLATNESS
    too_high = (typical * half - at[HEIGHT]) / (EQUATOR_U * half)
    doubt = 1 / np.sqrt(1 + (too_high / CONTRADICTS) ** 2)
    rows = np.zeros((4, 6))
    rows[0, [HALF, HEIGHT, FLAT]] = np.array([-typical, 1.0, -half]) * doubt / (EQUATOR_U * half)
    rows[1, LEAN] = 1 / (LEAN_U * half)
    rows[2, FLAT] = 1 / FLATNESS_U
    rows[3, DRIFT] = 1 / drift_u
    off = (too_high * doubt, -at[LEAN] / (LEAN_U * half), (FLATNESS - at[FLAT]) / FLATNESS_U, -at[DRIFT] / drift_u)
    return np.array(off), rows


def _section(found: Array, covariance: Array, misfit: float) -> Section:
    """Width and diameter with their uncertainties.

    The diameter is an even function of b: what is not known of b makes it larger, so that b² stands for its mean.
    """
    width_mm = 2 * float(found[HALF])
    lean, variance = float(found[LEAN] / found[HALF]) ** 2, float(covariance[LEAN, LEAN] / found[HALF] ** 2)
    flatness = float(found[FLAT])
    ratio = widening(lean + variance, flatness)
    # Derivative of `widening`, times the standard deviation of the square of a normal variable.
    ratio_u = float(np.sqrt(4 * lean * variance + 2 * variance**2)) / (2 * ratio * (2 * ratio**2 - 1 - flatness**2))
    width_u_mm = float(np.hypot(2 * misfit * np.sqrt(covariance[HALF, HALF]), UNSEEN_U * width_mm))
    return Section(
        width_mm=width_mm,
        width_u_mm=width_u_mm,
        diameter_mm=ratio * width_mm,
        diameter_u_mm=float(np.hypot(width_u_mm, ratio_u * width_mm)),
        equator_mm=float(found[HEIGHT]),
        equator_u_mm=float(np.sqrt(covariance[HEIGHT, HEIGHT])),
    )
