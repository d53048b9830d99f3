"""`grader trace lot`: lots are received, fed to the line, held, released, recalled and weighed."""

from dataclasses import asdict, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, TypedDict, Unpack

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
    when,
    who_option,
    why_option,
)
from grader.cli.numbers import DECIMAL
from grader.grading import Outlet, find_rule_pack
from grader.line.commands import FeedLot
from grader.line.processes.links import Link, connect
from grader.store.books.lots import last_feed, lot_versions, lots
from grader.store.books.trays import holds_of_lot
from grader.trace.desk.desk import find_lot
from grader.trace.desk.feeding import feed
from grader.trace.desk.holds import hold_lot, recall_lot, release
from grader.trace.desk.lots import Delivery, as_delivery, correct, enter_hand_graded, receive
from grader.trace.desk.review import review
from grader.trace.desk.sums import Judged, sizes_judged
from grader.trace.errors import AgainstRulesError, NoSuchThingError
from grader.trace.rules.suitability import Finding

OUTLETS = tuple(outlet.value for outlet in Outlet if outlet is not Outlet.RECHECK)


@click.group()
def lot() -> None:
    """Growers' lots: what came, when, and whether it may be sold."""


class Facts(TypedDict):
    """What is said of a lot."""

    grower: str
    variety: str
    plot: str
    harvested: str
    received: str | None
    kg: Decimal
    accountable: str
    harvest_c: Decimal | None
    precooled: str | None
    precooled_c: Decimal | None
    sample: str | None
    who: str


@lot.command("add")
@click.argument("code")
@click.option("--grower", required=True, help="The grower's code.")
@click.option("--variety", required=True)
@click.option("--plot", required=True)
@click.option("--harvested", required=True, help="When: 2026-11-25 06:10.")
@click.option("--received", help="When; left out: now.")
@click.option("--kg", type=DECIMAL, required=True, help="Net, by the scale.")
@click.option("--accountable", required=True, help="Who answers for the lot.")
@click.option("--harvest-c", type=DECIMAL, help="Temperature in the fruit at harvest.")
@click.option("--precooled", help="When it reached the cold; left out: nobody knows.")
@click.option("--precooled-c", type=DECIMAL, help="Temperature in the fruit afterwards.")
@click.option("--sample", help="What the retained sample is called, or where it lies.")
@who_option
@json_option
@station_option
def add(*, code: str, station: Path, as_json: bool, **facts: Unpack[Facts]) -> None:
    """Receive the lot CODE. It is looked over at once, and held for what the rules find."""
    with at_the_desk(station) as (desk, file):
        delivery = Delivery(
            code=code,
            grower=facts["grower"],
            variety=facts["variety"],
            plot=facts["plot"],
            harvested_at=when(facts["harvested"], file),
            received_at=when(facts["received"], file) if facts["received"] else desk.now(),
            received_kg=facts["kg"],
            accountable=facts["accountable"],
            harvest_c=facts["harvest_c"],
            precooled_at=when(facts["precooled"], file) if facts["precooled"] else None,
            precooled_c=facts["precooled_c"],
            retained_sample=facts["sample"],
        )
        found = receive(desk, delivery, facts["who"])
    _say_findings(f"Lot {code} is received", code, found, as_json=as_json)


class Right(TypedDict):
    """What a lot's facts should have been; None: as they are."""

    kg: Decimal | None
    harvested: str | None
    precooled: str | None
    precooled_c: Decimal | None
    sample: str | None
    who: str
    why: str


@lot.command("correct")
@click.argument("code")
@click.option("--kg", type=DECIMAL, help="Net, by the scale.")
@click.option("--harvested", help="When.")
@click.option("--precooled", help="When it reached the cold.")
@click.option("--precooled-c", type=DECIMAL)
@click.option("--sample")
@who_option
@why_option
@json_option
@station_option
def correct_command(*, code: str, station: Path, as_json: bool, **right: Unpack[Right]) -> None:
    """Write facts of the lot CODE anew; what was written before stays on record."""
    with at_the_desk(station) as (desk, file):
        with desk.asking() as books:
            delivery = as_delivery(find_lot(books, code))
        changes = {
            "received_kg": right["kg"],
            "harvested_at": when(right["harvested"], file) if right["harvested"] else None,
            "precooled_at": when(right["precooled"], file) if right["precooled"] else None,
            "precooled_c": right["precooled_c"],
            "retained_sample": right["sample"],
        }
        said: dict[str, Any] = {name: value for name, value in changes.items() if value is not None}
        found = correct(desk, replace(delivery, **said), right["who"], right["why"])
    _say_findings(f"Lot {code} is corrected", code, found, as_json=as_json)


