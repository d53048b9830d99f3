"""The colour chart: 24 patches of known colour, and where they are in a picture."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.calibration.errors import ChartError

Array = NDArray[np.float64]

COLUMNS, ROWS = 6, 4
CLASSIC_RGB = np.array([
    (115, 82, 68), (194, 150, 130), (98, 122, 157), (87, 108, 67), (133, 128, 177), (103, 189, 170),
    (214, 126, 44), (80, 91, 166), (193, 90, 99), (94, 60, 108), (157, 188, 64), (224, 163, 46),
    (56, 61, 150), (70, 148, 73), (175, 54, 60), (231, 199, 31), (187, 86, 149), (8, 133, 161),
    (243, 243, 242), (200, 200, 200), (160, 160, 160), (122, 122, 121), (85, 85, 85), (52, 52, 52),
], np.float64)  # fmt: skip
"""(24, 3) sRGB of the classic chart, row after row from dark skin to black: as its maker published them."""
GREYS = np.arange(18, 24)
"""The lowest row, from white to black."""
SQUARE, MOST_LONG = 0.78, 1.4
"""A patch fills this share of its smallest box, whose sides differ by no more than this."""
SMALLEST_PX, LARGEST_SHARE = 12, 0.15
"""Its side is at least the first, and at most this share of the picture's smaller side."""
ALIKE = 0.25
"""Sides of patches of one chart, seen in perspective, differ by less than this share."""
RIM_PX = 4
"""What looks plain of a patch is so much smaller than the patch: its rim is blurred."""
FEWEST_FOUND = 12
"""So many patches at least must be seen as such; the others follow from where these are."""
SAMPLED = 0.5
"""Of a patch's side, about its middle: its edges may be in shade."""


@dataclass(frozen=True, slots=True)
class ChartSeen:
    """The patches of a chart in a picture, in `CLASSIC_RGB`'s order."""

    place_px: Array
    """(24, 2) their middles."""
    bgr: Array
    """(24, 3) mean colours, grey levels."""
    scatter: Array
    """(24,) standard deviation within each, of its most scattering channel."""


def find_chart(picture_bgr: NDArray[np.uint8]) -> ChartSeen:
    """Find the chart in `picture_bgr` (h, w, 3), whichever way it is turned. Raises `ChartError`."""
    middles, side_px = _patches(picture_bgr)
    to_picture = _lattice(middles, side_px)
    return _read(picture_bgr, to_picture, side_px)


