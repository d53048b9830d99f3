"""`calibration.json` is written whole, read only as written, and known by its content."""

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.calibration import load_calibration, plain_scale
from grader.calibration.board import Board
from grader.calibration.camera import calibrate_camera
from grader.calibration.document import Document, calibration_schema
from grader.calibration.errors import CalibrationFileError, ScaleError
from grader.calibration.files import read_document, write_document
from grader.calibration.plain import PLAIN_SCALE_U
from grader.calibration.record import make_document, with_belt_colour
from grader.vision.calibration import BeltColour

from .conftest import Picture

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BLUE = BeltColour((127.5, 79.6, 55.6), (0.92, 1.11), 2.4)
SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "calibration.schema.json"


@pytest.fixture(scope="module")
def document(pictures: dict[str, Picture], board: Board) -> Document:
    result = calibrate_camera(list(pictures), "belt", pictures.__getitem__, board)
    return make_document(result, board, NOON, {"strawberry-grader": "0.1.0"})


@pytest.fixture
def path(document: Document, tmp_path: Path) -> Path:
    write_document(document, tmp_path / "calibration.json")
    return tmp_path / "calibration.json"


def test_what_was_written_is_read(document: Document, path: Path) -> None:
    assert read_document(path) == document


def test_vision_is_given_what_the_file_says(document: Document, path: Path) -> None:
    value = load_calibration(path)
    assert value.camera.size_px == (640, 480)
    assert value.camera.matrix[0].tolist() == [document.camera.values.fx_px, 0, document.camera.values.cx_px]
    assert value.camera.distortion.shape == (5,)
    assert value.belt.rotation.T @ value.belt.rotation == pytest.approx(np.eye(3), abs=1e-9)
    assert np.linalg.norm(value.belt.translation_mm) == pytest.approx(document.belt.height_mm, abs=1e-3)
    assert value.scale_u == document.scale.u_rel > document.scale.u_rel_board
    assert (value.belt_colour, value.plain_scale) == (None, False)
    assert value.hash == json.loads(path.read_text())["hash"]


def test_the_belts_colour_is_added_and_replaced(document: Document, path: Path) -> None:
    coloured = with_belt_colour(document, BLUE, "empty.jpg")
    write_document(coloured, path)
    assert load_calibration(path).belt_colour == BLUE
    assert load_calibration(path).hash != document.content_hash()
    write_document(with_belt_colour(coloured, BLUE, "empty.jpg"), path)
    assert load_calibration(path).hash == coloured.content_hash()


def test_copying_renaming_and_indenting_change_nothing(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "left over.json"
    copy.write_text(json.dumps(json.loads(path.read_text()), indent=7, sort_keys=True))
    assert load_calibration(copy).hash == load_calibration(path).hash


def test_the_hash_does_not_depend_on_the_date(document: Document) -> None:
    later = document.model_copy(update={"created": datetime(2027, 1, 1, tzinfo=UTC)})
    assert later.content_hash() == document.content_hash()


def edit(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        *sections, last = key.split(".")
        for section in sections:
            content = content[section]
        content[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (edit("camera.values.fx_px", 901.0), "was edited after it was written"),
        (edit("scale.u_rel", 0.0), "was edited after it was written"),
        (edit("fit.warnings", ["none"]), "was edited after it was written"),
        (edit("hash", "sha256:" + "0" * 64), "was edited after it was written"),
        (lambda content: content.pop("hash"), "was edited after it was written"),
        (edit("camera.values.fx_px", "900"), r"camera\.values\.fx_px"),
        (edit("camera.values.focus", 1), r"camera\.values\.focus"),
        (lambda content: content.pop("belt"), "belt: Field required"),
        (edit("version", 2), "is of version 2, this software reads version 1"),
        (edit("format", "something else"), "is not a calibration file"),
    ],
)
def test_an_edited_file_is_refused(path: Path, change: Callable[[dict[str, Any]], None], text: str) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.raises(CalibrationFileError, match=text):
        load_calibration(path)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "not JSON"),
        (b"\xff\xd8\xff\xe0", "not text"),
        (b"[1, 2]", "not a calibration file"),
        (b'{"a"', "not JSON"),
    ],
)
def test_what_is_no_calibration_is_refused(tmp_path: Path, content: bytes, text: str) -> None:
    path = tmp_path / "calibration.json"
    path.write_bytes(content)
    with pytest.raises(CalibrationFileError, match=text):
        load_calibration(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CalibrationFileError, match="cannot read the calibration"):
        load_calibration(tmp_path / "nowhere.json")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    document: Document, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    before = path.read_bytes()
    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(CalibrationFileError, match="No space left on device"):
        write_document(with_belt_colour(document, BLUE, "empty.jpg"), path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_link_keeps_pointing_to_the_file_that_is_replaced(document: Document, path: Path, tmp_path: Path) -> None:
    link = tmp_path / "current.json"
    link.symlink_to(path)
    write_document(with_belt_colour(document, BLUE, "empty.jpg"), link)
    assert link.is_symlink()
    assert load_calibration(path).belt_colour == BLUE


def test_a_missing_folder_is_refused(document: Document, tmp_path: Path) -> None:
    with pytest.raises(CalibrationFileError, match="cannot write"):
        write_document(document, tmp_path / "nowhere" / "calibration.json")


def test_the_published_schema_is_the_codes_own() -> None:
    assert json.loads(SCHEMA.read_text()) == calibration_schema(), (
        "run: grader calibrate schema > docs/schemas/calibration.schema.json"
    )


@pytest.mark.parametrize("mm_per_px", [0.05, 0.21, 3.0])
def test_a_plain_scale_is_the_same_everywhere_at_every_height(mm_per_px: float) -> None:
    scale = plain_scale(mm_per_px, (400, 300))
    for height_mm in (0.0, 25.0):
        ends = np.array([[-20.0, 5, height_mm], [20, 5, height_mm], [-20, 45, height_mm]])
        camera = ends @ scale.belt.rotation.T + scale.belt.translation_mm
        pixels = (camera / camera[:, 2:]) @ scale.camera.matrix.T
        assert np.linalg.norm(pixels[1:, :2] - pixels[0, :2], axis=1) == pytest.approx(40 / mm_per_px, rel=5e-5)
    assert (scale.plain_scale, scale.scale_u, scale.belt_colour) == (True, PLAIN_SCALE_U, None)
    assert scale.hash == f"plain-scale:{mm_per_px} mm/px"


@pytest.mark.parametrize("mm_per_px", [0.0, -0.2, math.nan, math.inf])
def test_a_plain_scale_that_is_no_length_is_refused(mm_per_px: float) -> None:
    with pytest.raises(ScaleError, match="is no scale"):
        plain_scale(mm_per_px, (400, 300))


def test_a_file_nested_without_end_is_no_calibration(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(CalibrationFileError, match="is not JSON"):
        load_calibration(path)
