"""A set of plates that was cut short goes on where it stopped."""

from pathlib import Path

import pytest

from models.rendering.shelf import Shelf


def put(shelf: Shelf, index: int) -> None:
    half = shelf.folder / "half.png"
    half.write_bytes(b"picture")
    shelf.put(index, half, b"mask", {"index": index, "kind": "fruit"})


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_an_empty_folder_lacks_every_plate(shelf: Shelf) -> None:
    assert shelf.missing(3) == [0, 1, 2]


def test_a_plate_that_was_put_is_not_made_again(shelf: Shelf) -> None:
    put(shelf, 1)
    assert shelf.missing(3) == [0, 2]
    assert shelf.picture(1).read_bytes() == b"picture"
    assert shelf.mask(1).read_bytes() == b"mask"


def test_files_without_a_line_of_truth_do_not_count(shelf: Shelf) -> None:
    put(shelf, 0)
    shelf.picture(1).write_bytes(b"half a pict")
    shelf.mask(1).write_bytes(b"half a m")
    assert shelf.missing(2) == [1]
    put(shelf, 1)
    assert shelf.picture(1).read_bytes() == b"picture"


def test_a_line_that_was_cut_short_does_not_count_and_harms_no_other(shelf: Shelf) -> None:
    put(shelf, 0)
    put(shelf, 1)
    whole = shelf.truth.read_bytes()
    shelf.truth.write_bytes(whole[:-5])
    assert shelf.missing(3) == [1, 2]
    put(shelf, 2)
    put(shelf, 1)
    assert shelf.missing(3) == []


def test_nothing_half_written_is_left(shelf: Shelf) -> None:
    put(shelf, 0)
    assert sorted(path.name for path in shelf.folder.rglob("*") if path.is_file()) == [
        "000000.mask.png", "000000.png", "truth.jsonl",
    ]  # fmt: skip
