"""`grader grade`: pictures in; a row for every fruit out, with overlays and masks where they are asked for."""

import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict, Unpack

import click

from grader.calibration import load_calibration, plain_scale
from grader.cli.batch import Batch
from grader.cli.formats import AnyRow, Csv, Format, JsonLines, Table
from grader.cli.interruption import until_interrupted
from grader.cli.numbers import Within
from grader.cli.output import OutputError, ReaderGoneError, Results, prepare_folder
from grader.cli.picture_files import find_pictures, passed_over, require_no_overwrite, require_own_stems
from grader.cli.records import Standard
from grader.cli.rows import DECAY_NOTE, NOT_MEASURED, FailedPicture
from grader.grading import Decay, RulePack, find_rule_pack
from grader.network import limits_of, load_network
from grader.vision import Calibration

EXIT_SOME_FAILED = 1
"""Some pictures could not be graded; the others were."""

LONG_BATCH = 10
"""With so many pictures a progress bar is worth its line."""

DENSITY_G_CM3 = 0.93
"""Of strawberries; they float."""

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


class Options(TypedDict):
    """What may be asked for beside the pictures."""

    calibration: Path | None
    mm_per_px: float | None
    rules: str
    density: float
    format_name: str | None
    overlay: Path | None
    masks: Path | None
    no_network: bool
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
@click.option("--no-network", is_flag=True, help="Do without the network: decay and bruises are not assessed.")
@click.option("-o", "--output", type=FILE, help="A file for the results. Default: stdout.")
def grade(pictures: tuple[Path, ...], **options: Unpack[Options]) -> None:
    """Measure and grade every strawberry in PICTURES: files, and folders of pictures.

    Exit code 0: every picture was graded; 1: some could not be, and have a row that says why; 2: nothing was done.
    """
    files = find_pictures(pictures)
    pack = find_rule_pack(options["rules"])
    network = None if options["no_network"] else load_network()
    if network is None and pack.limits_of("bruise_mm2"):
        raise click.UsageError(f"the rules {pack.name} limit bruises, which nobody looks for with --no-network")
    standard = Standard(
        pack=pack,
        density_g_cm3=options["density"],
        decay_limits=limits_of(network),
        model=None if network is None else network.hash,
        software=version("strawberry-grader"),
    )
    batch = Batch(_calibration_for(options), standard, options["overlay"], options["masks"], network)
    output = None if options["output"] == Path("-") else options["output"]
    text = _format(options, output, files)
    _protect(batch, files, output, options)
    for folder in passed_over(pictures):
        click.echo(f"note: the folder {folder} is not searched: name it to have its pictures graded", err=True)
    with Results(output) as results:
        try:
            tally = _run(batch, files, text, results)
        except ReaderGoneError:
            raise click.exceptions.Exit(EXIT_SOME_FAILED) from None
        except OutputError as error:
            click.echo(f"error: {error}; the rows before are whole", err=True)
            raise click.exceptions.Exit(EXIT_SOME_FAILED) from error
    click.echo("\n".join(tally.summary(len(files), pack, options["mm_per_px"])), err=True)
    if tally.failed:
        raise click.exceptions.Exit(EXIT_SOME_FAILED)


@dataclass(slots=True)
class Tally:
    """What the rows of a run add up to."""

    grades: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    borderline: int = 0
    kept_from_processing: int = 0
    """Fruit that went to recheck because nobody looked for decay."""
    decay: Counter[Decay] = field(default_factory=Counter)

    def add(self, rows: Iterable[AnyRow]) -> None:
        """Count `rows`."""
        for row in rows:
            if isinstance(row, FailedPicture):
                self.failed += 1
                continue
            self.grades[(row.grade or "without a grade") if row.measurable else NOT_MEASURED] += 1
            self.borderline += bool(row.borderline)
            self.decay[row.decay] += 1
            self.kept_from_processing += row.reason.endswith(DECAY_NOTE)

    def summary(self, pictures: int, pack: RulePack, mm_per_px: float | None) -> list[str]:
        """Sentences for people, the first `12 fruit in 2 pictures: 5 Super, 7 II; 1 picture failed`."""
        fruit, graded = self.grades.total(), pictures - self.failed
        said = f"{fruit} fruit in {graded} picture{'s' * (graded != 1)}"
        if fruit:
            said += ": " + ", ".join(f"{count} {name}" for name, count in sorted(self.grades.items()))
        if self.failed:
            said += f"; {self.failed} picture{'s' * (self.failed != 1)} failed"
        lines = [said, f"rules: {pack.name} {pack.version} ({pack.hash[:8]})"]
        if mm_per_px is not None:
            lines.append(f"scale: plain, {mm_per_px:g} mm per pixel as stated; no camera was calibrated")
        if self.borderline:
            lines.append(f"?: {self.borderline} fruit are so near a limit that they may belong to another grade")
        if self.decay.keys() - {Decay.NOT_ASSESSED}:
            lines.append(
                f"decay: {self.decay[Decay.SURE]} sure (waste), {self.decay[Decay.SUSPECTED]} suspected (recheck)"
            )
        elif fruit:
            decay = "decay is not assessed"
            if self.kept_from_processing:
                decay += f": {self.kept_from_processing} fruit for processing go to recheck instead"
            lines.append(decay)
        return lines


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


def _format(options: Options, output: Path | None, files: Sequence[Path]) -> Format:
    name = options["format_name"]
    if name is None and output is not None:
        if output.suffix.lower() == ".json":
            raise click.UsageError(f"-o {output}: the results are JSON Lines, an object a line, so use .jsonl")
        name = {".jsonl": "jsonl", ".csv": "csv"}.get(output.suffix.lower())
    if name == "jsonl":
        return JsonLines()
    if name == "csv":
        return Csv()
    on_terminal = output is None and sys.stdout is not None and sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if on_terminal else None
    return Table(map(click.format_filename, files), width, plain_scale=options["mm_per_px"] is not None)


def _run(batch: Batch, files: Sequence[Path], text: Format, results: Results) -> Tally:
    """Grade `files`, write their rows as they come, and count grades and failures."""
    tally = Tally()
    results.write(text.head())
    quiet = len(files) < LONG_BATCH or not sys.stderr.isatty() or (results.path is None and sys.stdout.isatty())
    with click.progressbar(files, label="grading", file=sys.stderr, show_pos=True, hidden=quiet) as bar:
        for file in until_interrupted(bar):
            rows = batch.grade(file)
            results.write(text.picture(click.format_filename(file), rows))
            tally.add(rows)
            for row in rows:
                if isinstance(row, FailedPicture):
                    click.echo(f"{row.error.code}: {row.error.text}", err=True)
    return tally
