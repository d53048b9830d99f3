"""`grader twin`: pictures of the simulated line's camera, to try the station's procedures on."""

from pathlib import Path
from typing import cast, get_args

import click

from grader.cli.output import prepare_folder, write_picture
from grader.twin.belt import BeltName
from grader.twin.boards import BELT_VIEW, BOARD, EMPTY_BELT, BoardCamera
from grader.twin.cameras import station
from grader.twin.catalogue import Catalogue
from grader.twin.entries import CatalogueSettings
from grader.twin.frames import FrameMaker


@click.group()
def twin() -> None:
    """Take pictures with the simulated line's camera."""


@twin.command("calibrate-images")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--belt", type=click.Choice(get_args(BeltName)), default="blue", show_default=True, help="The belt.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of belt, lamps and noise.")
def calibrate_images(folder: Path, belt: str, seed: int) -> None:
    """Write the pictures that the twin's camera is calibrated from into FOLDER: board views and the empty belt."""
    prepare_folder(folder)
    settings = CatalogueSettings(seed=seed, belt=cast("BeltName", belt))
    camera = BoardCamera(FrameMaker(Catalogue(settings, station(), ())), seed)
    for name, picture in camera.pictures():
        write_picture(folder / f"{name}.jpg", picture)
    click.echo(
        f"grader calibrate camera {folder}/board_*.jpg --board {BOARD.columns}x{BOARD.rows} "
        f"--square-mm {BOARD.square_mm:g} --marker-mm {BOARD.marker_mm:g} --dictionary {BOARD.dictionary} "
        f"--belt-view {folder}/{BELT_VIEW}.jpg -o {folder}/calibration.json\n"
        f"grader calibrate belt {folder}/{EMPTY_BELT}.jpg --calibration {folder}/calibration.json"
    )
