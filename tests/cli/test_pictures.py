"""What is read from disk, and what is refused with a sentence before it can spoil a measurement."""

import os
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from grader.cli import pictures
from grader.cli.pictures import PictureError, read_colour_picture, read_picture

HEIGHT, WIDTH = 64, 96


@pytest.fixture
def colours() -> NDArray[np.uint8]:
    """(64, 96, 3): a smooth picture with every channel on its own."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.stack([2 * x, 3 * y, 255 - x - y], axis=-1).astype(np.uint8)


def encoded(pixels: NDArray[np.uint8] | NDArray[np.uint16], suffix: str) -> bytes:
    return cv2.imencode(suffix, pixels)[1].tobytes()


def written(folder: Path, content: bytes) -> Path:
    path = folder / "picture"
    path.write_bytes(content)
    return path


def code_of(path: Path) -> str:
    with pytest.raises(PictureError) as caught:
        read_colour_picture(path)
    assert str(path) in str(caught.value)
    return caught.value.code


@pytest.mark.parametrize("suffix", [".png", ".bmp"])
def test_a_lossless_picture_is_read_as_it_was_written(tmp_path: Path, colours: NDArray[np.uint8], suffix: str) -> None:
    assert (read_picture(written(tmp_path, encoded(colours, suffix))) == colours).all()


def test_a_jpeg_is_read_whatever_its_name(tmp_path: Path, colours: NDArray[np.uint8]) -> None:
    read = read_picture(written(tmp_path, encoded(colours, ".jpg")))
    assert np.abs(read.astype(int) - colours).mean() < 3


@pytest.mark.parametrize("factor", [256, 257])
def test_sixteen_bits_give_the_same_picture_as_eight(tmp_path: Path, colours: NDArray[np.uint8], factor: int) -> None:
    wide = colours.astype(np.uint16) * factor
    assert (read_picture(written(tmp_path, encoded(wide, ".png"))) == colours).all()


def test_twelve_bits_at_the_lower_end_of_sixteen_are_not_taken_for_a_dark_picture(
    tmp_path: Path, colours: NDArray[np.uint8]
) -> None:
    assert code_of(written(tmp_path, encoded(colours.astype(np.uint16) * 16, ".png"))) == "picture-depth"


def test_opaque_alpha_is_dropped(tmp_path: Path, colours: NDArray[np.uint8]) -> None:
    opaque = np.dstack([colours, np.full((HEIGHT, WIDTH), 255, np.uint8)])
    assert (read_picture(written(tmp_path, encoded(opaque, ".png"))) == colours).all()


def test_white_shows_through_where_a_picture_is_transparent(tmp_path: Path, colours: NDArray[np.uint8]) -> None:
    half = np.dstack([colours, np.zeros((HEIGHT, WIDTH), np.uint8)])
    half[:, : WIDTH // 2, 3] = 255
    read = read_picture(written(tmp_path, encoded(half, ".png")))
    assert (read[:, : WIDTH // 2] == colours[:, : WIDTH // 2]).all()
    assert (read[:, WIDTH // 2 :] == 255).all()


def test_exif_does_not_turn_the_picture(tmp_path: Path, colours: NDArray[np.uint8]) -> None:
    jpeg = encoded(colours, ".jpg")
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)  # orientation: turned by 90 degrees
    exif = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    turned = jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]
    assert (read_picture(written(tmp_path, turned)) == read_picture(written(tmp_path, jpeg))).all()


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".jpg"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.999])
def test_a_truncated_file_is_noticed(tmp_path: Path, colours: NDArray[np.uint8], suffix: str, share: float) -> None:
    content = encoded(colours, suffix)
    assert code_of(written(tmp_path, content[: int(share * len(content))])) == "picture-truncated"


def test_a_jpeg_that_is_filled_up_with_zeros_is_noticed(tmp_path: Path, colours: NDArray[np.uint8]) -> None:
    content = encoded(colours, ".jpg")
    assert code_of(written(tmp_path, content[: len(content) // 2] + bytes(len(content) // 2))) == "picture-truncated"


def test_a_flipped_bit_of_a_png_is_noticed(tmp_path: Path, colours: NDArray[np.uint8]) -> None:
    content = bytearray(encoded(colours, ".png"))
    content[len(content) // 2] ^= 1
    assert code_of(written(tmp_path, bytes(content))) == "picture-truncated"


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_grey_picture_has_no_colour_to_grade(tmp_path: Path, colours: NDArray[np.uint8], suffix: str) -> None:
    grey = np.ascontiguousarray(colours[..., 1])
    assert code_of(written(tmp_path, encoded(grey, suffix))) == "picture-grey"
    assert read_picture(tmp_path / "picture").shape == (HEIGHT, WIDTH, 3)


def test_a_grey_picture_stored_as_colour_is_grey_all_the_same(tmp_path: Path, colours: NDArray[np.uint8]) -> None:
    grey = np.repeat(colours[..., 1:2], 3, axis=2)
    assert code_of(written(tmp_path, encoded(grey, ".png"))) == "picture-grey"


def test_a_picture_for_the_printer_is_refused(tmp_path: Path, colours: NDArray[np.uint8]) -> None:
    content = bytearray(encoded(colours, ".jpg"))
    content[content.index(b"\xff\xc0") + 9] = 4  # the number of inks
    assert code_of(written(tmp_path, bytes(content))) == "picture-cmyk"


def test_a_huge_picture_is_refused_by_its_header(tmp_path: Path, colours: NDArray[np.uint8]) -> None:
    content = bytearray(encoded(colours, ".png"))
    content[16:24] = struct.pack(">II", 60_000, 60_000)
    assert code_of(written(tmp_path, bytes(content))) == "picture-too-large"


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse.png"
    with path.open("wb") as file:
        file.truncate(pictures.MOST_BYTES + 1)
    assert code_of(path) == "picture-too-large"


def test_one_pixel_is_no_picture_of_fruit(tmp_path: Path) -> None:
    assert code_of(written(tmp_path, encoded(np.zeros((1, 1, 3), np.uint8), ".png"))) == "picture-too-small"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"Dear Sir or Madam", "it is something else"),
        (b"GIF89a" + bytes(99), "it is GIF"),
        (b"II*\0" + bytes(99), "it is TIFF"),
        (b"RIFF" + bytes(99), "it is WebP"),
        (b"\0\0\0\x18ftypheic" + bytes(99), "it is HEIF"),
    ],
)
def test_what_is_no_picture_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = written(tmp_path, content)
    assert code_of(path) == "picture-not-an-image"
    with pytest.raises(PictureError, match=said):
        read_picture(path)


@pytest.mark.parametrize("content", [b"\xff\xd8\xff" + bytes(40), b"\xff\xd8\xff\xe0", b"BM", b"\x89PNG\r\n\x1a\n"])
def test_a_file_that_only_begins_like_a_picture_is_truncated(tmp_path: Path, content: bytes) -> None:
    assert code_of(written(tmp_path, content)) == "picture-truncated"


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    assert code_of(tmp_path / "nowhere.jpg") == "picture-missing"
    assert code_of(tmp_path) == "picture-unreadable"


@pytest.mark.skipif(os.name != "posix", reason="needs named pipes")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert code_of(tmp_path / "pipe") == "picture-unreadable"
