"""The rendered pictures that our accuracy figures are measured on are whole, and their truth speaks of them."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

FRAMES = 15


@pytest.mark.parametrize("index", range(FRAMES))
def test_a_rendered_mask_shows_the_fruit_that_the_truth_lists(shared_data: Path, index: int) -> None:
    folder = shared_data / "rendered-belt"
    frame = json.loads((folder / "truth.json").read_text())["frames"][index]
    picture = cv2.imread(str(folder / frame["file"]))
    mask = cv2.imread(str(folder / frame["file"].replace("frame", "mask").replace(".jpg", ".png")))
    assert picture is not None
    assert mask is not None
    assert picture.shape == mask.shape
    assert set(np.unique(mask[..., 2])) - {0} == {fruit["id"] for fruit in frame["fruits"]}
