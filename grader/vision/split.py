"""Fruit that touch are one blob of colour: one ends where the flesh is narrowest between two thick places."""

from collections.abc import Sequence
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

NECK = 0.87
"""Two thick places belong to two fruit if the flesh between them narrows below this share of the thinner one."""
SMALLEST_SHARE = 0.3
"""A place with a radius below this share of the blob's thickest is a sliver between leaves, not a fruit."""
STRAND = 0.7
"""Flesh thinner than this share of the smallest fruit is a strand."""
FULL = 0.93
"""Parts that a leaf divides are one fruit only if with the leaf they fill this share of their common hull,"""
LONGEST = 1.5
"""are together no longer than this, in widths,"""
LARGEST_NOTCH = 0.002
"""and leave no notch of belt between them of this share of the hull, its outermost pixels aside."""
DETOUR = 2.5
"""A cut is a neck if the way around it, along the rim, is this much longer."""
_LINE = np.linspace(0, 1, 33)[:, None, None]


def find_strands(flesh: NDArray[np.uint8], smallest_px: float) -> NDArray[np.bool_]:
    """Where `flesh` (h, w; 0 or 1) is thinner than any fruit: a stem, or a leaf that light or age made look like it."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (max(3, round(STRAND * smallest_px)) | 1,) * 2)
    stout = cv2.morphologyEx(_filled(flesh)[0], cv2.MORPH_OPEN, disc)
    if not stout.any():
        return np.zeros(flesh.shape, np.bool_)
    return np.asarray((flesh > 0) & (cv2.dilate(stout, np.ones((3, 3), np.uint8)) == 0))


def find_gaps(member: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What a blob `member` (h, w; 0 or 1, border 0) encloses without being it, single pixels aside: (h, w)."""
    return np.asarray(
        cv2.morphologyEx(_filled(member)[0] & ~member & 1, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8
    )


def _filled(flesh: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], list[NDArray[np.int32]]]:
    """`flesh` (h, w) without holes, and its outlines: glare and seeds are holes in the colour, not in the fruit."""
    found, _ = cv2.findContours(flesh, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outlines = [np.asarray(outline, np.int32) for outline in found]
    return np.asarray(cv2.drawContours(np.zeros_like(flesh), outlines, -1, 1, cv2.FILLED), np.uint8), outlines


def split_flesh(flesh: NDArray[np.uint8], covered: NDArray[np.bool_], smallest_px: float) -> NDArray[np.int32]:
    """Number the fruit in one blob's `flesh` (h, w; 0 or 1, border 0) from 1: (h, w), 0 where there is no flesh.

    `covered` (h, w) is all that is not belt; parts that fill their common hull with it are one fruit under its leaves.
    """
    whole, outlines = _filled(flesh)
    depth = np.asarray(cv2.distanceTransform(whole, cv2.DIST_L2, 5), np.float32)
    centres = _thick_places(depth, max(SMALLEST_SHARE * float(depth.max()), smallest_px / 4))
    if len(centres) <= 1:
        return flesh.astype(np.int32)
    pieces = np.asarray(cv2.connectedComponents(whole, connectivity=4)[1], np.int32)
    for one, other in sorted(combinations(centres, 2), key=lambda pair: float(np.hypot(*(pair[0] - pair[1])))):
        if _at(pieces, one) == _at(pieces, other) and (cut := _neck(outlines, one, other, depth)) is not None:
            cv2.line(whole, cut[0], cut[1], 0)
            pieces = np.asarray(cv2.connectedComponents(whole, connectivity=4)[1], np.int32)
    return np.where(flesh > 0, _unite(_nearest_centre_piece(pieces, centres, flesh > 0) * flesh, covered), 0)


def give_leaves(leaf: NDArray[np.bool_], parts: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """The part to which each pixel of `leaf` (h, w) belongs, 0 for none; which parts' calyxes are contested, (parts,).

    A leaf that lies on a fruit (in the hull of its flesh) is the fruit's, and so is what hangs together with it; a
    calyx that hangs together with another fruit's is contested.
    """
    hulls = np.zeros((parts.max(), *parts.shape), np.uint8)
    for number, canvas in enumerate(hulls, start=1):
        cv2.fillConvexPoly(canvas, hull_of((parts == number).view(np.uint8)), 1)
    lies_on = np.where(leaf & (hulls.sum(axis=0) == 1), hulls.argmax(axis=0) + 1, 0).astype(np.int32)
    count, calyxes = cv2.connectedComponents(leaf.view(np.uint8), connectivity=8)
    parts_and_none = int(parts.max()) + 1
    meet = np.bincount((calyxes * parts_and_none + lies_on).ravel(), minlength=count * parts_and_none)
    owns = meet.reshape(count, parts_and_none)[:, 1:] > 0
    owners = owns.sum(axis=1)
    given = np.where(owners == 1, owns.argmax(axis=1) + 1, 0)[calyxes].astype(np.int32)
    for unsettled, source in ((owners > 1, lies_on), (owners == 0, parts)):
        unsettled[0] = False
        if unsettled.any():
            given = np.where(unsettled[calyxes], _nearest(source), given)
    return np.where(leaf, given, 0), np.asarray(owns[owners > 1].any(axis=0))


def hull_of(mask: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Convex hull (V, 1, 2) of the pixels of `mask` (h, w)."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return np.asarray(cv2.convexHull(np.concatenate(outlines)), np.int32)


def _thick_places(depth: NDArray[np.float32], sliver: float) -> list[NDArray[np.int64]]:
    """Where each fruit is thickest (x, y), the thickest first: no two with only a slight narrowing between them."""
    summit = (depth >= cv2.dilate(depth, np.ones((5, 5), np.uint8))) & (depth >= sliver)
    candidates = np.argwhere(summit)[:, ::-1]
    places: list[NDArray[np.int64]] = []
    while len(candidates):
        place = candidates[depth[candidates[:, 1], candidates[:, 0]].argmax()]
        places.append(place)
        candidates = candidates[_narrowing(depth, place, candidates) < NECK]
    return places


def _narrowing(depth: NDArray[np.float32], place: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.float32]:
    """Least depth on the way from `place` to each of `others` (k, 2), as a share of the shallower of the two: (k,)."""
    way = np.rint(place + _LINE * (others - place)).astype(np.intp)
    along = depth[way[..., 1], way[..., 0]]
    return np.asarray(along.min(axis=0) / np.minimum(along[0], along[-1]))


def _neck(
    outlines: Sequence[NDArray[np.int32]], one: NDArray[np.int64], other: NDArray[np.int64], depth: NDArray[np.float32]
) -> tuple[list[int], list[int]] | None:
    """The shortest cut between two places of one piece: its ends lie on the outline, on either side of the way.

    The way from end to end along the outline leads at least half around the smaller fruit, which tells a neck from a
    dent.
    """
    x, y = (float(value) for value in one)
    rim = next(outline[:, 0] for outline in outlines if cv2.pointPolygonTest(outline, (x, y), measureDist=False) >= 0)
    way = (other - one).astype(np.float64)
    offset = rim - one
    along = offset @ way / (way @ way)
    side = offset[:, 0] * way[1] - offset[:, 1] * way[0]
    between = (along > 0) & (along < 1)
    left, right = np.flatnonzero(between & (side > 0)), np.flatnonzero(between & (side < 0))
    if not (len(left) and len(right)):
        return None
    chord = np.hypot(rim[left, None, 0] - rim[None, right, 0], rim[left, None, 1] - rim[None, right, 1])
    around = np.abs(left[:, None] - right[None])
    around = np.minimum(around, len(rim) - around)
    half_around = np.pi * min(depth[place[1], place[0]] for place in (one, other))
    chord[around < np.maximum(half_around, DETOUR * chord)] = np.inf
    from_left, to_right = np.unravel_index(chord.argmin(), chord.shape)
    if np.isinf(chord[from_left, to_right]):
        return None
    return rim[left[from_left]].tolist(), rim[right[to_right]].tolist()


def _unite(parts: NDArray[np.int32], covered: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Join the parts (numbered from 1) that a leaf, and no belt, divides."""
    for one, other in combinations(range(1, int(parts.max()) + 1), 2):
        both = (parts == one) | (parts == other)
        if (parts == one).any() and (parts == other).any() and _is_one_fruit(both, covered):
            parts = np.where(both, other, parts)
    there = np.bincount(parts.ravel()) > 0
    return np.asarray((np.cumsum(there) - there[0])[parts], np.int32)


def _is_one_fruit(flesh: NDArray[np.bool_], covered: NDArray[np.bool_]) -> bool:
    """Whether `flesh` (h, w) under leaves has the shape of one fruit: compact, full, and without a notch of belt."""
    hull = hull_of(flesh.view(np.uint8))
    if max(extent := cv2.minAreaRect(hull)[1]) > LONGEST * min(extent):
        return False
    within = np.asarray(cv2.fillConvexPoly(np.zeros(flesh.shape, np.uint8), hull, 1), np.uint8)
    belt = within * ~covered
    area = int(within.sum())
    notches = cv2.erode(belt, np.ones((3, 3), np.uint8))
    return int(belt.sum()) <= (1 - FULL) * area and int(notches.sum()) <= LARGEST_NOTCH * area


def _nearest_centre_piece(
    pieces: NDArray[np.int32], centres: list[NDArray[np.int64]], wanted: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """Number of the centre's piece nearest to each `wanted` pixel, from 1; two in one piece count once."""
    numbers = np.zeros(int(pieces.max()) + 1, np.int32)
    for centre in centres:
        piece = _at(pieces, centre)
        if piece and not numbers[piece]:
            numbers[piece] = numbers.max() + 1
    grown = numbers[pieces].astype(np.uint8)
    # The cut itself, and what is as near as that; only what lies farther off is worth a search.
    for _ in range(2):
        grown = np.where(grown > 0, grown, cv2.dilate(grown, np.ones((3, 3), np.uint8)))
    return grown.astype(np.int32) if (grown > 0)[wanted].all() else _nearest(grown.astype(np.int32))


def _nearest(source: NDArray[np.int32]) -> NDArray[np.int32]:
    """For every pixel the value of the nearest pixel that has one."""
    _, index = cv2.distanceTransformWithLabels(
        (source == 0).view(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    value = np.zeros(int(index.max()) + 1, np.int32)
    value[index[source > 0]] = source[source > 0]
    return np.asarray(value[index], np.int32)


def _at(labels: NDArray[np.int32], place: NDArray[np.int64]) -> int:
    return int(labels[place[1], place[0]])
