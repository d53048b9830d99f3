"""One picture after the other: read, measured, graded, drawn; a picture that fails costs no other."""

import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from grader.cli.formats import AnyRow
from grader.cli.output import OutputError, write_picture
from grader.cli.overlays import draw_overlay
from grader.cli.pictures import Picture, PictureError, read_colour_picture
from grader.cli.records import Standard, make_rows
from grader.cli.rows import FailedPicture, Problem
from grader.vision import Calibration, Sightings, measure
from grader.vision.belt_guess import guess_belt_colour
from grader.vision.colour import Colour, classify, colour_table
from grader.vision.masks import flesh_mask
from grader.vision.network import Network

INTERNAL = "internal"
"""The code of a fault that is ours."""


class PictureSizeError(PictureError, code="picture-size"):
    """The picture's size is not the calibrated camera's. Give that camera's pictures, neither scaled nor cut."""


class PictureLightError(PictureError, code="picture-light"):
    """The belt is far darker or brighter than when it was learnt. Mend the light, or learn the belt anew."""


class PictureBeltError(PictureError, code="picture-belt"):
    """The picture shows another belt than the calibration learnt. Run `grader calibrate belt` with a picture of it."""


EVERY_PX = 8
"""Every so many pixels are enough to say how bright the belt is,"""
LEAST_BELT = 0.05
"""if this share of them is belt."""
DARK = 0.05
"""Below this there is no light, or the picture is none of the camera's."""
DIMMEST, BRIGHTEST = 0.5, 1.5
"""Of the learnt brightness. From 0.6 to 1.25 times no diameter moved by more than its uncertainty allows; at a quarter
they moved by up to 4 mm."""
MOST_FOREGROUND = 0.5
"""Where more of a picture is not belt, it is asked whether its belt is the one that was learnt."""
MOST_FRUIT = 0.97
"""A belt that is as pale or green as fruit may be is told from fruit by the share that is not the learnt belt: three
layers of fruit leave a tenth of it to be seen, another belt none."""


@dataclass(frozen=True, slots=True)
class Batch:
    """How every picture of a run is treated."""

    calibration_for: Callable[[tuple[int, int]], Calibration]
    """The calibration for pictures of so many px (width, height); it may turn out to be another size's."""
    standard: Standard
    overlays: Path | None
    """The folder for them; None: none are wanted."""
    masks: Path | None
    network: Network | None
    """None: nobody looks for decay."""

    def drawings_of(self, picture: Path) -> tuple[Path | None, Path | None]:
        """Where the overlay and the mask of `picture` go."""
        return (
            None if self.overlays is None else self.overlays / f"{picture.stem}.jpg",
            None if self.masks is None else self.masks / f"{picture.stem}.png",
        )

    def grade(self, picture: Path) -> list[AnyRow]:
        """Grade `picture`: a row a fruit, or the one that says why not. Raises `OutputError` where the disk fails."""
        try:
            return self._grade(picture)
        except PictureError as error:
            problem = Problem(code=error.code, text=str(error))
        except OutputError:
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours in one picture of a thousand must not cost the others
            click.echo(traceback.format_exc(), err=True, nl=False)
            text = f"{picture} could not be graded by a fault of ours ({error!r}): please report it, with the picture"
            problem = Problem(code=INTERNAL, text=text)
        for drawing in self.drawings_of(picture):
            # An earlier run's would be taken for this one's. What is no file of ours (a folder) stays.
            if drawing is not None and drawing.is_file():
                with suppress(OSError):
                    drawing.unlink()
        return [FailedPicture(image=click.format_filename(picture), error=problem)]

    def _grade(self, picture: Path) -> list[AnyRow]:
        frame = read_colour_picture(picture)
        calibration = self._calibration(frame, picture)
        sightings = measure(frame, calibration, self.network)
        require_belt(frame, sightings, calibration, picture)
        require_light(frame, calibration, picture)
        rows = make_rows(click.format_filename(picture), sightings, calibration, self.standard)
        overlay, mask = self.drawings_of(picture)
        if mask is not None:
            write_picture(mask, flesh_mask(frame, calibration, sightings, self.network))
        if overlay is not None:
            write_picture(overlay, draw_overlay(frame, sightings, rows, self.standard.pack))
        return [*rows]

    def _calibration(self, frame: Picture, picture: Path) -> Calibration:
        height, width = frame.shape[:2]
        calibration = self.calibration_for((width, height))
        if calibration.camera.size_px != (width, height):
            expected = " x ".join(map(str, calibration.camera.size_px))
            raise PictureSizeError(
                f"{picture} has {width} x {height} px, but the calibration is of a camera with {expected} px: "
                "give that camera's pictures as they are, or calibrate this one"
            )
        return calibration


def require_belt(frame: Picture, sightings: Sightings, calibration: Calibration, picture: Path) -> None:
    """Raise `PictureBeltError` where most of `frame`, and its commonest colour, is not the belt that was learnt."""
    belt, (height, width) = calibration.belt_colour, sightings.objects.size
    foreground = len(sightings.objects.row) / (height * width)
    if belt is None or foreground <= MOST_FOREGROUND:
        return
    seen = guess_belt_colour(frame).median_bgr
    pixel = np.rint(seen).astype(np.uint8).reshape(1, 1, 3)
    colour = classify(pixel, colour_table(belt, calibration.colour)).item()
    if colour == Colour.OTHER or (colour != Colour.BELT and foreground > MOST_FRUIT):
        raise PictureBeltError(
            f"{picture}: the belt in this picture ({_in_words(seen)}) is not the one that the calibration learnt "
            f"({_in_words(belt.median_bgr)}): run `grader calibrate belt` with a picture of this belt"
        )


def require_light(frame: Picture, calibration: Calibration, picture: Path) -> None:
    """Raise `PictureLightError` where the belt is far darker or brighter in `frame` than when it was learnt."""
    belt = calibration.belt_colour
    if belt is None:
        return
    few = np.ascontiguousarray(frame[::EVERY_PX, ::EVERY_PX])
    on_belt = few[classify(few, colour_table(belt, calibration.colour)) == Colour.BELT].astype(np.float64)
    if len(on_belt) < LEAST_BELT * few.shape[0] * few.shape[1]:
        return
    median = np.array(belt.median_bgr)
    share = float(np.median(on_belt @ median) / (median @ median))
    if share < DARK:
        raise PictureLightError(f"{picture} is black: mend the light, or leave out what is no frame of this camera")
    if not DIMMEST < share < BRIGHTEST:
        raise PictureLightError(
            f"{picture}: the belt is {share:.2f} times as bright as when it was learnt: edges would be misjudged. "
            "Mend the light or the exposure, or run `grader calibrate belt` with a picture in this light"
        )


def _in_words(bgr: tuple[float, float, float]) -> str:
    return ", ".join(f"{name} {level:.0f}" for name, level in zip(("blue", "green", "red"), bgr, strict=True))
