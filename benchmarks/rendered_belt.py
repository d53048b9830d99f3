"""The path-traced pictures of `rendered-belt`, and a station set up for them as its technician would do it."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.pictures import Picture, axis_in_picture
from grader.calibration import load_calibration
from grader.calibration.document import Document
from grader.calibration.files import read_document
from grader.cli.main import main as grader
from grader.cli.pictures import read_picture
from grader.vision import Calibration

BOARD = ("--board", "9x7", "--square-mm", "25", "--marker-mm", "18", "--dictionary", "DICT_5X5_100")
BELT_VIEW = "board_belt.jpg"
PALEST_FLESH = 100
"""In the mask's green channel 200 is red skin, 100 pale skin, 50 calyx or stem."""


class StationError(RuntimeError):
    """The station's own procedure failed on these pictures; what it said is on stderr."""


@dataclass(frozen=True, slots=True)
class Station:
    """What the technician's commands have made of the board views and the empty belts."""

    document: Document
    by_belt: dict[str, Calibration]


def set_up(data: Path, folder: Path) -> Station:
    """Calibrate from the board views below `data`, learn each empty belt; the calibration files go to `folder`."""
    views = sorted(str(path) for path in (data / "calib").glob("board_*.jpg"))
    camera = folder / "calibration.json"
    _run("calibrate", "camera", *views, *BOARD, "--belt-view", str(data / "calib" / BELT_VIEW), "-o", str(camera))
    by_belt = {}
    for empty in sorted(data.glob("empty_*.jpg")):
        belt = empty.stem.removeprefix("empty_")
        copy = Path(shutil.copy(camera, folder / f"{belt}.json"))
        _run("calibrate", "belt", str(empty), "--calibration", str(copy))
        by_belt[belt] = load_calibration(copy)
    return Station(read_document(camera), by_belt)


def _run(*words: str) -> None:
    if grader(words) != 0:
        raise StationError(f"`grader {words[0]} {words[1]}` failed")


def true_focal_px(data: Path) -> float:
    """The focal length with which the pictures were rendered."""
    return float(json.loads((data / "truth.json").read_text(encoding="utf-8"))["K"][0][0])


def read_pictures(data: Path, station: Station) -> Iterator[Picture]:
    """The frames below `data`, each with the calibration for its belt."""
    truth = json.loads((data / "truth.json").read_text(encoding="utf-8"))
    for frame in truth["frames"]:
        yield _picture(data, truth, frame, station.by_belt[frame["belt"]])


def _picture(data: Path, truth: dict[str, Any], frame: dict[str, Any], calibration: Calibration) -> Picture:
    name: str = frame["file"]
    place = data / name.replace("frame_", "mask_").replace(".jpg", ".png")
    mask = cv2.imread(str(place), cv2.IMREAD_COLOR)
    if mask is None:
        raise FileNotFoundError(place)
    fruits = frame["fruits"]

    def column(key: str) -> NDArray[np.float64]:
        return np.array([fruit[key] for fruit in fruits], np.float64)

    _, kind, number = cv2.split(mask)
    return Picture(
        name=name,
        camera="450 mm",
        belt=frame["belt"],
        frame_bgr=read_picture(data / name),
        calibration=calibration,
        fruit_mask=number.astype(np.uint16),
        flesh=np.asarray(kind >= PALEST_FLESH, np.bool_),
        number=np.arange(1, len(fruits) + 1),
        width_mm=column("width_mm"),
        diameter_mm=column("diameter_mm"),
        volume_mm3=column("volume_mm3"),
        visible_red=column("visible_red"),
        axis_deg=axis_in_picture(
            column("centre_mm"),
            column("axis_xy"),
            *(np.array(truth["belt_to_camera"][key], np.float64) for key in ("R", "t")),
            *(np.array(truth[key], np.float64) for key in ("K", "dist")),
        ),
    )
