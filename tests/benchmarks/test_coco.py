"""Photographs are split by photo, and polygons are filled as they were drawn."""

import json
from pathlib import Path

import numpy as np

from benchmarks.coco import Labelled, filled, read_labels


def copies(photo: str) -> list[Labelled]:
    return [Labelled(Path(f"images/{photo}_jpg.rf.{copy}.jpg"), []) for copy in ("aa11", "bb22", "cc33")]


def test_copies_of_a_photo_are_all_in_one_half() -> None:
    for number in range(50):
        assert len({one.tuning for one in copies(f"image_{number}")}) == 1


def test_the_halves_are_nearly_equal() -> None:
    tuning = sum(copies(f"image_{number}")[0].tuning for number in range(1000))
    assert 450 < tuning < 550


def test_a_polygon_covers_its_area() -> None:
    square = np.array([[10.0, 20.0], [30.0, 20.0], [30.0, 50.0], [10.0, 50.0]])
    mask = filled(square, (100, 100))
    assert mask[20:50, 10:30].all()
    assert mask.sum() <= 21 * 31


def test_only_fruit_are_read(tmp_path: Path) -> None:
    shape = [0, 0, 9, 0, 9, 9]
    content = {
        "images": [{"id": 1, "file_name": "images/a.jpg"}, {"id": 2, "file_name": "images/b.jpg"}],
        "annotations": [
            {"image_id": 1, "category_id": 1, "segmentation": [shape]},
            {"image_id": 1, "category_id": 2, "segmentation": [shape]},
            {"image_id": 2, "category_id": 2, "segmentation": [shape]},
        ],
    }
    (tmp_path / "annotations.coco.json").write_text(json.dumps(content))
    (only,) = read_labels(tmp_path)
    assert only.path == tmp_path / "images" / "a.jpg"
    assert [polygon.tolist() for polygon in only.polygons] == [[[0, 0], [9, 0], [9, 9]]]
