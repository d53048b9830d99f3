"""Fruit that touch are one blob of colour: one ends where the flesh is narrowest between two thick places."""

from collections.abc import Sequence
from itertools import combinations
from math import dist

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
MOST_PARTS = 255
"""Parts are numbered in 8 bits: what has more is no crowd of fruit."""
_LINE = np.linspace(0, 1, 33)[:, None, None]
_BESIDE, _NEAR = np.ones((3, 3), np.uint8), np.ones((5, 5), np.uint8)

Mask = NDArray[np.uint8]
"""(h, w): 0 or 1, or the number of a part."""
Hull = NDArray[np.int32]
"""(V, 1, 2), clockwise as the picture is seen."""


def find_strands(flesh: Mask, smallest_px: float) -> NDArray[np.bool_]:
    """Where `flesh` (h, w; 0 or 1) is thinner than any fruit: a stem, or a leaf that light or age made look like it."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (max(3, round(STRAND * smallest_px)) | 1,) * 2)
    stout = cv2.morphologyEx(_filled(flesh)[0], cv2.MORPH_OPEN, disc)
    if not stout.any():
        return np.zeros(flesh.shape, np.bool_)
    return np.asarray(flesh > cv2.dilate(stout, _BESIDE))


def find_gaps(member: Mask) -> Mask:
    """What a blob `member` (h, w; 0 or 1, border 0) encloses without being it, single pixels aside: (h, w)."""
    return np.asarray(cv2.morphologyEx(_filled(member)[0] - member, cv2.MORPH_OPEN, _BESIDE), np.uint8)


def _filled(flesh: Mask) -> tuple[Mask, list[NDArray[np.int32]]]:
    """`flesh` (h, w) without holes, and its outlines: glare and seeds are holes in the colour, not in the fruit."""
    found, _ = cv2.findContours(flesh, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outlines = [np.asarray(outline, np.int32) for outline in found]
    return np.asarray(cv2.drawContours(np.zeros_like(flesh), outlines, -1, 1, cv2.FILLED), np.uint8), outlines


def split_flesh(flesh: Mask, covered: NDArray[np.bool_], smallest_px: float) -> tuple[Mask, list[Hull]]:
    """Number the fruit in one blob's `flesh` (h, w; 0 or 1, border 0) from 1: (h, w), 0 where there is no flesh.

    Also returned is the hull of each. `covered` (h, w) is all that is not belt; parts that fill their common hull with
    it are one fruit under its leaves.
    """
    whole, outlines = _filled(flesh)
    depth = np.asarray(cv2.distanceTransform(whole, cv2.DIST_L2, 5), np.float32)
    centres = _thick_places(depth, max(SMALLEST_SHARE * float(depth.max()), smallest_px / 4))
    if len(centres) <= 1:
        return flesh, hulls_of(flesh, 1)
    pieces = np.asarray(cv2.connectedComponents(whole, connectivity=4)[1], np.int32)
    for one, other in sorted(combinations(centres, 2), key=lambda pair: dist(*pair)):
        if _at(pieces, one) == _at(pieces, other) and (cut := _neck(outlines, one, other, depth)) is not None:
            cv2.line(whole, cut[0], cut[1], 0)
            pieces = np.asarray(cv2.connectedComponents(whole, connectivity=4)[1], np.int32)
    parts = _nearest_centre_piece(pieces, centres, flesh) * flesh
    return _unite(parts, hulls_of(parts, len(centres)), covered)


def give_leaves(leaf: NDArray[np.bool_], parts: Mask, hulls: Sequence[Hull]) -> tuple[Mask, NDArray[np.bool_]]:
    """The part to which each pixel of `leaf` (h, w) belongs, 0 for none; which parts' calyxes are contested, (parts,).

    A leaf that lies on a fruit (in the hull of its flesh, one of `hulls`) is the fruit's, and so is what hangs together
    with it; a calyx that hangs together with another fruit's is contested.
    """
    lies_on, layers = np.zeros((2, *parts.shape), np.uint8)
    for number, hull in enumerate(hulls, start=1):
        layer = cv2.fillConvexPoly(np.zeros_like(parts), hull, 1)
        layers += layer
        lies_on += number * layer
    lies_on *= leaf & (layers == 1)
    count, calyxes = cv2.connectedComponents(leaf.view(np.uint8), connectivity=8)
    pixel = np.flatnonzero(leaf)
    calyx = calyxes.ravel()[pixel]
    sorts = len(hulls) + 1
    meet = np.bincount(calyx * sorts + lies_on.ravel()[pixel], minlength=count * sorts)
    owns = meet.reshape(count, sorts)[:, 1:] > 0
    owners = owns.sum(axis=1)
    part = np.where(owners == 1, owns.argmax(axis=1) + 1, 0)[calyx]
    for unsettled, source in ((owners > 1, lies_on), (owners == 0, parts)):
        if (doubtful := unsettled[calyx]).any():
            part[doubtful] = _nearest(source, pixel[doubtful])
    given = np.zeros_like(parts)
    given.ravel()[pixel] = part
    return given, np.asarray(owns[owners > 1].any(axis=0))


def hulls_of(parts: Mask, count: int) -> list[Hull]:
    """Convex hull of the pixels of each of the `count` `parts` (h, w); empty where there are none."""
    hulls = []
    for number in range(1, count + 1):
        outlines, _ = cv2.findContours((parts == number).view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        corners = np.concatenate([np.zeros((0, 1, 2), np.int32), *outlines])
        hulls.append(np.asarray(cv2.convexHull(corners), np.int32) if len(corners) else corners)
    return hulls


def _thick_places(depth: NDArray[np.float32], sliver: float) -> list[NDArray[np.int32]]:
    """Where each fruit is thickest (x, y), the thickest first: no two with only a slight narrowing between them."""
    summit = (depth >= cv2.dilate(depth, _NEAR)) & (depth >= sliver)
    places: list[NDArray[np.int32]] = []
    if not summit.any():
        return places
    candidates = np.asarray(cv2.findNonZero(summit.view(np.uint8)), np.int32).reshape(-1, 2)
    while len(candidates) and len(places) < MOST_PARTS:
        place = candidates[depth[candidates[:, 1], candidates[:, 0]].argmax()]
        places.append(place)
        candidates = candidates[_narrowing(depth, place, candidates) < NECK]
    return places


def _narrowing(depth: NDArray[np.float32], place: NDArray[np.int32], others: NDArray[np.int32]) -> NDArray[np.float32]:
    """Least depth on the way from `place` to each of `others` (k, 2), as a share of the shallower of the two: (k,)."""
    way = np.rint(place + _LINE * (others - place))
    along = depth.ravel().take((way[..., 0] + depth.shape[1] * way[..., 1]).astype(np.intp))
    return np.asarray(along.min(axis=0) / np.minimum(along[0], along[-1]))


def _neck(
    outlines: Sequence[NDArray[np.int32]], one: NDArray[np.int32], other: NDArray[np.int32], depth: NDArray[np.float32]
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


def _unite(parts: Mask, hulls: list[Hull], covered: NDArray[np.bool_]) -> tuple[Mask, list[Hull]]:
    """Join the parts (numbered from 1) that a leaf, and no belt, divides; leave numbers out that nothing has."""
    joined = np.arange(len(hulls) + 1, dtype=np.uint8)
    for one, other in combinations(range(len(hulls)), 2):
        if len(hulls[one]) and len(hulls[other]):
            both = np.asarray(cv2.convexHull(np.concatenate([hulls[one], hulls[other]])), np.int32)
            if _is_one_fruit(both, covered):
                joined[joined == one + 1] = other + 1
                hulls[one], hulls[other] = hulls[one][:0], both
    left = [number for number, hull in enumerate(hulls, start=1) if len(hull)]
    if len(left) == len(hulls):
        return parts, hulls
    renumbered = np.zeros(len(hulls) + 1, np.uint8)
    renumbered[left] = np.arange(1, len(left) + 1)
    parts = renumbered[joined][parts]
    return parts, hulls_of(parts, len(left))


def _is_one_fruit(hull: Hull, covered: NDArray[np.bool_]) -> bool:
    """Whether flesh under leaves, within `hull`, has the shape of one fruit: compact, full, without a notch of belt."""
    if max(extent := cv2.minAreaRect(hull)[1]) > LONGEST * min(extent):
        return False
    within = np.asarray(cv2.fillConvexPoly(np.zeros(covered.shape, np.uint8), hull, 1), np.uint8)
    belt = within * ~covered
    area = cv2.countNonZero(within)
    notches = cv2.countNonZero(cv2.erode(belt, _BESIDE))
    return cv2.countNonZero(belt) <= (1 - FULL) * area and notches <= LARGEST_NOTCH * area


def _nearest_centre_piece(pieces: NDArray[np.int32], centres: list[NDArray[np.int32]], wanted: Mask) -> Mask:
    """Number of the centre's piece nearest to each `wanted` pixel, from 1; two in one piece count once."""
    numbers = np.zeros(int(pieces.max()) + 1, np.uint8)
    for centre in centres:
        piece = _at(pieces, centre)
        if piece and not numbers[piece]:
            numbers[piece] = numbers.max() + 1
    grown = numbers.take(pieces)
    # The cut itself, and what is as near as that; only what lies farther off is worth a search.
    for _ in range(2):
        grown = np.where(grown > 0, grown, cv2.dilate(grown, _BESIDE))
    if len(missing := np.flatnonzero(wanted > grown)):
        grown.ravel()[missing] = _nearest(grown, missing)
    return grown


def _nearest(source: Mask, wanted: NDArray[np.intp]) -> Mask:
    """For each of the pixels `wanted`, in reading order, the value of the nearest pixel of `source` that has one."""
    _, index = cv2.distanceTransformWithLabels(
        (source == 0).view(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    index = np.asarray(index).ravel()
    known = np.flatnonzero(source > 0)
    value = np.zeros(len(known) + 1, np.uint8)
    value[index[known]] = source.ravel()[known]
    return np.asarray(value[index[wanted]])


def _at(labels: NDArray[np.int32], place: NDArray[np.int32]) -> int:
    return int(labels[place[1], place[0]])
