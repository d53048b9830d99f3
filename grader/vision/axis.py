"""Which way a fruit lies: from the stem, under the calyx, to the apex."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.vision.geometry import Sight

Array = NDArray[np.float64]

CALYX_RISE = 0.37
"""The middle of the calyx lies higher than the middle of the fruit by this share of the distance between them: a fruit
on its side rests on its taper, so that the apex dips. From how 122 rendered fruits' calyxes lean away from the
camera."""
AXIS_U_DEG = 4.2
"""Standard uncertainty of the axis of a fruit with a calyx of its own, from the same fruit."""
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
