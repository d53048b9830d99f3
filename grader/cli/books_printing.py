"""`grader trace tray label`, `print`, `reprint`, `printed`: a tray gets its names, and its label leaves the printer."""

from dataclasses import asdict
from pathlib import Path

import click

from grader.cli.books import answer, at_the_desk, json_option, station_option, who_option, why_option
from grader.cli.books_trays import tray
from grader.cli.label_printers import printer_of, template_of
from grader.cli.station_file import StationFile
from grader.errors import GraderError
from grader.grading import find_rule_pack
from grader.hardware.printer import LabelPrinter
from grader.trace.desk import Desk, labelling
from grader.trace.desk.printing import print_label, somebody_looked
from grader.trace.errors import NotPrintedError

EXIT_NOT_PRINTED = 1
"""What was recorded stands; the label did not come out, or nobody knows."""

__all__ = ["tray"]


@tray.command()
@click.argument("number", type=int)
@click.option("--mixed", is_flag=True, help="It holds several lots, and that is meant.")
@click.option("--print/--no-print", "prints", default=True, help="On the station's printer, where it has one.")
@who_option
@json_option
@station_option
def label(*, number: int, mixed: bool, prints: bool, who: str, station: Path, as_json: bool) -> int:
    """Give the closed tray NUMBER its trace batch and serial, and print its label.

    Exit code 1: it has its names, and the label did not come out.
    """
    with at_the_desk(station) as (desk, file):
        printer = printer_of(file) if prints else None
        got = labelling.label(desk, number, find_rule_pack(file.rules), who, mixed=mixed)
        unprintable = "" if file.trace.packer else ", and no label can be before [trace] says `packer`"
        said, code = (
            (f"nothing is printed{unprintable}", 0) if printer is None else _print(desk, file, printer, number, who)
        )
    words = f"Tray {number}: {got.batch}/{got.serial}, {got.grade}, {got.count} fruit, best before {got.best_before}."
    answer(
        f"{words} {said[0].upper()}{said[1:]}.",
        asdict(got) | {"printing": said, "printed": not code and printer is not None},
        as_json=as_json,
    )
    return code


@tray.command("print")
@click.argument("number", type=int)
@who_option
@station_option
def print_command(number: int, who: str, station: Path) -> int:
    """Print the label of the labelled tray NUMBER, if it was not printed yet. Exit code 1: it did not come out."""
    with at_the_desk(station) as (desk, file):
        try:
            said, code = print_label(desk, _needed(file), number, template_of(file), who), 0
        except NotPrintedError as error:
            said, code = str(error), EXIT_NOT_PRINTED
    click.echo(f"{said}.", err=bool(code))
    return code


@tray.command()
@click.argument("number", type=int)
@click.option("--print/--no-print", "prints", default=True, help="On the station's printer, where it has one.")
@who_option
@why_option
@station_option
def reprint(*, number: int, prints: bool, who: str, why: str, station: Path) -> int:
    """The label of the tray NUMBER is printed once more, which it will say. Exit code 1: it did not come out."""
    with at_the_desk(station) as (desk, file):
        printer = printer_of(file) if prints else None
        nth = labelling.reprint(desk, number, who, why)
        said, code = ("", 0) if printer is None else _print(desk, file, printer, number, who)
    click.echo(f"Tray {number}: reprint {nth}.{f' {said}.' if said else ''}")
    return code


@tray.command()
@click.argument("number", type=int)
@click.option("--yes/--no", "came_out", required=True, help="Whether the label came out.")
@who_option
@why_option
@station_option
def printed(*, number: int, came_out: bool, who: str, why: str, station: Path) -> None:
    """Somebody looked whether the label of the tray NUMBER came out, of which the station was not sure."""
    with at_the_desk(station) as (desk, _):
        somebody_looked(desk, number, who, why, came_out=came_out)
    click.echo(f"Tray {number}: its label {'came out' if came_out else 'did not come out and can be printed'}.")


def _needed(file: StationFile) -> LabelPrinter:
    printer = printer_of(file)
    if printer is None:
        raise click.UsageError("the station's file names no printer: add a table [printer] (docs/labels.md)")
    return printer


def _print(desk: Desk, file: StationFile, printer: LabelPrinter, number: int, who: str) -> tuple[str, int]:
    """What happened, and the exit code; what was recorded before stands, whatever keeps the label from coming out."""
    try:
        return print_label(desk, printer, number, template_of(file), who), 0
    except GraderError as error:
        return str(error), EXIT_NOT_PRINTED
