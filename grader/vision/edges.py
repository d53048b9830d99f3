"""Coarse to fine, second half: where flesh ends, to a fraction of a pixel, along rays across the outline."""

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.vision.colour import Colour, classify
from grader.vision.rings import Points, Rings, as_pairs

Array = NDArray[np.float64]
Float = NDArray[np.float32]
T = TypeVar("T", np.float32, np.uint8)

RAYS = 44
"""Rays a fruit."""
REACH_PX = 9
"""A ray samples so far inwards and outwards of the coarse outline: coarse step of 4 px, motion blur of 3, and both
sides seen clear of them."""
ENDS = 4
"""So many samples at either end of a ray show the two colours that meet."""
CLEAR_PX = 2
"""So far from the edge a sample is free of it, in a picture with up to 3 px of blur."""
NEIGHBOURHOOD_PX = 3.0
"""The fall of an edge, blurred by as much, is within this of its steepest place,"""
CROSSING_PX = 3
"""and so is the place where it is half way down."""
LEAST_CONTRAST = 12.0
"""Grey levels between flesh and belt below which noise (2 to 3 levels) would move an edge by more than the outliers'
limit."""
GAUSSIAN_PEAK = 0.4
"""Steepness of a Gaussian fall from 1 to 0, times its standard deviation: 1 / sqrt(2 pi)."""
_OFFSET = np.arange(-REACH_PX, REACH_PX + 1, dtype=np.float32)
_LAST = 2 * REACH_PX
_PLACES = np.arange(-2, RAYS + 2) % RAYS / RAYS
"""Of the rays along a ring, with two more at either end, as the ring goes on there."""
_BETWEEN = ((_OFFSET[1:-2] + _OFFSET[2:-1]) / 2)[:, None]
_CROSSINGS = np.arange(-CROSSING_PX, CROSSING_PX, dtype=np.float32)[:, None] + 0.5
_SLOPE = np.array([-0.2, -0.1, 0.0, 0.1, 0.2], np.float32)[:, None]
"""Times five samples in a row, summed: the slope of the line through them. (As a matrix product, many rays would wake
BLAS's threads, which takes longer than the sum.)"""
_NO_SECOND_MAP = np.zeros((0, 0), np.float32)
"""`remap` is given both coordinates in one."""
_NEIGHBOURHOOD = np.ones((2 * int(NEIGHBOURHOOD_PX) + 1, 1), np.uint8)


@dataclass(frozen=True, slots=True)
class Edges:
    """Where the rays of n fruit found the end of the flesh."""

    point_px: Array
    """(n, RAYS, 2) px of the frame as it is, evenly along the outline; the hull of the flesh where no edge was
    found."""
    found: NDArray[np.bool_]
    """(n, RAYS) flesh ends here against the belt; False: against a leaf, another fruit, the frame's end, or unseen."""
    softness_px: Float
    """(n, RAYS) standard deviation of the edge's gradient along the ray: what blur has made of a step."""

    def only(self, kept: NDArray[np.bool_]) -> "Edges":
        """The edges of the fruit that are `kept` (n,)."""
        return Edges(self.point_px[kept], self.found[kept], self.softness_px[kept])


def find_edges(frame_bgr: NDArray[np.uint8], table: NDArray[np.uint8], rings_px: Rings) -> Edges:
    """Find the flesh's edge around each of n hulls, px, at full resolution of `frame_bgr` (h, w, 3).

    Samples lie along the first axis of every array inside, rays along the second: so each step runs over all rays at
    once.
    """
    shape = (len(rings_px), RAYS)
    if not len(rings_px):
        nothing = np.zeros(shape, np.float32)
        return Edges(np.zeros((*shape, 2)), nothing > 0, nothing)
    start, normal = _rays(rings_px)
    place = start.astype(np.complex64) + normal.astype(np.complex64) * _OFFSET[:, None]
    samples = np.asarray(
        cv2.remap(
            frame_bgr,
            as_pairs(place),
            _NO_SECOND_MAP,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(255, 0, 255),
        ),
        np.uint8,
    )
    share, contrast = _share_of_flesh(samples)
    edge = _half_way(share, _steepest(share))
    found = (_flesh_meets_belt(classify(samples, table), edge) & (contrast > LEAST_CONTRAST)).reshape(shape)
    point = start + normal * _or_typical(edge.reshape(shape), found).ravel()
    return Edges(point.view(np.float64).reshape(*shape, 2), found, _softness(share).reshape(shape))


def _rays(rings: Rings) -> tuple[Points, Points]:
    """`RAYS` starts evenly along each ring, smoothed, and their outward unit normals: both (n * RAYS,)."""
    on_ring = rings.evenly(_PLACES)
    tangent = on_ring[:, 4:] - on_ring[:, :-4]
    start = (on_ring[:, 1:-3] + on_ring[:, 2:-2] + on_ring[:, 3:-1]) / 3
    # Rings run clockwise as the picture is seen (y down): outwards is a quarter turn to the left of the way.
    normal = tangent * (-1j / np.maximum(np.abs(tangent), 1e-9))
    return start.ravel(), normal.ravel()


