"""Which way a fruit lies: from the stem, under the calyx, to the apex, as its calyx and its taper say together."""

from dataclasses import dataclass
from math import radians

import numpy as np
from numpy.typing import NDArray

from grader.vision.geometry import Sight
from grader.vision.rings import as_complex, as_pairs

Array = NDArray[np.float64]

CALYX_RISE = 0.37
"""The middle of the calyx lies higher than the middle of the fruit by this share of the distance between them: a fruit
on its side rests on its taper, so that the apex dips. From how 122 rendered fruits' calyxes lean away from the
camera."""
AXIS_U_DEG = 4.2
"""Standard uncertainty of the axis of a fruit with a calyx of its own, from the same fruit."""
CALYX_U_DEG = 4.7
"""What the calyx alone says is this uncertain: of 1,671 rendered plates of models/data and 386 of the twin's fruit."""
TAPER_U = 0.018
"""What makes fruit irregular adds so much, in radii, to the third harmonic of their outline across their axis: 0.013 of
those plates, 0.023 of those twin's fruit. Along the axis their taper makes it 0.08."""
FEWEST_LEAF_PIXELS = 4
"""Fewer coarse pixels of leaf are a blade of grass, not a calyx."""
CONTESTED_DEG = 15.0
"""Where a calyx grows together with the neighbour's, the part that lies on the fruit must point the same way as the
whole, to so many degrees."""


@dataclass(frozen=True, slots=True)
class Axes:
    """The stem-apex axes of n fruit, on the belt."""

    direction: Array
    """(n, 2) unit vectors stem to apex, in the belt's frame; nonsense where not `known`."""
    known: NDArray[np.bool_]
    """(n,)."""


def point_away(calyx_px: Array, count: Array, sight: Sight, centre_mm: Array, height_mm: Array) -> Axes:
    """Axes from the middles of calyxes `calyx_px` (n, 2), frame px, of `count` (n,) coarse pixels each, to the fruit's.

    `centre_mm` (n, 2) is where the line of sight through the fruit's middle meets the belt, `height_mm` (n,) how high
    above the belt that middle is.
    """
    centre = sight.at_height(centre_mm, height_mm)
    calyx_mm = sight.on_belt(calyx_px)
    # The calyx's height follows from its distance, and its distance from the height: twice round is exact to 1 %.
    way = centre - sight.at_height(calyx_mm, height_mm)
    rise = CALYX_RISE * np.hypot(way[:, 0], way[:, 1])
    way = centre - sight.at_height(calyx_mm, height_mm + rise)
    distance = np.hypot(way[:, 0], way[:, 1])
    return Axes(way / np.maximum(distance, 1e-9)[:, None], (count >= FEWEST_LEAF_PIXELS) & (distance > 0))


def doubt_contested(all_leaves: Axes, on_fruit: Axes, contested: NDArray[np.bool_]) -> Axes:
    """`all_leaves`, but unknown where the calyx is `contested` (n,) and the leaves that lie on the fruit disagree."""
    agree = (all_leaves.direction * on_fruit.direction).sum(axis=1) > np.cos(np.radians(CONTESTED_DEG))
    return Axes(all_leaves.direction, all_leaves.known & (~contested | (on_fruit.known & agree)))


def lean_on_taper(axes: Axes, outline_mm: Array, centre_mm: Array) -> Axes:
    """`axes`, turned towards where outlines `outline_mm` (n, R, 2) about `centre_mm` (n, 2), both on the belt, taper.

    Round at the stem and pointed at the apex, an outline has a third harmonic, and one of its three crests lies on the
    apex: the one next to what the calyx says. Each of the two counts by its uncertainty, the taper's being the larger
    the rounder the fruit. The second harmonic is left out: a fruit may be longer across its axis than along it.
    """
    to_apex = as_complex(axes.direction)
    way = (as_complex(outline_mm) - as_complex(centre_mm)[:, None]) * to_apex.conj()[:, None]
    radius = np.maximum(np.abs(way), 1e-9)
    # The outline's points lie evenly along it: each counts by the angle that it stands for, here times its radius.
    around = np.concatenate([way[:, -1:], way, way[:, :1]], axis=1)
    arc = (way.conj() * (around[:, 2:] - around[:, :-2])).imag / radius
    total = arc.sum(axis=1)
    unit = way / radius
    # Over the total it does not matter which way round the outline runs.
    harmonic = 2 * (unit * unit * unit * arc).sum(axis=1) / np.where(total == 0, 1, total)
    crest = np.angle(harmonic) / 3
    sure = (np.abs(harmonic) * 3 * radians(CALYX_U_DEG) / TAPER_U) ** 2
    # Halfway between two crests nobody knows which of them is the apex.
    turn = np.where(np.abs(crest) < np.pi / 6, crest * sure / (1 + sure), 0.0)
    return Axes(as_pairs(to_apex * np.exp(1j * turn)), axes.known)
