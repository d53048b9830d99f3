"""Pictures for the eye: what people drew in white, what the station found in a colour a fruit."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

COLOURS_BGR = ((255, 160, 0), (0, 200, 255), (255, 0, 255), (0, 255, 0), (255, 255, 0), (0, 120, 255))
TILE_PX = 200


def overlay(
    picture_bgr: NDArray[np.uint8], numbers: NDArray[np.uint16], polygons: Sequence[NDArray[np.float64]], words: str
) -> NDArray[np.uint8]:
    """`picture_bgr` (h, w, 3) with the outlines of `numbers` (h, w; 0: belt), the `polygons` (V, 2) and `words`."""
    canvas = picture_bgr.copy()
    for polygon in polygons:
        cv2.polylines(canvas, [np.rint(polygon).astype(np.int32)], True, (0, 0, 0), 3)  # noqa: FBT003 - OpenCV takes it by place only
        cv2.polylines(canvas, [np.rint(polygon).astype(np.int32)], True, (255, 255, 255), 1)  # noqa: FBT003 - as above
    for number in range(1, int(numbers.max(initial=0)) + 1):
        outlines, _ = cv2.findContours((numbers == number).view(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(canvas, outlines, -1, COLOURS_BGR[(number - 1) % len(COLOURS_BGR)], 1)
    cv2.putText(canvas, words, (6, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 4)
    cv2.putText(canvas, words, (6, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (255, 255, 255), 1)
    return canvas


def contact_sheet(pictures: Sequence[NDArray[np.uint8]], columns: int, tile_px: int = TILE_PX) -> NDArray[np.uint8]:
    """All `pictures` as tiles of `tile_px`, row by row."""
    rows = -(-len(pictures) // columns)
    sheet = np.zeros((rows * tile_px, columns * tile_px, 3), np.uint8)
    for index, picture in enumerate(pictures):
        top, left = index // columns * tile_px, index % columns * tile_px
        tile = cv2.resize(picture, (tile_px, tile_px), interpolation=cv2.INTER_AREA)
        sheet[top : top + tile_px, left : left + tile_px] = tile
    return sheet
