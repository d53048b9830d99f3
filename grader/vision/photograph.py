"""A photograph on some table, its scale and ground unknown: what is ground is asked of the picture as a whole.

The belt's tube of colour swallows glare, and flesh as pale as the ground. Here a cut along the picture's edges parts
what looks like its berries from what looks like its ground (GrabCut, Rother, Kolmogorov and Blake 2004). That takes
tens of times as long as `measure`; nothing of it runs where a belt was learnt or the camera is calibrated.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.vision.belt_guess import guess_belt_colour
from grader.vision.bodies import find_bodies
from grader.vision.calibration import BeltColour, Calibration
from grader.vision.colour import Colour, classify, colour_table
from grader.vision.network import Network
from grader.vision.objects import find_objects

Mask = NDArray[np.uint8]

_STEP = 2
"""Frame pixels from one coarse pixel to the next, where the network looks for bodies."""
_SMALLEST_BERRY = 0.05
"""Of the picture's longer side: nothing smaller is looked for."""
_SIDE_PX = 416
"""The cut is made on a picture so large; it takes 0.2 s."""
_SMALLEST_PX = 400
"""Red of fewer pixels, of those, is no berry,"""
_SMALLEST_SHARE = 0.1
"""nor is what is so much smaller than the largest."""
_SEAM_PX = 9
"""Glare and seeds that divide red flesh are narrower."""
_RING = 0.6
"""So far about the red, in its radii, berries may reach."""
_STRAND = 0.35
"""What is narrower than this, in radii to either side, is a stem or a sepal that stands off."""
_ROUNDS = 4
"""Of GrabCut; more change nothing."""
_PADDING, _PADDING_SPREAD = 80, 6
"""Grey levels: corners below the first in every channel, and no more coloured than the second, are what rotated
photographs are padded with."""


def frame_and_belt(
    frame_bgr: NDArray[np.uint8], calibration: Calibration, network: Network | None = None
) -> tuple[NDArray[np.uint8], BeltColour]:
    """The frame (h, w, 3) to work on, and the belt's colour in it: as learnt, or else guessed.

    With a learnt belt, or a calibrated camera, the frame is the one given. A `network` says where berries are instead
    of the cut.
    """
    if calibration.belt_colour:
        return frame_bgr, calibration.belt_colour
    belt = guess_belt_colour(frame_bgr)
    if not calibration.plain_scale:
        return frame_bgr, belt
    if network:
        return show_bodies(frame_bgr, belt, network), belt
    return uncover_flesh(frame_bgr, belt), belt


def show_bodies(frame_bgr: NDArray[np.uint8], belt: BeltColour, network: Network) -> NDArray[np.uint8]:
    """`frame_bgr` (h, w, 3) with flesh where `network` sees bodies, and ground where it sees none.

    Leaves stay as they are.
    """
    table = colour_table(belt)
    classes = classify(frame_bgr, table)
    objects = find_objects(frame_bgr, table, _STEP, _SMALLEST_BERRY * max(frame_bgr.shape[:2]) / _STEP)
    bodies = find_bodies(frame_bgr, objects, _STEP, network)
    flesh = (classes == Colour.RED) | (classes == Colour.PALE)
    if not (bodies & flesh).any():
        return frame_bgr
    painted = frame_bgr.copy()
    painted[bodies & ~flesh & (classes != Colour.LEAF)] = np.median(frame_bgr[bodies & flesh], axis=0)
    painted[~bodies & flesh] = np.rint(belt.median_bgr)
    return painted


def uncover_flesh(frame_bgr: NDArray[np.uint8], belt: BeltColour) -> NDArray[np.uint8]:
    """`frame_bgr` (h, w, 3) with the flesh that looks like the ground `belt`, or like glare, painted as other flesh is.

    What its colour alone tells to be flesh or leaf stays as it is: nothing is taken away.
    """
    height, width = frame_bgr.shape[:2]
    scale = min(1.0, _SIDE_PX / max(height, width))
    size = (max(round(scale * width), 1), max(round(scale * height), 1))
    small = np.asarray(cv2.resize(frame_bgr, size, interpolation=cv2.INTER_AREA), np.uint8)
    table = colour_table(belt)
    classes = classify(small, table)
    red = (classes == Colour.RED).view(np.uint8)
    pieces = _red_pieces(red)
    if not pieces:
        return frame_bgr
    flesh = (classes == Colour.RED) | (classes == Colour.PALE)
    bodies = _cut_out(small, red, pieces)
    if not (bodies & flesh).any():
        return frame_bgr
    hidden = (bodies & ((classes == Colour.BELT) | (classes == Colour.OTHER))).view(np.uint8)
    # The cut is good to a pixel of its own, the colours to one of the frame's.
    rim = 2 * (round(1 / scale) - 1) + 1
    hidden = np.asarray(cv2.morphologyEx(hidden, cv2.MORPH_OPEN, np.ones((rim, rim), np.uint8)), np.uint8)
    belt_like = np.isin(classify(frame_bgr, table), (Colour.BELT, Colour.OTHER))
    painted = frame_bgr.copy()
    where = cv2.resize(hidden, (width, height), interpolation=cv2.INTER_NEAREST) > 0
    painted[where & belt_like] = np.median(small[bodies & flesh], axis=0)
    return painted


