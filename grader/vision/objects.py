"""Coarse to fine, first half: the frame at a quarter of its resolution, cut into objects that hold flesh."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.vision.colour import Colour, classify
from grader.vision.split import find_gaps, find_strands, give_leaves, split_flesh

Array = NDArray[np.float64]
NOBODY = -1
LARGEST_GAP = 0.0015
"""Share of a hull that belt may show in its middle: glare does that; between fruit in a ring it is more."""
SOLIDITY_OF_ONE = 0.95
"""An object that fills less of the hull around its flesh is looked at for touching fruit. One fruit of `rendered-belt`
fills 0.95 and more, two that touch 0.93 and less."""


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of one frame, from 0, and the list of the coarse pixels (P,) that are not belt."""

    size: tuple[int, int]
    """Height and width of the coarse picture."""
    row: NDArray[np.int32]
    """(P,) where the pixel is, coarse px."""
    column: NDArray[np.int32]
    """(P,)."""
    colour: NDArray[np.uint8]
    """(P,) its `Colour`."""
    owner: NDArray[np.intp]
    """(P,) the object that it belongs to; -1: none."""
    inside: NDArray[np.bool_]
    """(P,) whether it lies in its owner's hull."""
    hulls: list[NDArray[np.int32]]
    """Convex hull of each object's flesh, (V, 1, 2) coarse px."""
    area: Array
    """(n,) of the hull, coarse px^2."""
    solidity: Array
    """(n,) share of the hull that the object fills."""
    contested: NDArray[np.bool_]
    """(n,) whether its calyx grows together with a neighbour's."""
    holed: NDArray[np.bool_]
    """(n,) whether belt shows through it: it is several fruit that could not be told apart."""
    blob: NDArray[np.intp]
    """(n,) the blob that it was, or was cut from: those that touch have the same."""

    def __len__(self) -> int:
        return len(self.hulls)

    def boxes(self) -> NDArray[np.intp]:
        """First and last column and row of each object, leaves included: (n, 4) x0, y0, x1, y1, coarse px."""
        first, last = np.zeros((2, 2, len(self)), np.intp)
        for axis, (place, side) in enumerate(((self.column, self.size[1]), (self.row, self.size[0]))):
            # Nobody's pixels mark the last line, which is left out.
            marked = np.zeros((len(self) + 1, side), np.bool_)
            marked[self.owner, place] = True
            first[axis] = marked[:-1].argmax(axis=1)
            last[axis] = side - 1 - marked[:-1, ::-1].argmax(axis=1)
        return np.concatenate([first, last]).T

    def only(self, kept: NDArray[np.bool_]) -> "Objects":
        """These objects without those that are not `kept` (n,); their pixels are nobody's then."""
        if kept.all():
            return self
        number = np.append(np.where(kept, np.cumsum(kept) - 1, NOBODY), NOBODY)
        owner = number[self.owner]
        hulls = [hull for hull, keep in zip(self.hulls, kept, strict=True) if keep]
        of_pixels = (self.row, self.column, self.colour, owner, self.inside & (owner != NOBODY))
        return Objects(
            self.size,
            *of_pixels,
            hulls=hulls,
            area=self.area[kept],
            solidity=self.solidity[kept],
            contested=self.contested[kept],
            holed=self.holed[kept],
            blob=self.blob[kept],
        )


def find_objects(frame_bgr: NDArray[np.uint8], table: NDArray[np.uint8], step: int, smallest_px: float) -> Objects:
    """Find what holds flesh on the belt of `frame_bgr` (h, w, 3), by the colour `table`, at each `step`-th pixel.

    `smallest_px` is the diameter, in coarse pixels, below which nothing is looked for.
    """
    classes = classify(frame_bgr, table, step)
    size = (classes.shape[0], classes.shape[1])
    foreground = (classes != Colour.BELT).view(np.uint8)
    count, labels = cv2.connectedComponentsWithAlgorithm(foreground, 8, cv2.CV_32S, cv2.CCL_BBDT)
    blobs = np.asarray(labels, np.int32)
    rims = _outlines(_flesh(classes), blobs)
    large = [blob for blob, parts in rims.items() if sum(map(cv2.contourArea, parts)) >= np.pi / 4 * smallest_px**2]
    hulls = [np.asarray(cv2.convexHull(np.concatenate(rims[blob])), np.int32) for blob in large]

    row, column = _places(foreground)
    pixel = row * size[1] + column
    colour = classes.ravel().take(pixel)
    number = np.full(count, NOBODY, np.intp)
    number[large] = np.arange(len(large))
    owner = number.take(blobs.ravel().take(pixel))
    contested, holed, blob = [False] * len(large), [False] * len(large), list(range(len(large)))
    inside, area, solidity = _fill_hulls(hulls, pixel, owner, size)
    crowds = np.flatnonzero(solidity < SOLIDITY_OF_ONE).tolist()
    for crowd in crowds:
        members = np.flatnonzero(owner == crowd)
        y, x = row[members], column[members]
        top, left = int(y[0]), int(x.min())
        cut_out = (slice(top, int(y[-1]) + 1), slice(left, int(x.max()) + 1))
        part = _split(classes[cut_out], blobs[cut_out] == large[crowd], (left, top), smallest_px)
        # The first part keeps the crowd's number, the others get new ones.
        new = np.arange(len(hulls) - 2, len(hulls) + len(part.hulls) - 1)
        new[:2] = NOBODY, crowd
        place = (y - top, x - left)
        colour[members], owner[members] = part.classes[place], new[part.number[place]]
        hulls[crowd], contested[crowd], holed[crowd] = part.hulls[0], part.contested[0], part.holed[0]
        hulls += part.hulls[1:]
        contested += part.contested[1:]
        holed += part.holed[1:]
        blob += [crowd] * (len(part.hulls) - 1)
    if crowds:
        inside, area, solidity = _fill_hulls(hulls, pixel, owner, size)
    return Objects(
        size,
        row,
        column,
        colour,
        owner,
        inside,
        hulls,
        area,
        solidity,
        np.array(contested, np.bool_),
        np.array(holed, np.bool_),
        np.array(blob, np.intp),
    )


