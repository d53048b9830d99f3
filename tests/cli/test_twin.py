"""`grader twin`: its pictures, taken through the station's own procedure, give the twin's camera back."""

import shlex
from pathlib import Path

import numpy as np
import pytest

from grader.calibration import load_calibration
from grader.cli.main import main
from grader.twin.cameras import station
from grader.twin.view import on_belt, project
from grader.vision.geometry import Sight


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The calibration that the commands make which `calibrate-images` prints, typed as a shell would run them."""
    folder = tmp_path_factory.mktemp("boards")
    with pytest.MonkeyPatch.context() as patched:
        said: list[str] = []
        patched.setattr("click.echo", lambda message, **_: said.append(message))
        assert main(["twin", "calibrate-images", str(folder)]) == 0
    assert len(list(folder.glob("board_*.jpg"))) == 15
    for line in said[0].splitlines():
        words = [
            name
            for word in shlex.split(line)[1:]
            for name in (sorted(map(str, folder.glob("board_*.jpg"))) if "*" in word else [word])
        ]
        assert main(words) == 0
    return folder / "calibration.json"


def test_the_procedure_finds_the_twins_focal_length(calibrated: Path) -> None:
    found, true = load_calibration(calibrated).camera, station().camera
    assert np.allclose(found.matrix[[0, 1], [0, 1]], true.matrix[[0, 1], [0, 1]], rtol=1e-3)
    assert np.allclose(found.matrix[:2, 2], true.matrix[:2, 2], atol=1.5)


def test_lengths_and_places_on_the_belt_are_the_twins(calibrated: Path) -> None:
    view, sight = station(), Sight.of(load_calibration(calibrated))
    x, y = np.meshgrid(np.linspace(-140, 140, 9), np.linspace(-100, 100, 7))
    true_mm = np.column_stack([x.ravel(), y.ravel()])
    pixels = project(np.column_stack([true_mm, np.zeros(len(true_mm))]), view.camera, view.belt)
    assert np.allclose(on_belt(pixels, view.camera, view.belt), true_mm, atol=0.01)
    found_mm = sight.on_belt(pixels)
    assert np.abs(found_mm - true_mm).max() < 0.15
    steps = np.hypot(*np.diff(found_mm.reshape(7, 9, 2), axis=1).transpose(2, 0, 1))
    assert np.abs(steps / 35 - 1).max() < 2e-3


def test_the_belts_colour_is_learnt(calibrated: Path) -> None:
    colour = load_calibration(calibrated).belt_colour
    assert colour is not None
    blue, green, red = colour.median_bgr
    assert blue > 1.3 * green > 1.3 * red


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["twin", "calibrate-images", str(tmp_path / "file" / "under")]) == 2
    assert "cannot write into the folder" in capsys.readouterr().err