def _patches(picture_bgr: NDArray[np.uint8]) -> tuple[Array, float]:
    """Middles (n, 2) of what looks like a patch, and their usual side, px."""
    soft = cv2.medianBlur(picture_bgr, 5)
    steep = cv2.morphologyEx(soft, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).max(axis=2)
    limit = max(float(cv2.threshold(steep, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0]) / 2, 8.0)
    plain = (steep < limit).astype(np.uint8)
    outlines, _ = cv2.findContours(plain, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    largest_px = LARGEST_SHARE * min(picture_bgr.shape[:2])
    found = []
    for outline in outlines:
        middle, size, _ = cv2.minAreaRect(outline)
        short, long = sorted(size)
        if not (short >= SMALLEST_PX and long <= min(largest_px, MOST_LONG * short)):
            continue
        if cv2.contourArea(outline) >= SQUARE * short * long:
            found.append((*middle, (short * long) ** 0.5 + RIM_PX))
    if not found:
        raise ChartError(
            "no colour chart is seen in the picture: lay one with 6 x 4 patches flat where the fruit pass, so near "
            f"that each patch is {SMALLEST_PX} px wide and more"
        )
    squares = np.array(found)
    side = _commonest(squares[:, 2])
    alike = np.abs(squares[:, 2] / side - 1) < ALIKE
    return _once(squares[alike, :2], side / 2), side


def _once(middles: Array, apart_px: float) -> Array:
    """`middles` (n, 2) without those that are nearer than `apart_px` to one before: a frame and what it frames."""
    kept: list[Array] = []
    for middle in middles:
        if all(np.hypot(*(middle - other)) >= apart_px for other in kept):
            kept.append(middle)
    return np.array(kept)


def _commonest(sides: Array) -> float:
    """The side that most others are like."""
    like = (np.abs(sides[:, None] / sides - 1) < ALIKE).sum(axis=1)
    return float(np.median(sides[np.abs(sides / sides[like.argmax()] - 1) < ALIKE]))


def _lattice(middles: Array, side_px: float) -> Array:
    """(3, 3) homography from places on the lattice (column, row), a turn aside, to the picture."""
    cells = _numbered(middles, side_px)
    if len(cells) < FEWEST_FOUND:
        raise ChartError(
            f"only {len(cells)} patches of a colour chart are seen: take away what lies on it, and light it evenly"
        )
    places, pixels = np.array(list(cells), np.float64), np.array([middles[which] for which in cells.values()])
    places -= places.min(axis=0)
    wide, high = (places.max(axis=0) + 1).astype(int)
    if (max(wide, high), min(wide, high)) != (COLUMNS, ROWS):
        raise ChartError(
            f"the patches seen form {max(wide, high)} x {min(wide, high)}, a chart has {COLUMNS} x {ROWS}: let all of "
            "it be seen, and nothing else that is square beside it"
        )
    if wide < high:
        places = places[:, ::-1]
        # Exchanging columns and rows mirrors the chart, and turning the rows about mirrors it back.
        places = np.stack([places[:, 0], ROWS - 1 - places[:, 1]], axis=1)
    homography, _ = cv2.findHomography(places, pixels, cv2.RANSAC, side_px / 4)
    if homography is None:
        raise ChartError("the patches of the colour chart do not lie in a plane: lay it flat")
    return np.asarray(homography, np.float64)


def _numbered(middles: Array, side_px: float) -> dict[tuple[int, int], int]:
    """Which of the `middles` (n, 2) is at each place (column, row) of one lattice, counted from any of its places."""
    way = middles[None] - middles[:, None]
    far = np.hypot(way[..., 0], way[..., 1])
    np.fill_diagonal(far, np.inf)
    near = far < 1.8 * side_px  # neighbours are 1.1 to 1.4 sides apart, those across a corner 1.6 and more
    start = int(near.sum(axis=1).argmax())
    if not near[start].any():
        return {}
    # One step of the lattice, and the other at a right angle to it, clockwise as the picture is seen.
    right = way[start, int(far[start].argmin())]
    down = np.array([-right[1], right[0]])
    cells = {(0, 0): start}
    waiting = [(0, 0)]
    while waiting:
        column, row = waiting.pop()
        here = middles[cells[column, row]]
        for across, along in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            place, step = (column + across, row + along), across * right + along * down
            off = np.hypot(*(middles - here - step).T)
            which = int(off.argmin())
            if place not in cells and which not in cells.values() and off[which] < side_px / 2:
                cells[place] = which
                waiting.append(place)
    return cells


def _read(picture_bgr: NDArray[np.uint8], to_picture: Array, side_px: float) -> ChartSeen:
    """Colours of the patches, the right way round."""
    columns, rows = np.meshgrid(np.arange(COLUMNS), np.arange(ROWS))
    lattice = np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float64)
    place_px = cv2.perspectiveTransform(lattice[:, None], to_picture)[:, 0]
    half = max(int(SAMPLED * side_px / 2), 2)
    height, width = picture_bgr.shape[:2]
    corner = np.rint(place_px).astype(int) - half
    if (corner < 0).any() or (corner + 2 * half >= (width, height)).any():
        raise ChartError("the colour chart reaches out of the picture: lay it down so that all of it is seen")
    cuts = [
        picture_bgr[y : y + 2 * half + 1, x : x + 2 * half + 1].reshape(-1, 3).astype(np.float64)
        for x, y in corner.tolist()
    ]
    bgr, scatter = np.array([cut.mean(axis=0) for cut in cuts]), np.array([cut.std(axis=0).max() for cut in cuts])
    upright, turned = bgr, bgr[::-1]
    if _greyness(turned) < _greyness(upright):
        place_px, bgr, scatter = place_px[::-1], turned, scatter[::-1]
    return ChartSeen(np.asarray(place_px, np.float64), bgr, scatter)


def _greyness(bgr: Array) -> float:
    """How far the lowest row is from six greys that darken, a tint of the light aside; 0: it is one."""
    greys = np.maximum(bgr[GREYS], 1.0)
    if not all(one > other for one, other in pairwise(greys.mean(axis=1))):
        return float("inf")
    shares = greys / greys.mean(axis=1, keepdims=True)
    return float(shares.std(axis=0).max())
