"""`grader trace tray weigh`: a closed tray stands on the scale."""

from contextlib import closing
from pathlib import Path

import click

from grader.cli.books import at_the_desk, looking, station_option, who_option
from grader.cli.books_printing import tray
from grader.cli.hardware_file import IronHardware
from grader.cli.station_file import StationFile
from grader.errors import GraderError
from grader.hardware.drivers.serial_scale import SerialScale
from grader.hardware.scale import settled
from grader.store.books import one_moment
from grader.store.books.trays import composition
from grader.trace.desk.desk import find_tray
from grader.trace.desk.weighing import weigh_tray, weight_factor

__all__ = ["tray"]

PATIENCE_S = 20.0
BY_HAND = "entered by hand"


class ScaleError(GraderError, RuntimeError, code="scale"):
    """The scale says no weight that could be put on record. Name one in the settings, or enter the weight."""


@tray.command()
@click.argument("number", type=int)
@click.option("--tare-g", type=click.IntRange(0), help="What the empty tray weighs; the rest is read from the scale.")
@click.option("--net-g", type=click.IntRange(1), help="What the fruit weigh, where no scale is connected.")
@who_option
@station_option
def weigh(number: int, tare_g: int | None, net_g: int | None, who: str, station: Path) -> None:
    """Put on record what the fruit of the closed tray NUMBER weigh.

    The estimates of its fruit stay as they are; balance and settlement of its lot are corrected by it, and say so.
    """
    if (tare_g is None) == (net_g is None):
        raise click.UsageError("say --tare-g, to read the scale, or --net-g")
    with at_the_desk(station) as (desk, file):
        if net_g is None:
            net_g, scale = read_scale(file) - (tare_g or 0), "the station's scale"
        else:
            scale = BY_HAND
        weigh_tray(desk, number, net_g, scale, who)
    click.echo(f"Tray {number} weighs {net_g} g net.")
    with looking(station) as (books, file), one_moment(books):
        find_tray(books, number)
        for lot in [share.lot for share in composition(books, number) if share.lot is not None]:
            found = weight_factor(books, lot, file.trace)
            click.echo(f"Lot {lot}: estimated weights are multiplied by {found.factor:.3f} ± {2 * found.u:.3f}.")
            if found.surprising:
                click.echo("More than varieties differ by: look whether the tare was taken off, and which tray.")


def read_scale(file: StationFile) -> int:
    """Grams, once the scale is at rest."""
    if not isinstance(file.hardware, IronHardware) or file.hardware.scale is None:
        raise ScaleError("no scale is named: say [hardware.scale] port in station.toml, or enter --net-g")
    with closing(SerialScale(file.hardware.scale.port, file.hardware.scale.baud)) as scale:
        weight = settled(scale, PATIENCE_S)
    if weight is None:
        raise ScaleError(f"the scale is not at rest within {PATIENCE_S:g} s: see that nothing touches the tray")
    return round(weight.weight_g)
