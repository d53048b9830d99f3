"""Photographs with polygons of fruit in COCO's format, split by photo."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

FRUIT = 1
"""The category `R_strawberry`."""
COPY = ".rf."
"""Names that differ only behind this are copies of one photo."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture file and the outlines of its fruit."""

    path: Path
    polygons: list[NDArray[np.float64]]
    """(V, 2) px each, x and y."""

    @property
    def photo(self) -> str:
        """The photo of which this file is a copy."""
        return self.path.name.partition(COPY)[0]

    @property
    def tuning(self) -> bool:
        """Whether the photo is in the half that may be looked at while tuning: the first bit of its name's SHA-256."""
        return hashlib.sha256(self.photo.encode()).digest()[0] < 128  # noqa: PLR2004 - half of the values of a byte


def read_labels(folder: Path) -> Iterator[Labelled]:
    """The pictures below `folder` that show fruit, in the order of their names."""
    content = json.loads((folder / "annotations.coco.json").read_text(encoding="utf-8"))
    polygons: dict[int, list[NDArray[np.float64]]] = {}
    for annotation in content["annotations"]:
        if annotation["category_id"] == FRUIT:
            parts = [np.array(part, np.float64).reshape(-1, 2) for part in annotation["segmentation"]]
            polygons.setdefault(annotation["image_id"], []).extend(parts)
    for image in sorted(content["images"], key=lambda one: str(one["file_name"])):
        if image["id"] in polygons:
            yield Labelled(folder / image["file_name"], polygons[image["id"]])


def filled(polygon: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.bool_]:
    """The pixels of a picture of `size` (h, w) inside `polygon` (V, 2)."""
    canvas = np.zeros(size, np.uint8)
    shift = 4
    points = np.rint((polygon - 0.5) * (1 << shift)).astype(
        np.int32
    )  # COCO counts from a pixel's corner, OpenCV from its centre
    cv2.fillPoly(canvas, [points], 1, shift=shift)
    return canvas > 0