@lot.command("list")
@json_option
@station_option
def list_lots(*, station: Path, as_json: bool) -> None:
    """List all lots, and how many holds each has."""
    with looking(station) as (books, file):
        found = [(one, holds_of_lot(books, one.code)) for one in lots(books)]
    rows = [
        (one.code, one.grower, one.variety, shown(one.received_utc_ns, file), one.received_g / 1000, len(holds) or "-")
        for one, holds in found
    ]
    value = {"lots": [asdict(one) | {"holds": [asdict(hold) for hold in holds]} for one, holds in found]}
    answer(table(("LOT", "GROWER", "VARIETY", "RECEIVED", "KG", "HOLDS"), rows), value, as_json=as_json)


@lot.command()
@click.argument("code")
@json_option
@station_option
def show(*, code: str, station: Path, as_json: bool) -> None:
    """Show the lot CODE: its facts, its holds, and by grade how many of its fruit are expected to miss their class."""
    with looking(station) as (books, file):
        one, holds, versions = find_lot(books, code), holds_of_lot(books, code), lot_versions(books, code)
        judged = sizes_judged(books, code, find_rule_pack(file.rules), file.trace)
    facts = asdict(one)
    lines = [
        (f"{name.removesuffix('_utc_ns')}, {file.trace.zone}", shown(value, file))
        if name.endswith("_utc_ns")
        else (name, value)
        for name, value in facts.items()
    ]
    sizes = [
        (
            row.grade,
            row.off_size.fruit,
            *(f"{100 * share:.1f} %" for share in _shares(row)),
            "yes" if row.within else "NO",
        )
        for row in judged
    ]
    words = [
        table(("FACT", ""), lines),
        *(f"corrected {shown(old['utc_ns'], file)} by {old['who']}: {old['why']}" for old in versions[1:]),
        *(f"HELD ({hold.kind} {hold.hold}): {hold.reason}" for hold in holds),
        table(("GRADE", "FRUIT", "OFF SIZE, EXPECTED", "95 %: AT MOST", "MAY", "WITHIN"), sizes),
    ]
    value = facts | {
        "versions": versions,
        "holds": [asdict(hold) for hold in holds],
        "off_size": [asdict(row) | {"within": row.within} for row in judged],
    }
    answer("\n".join(words), value, as_json=as_json)


def _shares(row: Judged) -> tuple[float, ...]:
    return row.off_size.expected, row.off_size.limit, row.tolerance


@lot.command("review")
@json_option
@station_option
def review_command(*, station: Path, as_json: bool) -> None:
    """Have the rules look over the lots of the last month: a report that expired holds from now on."""
    with at_the_desk(station) as (desk, _):
        held = review(desk)
    answer(f"Newly held: {', '.join(held) or 'none'}.", {"held": held}, as_json=as_json)


@lot.command("feed")
@click.argument("code")
@click.option("--pass", "pass_number", type=click.IntRange(1), default=1, help="2: its recheck crate is fed.")
@click.option("--mixed", is_flag=True, help="Into the trays that stand there, whosesoever fruit they hold.")
@who_option
@json_option
@station_option
def feed_command(*, code: str, pass_number: int, mixed: bool, who: str, station: Path, as_json: bool) -> None:
    """From the next fruit on they are of the lot CODE; the belt has to be empty."""
    with at_the_desk(station) as (desk, file):
        line = connect(file.sockets, "line", "terminal")
        tell = None if line is None else partial(_tell, line)
        fed = feed(desk, file.journal, code, who, pass_number=pass_number, mixed=mixed, tell=tell)
    words = [f"Lot {code} is fed (pass {pass_number})."]
    if fed.closed:
        words.append(f"Put empty trays in the place of {', '.join(map(str, fed.closed))}: they are closed.")
    words += [f"It cannot be sold yet: {reason}" for reason in fed.holds]
    answer("\n".join(words), {"lot": code, "closed_trays": fed.closed, "holds": fed.holds}, as_json=as_json)


