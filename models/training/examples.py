"""Examples to learn from: squares about one object with what is known of it, whatever source they come from."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.vision import network
from grader.vision.network import Question

SIDE_PX = 128
"""Side of an example."""
ROOM = 1.8
"""Side of an example, in sides of the box about the object: more than the network's crop, so that it can be turned."""
UNKNOWN = 255
"""Class of a pixel that nobody knows."""

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Example:
    """One object."""

    picture: Bytes
    """(SIDE_PX, SIDE_PX, 3) BGR."""
    skin: Bytes
    """(SIDE_PX, SIDE_PX) `Skin` or UNKNOWN."""
    body: Bytes
    """(SIDE_PX, SIDE_PX) 1 where flesh is, be it under a leaf, else 0, or UNKNOWN."""
    yes: NDArray[np.float32]
    """(Question.COUNT,) 1, 0, or nan where nobody knows."""
    axis: NDArray[np.float32]
    """(2,) unit vector stem to apex, x to the right and y down; nan where nobody knows."""
    group: str
    """Source and picture: examples of one group are never parted between training and judging."""


@dataclass(frozen=True, slots=True)
class Examples:
    """K of them, stacked."""

    picture: Bytes
    skin: Bytes
    body: Bytes
    yes: NDArray[np.float32]
    axis: NDArray[np.float32]
    group: NDArray[np.str_]

    @classmethod
    def of(cls, examples: Iterable[Example]) -> "Examples":
        """Stack them; at least one."""
        kept = list(examples)
        return cls(*(np.stack([np.asarray(getattr(one, field.name)) for one in kept]) for field in fields(cls)))

    @classmethod
    def load(cls, path: Path) -> "Examples":
        """As `save` left them."""
        with np.load(path) as kept:
            return cls(*(kept[field.name] for field in fields(cls)))

    @classmethod
    def together(cls, parts: list["Examples"]) -> "Examples":
        """All of `parts`."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def save(self, path: Path) -> None:
        """To one file."""
        np.savez(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Examples":
        """Some of them."""
        return Examples(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def __len__(self) -> int:
        return len(self.group)


def square(
    picture: Bytes, centre: tuple[float, float], side: float, outside: int | tuple[int, ...], *, smooth: bool
) -> Bytes:
    """The square of `picture` about `centre` (x, y), px, `side` wide, at SIDE_PX; `outside` where the picture ends."""
    scale = SIDE_PX / side
    to = np.array(
        [[scale, 0, SIDE_PX / 2 - 0.5 - scale * centre[0]], [0, scale, SIDE_PX / 2 - 0.5 - scale * centre[1]]]
    )
    flags = cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST
    value = outside if isinstance(outside, tuple) else (outside,)
    return np.asarray(cv2.warpAffine(picture, to, (SIDE_PX, SIDE_PX), flags=flags, borderValue=value), np.uint8)


def crops_of(kept: Examples) -> Bytes:
    """What the station would show the network of them: (n, side, side, 3)."""
    middle = np.full((1, 2), SIDE_PX / 2 - 0.5)
    side = np.array([SIDE_PX * network.ROOM / ROOM])
    return np.concatenate([network.crop_squares(picture, middle, side) for picture in kept.picture])


def unknown_answers() -> NDArray[np.float32]:
    """Nobody knows anything."""
    return np.full(Question.COUNT, np.nan, np.float32)


NO_AXIS = np.full(2, np.nan, np.float32)
