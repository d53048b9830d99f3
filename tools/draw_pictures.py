"""Draw the pictures of README and docs anew: `make pictures`. They show what the commands write, not retouched."""

import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

from benchmarks.labels import a_label
from grader.trace.labels import png_label, shipped_template
from tools.network_failures import failures

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "examples" / "demo"
PICTURES = ROOT / "docs" / "pictures"
SHOWN = {"blue": "frame_001", "black": "frame_009"}
"""For each belt the bundled frame whose overlay is shown."""
WIDTH_PX = 1000
QUALITY = 85
SEED = 1
"""Of the tray whose label is shown."""


def draw(folder: Path) -> None:
    """Write all pictures into `folder`."""
    with tempfile.TemporaryDirectory() as work:
        for belt, frame in SHOWN.items():
            overlay = _graded(belt, frame, Path(work))
            picture = cv2.imread(str(overlay))
            if picture is None:
                raise SystemExit(f"grader wrote no overlay to {overlay}")
            height = round(picture.shape[0] * WIDTH_PX / picture.shape[1])
            small = cv2.resize(picture, (WIDTH_PX, height), interpolation=cv2.INTER_AREA)
            cv2.imwrite(str(folder / f"graded-{belt}-belt.jpg"), small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    cv2.imwrite(str(folder / "network-failures.jpg"), failures(), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    (folder / "label.png").write_bytes(png_label(a_label(np.random.default_rng(SEED)), shipped_template()))


def _graded(belt: str, frame: str, work: Path) -> Path:
    """Calibrate, show the empty belt, grade one bundled frame; return its overlay."""
    calibration = work / f"{belt}.json"
    boards = sorted((DEMO / "boards").glob("board_*.jpg"))
    board: list[str | Path] = [
        "--board",
        "9x7",
        "--square-mm",
        "25",
        "--marker-mm",
        "18",
        "--dictionary",
        "DICT_5X5_100",
    ]
    flat: list[str | Path] = ["--belt-view", DEMO / "boards" / "board_belt.jpg", "-o", calibration]
    _grader("calibrate", "camera", *boards, *board, *flat)
    _grader("calibrate", "belt", DEMO / f"empty_{belt}.jpg", "--calibration", calibration)
    picture = next((DEMO / f"{belt}-belt").glob(f"{frame}.*"))
    _grader(
        "grade",
        picture,
        "--calibration",
        calibration,
        "--rules",
        "same-day",
        "--overlay",
        work,
        "-o",
        work / "rows.csv",
    )
    return work / f"{frame}.jpg"


def _grader(*words: str | Path) -> None:
    subprocess.run([Path(sys.executable).with_name("grader"), *words], check=True, capture_output=True)


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    draw(PICTURES)
