"""`grader trace certificate`: the commitment certificate that goes with some kilograms of a lot."""

from decimal import Decimal
from pathlib import Path

import click

from grader.cli.books import FILE, at_the_desk, station_option, who_option
from grader.cli.numbers import DECIMAL
from grader.cli.whole_files import write_whole
from grader.trace.desk.certificates import certify
from grader.trace.labels import Basis, ScaleReading, pdf_label, png_label, shipped_template, zpl_label

WRITERS = {".pdf": pdf_label, ".png": png_label, ".zpl": zpl_label}
TEMPLATE = "commitment-100x70"
BASES = {"control": Basis.CONTROL, "own-test": Basis.OWN_TEST, "laboratory": Basis.COMMISSIONED}


@click.command("certificate")
@click.argument("lot")
@click.option("--kg", type=DECIMAL, required=True, help="Net, by the scale.")
@click.option("--scale", required=True, help="Which scale.")
@click.option(
    "--basis", "names", type=click.Choice(list(BASES)), multiple=True, required=True, help="What it rests on."
)
@click.option("-o", "--output", type=FILE, required=True, help="A file .pdf, .png or .zpl.")
@who_option
@station_option
def certificate(
    *, lot: str, kg: Decimal, scale: str, names: tuple[str, ...], output: Path, who: str, station: Path
) -> None:
    """Write the commitment certificate (承诺达标合格证) for some kilograms of the LOT; it is kept on record."""
    write = WRITERS.get(output.suffix.lower())
    if write is None:
        raise click.UsageError(f"{output.name} ends in none of {', '.join(WRITERS)}")
    with at_the_desk(station) as (desk, _):
        made = certify(desk, lot, ScaleReading(kg, scale), {BASES[name] for name in names}, who)
    write_whole(output, write(made, shipped_template(TEMPLATE)))
    click.echo(f"{output} is the certificate of {kg} kg of lot {lot}. Hold its wording against your county's form.")
