"""Where the network fails, for its card: the held-out plates that it is most wrong about."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.network import load_network
from grader.vision.network import Question
from models.training.examples import Examples, crops_of
from models.training.plate_examples import plate_examples
from models.training.sources import doubt_specks

PLATES = Path(__file__).parents[1] / "models" / "data" / "plates"
ACROSS = 8
TILE_PX = 120
LABEL_PX = 22


def failures() -> NDArray[np.uint8]:
    """Two rows of plates: rotten fruit that the network thinks soundest, sound fruit that it thinks most rotten."""
    kept = Examples.of(plate_examples(PLATES, held_out=True))
    doubt_specks(kept)
    told, truly = load_network()(crops_of(kept)).yes[:, Question.DECAY], kept.yes[:, Question.DECAY]
    order = np.argsort(told)
    rotten, sound = order[truly[order] == 1][:ACROSS], order[truly[order] == 0][::-1][:ACROSS]
    return np.vstack([np.hstack([_tile(kept.picture[n], told[n]) for n in row]) for row in (rotten, sound)])


def _tile(picture: NDArray[np.uint8], decay: float) -> NDArray[np.uint8]:
    tile = np.full((TILE_PX + LABEL_PX, TILE_PX, 3), 255, np.uint8)
    tile[:TILE_PX] = cv2.resize(picture, (TILE_PX, TILE_PX), interpolation=cv2.INTER_AREA)
    place = (6, TILE_PX + LABEL_PX - 7)
    cv2.putText(tile, f"decay {decay:.2f}", place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
    return tile
