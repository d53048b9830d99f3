"""`grader grade`: pictures in; a row for every fruit out, with overlays and masks where they are asked for."""

import math
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict, Unpack

import click

from grader.calibration import load_calibration, plain_scale
from grader.cli.batch import Batch
from grader.cli.formats import AnyRow, Csv, Format, JsonLines, Table
from grader.cli.interruption import until_interrupted
from grader.cli.output import OutputError, ReaderGoneError, Results, prepare_folder
from grader.cli.picture_files import find_pictures, require_no_overwrite, require_own_stems
from grader.cli.records import Standard
from grader.cli.rows import FailedPicture
from grader.grading import find_rule_pack
from grader.vision import Calibration

EXIT_SOME_FAILED = 1
"""Some pictures could not be graded; the others were."""

LONG_BATCH = 10
"""With so many pictures a progress bar is worth its line."""

DENSITY_G_CM3 = 0.93
"""Of strawberries; they float."""

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


class Within(click.FloatRange):
    """A number in a range; click's own lets nan pass, for it is neither below nor above."""

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read `value`."""
        try:
            number = float(value)
        except ValueError:
            self.fail(f"{value!r} is not a number", param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number", param, ctx)
        return float(super().convert(number, param, ctx))


class Options(TypedDict):
    """What may be asked for beside the pictures."""

    calibration: Path | None
    mm_per_px: float | None
    rules: str
    density: float
    format_name: str | None
    overlay: Path | None
    masks: Path | None
    output: Path | None


@click.command()
@click.argument("pictures", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--calibration", type=FILE, help="The camera's calibration.json, of grader calibrate.")
@click.option("--mm-per-px", type=Within(0.005, 2), help="A plain scale instead of a calibration.")
@click.option("--rules", default="cooperative", show_default=True, metavar="NAME|FILE", help="Rule pack to grade by.")
@click.option("--density", default=DENSITY_G_CM3, show_default=True, type=Within(0.5, 1.5), help="Of fruit, g/cm3.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["table", "jsonl", "csv"]),
    help="Of the results. Default: as the output's suffix says (.jsonl, .csv), else a table.",
)
@click.option("--overlay", type=FOLDER, help="A folder for pictures with outlines, axes and grades drawn in.")
@click.option("--masks", type=FOLDER, help="A folder for 16-bit PNG in which the pixels of fruit n are n.")
@click.option("-o", "--output", type=FILE, help="A file for the results. Default: stdout.")
def grade(pictures: tuple[Path, ...], **options: Unpack[Options]) -> None:
    """Measure and grade every strawberry in PICTURES: files, and folders of pictures.

    Exit code 0: every picture was graded; 1: some could not be, and have a row that says why; 2: nothing was done.
    """
    files = find_pictures(pictures)
    pack = find_rule_pack(options["rules"])
    standard = Standard(pack, options["density"], version("strawberry-grader"))
    batch = Batch(_calibration_for(options), standard, options["overlay"], options["masks"])
    output = None if options["output"] == Path("-") else options["output"]
    _protect(batch, files, output, options)
    with Results(output) as results:
        try:
            tally = _run(batch, files, _format(options["format_name"], output, files), results)
        except ReaderGoneError:
            raise click.exceptions.Exit(EXIT_SOME_FAILED) from None
        except OutputError as error:
            click.echo(f"error: {error}; the rows before are whole", err=True)
            raise click.exceptions.Exit(EXIT_SOME_FAILED) from error
    click.echo(_summary(tally, len(files)), err=True)
    if tally[FAILED]:
        raise click.exceptions.Exit(EXIT_SOME_FAILED)


FAILED = "failed"
"""In a tally, beside the grades: how many pictures failed."""


def _calibration_for(options: Options) -> Callable[[tuple[int, int]], Calibration]:
    """What gives each picture's size its calibration."""
    path, mm_per_px = options["calibration"], options["mm_per_px"]
    if path is not None and mm_per_px is None:
        calibration = load_calibration(path)
        return lambda _size_px: calibration
    if mm_per_px is not None and path is None:
        return lambda size_px: plain_scale(mm_per_px, size_px)
    raise click.UsageError("give either --calibration FILE or --mm-per-px NUMBER, so that pixels become millimetres")


def _protect(batch: Batch, files: Sequence[Path], output: Path | None, options: Options) -> None:
    """Before any work is done: nothing that is read will be replaced, and what is written has a place."""
    folders = [folder for folder in (batch.overlays, batch.masks) if folder is not None]
    if folders:
        require_own_stems(files)
    drawings = [drawing for file in files for drawing in batch.drawings_of(file) if drawing is not None]
    read = [*files, Path(options["rules"]), *([options["calibration"]] if options["calibration"] else [])]
    require_no_overwrite([*drawings, *([output] if output else [])], read)
    for folder in folders:
        prepare_folder(folder)


def _format(name: str | None, output: Path | None, files: Sequence[Path]) -> Format:
    if name is None and output is not None:
        name = {".jsonl": "jsonl", ".csv": "csv"}.get(output.suffix.lower())
    if name == "jsonl":
        return JsonLines()
    if name == "csv":
        return Csv()
    on_terminal = output is None and sys.stdout.isatty()
    return Table(map(click.format_filename, files), shutil.get_terminal_size().columns if on_terminal else None)


def _run(batch: Batch, files: Sequence[Path], text: Format, results: Results) -> Counter[str]:
    """Grade `files`, write their rows as they come, and count grades and failures."""
    tally: Counter[str] = Counter()
    results.write(text.head())
    quiet = len(files) < LONG_BATCH or not sys.stderr.isatty() or (results.path is None and sys.stdout.isatty())
    with click.progressbar(files, label="grading", file=sys.stderr, show_pos=True, hidden=quiet) as bar:
        for file in until_interrupted(bar):
            rows = batch.grade(file)
            results.write(text.picture(click.format_filename(file), rows))
            tally.update(map(_counted_as, rows))
            for row in rows:
                if isinstance(row, FailedPicture):
                    click.echo(f"{row.error.code}: {row.error.text}", err=True)
    return tally


def _counted_as(row: AnyRow) -> str:
    if isinstance(row, FailedPicture):
        return FAILED
    return row.grade or "without a grade"


def _summary(tally: Counter[str], pictures: int) -> str:
    """`12 fruit in 2 pictures: 5 Super, 7 II; 1 picture failed`."""
    fruit = tally.total() - tally[FAILED]
    said = f"{fruit} fruit in {pictures - tally[FAILED]} picture{'s' * (pictures - tally[FAILED] != 1)}"
    if fruit:
        said += ": " + ", ".join(f"{count} {name}" for name, count in sorted(tally.items()) if name != FAILED)
    if tally[FAILED]:
        said += f"; {tally[FAILED]} picture{'s' * (tally[FAILED] != 1)} failed"
    return said
