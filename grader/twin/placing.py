"""Where fruit lie: apart from each other in the picture, or in groups that touch."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.twin.contact import gap_mm, slide_mm
from grader.twin.fruit import Fruit
from grader.twin.view import View, on_belt, project

Array = NDArray[np.float64]

_TRIES = 60
_EVERY = 7
"""Of a body's 33,000 points every seventh is enough for its hull in the picture."""


@dataclass(slots=True, eq=False)
class Room:
    """What of the picture is still free; footprints are convex hulls with calyx."""

    view: View
    gap_px: float
    """Between any two groups, and to the edge of the room."""
    overhang_px: int = 0
    """How far things may reach out of the picture."""
    taken: NDArray[np.uint8] = field(init=False)
    """The picture and the overhang on all sides."""

    def __post_init__(self) -> None:
        width, height = self.view.camera.size_px
        self.taken = np.zeros((height + 2 * self.overhang_px, width + 2 * self.overhang_px), np.uint8)

    def fits(self, footprint: Array) -> bool:
        """Whether the hull of `footprint`, (N, 2) px, lies in the room and on nothing that is taken."""
        height, width = self.taken.shape
        low, high = self._corners(footprint)
        if (low < 0).any() or (high > (width - 1, height - 1)).any():
            return False
        return not (self.taken[_box(low, high)] & self._filled(footprint)).any()

    def take(self, footprint: Array) -> None:
        """Nothing else may lie on a `footprint` that fits."""
        self.taken[_box(*self._corners(footprint))] |= self._filled(footprint)

    def anywhere(self, generator: np.random.Generator) -> Array:
        """(2,) mm: a point of the belt that the camera sees."""
        pixel = generator.uniform((0, 0), self.view.camera.size_px)
        point: Array = on_belt(pixel[None, :], self.view.camera, self.view.belt)[0]
        return point

    def _corners(self, footprint: Array) -> tuple[Array, Array]:
        """Lowest and highest x and y in `taken`, gap included."""
        return (
            footprint.min(axis=0) - self.gap_px + self.overhang_px,
            footprint.max(axis=0) + self.gap_px + self.overhang_px,
        )

    def _filled(self, footprint: Array) -> NDArray[np.uint8]:
        """The hull of `footprint`, half the gap wider on all sides, as a mask of its box."""
        rows, columns = _box(*self._corners(footprint))
        mask = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
        hull = np.round(footprint + self.overhang_px - (columns.start, rows.start)).astype(np.int32)
        cv2.fillPoly(mask, [hull], 1)
        cv2.polylines(mask, [hull], isClosed=True, color=1, thickness=int(np.ceil(self.gap_px)) + 2)
        return mask


def footprint(fruit: Fruit, room: Room) -> Array:
    """(N, 2) px: points whose hull holds the fruit with its calyx in the picture."""
    flesh = fruit.body.pose.place(fruit.body.mesh.vertices[::_EVERY])
    pixels = project(np.concatenate([flesh, fruit.calyx.placed(fruit.body)]), room.view.camera, room.view.belt)
    hull = cv2.convexHull(pixels.astype(np.float32))
    return np.asarray(hull[:, 0, :], dtype=np.float64)


def place_alone(generator: np.random.Generator, fruit: Fruit, room: Room) -> Fruit | None:
    """`fruit` somewhere apart from all others; None: no room was found."""
    for _ in range(_TRIES):
        moved = fruit.moved(tuple(room.anywhere(generator) - fruit.body.pose.translation_mm[:2]))
        if room.fits(where := footprint(moved, room)):
            room.take(where)
            return moved
    return None


def place_beside(generator: np.random.Generator, fruit: Fruit, group: list[Fruit], room: Room) -> Fruit | None:
    """`fruit` touching one of `group` and entering none, apart from all others; None: no room was found.

    The group's own footprints must not have been taken yet.
    """
    for _ in range(_TRIES):
        host = group[int(generator.integers(len(group)))]
        turn = generator.uniform(0, 2 * np.pi)
        towards = np.array([np.cos(turn), np.sin(turn), 0.0])
        start = fruit.moved(tuple(host.body.pose.translation_mm[:2] - fruit.body.pose.translation_mm[:2]))
        way = slide_mm(host.body.surface.vertices, start.body.surface.vertices, towards)
        moved = start.moved((way * towards[0], way * towards[1]))
        others = [other for other in group if other is not host]
        if room.fits(footprint(moved, room)) and all(
            gap_mm(other.body.surface.vertices, moved.body.surface.vertices) > 0 for other in others
        ):
            return moved
    return None


def _box(low: Array, high: Array) -> tuple[slice, slice]:
    x0, y0 = np.floor(low).astype(int)
    x1, y1 = np.ceil(high).astype(int)
    return slice(y0, y1 + 1), slice(x0, x1 + 1)
