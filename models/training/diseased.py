"""Examples from photographs of diseased fruit on the plant (fruit-disease).

They are the patches that people outlined, and sound berries of the same photos, picked by eye (`sound.csv`).
"""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.coco import filled
from grader.vision.network import Question, Skin
from models.training.colours import is_leaf, is_red, is_ripe
from models.training.examples import NO_AXIS, ROOM, SIDE_PX, UNKNOWN, Example, square, unknown_answers

ANTHRACNOSE, GREY_MOULD, MILDEW = "1", "3", "5"
SMALLEST_PX = 40
"""Smaller patches of the 640 px photos are too coarse for a crop of 64."""
SOUND = Path(__file__).with_name("sound.csv")
AROUND = (1.15, 1.5, 1.9)
"""Sides of squares, in sides of an outlined patch's box: the fruit goes on around it. Figures are from the first."""
AROUND_SOUND = (1.0, 0.8, 1.25)
"""The same about sound berries, so that how near one looks does not tell the two apart."""

_STEPS = (np.arange(SIDE_PX) + 0.5) / SIDE_PX - 0.5
_WELL_OUTSIDE = np.hypot(_STEPS, _STEPS[:, None]) > 0.56 / ROOM
"""A little more than the circle in the box: what is farther out is plant, so that it may be exchanged for a ground."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo and its patches."""

    path: Path
    patches: list[tuple[str, NDArray[np.float64]]]
    """Disease, and outline (V, 2) in shares of the photo's sides."""

    @property
    def held_out(self) -> bool:
        """Whether figures are published from it: by the first bit of its name's SHA-256, and never trained on."""
        photo = self.path.name.partition(".rf.")[0]
        return hashlib.sha256(photo.encode()).digest()[0] >= 128  # noqa: PLR2004 - half of the values of a byte


def read_photos(folder: Path) -> Iterator[Photo]:
    """All photos below `folder`, by name."""
    for labels in sorted((folder / "labels").glob("*.txt")):
        words = [line.split() for line in labels.read_text(encoding="ascii").splitlines()]
        patches = [(word[0], np.array(word[1:], np.float64).reshape(-1, 2)) for word in words if len(word) > 1]
        yield Photo(folder / "images" / f"{labels.stem}.jpg", patches)


def diseased_examples(folder: Path, *, held_out: bool) -> Iterator[Example]:
    """Patches and sound berries of one half of the photos."""
    sound = _read_sound()
    for photo in read_photos(folder):
        if photo.held_out == held_out:
            yield from _of_photo(photo, sound.get(photo.path.name, []))


def _read_sound() -> dict[str, list[tuple[int, int, int, int]]]:
    """By file: boxes x, y, width, height, px, about sound berries."""
    found: dict[str, list[tuple[int, int, int, int]]] = {}
    if SOUND.exists():
        with SOUND.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                box = (int(row["x"]), int(row["y"]), int(row["width"]), int(row["height"]))
                found.setdefault(row["file"], []).append(box)
    return found


def _of_photo(photo: Photo, sound: list[tuple[int, int, int, int]]) -> Iterator[Example]:
    picture = np.asarray(cv2.imread(str(photo.path), cv2.IMREAD_COLOR), np.uint8)
    size = (picture.shape[0], picture.shape[1])
    skin = _skin(picture, photo, size)
    for disease, outline in photo.patches:
        x, y, width, height = cv2.boundingRect(np.rint(outline * size[::-1]).astype(np.int32))
        if min(width, height) >= SMALLEST_PX and disease in {ANTHRACNOSE, GREY_MOULD, MILDEW}:
            for around in AROUND[:1] if photo.held_out else AROUND:
                yield _example(picture, skin, (x, y, width, height), around, photo, decayed=True)
    for box in sound:
        for around in AROUND_SOUND[:1] if photo.held_out else AROUND_SOUND:
            yield _example(picture, skin, box, around, photo, decayed=False)


def _example(
    picture: NDArray[np.uint8],
    skin: NDArray[np.uint8],
    box: tuple[int, int, int, int],
    around: float,
    photo: Photo,
    *,
    decayed: bool,
) -> Example:
    x, y, width, height = box
    centre, side = (x + width / 2 - 0.5, y + height / 2 - 0.5), ROOM * around * max(width, height)
    yes = unknown_answers()
    yes[Question.NO_FRUIT], yes[Question.DECAY] = 0, decayed
    return Example(
        picture=square(picture, centre, side, (0, 0, 0), smooth=True),
        skin=np.where(_WELL_OUTSIDE, UNKNOWN, square(skin, centre, side, UNKNOWN, smooth=False)),
        body=np.where(_WELL_OUTSIDE, 0, UNKNOWN).astype(np.uint8),
        yes=yes,
        axis=NO_AXIS,
        group=f"disease:{photo.path.name.partition('.rf.')[0]}",
    )


def _skin(picture: NDArray[np.uint8], photo: Photo, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Rot where it was outlined and is not red; red and leaves where nothing was outlined; the rest is unknown."""
    skin = np.full(size, UNKNOWN, np.uint8)
    red, leaf = is_red(picture), is_leaf(picture)
    outlined = np.zeros(size, np.bool_)
    for disease, outline in photo.patches:
        inside = filled(outline * size[::-1], size)
        outlined |= inside
        if disease != MILDEW:
            skin[inside & ~red & ~leaf] = Skin.ROT
    skin[leaf & ~outlined] = Skin.CALYX
    skin[is_ripe(picture) & ~outlined] = Skin.RED
    return skin
