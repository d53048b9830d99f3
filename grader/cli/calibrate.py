"""`grader calibrate`: the camera from views of a board, the belt's colour from the empty belt, colours from a chart."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict, Unpack

import click
import numpy as np
from numpy.typing import NDArray

from grader.calibration.board import BOARD_U_REL, Board
from grader.calibration.camera import calibrate_camera
from grader.calibration.chart import find_chart
from grader.calibration.chart_colours import learn_colours
from grader.calibration.document import Document, calibration_schema
from grader.calibration.files import read_document, write_document
from grader.calibration.record import make_document, with_belt_colour, with_colour
from grader.calibration.report import write_report
from grader.cli.numbers import Within
from grader.cli.pictures import read_picture
from grader.vision.belt_colour import BeltColourError, learn_belt_colour

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
LENGTH = Within(1, 1000)
"""Of a square or a marker, mm: what a camera over a belt can see."""


class BoardSize(click.ParamType[tuple[int, int]]):
    """Squares of a board, columns x rows, such as 9x7."""

    name = "COLUMNSxROWS"

    def convert(
        self, value: str | tuple[int, int], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Read `value`."""
        if not isinstance(value, str):
            return value
        match = re.fullmatch(r"(\d{1,3})[xX](\d{1,3})", value.strip())
        if match is None:
            self.fail(f"{value!r} is not a number of squares: write columns x rows, such as 9x7", param, ctx)
        return int(match[1]), int(match[2])


class PrintedBoard(TypedDict):
    """The options that describe the board, but for its size."""

    square_mm: float
    marker_mm: float
    dictionary: str
    legacy_pattern: bool
    thickness_mm: float
    u_rel: float


@click.group()
def calibrate() -> None:
    """Teach the station its camera and its belt."""


@calibrate.command()
@click.argument("views", nargs=-1, required=True, type=FILE)
@click.option("--board", "size", required=True, type=BoardSize(), help="Squares of the board, columns x rows: 9x7.")
@click.option("--square-mm", required=True, type=LENGTH, help="Side of a square, measured on the print.")
@click.option("--marker-mm", required=True, type=LENGTH, help="Side of a marker, measured on the print.")
@click.option("--dictionary", required=True, help="The markers' dictionary, such as DICT_5X5_100.")
@click.option("--legacy-pattern", is_flag=True, help="The board was made by OpenCV before 4.6.")
@click.option("--board-thickness-mm", "thickness_mm", default=0.0, type=Within(0, 100), help="Its print lies higher.")
@click.option(
    "--board-u-rel",
    "u_rel",
    default=BOARD_U_REL,
    show_default=True,
    type=Within(0, 0.1),
    help="Relative standard uncertainty of the board's size.",
)
@click.option("--belt-view", required=True, type=FILE, help="The view in which the board lies on the belt.")
@click.option("--report", type=click.Path(file_okay=False, path_type=Path), help="A folder for tables and pictures.")
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)
def camera(
    views: tuple[Path, ...],
    size: tuple[int, int],
    belt_view: Path,
    report: Path | None,
    output: Path,
    **printed: Unpack[PrintedBoard],
) -> None:
    """Calibrate the camera from VIEWS of a ChArUco board, and write the file that `grader grade` reads."""
    columns, rows = size
    board = Board(columns, rows, **printed)
    _require_folder(output, "--output")
    if report is not None:
        _require_folder(report, "--report")
    names = _named([*views, belt_view])
    belt_name = next(name for name, path in names.items() if path.samefile(belt_view))

    def read(name: str) -> NDArray[np.uint8]:
        return read_picture(names[name])

    result = calibrate_camera(list(names), belt_name, read, board)
    for left_out in result.left_out:
        click.echo(f"left out: {left_out.name}: {left_out.why}", err=True)
    for warning in result.warnings:
        click.echo(f"warning: {warning}", err=True)
    document = make_document(result, board, created=datetime.now(UTC).replace(microsecond=0), software=_software())
    write_document(document, output)
    if report is not None:
        write_report(report, result, document, read)
    click.echo(_summary(document), err=True)


@calibrate.command()
@click.argument("picture", type=FILE)
@click.option("--calibration", "path", required=True, type=FILE, help="The file to add the belt's colour to.")
def belt(picture: Path, path: Path) -> None:
    """Learn the belt's colour from a PICTURE of the empty belt; it is added to the calibration, or replaced in it."""
    document = read_document(path)
    learnt = learn_belt_colour(_of_this_camera(picture, document))
    write_document(with_belt_colour(document, learnt, picture.name), path)
    blue, green, red = (round(level) for level in learnt.median_bgr)
    click.echo(f"{path}: the belt is red {red}, green {green}, blue {blue} of 255", err=True)


@calibrate.command()
@click.argument("picture", type=FILE)
@click.option("--calibration", "path", required=True, type=FILE, help="The file to add the colour matrix to.")
def colour(picture: Path, path: Path) -> None:
    """Learn what colours are under this light from a PICTURE of a chart of 24 patches, 6 x 4, lying on the belt."""
    document = read_document(path)
    found = learn_colours(find_chart(_of_this_camera(picture, document)))
    write_document(with_colour(document, found, picture.name), path)
    click.echo(
        f"{path}: colours of {found.patches} patches are off by {found.error_after:.1f} (CIE 1976, mean), "
        f"without the matrix by {found.error_before:.1f}",
        err=True,
    )


@calibrate.command()
def schema() -> None:
    """Print the JSON Schema of the calibration file."""
    click.echo(json.dumps(calibration_schema(), indent=2, ensure_ascii=False))


def _of_this_camera(picture: Path, document: Document) -> NDArray[np.uint8]:
    """Read `picture`, which the calibrated camera must have taken."""
    seen = read_picture(picture)
    size_px = (document.camera.width_px, document.camera.height_px)
    if (seen.shape[1], seen.shape[0]) != size_px:
        raise BeltColourError(
            f"{picture} is {seen.shape[1]} x {seen.shape[0]} px, the calibrated camera's pictures are {size_px[0]} x "
            f"{size_px[1]}: take the picture with that camera, as it is when grading"
        )
    return seen


def _named(paths: Sequence[Path]) -> dict[str, Path]:
    """The files by the names that they go by in the calibration; one given twice counts once."""
    files = {path.resolve(): path for path in paths}
    often = Counter(path.name for path in files.values())
    return {path.name if often[path.name] == 1 else str(path): path for path in files.values()}


def _require_folder(output: Path, option: str) -> None:
    """Refuse an output whose folder is missing, before any work is done."""
    if not output.absolute().parent.is_dir():
        raise click.BadParameter(f"the folder {output.parent} does not exist", param_hint=option)


def _software() -> dict[str, str]:
    """Versions of all that the figures rest on."""
    return {name: version(name) for name in ("strawberry-grader", "numpy", "opencv-python-headless")}


def _summary(document: Document) -> str:
    """What a technician wants to know first."""
    camera, fit = document.camera.values, document.fit
    return (
        f"{len(fit.views)} views, rms {fit.rms_px:.3f} px; focal length {camera.fx_px:.1f} px; camera "
        f"{document.belt.height_mm:.1f} mm above the belt, tilted by {document.belt.tilt_deg:.1f} degrees; "
        f"lengths on the belt to {document.scale.u_rel:.2%}"
    )
