"""Pack rendered plates into the sheets that are committed: `make train-data` does it last."""

import argparse
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from models.plates import PER_SHEET, TRUTH, Sample, write_sheet
from models.rendering.shelf import Shelf

LIMIT_MB = 80.0


def pack(shelf: Shelf, folder: Path, quality: int, limit_mb: float = LIMIT_MB) -> int:
    """Write all plates of `shelf` that fit into `limit_mb`, by index, in whole sheets; return how many."""
    lines = shelf.lines()
    made = sorted(lines)
    if folder.exists():
        shutil.rmtree(folder)
    packed, room = 0, limit_mb * 1e6 - 1.1 * shelf.truth.stat().st_size
    for number, start in enumerate(range(0, len(made), PER_SHEET)):
        samples = [_load(shelf, index, lines[index]) for index in made[start : start + PER_SHEET]]
        room -= write_sheet(folder, number, samples, quality)
        packed += len(samples)
        if room < 2e6:  # noqa: PLR2004 - more than a sheet takes
            break
    return packed


def _load(shelf: Shelf, index: int, truth: dict[str, object]) -> Sample:
    picture = np.asarray(Image.open(shelf.picture(index)).convert("RGB"))
    mask = np.asarray(Image.open(shelf.mask(index)))
    return Sample(picture, mask[..., 0], mask[..., 1], truth)


def main() -> None:
    """Pack, and say how much it became."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plates", type=Path, default=Path("out/train-data"), help="what models/render_crops.py wrote")
    parser.add_argument("--folder", type=Path, default=Path("models/data/plates"), help="where the sheets go")
    parser.add_argument("--quality", type=int, default=95, help="of the JPEGs")
    asked = parser.parse_args()
    packed = pack(Shelf(asked.plates), asked.folder, asked.quality)
    total = sum(file.stat().st_size for file in asked.folder.iterdir())
    print(f"{packed} plates, {total / 1e6:.1f} MB, truth in {asked.folder / TRUTH}")


if __name__ == "__main__":
    main()