def _red_pieces(red: Mask) -> list[Mask]:
    """The berries' red flesh, from `red` (h, w; 0 or 1): masks (h, w)."""
    seam = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_SEAM_PX, _SEAM_PX))
    whole = cv2.morphologyEx(cv2.morphologyEx(red, cv2.MORPH_OPEN, np.ones((3, 3))), cv2.MORPH_CLOSE, seam)
    count, piece, stats, _ = cv2.connectedComponentsWithStats(whole)
    area = stats[1:, cv2.CC_STAT_AREA]
    least = max(_SMALLEST_PX, _SMALLEST_SHARE * int(area.max(initial=0)))
    return [(piece == number).astype(np.uint8) for number in range(1, count) if area[number - 1] > least]


def _cut_out(picture_bgr: NDArray[np.uint8], red: Mask, pieces: list[Mask]) -> NDArray[np.bool_]:
    """The bodies about the red `pieces` of `picture_bgr` (h, w, 3): (h, w)."""
    trimap = np.full(red.shape, cv2.GC_BGD, np.uint8)
    radii = [float(np.sqrt(piece.sum() / np.pi)) for piece in pieces]
    hulls = [_filled_hull(piece) for piece in pieces]
    for hull, radius in zip(hulls, radii, strict=True):
        trimap[cv2.dilate(hull, _disc(_RING * radius)) > 0] = cv2.GC_PR_BGD
    for piece, hull in zip(pieces, hulls, strict=True):
        trimap[(hull > 0) & (trimap != cv2.GC_FGD)] = cv2.GC_PR_FGD
        trimap[(piece & red) > 0] = cv2.GC_FGD
    trimap[_padding(picture_bgr) & (red == 0)] = cv2.GC_BGD
    if not (trimap == cv2.GC_BGD).any():
        return np.zeros(red.shape, np.bool_)
    # It draws the first guess of its clusters: the same pixels must give the same cut.
    cv2.setRNGSeed(0)
    ground, berries = np.zeros((2, 1, 65))
    cv2.grabCut(picture_bgr, trimap, (0, 0, 0, 0), ground, berries, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    kept = ((trimap == cv2.GC_FGD) | (trimap == cv2.GC_PR_FGD)).view(np.uint8)
    outlines, _ = cv2.findContours(kept, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    whole = cv2.drawContours(np.zeros_like(kept), outlines, -1, 1, cv2.FILLED)
    bodies = np.zeros(red.shape, np.bool_)
    for piece, radius in zip(pieces, radii, strict=True):
        edge = int(radius) + 1
        stout = cv2.morphologyEx(np.pad(whole, edge), cv2.MORPH_OPEN, _disc(_STRAND * radius))[edge:-edge, edge:-edge]
        _, numbers = cv2.connectedComponents(stout)
        bodies |= np.isin(numbers, np.setdiff1d(numbers[piece > 0], 0))
    return bodies


def _padding(picture_bgr: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where `picture_bgr` (h, w, 3) is plain and dark from a corner on: (h, w)."""
    strongest, weakest = picture_bgr.max(axis=2), picture_bgr.min(axis=2)
    dark = (strongest < _PADDING) & (strongest - weakest <= _PADDING_SPREAD)
    _, number = cv2.connectedComponents(dark.view(np.uint8))
    corners = np.asarray(number)[[0, 0, -1, -1], [0, -1, 0, -1]]
    padding = np.isin(number, corners[corners > 0]).astype(np.uint8)
    return np.asarray(cv2.dilate(padding, np.ones((5, 5), np.uint8)) > 0, np.bool_)


def _filled_hull(mask: Mask) -> Mask:
    """The convex hull of `mask` (h, w; 0 or 1), filled."""
    hull = np.asarray(cv2.convexHull(cv2.findNonZero(mask)), np.int32)
    return np.asarray(cv2.fillConvexPoly(np.zeros_like(mask), hull, 1), np.uint8)


def _disc(radius: float) -> Mask:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * max(round(radius), 1) + 1,) * 2), np.uint8)