def _tell(line: Link, code: str, pass_number: int, mixed: bool, who: str) -> None:  # noqa: FBT001 - as `TellLine` has it
    reply = ask(line, FeedLot(lot=code, pass_number=pass_number, mixed=mixed, who=who))
    if not reply.accepted:
        raise AgainstRulesError(reply.sentence)


@lot.command("now")
@json_option
@station_option
def now_command(*, station: Path, as_json: bool) -> None:
    """Say which lot is fed to the line now."""
    with looking(station) as (books, file):
        fed = last_feed(books)
    if fed is None:
        raise NoSuchThingError("nobody has said yet which lot is fed: grader trace lot feed")
    chosen = ", into mixed trays" if fed["mixed"] else ""
    words = f"Lot {fed['lot']}, pass {fed['pass_number']}{chosen}, since {shown(fed['utc_ns'], file)}, by {fed['who']}."
    answer(words, fed, as_json=as_json)


@lot.command("hand-graded")
@click.argument("code")
@click.option("--outlet", type=click.Choice(OUTLETS), required=True)
@click.option("--kg", type=DECIMAL, required=True, help="By the scale.")
@who_option
@why_option
@station_option
def hand_graded(code: str, outlet: str, kg: Decimal, who: str, why: str, station: Path) -> None:
    """Enter what people graded of the lot CODE, such as its recheck crate."""
    with at_the_desk(station) as (desk, _):
        enter_hand_graded(desk, code, outlet, kg, who, why)
    click.echo(f"{kg} kg of lot {code} as {outlet} are entered.")


@lot.command("hold")
@click.argument("code")
@who_option
@why_option
@station_option
def hold_command(code: str, who: str, why: str, station: Path) -> None:
    """Nothing of the lot CODE may be sold, nor any tray that has some of it. Anybody may say so."""
    with at_the_desk(station) as (desk, _):
        hold_lot(desk, code, why, who)
    click.echo(f"Lot {code} is held.")


@lot.command("release")
@click.argument("code")
@click.option("--hold", type=int, help="Which; left out: the only one.")
@who_option
@why_option
@station_option
def release_command(code: str, hold: int | None, who: str, why: str, station: Path) -> None:
    """End a hold of the lot CODE: a manager, with a reason."""
    with at_the_desk(station) as (desk, _):
        with desk.asking() as books:
            find_lot(books, code)
            standing = [one.hold for one in holds_of_lot(books, code)]
        if hold is None and len(standing) != 1:
            raise click.UsageError(f"lot {code} has the holds {standing}: say which with --hold")
        if hold is not None and hold not in standing:
            raise click.UsageError(f"{hold} is no hold of lot {code}; it has {standing}")
        release(desk, standing[0] if hold is None else hold, why, who)
    click.echo(f"The hold of lot {code} is released.")


@lot.command("recall")
@click.argument("code")
@who_option
@why_option
@json_option
@station_option
def recall_command(*, code: str, who: str, why: str, station: Path, as_json: bool) -> None:
    """Nobody may eat or sell fruit of the lot CODE any more. A recall stands for good."""
    with at_the_desk(station) as (desk, _):
        trays = recall_lot(desk, code, why, who)
    named = ", ".join(map(str, trays)) or "none"
    answer(
        f"Lot {code} is recalled. Trays that have some of it: {named}.", {"lot": code, "trays": trays}, as_json=as_json
    )


def _say_findings(words: str, code: str, found: list[Finding], *, as_json: bool) -> None:
    lines = [f"{words}." if not found else f"{words}, and held:", *(f"  {finding.sentence}" for finding in found)]
    answer("\n".join(lines), {"lot": code, "findings": [asdict(finding) for finding in found]}, as_json=as_json)
