"""Renders its share of a set's plates: `python -m models.rendering.worker FOLDER SEED COUNT NTH OF`."""

import os
import sys
import time
from pathlib import Path

from models.rendering.plate import compose
from models.rendering.png import encode
from models.rendering.recipe import draw_recipe
from models.rendering.shelf import Shelf
from models.rendering.stage import Stage


def work(shelf: Shelf, seed: int, count: int, nth: int, of: int) -> None:
    """Make every `of`-th of the plates that are missing, from the `nth` on."""
    stage = Stage()
    started = time.monotonic()
    half = shelf.folder / f"half-{os.getpid()}.png"
    mine = [index for index in shelf.missing(count) if index % of == nth]
    for made, index in enumerate(mine, start=1):
        plate = compose(draw_recipe(seed, index))
        stage.render(plate, half)
        shelf.put(index, half, encode(plate.mask), plate.truth)
        if made % 50 == 0:
            seconds = (time.monotonic() - started) / made
            print(f"worker {nth}: plate {index}, {seconds:.2f} s a plate", file=sys.stderr, flush=True)


if __name__ == "__main__":
    folder, *numbers = sys.argv[1:]
    work(Shelf(Path(folder)), *(int(number) for number in numbers))
