"""Plates come out of a sheet as they went in."""

import io
import json
from pathlib import Path

import numpy as np
from PIL import Image

from models.pack_plates import pack
from models.plates import PER_SHEET, SIDE_PX, Sample, read_plates, write_sheet
from models.rendering.png import encode
from models.rendering.shelf import Shelf


def sample(number: int) -> Sample:
    generator = np.random.default_rng(number)
    picture = np.full((SIDE_PX, SIDE_PX, 3), generator.integers(0, 255, 3), dtype=np.uint8)
    classes = generator.integers(0, 6, (SIDE_PX, SIDE_PX), dtype=np.uint8)
    objects = generator.integers(0, 4, (SIDE_PX, SIDE_PX), dtype=np.uint8)
    return Sample(picture, classes, objects, {"index": number, "kind": "fruit"})


def test_masks_and_truth_come_back_exactly_and_pictures_nearly(tmp_path: Path) -> None:
    put = [sample(number) for number in range(PER_SHEET + 3)]
    write_sheet(tmp_path, 0, put[:PER_SHEET])
    write_sheet(tmp_path, 1, put[PER_SHEET:])
    got = list(read_plates(tmp_path))
    assert len(got) == len(put)
    for before, after in zip(put, got, strict=True):
        assert (before.classes == after.classes).all()
        assert (before.objects == after.objects).all()
        assert before.truth["index"] == after.truth["index"]
        assert np.abs(before.picture.astype(int) - after.picture).max() <= 3


def test_a_mask_is_a_png_that_others_read() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (5, 7, 3), dtype=np.uint8)
    assert (np.asarray(Image.open(io.BytesIO(encode(picture)))) == picture).all()


def test_packing_takes_the_plates_that_count_and_keeps_to_its_limit(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "plates")
    shelf.folder.mkdir()
    for number in (4, 2):
        one = sample(number)
        half = shelf.folder / "half.png"
        Image.fromarray(one.picture).save(half)
        mask = np.stack([one.classes, one.objects, 0 * one.classes], axis=2)
        shelf.put(number, half, encode(mask), one.truth)
    assert pack(shelf, tmp_path / "sheets", quality=95) == 2
    got = list(read_plates(tmp_path / "sheets"))
    assert [one.truth["index"] for one in got] == [2, 4]
    assert (got[1].classes == sample(4).classes).all()
    lines = (tmp_path / "sheets" / "plates.jsonl").read_text().splitlines()
    assert json.loads(lines[1])["cell"] == 1
