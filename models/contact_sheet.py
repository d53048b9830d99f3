"""Draw plates side by side with the outlines of their masks, to look at: python models/contact_sheet.py."""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.rendering.shelf import Shelf

COLOURS = np.array(
    [[0, 0, 0], [255, 90, 90], [255, 255, 120], [90, 255, 90], [255, 0, 255], [80, 200, 255]], dtype=np.uint8
)
"""Outlines of the classes: red, yellow, green, magenta rot, light blue bruise."""


def outlined(picture: NDArray[np.uint8], mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with a line, a pixel wide, along the inner side of each class's and object's border."""
    key = mask[..., 0].astype(np.int64) * 256 + mask[..., 1]
    border = np.zeros(key.shape, dtype=bool)
    border[:, 1:] |= key[:, 1:] != key[:, :-1]
    border[1:] |= key[1:] != key[:-1]
    border &= mask[..., 0] > 0
    drawn = picture.copy()
    drawn[border] = COLOURS[mask[..., 0][border]]
    return drawn


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plates", type=Path, default=Path("out/train-data"))
    parser.add_argument("--sheet", type=Path, default=Path("out/contact-sheet.png"))
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--count", type=int, default=48)
    parser.add_argument("--across", type=int, default=8)
    parser.add_argument("--plain", action="store_true", help="without outlines")
    parser.add_argument("--where", default="True", help="a Python condition on the truth t, as \"t['decay'] > 0.1\"")
    asked = parser.parse_args()
    shelf = Shelf(asked.plates)
    lines = shelf.lines()
    chosen = [n for n in sorted(lines) if n >= asked.start and eval(asked.where, {"t": lines[n]})]  # noqa: S307 - the caller's own
    tiles = []
    for index in chosen[: asked.count]:
        picture = np.asarray(Image.open(shelf.picture(index)).convert("RGB"))
        tiles.append(picture if asked.plain else outlined(picture, np.asarray(Image.open(shelf.mask(index)))))
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % asked.across)
    rows = [np.hstack(tiles[start : start + asked.across]) for start in range(0, len(tiles), asked.across)]
    asked.sheet.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.vstack(rows)).save(asked.sheet)


if __name__ == "__main__":
    main()
