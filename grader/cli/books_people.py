"""`grader trace operator`, `shift` and `grower`: who works here, and whose fruit come."""

from datetime import date
from pathlib import Path
from typing import Any, TypedDict, Unpack, get_args

import click

from grader.cli.books import at_the_desk, station_option, when, who_option
from grader.store.books.records import Role
from grader.trace.desk.feeding import begin_shift
from grader.trace.desk.growers import Treatment, enter_grower, enter_report, enter_treatment, name_grower
from grader.trace.desk.holds import enter_operator


@click.group()
def operator() -> None:
    """Who works here."""


@operator.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(get_args(Role)), default="operator", show_default=True)
@who_option
@station_option
def add_operator(name: str, role: Role, who: str, station: Path) -> None:
    """NAME works here in this role, or has left."""
    with at_the_desk(station) as (desk, _):
        enter_operator(desk, name, role, who)
    click.echo(f"{name}: {role}.")


@click.group()
def shift() -> None:
    """Shifts: their date and number stand on labels."""


@shift.command("begin")
@click.option("--number", type=click.IntRange(1, 9), required=True, help="Of the day.")
@click.option("--accountable", required=True, help="Who answers for what is packed.")
@click.option("--operator", "operators", multiple=True, help="Who works in it; may be given several times.")
@click.option("--date", "packed_on", help="As 2026-11-25; left out: today.")
@station_option
def begin(number: int, accountable: str, operators: tuple[str, ...], packed_on: str | None, station: Path) -> None:
    """A shift begins, and with it the last one ends."""
    with at_the_desk(station) as (desk, file):
        day = when(packed_on, file).date() if packed_on else desk.now().astimezone(file.trace.zone).date()
        begin_shift(desk, day, number, accountable, operators)
    click.echo(f"Shift {number} of {date.isoformat(day)} has begun; {accountable} answers for it.")


@click.group()
def grower() -> None:
    """Growers, what is put on their plots, and what laboratories find."""


@grower.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--contact", help="How to reach them.")
@who_option
@station_option
def add_grower(code: str, name: str, contact: str | None, who: str, station: Path) -> None:
    """CODE is what lots call them; the NAME stays in the station's books, events bear a salted hash."""
    with at_the_desk(station) as (desk, _):
        enter_grower(desk, code, name, contact, who)
    click.echo(f"Grower {code} is entered.")


@grower.command("named")
@click.argument("code")
@click.option("--yes/--no", "shown", required=True, help="Whether buyers may see the name.")
@who_option
@station_option
def named(code: str, who: str, station: Path, *, shown: bool) -> None:
    """The grower CODE lets buyers see the name on the trays' pages, or no longer."""
    with at_the_desk(station) as (desk, _):
        name_grower(desk, code, who, shown=shown)
    click.echo(f"Pages that are published from now on {'name' if shown else 'do not name'} grower {code}.")


class Report(TypedDict):
    """What a laboratory found."""

    laboratory: str
    number: str
    sampled: str
    passed: bool
    who: str


@grower.command()
@click.argument("code")
@click.option("--laboratory", required=True)
@click.option("--number", required=True, help="The report's.")
@click.option("--sampled", required=True, help="When the sample was taken: 2026-11-25 06:10.")
@click.option("--passed/--failed", required=True, help="What the report says.")
@who_option
@station_option
def report(code: str, station: Path, **said: Unpack[Report]) -> None:
    """Enter a residue report of the grower CODE."""
    with at_the_desk(station) as (desk, file):
        sampled_at, passed = when(said["sampled"], file), said["passed"]
        enter_report(desk, code, said["laboratory"], said["number"], sampled_at, said["who"], passed=passed)
    found = "passed" if passed else "failed: the lots are held"
    click.echo(f"Report {said['number']} of {said['laboratory']} is entered: {found}.")


class Put(TypedDict):
    """What was put on a plot."""

    plot: str
    kind: Any
    product: str
    amount: str
    applied: str
    safety_days: float | None
    who: str


@grower.command()
@click.argument("code")
@click.option("--plot", required=True)
@click.option("--kind", type=click.Choice(["pesticide", "fertiliser"]), required=True)
@click.option("--product", required=True)
@click.option("--amount", required=True, help="As 20 ml/15 l.")
@click.option("--applied", required=True, help="When: 2026-11-25 06:10.")
@click.option("--safety-days", type=click.FloatRange(0, 365), help="Of a pesticide: no harvest for so long.")
@who_option
@station_option
def treat(code: str, station: Path, **put: Unpack[Put]) -> None:
    """Enter what was sprayed on a plot of the grower CODE, or fed to it."""
    with at_the_desk(station) as (desk, file):
        treatment = Treatment(
            grower=code,
            plot=put["plot"],
            kind=put["kind"],
            product=put["product"],
            amount=put["amount"],
            applied_at=when(put["applied"], file),
            safety_days=put["safety_days"],
        )
        enter_treatment(desk, treatment, put["who"])
    click.echo(f"{put['product']} on plot {put['plot']} is entered.")
