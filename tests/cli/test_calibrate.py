"""`grader calibrate` as a person types it: pictures in, a file out, sentences on stderr, exit 0 or 2."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from grader.calibration import load_calibration
from grader.calibration.board import Board
from grader.calibration.chart import CLASSIC_RGB
from grader.cli.main import EXIT_USAGE, main
from grader.vision.colour import decode, encode

BOARD = ["--board", "8x6", "--square-mm", "18", "--marker-mm", "13", "--dictionary", "DICT_4X4_50"]
SIZE_PX = (640, 480)
FOCAL_PX = 900.0

POSES = {
    "belt": (0, 0, 300, 1, -1, 4),
    "board_1": (-45, 5, 250, 20, -15, 10),
    "board_2": (45, -5, 255, -18, 16, -12),
    "board_3": (10, -32, 240, 22, 8, 95),
    "board_4": (-8, 32, 245, -20, -12, 80),
    "board_5": (-38, -28, 270, 15, 20, -30),
    "board_6": (38, 28, 270, -15, -20, 170),
    "board_7": (38, -28, 265, -16, 18, 45),
    "board_8": (-38, 28, 265, 17, -18, -60),
}
"""x, y and distance of the board's centre, mm; tilts and turn, degrees."""


def photograph(board: Board, pose: tuple[float, ...]) -> NDArray[np.uint8]:
    """A picture of `board` by a camera without distortion: one homography."""
    x, y, z, *angles = pose
    rotation = np.eye(3)
    for angle, axis in zip(np.radians(angles), np.eye(3), strict=True):
        rotation = rotation @ np.asarray(cv2.Rodrigues(angle * axis)[0])
    middle = np.array([board.columns, board.rows, 0]) * board.square_mm / 2
    camera = np.array([[FOCAL_PX, 0, 319.5], [0, FOCAL_PX, 239.5], [0, 0, 1]])
    to_picture = camera @ np.column_stack([rotation[:, :2], np.array([x, y, z]) - rotation @ middle])
    px_per_mm = 6
    size = (round(board.columns * board.square_mm * px_per_mm), round(board.rows * board.square_mm * px_per_mm))
    from_print = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, px_per_mm]]) / px_per_mm
    fine = np.array([[2, 0, 0.5], [0, 2, 0.5], [0, 0, 1]])
    print_ = board.opencv().generateImage(size)
    seen = cv2.warpPerspective(print_, fine @ to_picture @ from_print, (1280, 960), borderValue=90)
    grey = cv2.GaussianBlur(cv2.resize(seen, SIZE_PX, interpolation=cv2.INTER_AREA), (0, 0), 0.5)
    warm_lamp = np.array([0.85, 0.95, 1.0])
    return np.asarray(np.asarray(grey)[..., None] * warm_lamp, np.uint8)


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of board views, and of the belt empty, with fruit, and by another camera."""
    folder = tmp_path_factory.mktemp("views")
    board = Board(8, 6, 18, 13, "DICT_4X4_50")
    for name, pose in POSES.items():
        cv2.imwrite(str(folder / f"{name}.png"), photograph(board, pose))
    empty = np.full((480, 640, 3), (130, 80, 55), np.uint8)
    cv2.imwrite(str(folder / "empty.png"), empty)
    cv2.imwrite(str(folder / "empty_small.png"), empty[:240])
    cv2.imwrite(str(folder / "fruit.png"), cv2.circle(empty.copy(), (300, 200), 40, (30, 30, 190), cv2.FILLED))
    (folder / "notes.png").write_text("focus at 2 o'clock")
    return folder


def boards(folder: Path) -> list[str]:
    return [str(path) for path in sorted(folder.glob("board_*"))]


def calibrate_camera(views: Path, path: Path) -> int:
    """Calibrate from the good views, as a person would."""
    words = [*boards(views), *BOARD, "--belt-view", str(views / "belt.png"), "-o", str(path)]
    return main(["calibrate", "camera", *words])


@pytest.fixture
def calibration(views: Path, tmp_path: Path) -> Path:
    """A calibration file."""
    assert calibrate_camera(views, tmp_path / "calibration.json") == 0
    return tmp_path / "calibration.json"


def test_board_views_become_a_calibration(views: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert calibrate_camera(views, tmp_path / "calibration.json") == 0
    shown = capsys.readouterr()
    value = load_calibration(tmp_path / "calibration.json")
    assert value.camera.size_px == SIZE_PX
    assert value.camera.matrix[0, 0] == pytest.approx(FOCAL_PX, rel=2e-3)
    assert value.scale_u < 0.005
    assert shown.out == ""
    assert "9 views, rms 0.0" in shown.err


def test_the_belt_view_may_be_among_the_views(views: Path, calibration: Path, tmp_path: Path) -> None:
    among = tmp_path / "among.json"
    files = [*boards(views), str(views / "belt.png")]
    assert main(["calibrate", "camera", *files, *BOARD, "--belt-view", files[-1], "--output", str(among)]) == 0
    assert load_calibration(among).camera.matrix == pytest.approx(load_calibration(calibration).camera.matrix)


def test_a_report_is_written_when_asked_for(views: Path, tmp_path: Path) -> None:
    arguments = [*boards(views), *BOARD, "--belt-view", str(views / "belt.png"), "-o", str(tmp_path / "c.json")]
    assert main(["calibrate", "camera", *arguments, "--report", str(tmp_path / "report")]) == 0
    assert "| board_1.png |" in (tmp_path / "report" / "report.md").read_text()
    assert (tmp_path / "report" / "coverage.png").is_file()


def test_views_of_one_name_in_two_folders_keep_apart(views: Path, tmp_path: Path) -> None:
    other = tmp_path / "board_1.png"
    other.write_bytes((views / "board_8.png").read_bytes())
    files = [*boards(views)[:-1], str(other), str(views / "belt.png")]
    path = tmp_path / "c.json"
    assert main(["calibrate", "camera", *files, *BOARD, "--belt-view", files[-1], "-o", str(path)]) == 0
    names = [view["name"] for view in json.loads(path.read_text())["fit"]["views"]]
    assert len(names) == len(set(names)) == 9
    assert str(other) in names


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"--board": "9by7"}, "write columns x rows, such as 9x7"),
        ({"--board": "6x8"}, "with --board 8x6"),
        ({"--dictionary": "DICT_9X9"}, "there is no marker dictionary 'DICT_9X9'"),
        ({"--marker-mm": "20"}, "a marker of 20 mm does not fit"),
        ({"--square-mm": "-3"}, "-3"),
        ({"-o": "nowhere/calibration.json"}, "does not exist"),
        ({"--report": "nowhere/report"}, "does not exist"),
        ({"--belt-view": "nowhere.png"}, "does not exist"),
    ],
)
def test_a_wrong_option_is_exit_2_with_a_sentence_and_no_file(
    views: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, str], text: str
) -> None:
    options = {
        **dict(zip(BOARD[::2], BOARD[1::2], strict=True)),
        "--belt-view": str(views / "belt.png"),
        "-o": str(tmp_path / "calibration.json"),
        **changes,
    }
    words = [word for option in options.items() for word in option]
    assert main(["calibrate", "camera", *boards(views), *words]) == EXIT_USAGE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert text in shown.err
    assert not (tmp_path / "calibration.json").exists()


def test_a_file_that_is_no_picture_is_refused_by_name(
    views: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [*boards(views), str(views / "notes.png")]
    path = tmp_path / "c.json"
    assert main(["calibrate", "camera", *files, *BOARD, "--belt-view", str(views / "belt.png"), "-o", str(path)]) == 2
    assert "notes.png" in capsys.readouterr().err
    assert not path.exists()


def test_the_belts_colour_is_added_in_place(views: Path, calibration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = load_calibration(calibration)
    assert main(["calibrate", "belt", str(views / "empty.png"), "--calibration", str(calibration)]) == 0
    after = load_calibration(calibration)
    assert after.belt_colour is not None
    assert after.belt_colour.median_bgr == pytest.approx((130, 80, 55))
    assert after.hash != before.hash
    assert np.array_equal(after.camera.matrix, before.camera.matrix)
    assert "red 55, green 80, blue 130" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("picture", "text"),
    [("fruit.png", "the belt is not empty"), ("empty_small.png", "is 640 x 240 px"), ("notes.png", "notes.png")],
)
def test_a_picture_that_shows_no_empty_belt_changes_nothing(
    views: Path, calibration: Path, capsys: pytest.CaptureFixture[str], picture: str, text: str
) -> None:
    before = calibration.read_bytes()
    assert main(["calibrate", "belt", str(views / picture), "--calibration", str(calibration)]) == EXIT_USAGE
    assert text in capsys.readouterr().err
    assert calibration.read_bytes() == before


def test_an_edited_calibration_is_refused(views: Path, calibration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calibration.write_text(calibration.read_text().replace('"thickness_mm": 0.0', '"thickness_mm": 5.0'))
    assert main(["calibrate", "belt", str(views / "empty.png"), "--calibration", str(calibration)]) == EXIT_USAGE
    assert "was edited after it was written" in capsys.readouterr().err


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "schema"]) == 0
    assert "hash" in json.loads(capsys.readouterr().out)["required"]


def test_the_rendered_views_give_the_true_camera(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "rendered-belt"
    truth = json.loads((folder / "truth.json").read_text())
    files = [str(path) for path in sorted((folder / "calib").glob("board_*.jpg"))]
    path = tmp_path / "calibration.json"
    described = ["--board", "9x7", "--square-mm", "25", "--marker-mm", "18", "--dictionary", "DICT_5X5_100"]
    belt_view = ["--belt-view", str(folder / "calib" / "board_belt.jpg")]
    assert main(["calibrate", "camera", *files, *described, *belt_view, "-o", str(path)]) == 0
    content = json.loads(path.read_text())
    assert content["fit"]["rms_px"] <= 0.15
    assert len(content["fit"]["views"]) == 14
    assert content["camera"]["values"]["fx_px"] == pytest.approx(truth["K"][0][0], rel=1e-3)
    assert content["camera"]["values"]["fy_px"] == pytest.approx(truth["K"][1][1], rel=1e-3)
    assert content["belt"]["height_mm"] == pytest.approx(truth["camera_height_mm"], rel=1e-3)
    assert content["fit"]["warnings"] == []
    value, corners = load_calibration(path), np.array([[0.0, 0], [1455, 0], [0, 1087], [1455, 1087], [728, 544]])
    true_camera, true_distortion = np.array(truth["K"]), np.array(truth["dist"])
    sight = np.asarray(cv2.undistortPoints(corners[:, None], true_camera, true_distortion)).reshape(-1, 2)
    lines = np.column_stack([sight, np.ones(len(sight))])[:, None]
    here = cv2.projectPoints(lines, np.zeros(3), np.zeros(3), value.camera.matrix, value.camera.distortion)[0]
    assert np.linalg.norm(np.asarray(here).reshape(-1, 2) - corners, axis=1).max() < 0.5


@pytest.mark.parametrize(("option", "value"), [("--square-mm", "inf"), ("--board-thickness-mm", "nan")])
def test_numbers_that_no_board_has_are_usage_errors(
    option: str, value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    view = tmp_path / "board.jpg"
    view.touch()
    words = ["--board", "9x7", "--square-mm", "25", "--marker-mm", "18", "--dictionary", "DICT_5X5_100"]
    board = [*words, "--belt-view", str(view), "-o", str(tmp_path / "c.json"), option, value]
    assert main(["calibrate", "camera", str(view), *board]) == EXIT_USAGE
    assert value in capsys.readouterr().err


def chart_on_belt(gain: float) -> NDArray[np.uint8]:
    """The classic 24 colours on a blue belt, as a camera without fault and with `gain` in red sees them."""
    scene = np.full((480, 640, 3), (130.0, 80.0, 55.0))
    cv2.rectangle(scene, (140, 110), (500, 350), (30, 30, 30), cv2.FILLED)
    for number, (red, green, blue) in enumerate(CLASSIC_RGB.tolist()):
        row, column = divmod(number, 6)
        corner = (150 + 58 * column, 120 + 57 * row)
        cv2.rectangle(scene, corner, (corner[0] + 44, corner[1] + 44), (blue, green, red), cv2.FILLED)
    light = decode(np.asarray(cv2.GaussianBlur(scene, (0, 0), 1.0), np.float64)) * (0.9, 0.9, 0.9 * gain)
    return np.asarray(np.rint(encode(light)), np.uint8)


def test_a_colour_chart_is_added_in_place_and_old_files_keep_their_hash(
    calibration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = load_calibration(calibration)
    cv2.imwrite(str(tmp_path / "chart.png"), chart_on_belt(gain=0.7))
    assert main(["calibrate", "colour", str(tmp_path / "chart.png"), "--calibration", str(calibration)]) == 0
    after = load_calibration(calibration)
    assert before.colour is None
    assert after.colour is not None
    red = np.array(after.colour.rows)[2]
    assert red[2] / np.array(after.colour.rows)[1][1] == pytest.approx(1 / 0.7, rel=0.03)
    assert after.hash != before.hash
    assert "24 patches" in capsys.readouterr().err
    assert "colour" in json.loads(calibration.read_text())


def test_a_picture_without_a_chart_changes_nothing(
    views: Path, calibration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = calibration.read_bytes()
    assert main(["calibrate", "colour", str(views / "empty.png"), "--calibration", str(calibration)]) == EXIT_USAGE
    assert "colour chart" in capsys.readouterr().err
    assert calibration.read_bytes() == before