def _share_of_flesh(samples: NDArray[np.uint8]) -> tuple[Float, Float]:
    """How like its ray's inner end (1) or outer end (0) each sample (S, N, 3) is, (S, N); contrast of the two (N,)."""
    inner, outer = (_mean_colour(end) for end in (samples[:ENDS], samples[-ENDS:]))
    difference = inner - outer
    square = np.maximum((difference * difference).sum(axis=1), 1.0)
    weight = difference / square[:, None]
    part = samples * weight
    share = part[..., 0] + part[..., 1] + part[..., 2] - (outer * weight).sum(axis=1)
    return share, np.sqrt(square)


def _mean_colour(samples: NDArray[np.uint8]) -> Float:
    """Mean along each ray (S, N, 3): (N, 3)."""
    flat = samples.reshape(len(samples), -1)
    return np.asarray(cv2.reduce(flat, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F), np.float32).reshape(-1, 3)


def _softness(share: Float) -> Float:
    """Standard deviation (N,), px, of a Gaussian fall that is as steep at its steepest."""
    steepest = ((share[:-2] - share[2:]) / 2).max(axis=0)
    return np.asarray(GAUSSIAN_PEAK / np.maximum(steepest, GAUSSIAN_PEAK / REACH_PX), np.float32)


def _steepest(share: Float) -> Float:
    """First guess at each edge: centroid (N,), px along the ray, of the fall about its steepest place."""
    fall = share[:-1] - share[1:]
    smooth = fall[:-2] + 2 * fall[1:-1] + fall[2:]
    steepest = (smooth == smooth.max(axis=0)).view(np.uint8)
    weight = np.maximum(smooth, 0) * np.asarray(cv2.dilate(steepest, _NEIGHBOURHOOD))
    return np.asarray((_BETWEEN * weight).sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-6), np.float32)


def _half_way(share: Float, edge: Float) -> Float:
    """Move each `edge` (N,) to where the picture is half flesh, half belt.

    Towards its limb a fruit turns away from the light and mirrors the belt, so the flesh that mixes with the belt in
    the edge's pixels is less like the inside than like the limb: the fall of the last clear samples is followed to the
    edge.
    """
    near = _nearest_sample(edge, CLEAR_PX + 4, _LAST - CROSSING_PX)
    about = _about(share, near, -CLEAR_PX - 4, CROSSING_PX)
    past = edge - (near - REACH_PX)
    inside, outside = about[:5], (about[2 * CLEAR_PX + 4] + about[2 * CLEAR_PX + 5]) / 2
    slope = _median_of_three((_SLOPE * inside).sum(axis=0).reshape(-1, RAYS)).ravel()
    limb = inside.sum(axis=0) / 5 + slope * (past + (CLEAR_PX + 2))
    level = (np.minimum(np.maximum(limb, 0.4), 1.1) + outside) / 2
    # Of the crossings from above to below within reach of the guess, the nearest to it.
    about = about[CLEAR_PX + 4 - CROSSING_PX :]
    above = about > level
    distance = np.where(above[:-1] & ~above[1:], np.abs(_CROSSINGS - past), np.inf)
    first = distance.argmin(axis=0)
    high, low = _about(about, first, 0, 1)
    moved = first + (near - (REACH_PX + CROSSING_PX)) + (high - level) / np.maximum(high - low, 1e-6)
    return np.where(np.isfinite(distance.min(axis=0)), moved, edge).astype(np.float32)


def _nearest_sample(edge: Float, first: int, last: int) -> NDArray[np.intp]:
    """Number of the sample nearest to each `edge` (N,), but not below `first` nor above `last`."""
    return np.asarray(np.minimum(np.maximum(np.rint(edge) + REACH_PX, first), last), np.intp)


def _about(samples: NDArray[T], near: NDArray[np.intp], first: int, last: int) -> NDArray[T]:
    """Of each ray of `samples` (S, N) those from `first` to `last` about the one that is `near` (N,)."""
    rays = samples.shape[1]
    return np.asarray(samples.ravel().take((near + np.arange(first, last + 1)[:, None]) * rays + np.arange(rays)))


def _median_of_three(ring: Float) -> Float:
    """Median of each value and its two neighbours along the closed rings (n, RAYS)."""
    closed = np.concatenate([ring[:, -1:], ring, ring[:, :1]], axis=1)
    before, after = closed[:, :-2], closed[:, 2:]
    return np.asarray(np.maximum(np.minimum(before, ring), np.minimum(np.maximum(before, ring), after)))


def _or_typical(edge: Float, found: NDArray[np.bool_]) -> Float:
    """Each `edge` (n, RAYS) that was `found`; elsewhere, what is found on average along the same outline."""
    typical = (edge * found).sum(axis=1) / np.maximum(found.sum(axis=1), 1)
    return np.where(found, edge, typical[:, None])


def _flesh_meets_belt(classes: NDArray[np.uint8], edge: Float) -> NDArray[np.bool_]:
    """Whether the samples just inside each edge are flesh (or glare on it) and those just outside are belt: (N,)."""
    near = _nearest_sample(edge, CLEAR_PX + 3, _LAST - CLEAR_PX - 3)
    about = _about(classes, near, -CLEAR_PX - 3, CLEAR_PX + 3)
    inside, outside = about[:4], about[-4:]
    mostly_flesh = 2 * ((inside == Colour.RED) | (inside == Colour.PALE)).sum(axis=0) >= len(inside)
    no_leaf = (inside != Colour.LEAF).all(axis=0)
    return np.asarray(mostly_flesh & no_leaf & (outside == Colour.BELT).all(axis=0))
