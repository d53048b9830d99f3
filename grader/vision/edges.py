"""Coarse to fine, second half: where flesh ends, to a fraction of a pixel, along rays across the outline."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.vision.colour import Colour, classify

Array = NDArray[np.float64]
Float = NDArray[np.float32]

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


def find_edges(frame_bgr: NDArray[np.uint8], table: NDArray[np.uint8], hulls_px: list[Array]) -> Edges:
    """Find the flesh's edge around each hull (V, 2), px, at full resolution of `frame_bgr` (h, w, 3).

    Samples lie along the first axis of every array inside, rays along the second: so each step runs over all rays at
    once.
    """
    if not hulls_px:
        nothing = np.zeros((0, RAYS), np.float32)
        return Edges(np.zeros((0, RAYS, 2)), nothing > 0, nothing)
    start, normal = _rays(hulls_px)
    x, y = ((start[:, axis] + normal[:, axis] * _OFFSET[:, None]).astype(np.float32) for axis in (0, 1))
    samples = np.asarray(
        cv2.remap(frame_bgr, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(255, 0, 255)),
        np.uint8,
    )
    share, contrast = _share_of_flesh(samples)
    edge = _steepest(share)
    edge = _half_way(share, edge)
    found = _flesh_meets_belt(classify(samples, table), edge) & (contrast > LEAST_CONTRAST)
    ring = (len(hulls_px), RAYS)
    point = start + normal * _or_typical(edge.reshape(ring), found.reshape(ring)).reshape(-1, 1)
    return Edges(point.reshape(*ring, 2), found.reshape(ring), _softness(share).reshape(ring))


def _rays(hulls: list[Array]) -> tuple[Array, Array]:
    """`RAYS` starts evenly along each hull, smoothed, and their outward unit normals: both (n * RAYS, 2)."""
    n = len(hulls)
    corner = np.concatenate([part for hull in hulls for part in (hull, hull[:1])])
    last = np.cumsum([len(hull) + 1 for hull in hulls]) - 1
    way = np.zeros(len(corner))
    np.cumsum(np.hypot(*np.diff(corner, axis=0).T), out=way[1:])
    # One way along all hulls, in which the step from each to the next is there but never sampled.
    begin = way[np.append(0, last[:-1] + 1)]
    even = (begin[:, None] + (way[last] - begin)[:, None] * (np.arange(RAYS) / RAYS)).ravel()
    start = np.stack([np.interp(even, way, corner[:, axis]) for axis in (0, 1)], axis=1).reshape(n, RAYS, 2)
    ring = np.concatenate([start[:, -2:], start, start[:, :2]], axis=1)
    tangent = ring[:, 4:] - ring[:, :-4]
    tangent /= np.maximum(np.hypot(tangent[..., 0], tangent[..., 1])[..., None], 1e-9)
    # cv2.convexHull runs clockwise as the picture is seen (y down): outwards is to the left of the way.
    normal = np.stack([tangent[..., 1], -tangent[..., 0]], axis=-1)
    return ((ring[:, 1:-3] + start + ring[:, 3:-1]) / 3).reshape(-1, 2), normal.reshape(-1, 2)


def _share_of_flesh(samples: NDArray[np.uint8]) -> tuple[Float, Float]:
    """How like its ray's inner end (1) or outer end (0) each sample (S, N, 3) is, (S, N); contrast of the two (N,)."""
    channels = [channel.astype(np.float32) for channel in cv2.split(samples)]
    outer = [channel[-ENDS:].mean(axis=0) for channel in channels]
    difference = [channel[:ENDS].mean(axis=0) - end for channel, end in zip(channels, outer, strict=True)]
    square = np.maximum(sum(part * part for part in difference), 1.0)
    share = np.zeros_like(channels[0])
    for channel, end, part in zip(channels, outer, difference, strict=True):
        share += (channel - end) * (part / square)
    return share, np.sqrt(square)


def _softness(share: Float) -> Float:
    """Standard deviation (N,), px, of a Gaussian fall that is as steep at its steepest."""
    steepest = ((share[:-2] - share[2:]) / 2).max(axis=0)
    return np.asarray(GAUSSIAN_PEAK / np.maximum(steepest, GAUSSIAN_PEAK / REACH_PX), np.float32)


def _steepest(share: Float) -> Float:
    """First guess at each edge: centroid (N,), px along the ray, of the fall about its steepest place."""
    fall = share[:-1] - share[1:]
    smooth = fall[:-2] + 2 * fall[1:-1] + fall[2:]
    middle = ((_OFFSET[1:-2] + _OFFSET[2:-1]) / 2)[:, None]
    steepest = middle[smooth.argmax(axis=0), 0]
    weight = np.maximum(smooth, 0) * (np.abs(middle - steepest) <= NEIGHBOURHOOD_PX)
    total = np.maximum(weight.sum(axis=0), 1e-6)
    return np.asarray((weight * middle).sum(axis=0) / total, np.float32)


def _half_way(share: Float, edge: Float) -> Float:
    """Move each `edge` (N,) to where the picture is half flesh, half belt.

    Towards its limb a fruit turns away from the light and mirrors the belt, so the flesh that mixes with the belt in
    the edge's
    pixels is less like the inside than like the limb: the fall of the last clear samples is followed to the edge.
    """
    ray = np.arange(share.shape[1])
    near = np.clip(np.rint(edge).astype(np.intp) + REACH_PX, CLEAR_PX + 4, _LAST - CROSSING_PX)
    inside = share[near + np.arange(-CLEAR_PX - 4, -CLEAR_PX + 1)[:, None], ray]
    outside = (share[near + CLEAR_PX, ray] + share[near + CLEAR_PX + 1, ray]) / 2
    slope = _median_of_three((np.array([-0.2, -0.1, 0.0, 0.1, 0.2], np.float32) @ inside).reshape(-1, RAYS)).ravel()
    limb = inside.mean(axis=0) + slope * (edge - (near - REACH_PX - CLEAR_PX - 2))
    level = (np.clip(limb, 0.4, 1.1) + outside) / 2
    # Of the crossings from above to below within reach of the guess, the nearest to it.
    reach = np.arange(-CROSSING_PX, CROSSING_PX + 1)[:, None]
    about = share[near + reach, ray]
    above = about > level
    distance = np.where(above[:-1] & ~above[1:], np.abs(reach[:-1] + 0.5 + (near - REACH_PX) - edge), np.inf)
    first = distance.argmin(axis=0)
    high, low = about[first, ray], about[first + 1, ray]
    moved = first - CROSSING_PX + (near - REACH_PX) + (high - level) / np.maximum(high - low, 1e-6)
    return np.where(np.isfinite(distance[first, ray]), moved, edge).astype(np.float32)


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
    ray = np.arange(classes.shape[1])
    near = np.clip(np.rint(edge).astype(np.intp) + REACH_PX, CLEAR_PX + 3, _LAST - CLEAR_PX - 3)
    inside = classes[near + np.arange(-CLEAR_PX - 3, -CLEAR_PX + 1)[:, None], ray]
    outside = classes[near + np.arange(CLEAR_PX, CLEAR_PX + 4)[:, None], ray]
    flesh = (inside == Colour.RED) | (inside == Colour.PALE)
    mostly_flesh = 2 * flesh.sum(axis=0) >= len(flesh)
    return np.asarray(mostly_flesh & (inside != Colour.LEAF).all(axis=0) & (outside == Colour.BELT).all(axis=0))