def _flesh(classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Where `classes` (h, w) are those of flesh: 1, elsewhere 0."""
    return np.asarray((classes == Colour.RED) | (classes == Colour.PALE)).view(np.uint8)


def _places(mask: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Rows and columns of what is not 0 in `mask` (h, w), in reading order: (2, P)."""
    if not mask.any():
        return np.zeros((2, 0), np.int32)
    return np.ascontiguousarray(np.asarray(cv2.findNonZero(mask), np.int32).reshape(-1, 2)[:, ::-1].T)


def _outlines(mask: NDArray[np.uint8], blobs: NDArray[np.int32]) -> dict[int, list[NDArray[np.int32]]]:
    """Outer outlines of the pieces of `mask` (h, w), by the number of the blob in which they lie."""
    # With holes listed too, because what lies in a hole has an outline of its own; the holes themselves have parents.
    outlines, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    found: dict[int, list[NDArray[np.int32]]] = {}
    parents = np.reshape(tree, (-1, 4))[:, 3].tolist() if outlines else []
    for outline, parent in zip(outlines, parents, strict=True):
        if parent == NOBODY:
            column, row = outline[0, 0].tolist()
            found.setdefault(int(blobs[row, column]), []).append(np.asarray(outline, np.int32))
    return found


def _fill_hulls(
    hulls: list[NDArray[np.int32]], pixel: NDArray[np.intp], owner: NDArray[np.intp], size: tuple[int, int]
) -> tuple[NDArray[np.bool_], Array, Array]:
    """Find which pixels (P,) lie in their owner's hull, the area of each hull (n,), the share of it that is filled."""
    canvas = np.full(size, len(hulls), np.int16)
    for number, hull in enumerate(hulls):
        cv2.fillConvexPoly(canvas, hull, number)
    inside = canvas.ravel().take(pixel) == owner
    covered = np.bincount(owner[inside], minlength=len(hulls))
    area = np.array([cv2.contourArea(hull) for hull in hulls])
    # Pick: a polygon drawn on pixel centres covers its area, half of the pixels on its border, and one. A border of a
    # given length has 0.9 times as many pixels: the mean over directions of the larger of cosine and sine.
    drawn = area + 0.45 * np.array([cv2.arcLength(hull, closed=True) for hull in hulls]) + 1
    return inside, area, covered / drawn


@dataclass(frozen=True, slots=True)
class _Parts:
    """A crowd, split."""

    classes: NDArray[np.uint8]
    """(h, w) in the crowd's box, with pale strands taken for the leaf that they are."""
    number: NDArray[np.uint8]
    """(h, w) in the crowd's box, the part of each pixel from 1; 0: nobody's."""
    hulls: list[NDArray[np.int32]]
    contested: list[bool]
    holed: list[bool]


def _split(
    classes: NDArray[np.uint8], member: NDArray[np.bool_], corner: tuple[int, int], smallest_px: float
) -> _Parts:
    """Split the crowd `member` (h, w) of `classes` (h, w), a cut-out whose first column and row are `corner`."""
    whole = _with_border(member.view(np.uint8))
    own = _with_border(classes) * whole
    flesh = _flesh(own)
    strands = find_strands(flesh, smallest_px)
    own[strands] = np.where(own[strands] == Colour.PALE, Colour.LEAF, Colour.OTHER)
    flesh[strands] = 0
    parts, hulls = split_flesh(flesh, own != Colour.BELT, smallest_px)
    number, contested = whole, np.zeros(1, np.bool_)
    if len(hulls) > 1:
        leaves, contested = give_leaves(own == Colour.LEAF, parts, hulls)
        number = parts + leaves
    inner = (slice(1, -1), slice(1, -1))
    return _Parts(
        own[inner],
        number[inner],
        [hull + (np.array(corner, np.int32) - 1) for hull in hulls],
        contested.tolist(),
        _are_holed(hulls, find_gaps(whole)),
    )


def _with_border(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`picture` (h, w) with one pixel of 0 around it."""
    return np.asarray(cv2.copyMakeBorder(picture, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0), np.uint8)


def _are_holed(hulls: list[NDArray[np.int32]], gaps: NDArray[np.uint8]) -> list[bool]:
    """Whether `gaps` (h, w) show through each of `hulls`."""
    if not gaps.any():
        return [False] * len(hulls)
    filled = [np.asarray(cv2.fillConvexPoly(np.zeros_like(gaps), hull, 1), np.uint8) for hull in hulls]
    return [cv2.countNonZero(hull & gaps) > LARGEST_GAP * cv2.countNonZero(hull) for hull in filled]
