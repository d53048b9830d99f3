"""`grader trace tray`: what is in a tray, and whatever is done to it by hand."""

from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path

import click

from grader.cli.at_the_line import ask
from grader.cli.books import (
    answer,
    at_the_desk,
    json_option,
    looking,
    shown,
    station_option,
    table,
    who_option,
    why_option,
)
from grader.grading import Outlet, find_rule_pack
from grader.line.commands import CloseOutlet
from grader.line.processes.links import Link, connect
from grader.store.books import one_moment
from grader.store.books.prints import prints_of
from grader.store.books.trays import composition, history_of, trays_at_the_line
from grader.trace.desk import holds, labelling, trays
from grader.trace.desk.desk import find_tray
from grader.trace.errors import AgainstRulesError
from grader.trace.rules.packing import obstacles


@click.group()
def tray() -> None:
    """Trays: what is in them, what happened to them, and their names."""


@tray.command()
@click.argument("number", type=int)
@json_option
@station_option
def show(*, number: int, station: Path, as_json: bool) -> None:
    """Show the tray NUMBER: its fruit by lot, its off-size share, its history, and what keeps it from a label."""
    with looking(station) as (books, file), one_moment(books):
        found, shares = find_tray(books, number), composition(books, number)
        pack = find_rule_pack(file.rules)
        contents = labelling.look_into(books, found, shares, pack, file.trace.size_tolerance)
        steps, prints = history_of(books, number), prints_of(books, number)
    estimated_kg = sum(share.weight_g for share in shares) / 1000
    problems = [] if found.state == "labelled" else [*contents.holds, *obstacles(contents)]
    value = {
        **asdict(found), "fruit_by_lot": contents.fruit_by_lot, "estimated_kg": estimated_kg,
        "off_size": None if contents.off_size is None else asdict(contents.off_size), "tolerance": contents.tolerance,
        "holds": contents.holds, "obstacles": list(dict.fromkeys(problems)), "history": steps, "prints": prints,
    }  # fmt: skip
    words = [
        f"Tray {number} ({found.outlet}): {found.state}, {contents.fruit} fruit, estimated {estimated_kg:.2f} kg",
        table(("LOT", "FRUIT"), sorted((lot or "unknown", fruit) for lot, fruit in contents.fruit_by_lot.items())),
    ]
    if contents.off_size is not None:
        words.append(
            f"Expected to miss the class's size: {100 * contents.off_size.expected:.1f} % of {contents.off_size.fruit} "
            f"(with 95 % probability {contents.off_size.limit * contents.off_size.fruit:.0f} or fewer); "
            f"{100 * contents.tolerance:g} % may"
        )
    rows = [(shown(step["utc_ns"], file), step["what"], step["who"], step["why"]) for step in steps]
    rows += [
        (shown(step["utc_ns"], file), f"print {step['nth']}: {step['what']}", step["who"], step["why"])
        for step in prints
    ]
    words += [table(("WHEN", "WHAT", "WHO", "WHY"), rows), *(f"No label: {problem}" for problem in value["obstacles"])]
    answer("\n".join(words), value, as_json=as_json)


@tray.command("list")
@json_option
@station_option
def list_trays(*, station: Path, as_json: bool) -> None:
    """List the trays that are open."""
    with looking(station) as (books, file):
        found = [(one, composition(books, one.tray)) for one in trays_at_the_line(books)]
    rows = [
        (one.tray, one.outlet, shown(one.opened_utc_ns, file), sum(share.fruit for share in shares))
        for one, shares in found
    ]
    value = {"trays": [asdict(one) | {"shares": [asdict(share) for share in shares]} for one, shares in found]}
    answer(table(("TRAY", "OUTLET", "OPENED", "FRUIT"), rows), value, as_json=as_json)


@tray.command()
@click.argument("number", type=int)
@who_option
@why_option
@station_option
def close(number: int, who: str, why: str, station: Path) -> None:
    """Close the tray NUMBER; where it stands at a line that runs, fruit of its outlet go to recheck from now on."""
    with at_the_desk(station) as (desk, file):
        line = connect(file.sockets, "line", "terminal")
        trays.close(desk, number, who, why, None if line is None else partial(_shut, line))
    click.echo(f"Tray {number} is closed.")


def _shut(line: Link, outlet: str) -> None:
    reply = ask(line, CloseOutlet(outlet=Outlet(outlet)))
    if not reply.accepted:
        raise AgainstRulesError(reply.sentence)


@tray.command()
@click.argument("number", type=int)
@who_option
@why_option
@station_option
def reopen(number: int, who: str, why: str, station: Path) -> None:
    """Open the closed tray NUMBER again."""
    with at_the_desk(station) as (desk, _):
        trays.reopen(desk, number, who, why)
    click.echo(f"Tray {number} is open.")


@tray.command()
@click.argument("number", type=int)
@click.argument("counted", type=click.IntRange(min=0))
@who_option
@why_option
@station_option
def recount(number: int, counted: int, who: str, why: str, station: Path) -> None:
    """Somebody counted COUNTED fruit in the tray NUMBER."""
    with at_the_desk(station) as (desk, _):
        trays.recount(desk, number, counted, who, why)
    click.echo(f"Tray {number} has {counted} fruit.")


@tray.command()
@click.argument("number", type=int)
@who_option
@why_option
@station_option
def void(number: int, who: str, why: str, station: Path) -> None:
    """The tray NUMBER is no longer one; its label is void."""
    with at_the_desk(station) as (desk, _):
        trays.void(desk, number, who, why)
    click.echo(f"Tray {number} is voided.")


@tray.command()
@click.argument("number", type=int)
@click.argument("into", type=int)
@click.option("--mixed", is_flag=True, help="The two hold different lots, and that is meant.")
@who_option
@why_option
@station_option
def merge(*, number: int, into: int, mixed: bool, who: str, why: str, station: Path) -> None:
    """The fruit of the closed tray NUMBER go into the closed tray INTO."""
    with at_the_desk(station) as (desk, _):
        trays.merge(desk, number, into, who, why, mixed=mixed)
    click.echo(f"The fruit of tray {number} are in tray {into}.")


@tray.command()
@click.argument("number", type=int)
@click.option("--best-before", required=True, help="As 2026-11-29.")
@who_option
@why_option
@station_option
def correct(number: int, best_before: str, who: str, why: str, station: Path) -> None:
    """Write down another best before for the tray NUMBER."""
    try:
        day = date.fromisoformat(best_before)
    except ValueError as error:
        raise click.BadParameter(f"{best_before!r} is no date: write it like 2026-11-29") from error
    with at_the_desk(station) as (desk, _):
        trays.correct_best_before(desk, number, day, who, why)
    click.echo(f"Tray {number} is best before {day}.")


@tray.command("hold")
@click.argument("number", type=int)
@who_option
@why_option
@station_option
def hold_command(number: int, who: str, why: str, station: Path) -> None:
    """The tray NUMBER may not be sold. Anybody may say so."""
    with at_the_desk(station) as (desk, _):
        holds.hold_tray(desk, number, why, who)
    click.echo(f"Tray {number} is held.")


@tray.command("recall")
@click.argument("number", type=int)
@who_option
@why_option
@station_option
def recall_command(number: int, who: str, why: str, station: Path) -> None:
    """Nobody may eat or sell the tray NUMBER any more. A recall stands for good."""
    with at_the_desk(station) as (desk, _):
        holds.recall_tray(desk, number, why, who)
    click.echo(f"Tray {number} is recalled.")
