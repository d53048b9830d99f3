"""The bundled pictures of `make demo`, and a calibration made from them."""

from pathlib import Path

import pytest

from grader.cli.main import main

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def demo() -> Path:
    """The folder with the bundled pictures."""
    return ROOT / "examples" / "demo"


@pytest.fixture(scope="session")
def blue_belt(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The calibration of the demo's camera over its blue belt."""
    path = tmp_path_factory.mktemp("calibration") / "blue.json"
    boards = [str(board) for board in sorted((demo / "boards").glob("board_*.jpg"))]
    belt_view = str(demo / "boards" / "board_belt.jpg")
    printed = ["--board", "9x7", "--square-mm", "25", "--marker-mm", "18", "--dictionary", "DICT_5X5_100"]
    assert main(["calibrate", "camera", *boards, *printed, "--belt-view", belt_view, "-o", str(path)]) == 0
    assert main(["calibrate", "belt", str(demo / "empty_blue.jpg"), "--calibration", str(path)]) == 0
    return path
