"""Sheets of rendered plates: written once, read by training. The format is described in models/data/README.md."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]

SIDE_PX = 160
"""Of a plate."""
ACROSS = 8
"""Plates in a row and in a column of a sheet."""
PER_SHEET = ACROSS * ACROSS
TRUTH = "plates.jsonl"


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One plate."""

    picture: Picture
    """(SIDE_PX, SIDE_PX, 3), RGB."""
    classes: Picture
    """(SIDE_PX, SIDE_PX): 0 belt, 1 red, 2 pale, 3 calyx, 4 rot, 5 bruise."""
    objects: Picture
    """(SIDE_PX, SIDE_PX): number of the object, 1 the main one, 0 belt; `truth["objects"]` says what each is."""
    truth: dict[str, Any]


def write_sheet(folder: Path, number: int, samples: Sequence[Sample], quality: int = 95) -> int:
    """Put up to PER_SHEET samples on sheet `number` of `folder`, add their lines to its list; return bytes written."""
    picture = np.zeros((SIDE_PX * ACROSS, SIDE_PX * ACROSS, 3), dtype=np.uint8)
    mask = np.zeros_like(picture)
    for cell, sample in enumerate(samples):
        rows, columns = _place(cell)
        picture[rows, columns] = sample.picture
        mask[rows, columns, 0], mask[rows, columns, 1] = sample.classes, sample.objects
    folder.mkdir(parents=True, exist_ok=True)
    files = _files(folder, number)
    # 4:4:4, and a plate's side is a multiple of JPEG's blocks: neighbours on the sheet do not bleed into each other.
    Image.fromarray(picture).save(files[0], quality=quality, subsampling=0, optimize=True)
    Image.fromarray(mask).save(files[1], optimize=True)
    with (folder / TRUTH).open("a", encoding="utf-8") as lines:
        for cell, sample in enumerate(samples):
            lines.write(json.dumps({"sheet": number, "cell": cell, **sample.truth}, separators=(",", ":")) + "\n")
    return sum(file.stat().st_size for file in files)


def read_plates(folder: Path) -> Iterator[Sample]:
    """Every plate of the sheets in `folder`, in order."""
    open_sheet, picture, mask = -1, np.zeros(0, dtype=np.uint8), np.zeros(0, dtype=np.uint8)
    with (folder / TRUTH).open(encoding="utf-8") as lines:
        for text in lines:
            truth = json.loads(text)
            if truth["sheet"] != open_sheet:
                open_sheet = truth["sheet"]
                picture, mask = (np.asarray(Image.open(file).convert("RGB")) for file in _files(folder, open_sheet))
            rows, columns = _place(truth["cell"])
            yield Sample(picture[rows, columns], mask[rows, columns, 0], mask[rows, columns, 1], truth)


def _place(cell: int) -> tuple[slice, slice]:
    """Rows and columns of a cell: left to right, then down."""
    row, column = SIDE_PX * (cell // ACROSS), SIDE_PX * (cell % ACROSS)
    return slice(row, row + SIDE_PX), slice(column, column + SIDE_PX)


def _files(folder: Path, number: int) -> tuple[Path, Path]:
    return folder / f"sheet-{number:04d}.jpg", folder / f"sheet-{number:04d}.mask.png"
