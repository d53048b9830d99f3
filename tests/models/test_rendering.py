"""The renderer itself, where `make train-data` has installed it: it has an environment of its own."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.rendering.shelf import Shelf

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".cache" / "render" / "bin" / "python"


@pytest.mark.skipif(not PYTHON.exists(), reason="needs the renderer, which make train-data installs in .cache/render")
def test_the_picture_shows_what_the_mask_says(tmp_path: Path) -> None:
    command = [str(PYTHON), "-m", "models.rendering.worker", str(tmp_path), "1", "1", "0", "1"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    shelf = Shelf(tmp_path)
    assert shelf.missing(1) == []
    picture = np.asarray(Image.open(shelf.picture(0)).convert("RGB")).astype(int)
    mask = np.asarray(Image.open(shelf.mask(0)))
    red, belt = (picture[mask[..., 0] == number].mean(axis=0) for number in (1, 0))
    assert red[0] > 1.5 * red[1]
    assert red[0] / red.sum() > belt[0] / belt.sum() + 0.1
