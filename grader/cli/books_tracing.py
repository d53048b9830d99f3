"""`grader trace follow`, `back`, `forward`, `held`, `release`, `sample`, `balance`, `settle`: what the books say."""

import time
from dataclasses import asdict
from pathlib import Path

import click

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
from grader.cli.station_file import read_station_file
from grader.store.books import Books, Follower
from grader.store.books.lots import finished_lot
from grader.store.books.tracing import held_trays, trace_back, trace_forward
from grader.store.books.trays import tray_with
from grader.trace.desk.desk import utc_ns
from grader.trace.desk.holds import release
from grader.trace.desk.samples import retain
from grader.trace.desk.sums import balance_of, settlement
from grader.trace.errors import NoSuchThingError
from grader.trace.rules.factor import WeightFactor

LOOK_S = 1.0
"""How often the journal is looked at."""
EXIT_UNBALANCED = 1


@click.command()
@click.option("--keep", is_flag=True, help="Go on until Ctrl-C.")
@station_option
def follow(*, keep: bool, station: Path) -> None:
    """Read the line's journal into the books, from where they stand."""
    file = read_station_file(station)
    with Books(file.books) as books:
        follower = Follower(books, file.journal, time.time_ns)
        count = follower.follow()
        while keep:
            time.sleep(LOOK_S)
            count += follower.follow()
    click.echo(f"{count} fruit came into the books.")


@click.command()
@click.argument("tray")
@json_option
@station_option
def back(*, tray: str, station: Path, as_json: bool) -> None:
    """From the TRAY (its number, or its label's serial) to its lots, growers and all that touched them."""
    with looking(station) as (books, file):
        number = int(tray) if tray.isdigit() else tray_with(books, tray.rpartition("/")[2])
        found = None if number is None else trace_back(books, number)
    if found is None:
        raise NoSuchThingError(f"the books know no tray {tray}: look at the number or serial")
    head = found["tray"]
    words = [f"Tray {head['tray']} ({head['outlet']}): {head['state']}, {len(found['fruit'])} fruit"]
    for share in found["lots"]:
        facts, grower = share["facts"], share["grower"]
        if facts is None:
            words.append(f"{share['fruit']} fruit of which nobody had said whose they are")
            continue
        words.append(
            f"{share['fruit']} fruit of lot {facts['code']}: {grower['name']} ({grower['code']}), "
            f"plot {facts['plot']}, {facts['variety']}, harvested {shown(facts['harvested_utc_ns'], file)}"
        )
        words += [
            f"  {entry['kind']}: {entry['product']}, {entry['amount']}, {shown(entry['applied_utc_ns'], file)}"
            for entry in share["treatments"]
        ]
        words += [
            f"  residues: {entry['laboratory']} {entry['number']}, sampled {shown(entry['sampled_utc_ns'], file)}, "
            f"{'passed' if entry['passed'] else 'failed'}"
            for entry in share["residue_reports"][:1]
        ]
    words += [f"sample {one['sample']}: {one['place']}, {one['accountable']} answers" for one in found["samples"]]
    words += [f"HELD ({hold['kind']}): {hold['reason']}" for hold in found["holds"]]
    rows = [(shown(step["utc_ns"], file), step["what"], step["who"], step["why"]) for step in found["history"]]
    words.append(table(("WHEN", "WHAT", "WHO", "WHY"), rows))
    answer("\n".join(words), found, as_json=as_json)


@click.command()
@click.argument("lot")
@json_option
@station_option
def forward(*, lot: str, station: Path, as_json: bool) -> None:
    """From the LOT to its fruit, and to every tray that has some of them."""
    with looking(station) as (books, file):
        found = trace_forward(books, lot)
    if found is None:
        raise NoSuchThingError(f"the books know no lot {lot}: look at how it is spelt")
    facts = found["facts"]
    fruit = [(row["pass_number"], row["outcome"], row["outlet"], row["grade"], row["fruit"]) for row in found["fruit"]]
    trays = [
        (row["tray"], row["outlet"], row["state"], row["fruit"], row["batch"], row["serial"]) for row in found["trays"]
    ]
    words = [
        f"Lot {lot}: {found['grower']['name']} ({facts['grower']}), plot {facts['plot']}, {facts['variety']}",
        f"{facts['received_g'] / 1000:g} kg received {shown(facts['received_utc_ns'], file)}",
        *(f"HELD ({hold['kind']}): {hold['reason']}" for hold in found["holds"]),
        table(("PASS", "OUTCOME", "OUTLET", "GRADE", "FRUIT"), fruit),
        table(("TRAY", "OUTLET", "STATE", "FRUIT", "BATCH", "SERIAL"), trays),
    ]
    answer("\n".join(words), found, as_json=as_json)


@click.command()
@json_option
@station_option
def held(*, station: Path, as_json: bool) -> None:
    """Every tray that is held, and for which lot, grower and reason."""
    with looking(station) as (books, _):
        found = held_trays(books)
    columns = ("tray", "state", "lot", "grower", "hold", "kind", "reason")
    rows = [tuple(row[name] for name in columns) for row in found]
    answer(table(("TRAY", "STATE", "LOT", "GROWER", "HOLD", "KIND", "REASON"), rows), {"held": found}, as_json=as_json)


@click.command("release")
@click.argument("hold", type=int)
@who_option
@why_option
@station_option
def release_command(hold: int, who: str, why: str, station: Path) -> None:
    """End the HOLD with that number: a manager, with a reason."""
    with at_the_desk(station) as (desk, _):
        release(desk, hold, why, who)
    click.echo(f"Hold {hold} is released.")


@click.command("sample")
@click.argument("batch")
@click.argument("name")
@click.option("--place", required=True, help="Where it lies.")
@click.option("--accountable", required=True, help="Who answers for it.")
@who_option
@station_option
def sample_command(batch: str, name: str, place: str, accountable: str, who: str, station: Path) -> None:
    """Keep a sample called NAME of the trace BATCH."""
    with at_the_desk(station) as (desk, _):
        retain(desk, name, batch, place, accountable, who)
    click.echo(f"Sample {name} of {batch} is kept.")


@click.command()
@click.argument("lot")
@json_option
@station_option
def balance(*, lot: str, station: Path, as_json: bool) -> int:
    """Weigh what came in of the LOT against what became of it. Exit code 1: it does not balance."""
    with looking(station) as (books, file):
        found, finished = balance_of(books, lot, file.trace), finished_lot(books, lot) is not None
    words = [
        f"Lot {lot}: {found.received_kg:.3f} kg received",
        table(("WHERE", "KG"), sorted(found.kg.items())),
        _said_of(found.factor),
        f"lost on the way, expected: {found.lost_kg:.3f} kg",
        f"difference: {found.difference_kg:+.3f} kg, standard uncertainty {found.u_kg:.3f} kg",
        _judged(finished=finished, balanced=found.balanced),
    ]
    if found.in_the_crate:
        words.append(f"{found.in_the_crate} fruit lie in the recheck crate: feed them again, or grade them by hand")
    answer("\n".join(words), asdict(found) | {"balanced": found.balanced}, as_json=as_json)
    return 0 if found.balanced else EXIT_UNBALANCED


def _judged(*, finished: bool, balanced: bool) -> str:
    if balanced:
        return "it balances"
    return "IT DOES NOT BALANCE" if finished else "IT DOES NOT BALANCE YET: nobody has finished the lot"


def _said_of(factor: WeightFactor) -> str:
    if not factor.trays:
        return f"estimates as they are, ± {200 * factor.u:.1f} % shared: no tray of the lot was weighed"
    by = f"{factor.trays} weighed trays, {factor.net_kg:.3f} kg"
    words = f"estimates times {factor.factor:.3f} ± {2 * factor.u:.3f}: {by}"
    return f"{words}; LOOK AT TARE AND TRAY, no variety differs so much" if factor.surprising else words


@click.command()
@click.argument("grower")
@click.option("--from", "begin", required=True, help="Lots received from here on: 2026-11-01.")
@click.option("--until", "end", required=True, help="And before here.")
@json_option
@station_option
def settle(*, grower: str, begin: str, end: str, station: Path, as_json: bool) -> None:
    """Count and kilograms by grade of what the GROWER brought in a period: the input of a settlement."""
    with looking(station) as (books, file):
        found = settlement(books, grower, utc_ns(when(begin, file)), utc_ns(when(end, file)), file.trace)
    rows = [
        (row["outlet"], row["grade"], row["fruit"], row["estimated_kg"], row["u_kg"], row["shared_u_kg"])
        for row in found["delivered"]
    ]
    received_kg = sum(row["received_kg"] for row in found["lots"])
    by_hand = [(row["outlet"], row["kg"]) for row in found["hand_graded"]]
    words = [
        f"Grower {grower}: {len(found['lots'])} lots, {received_kg:.3f} kg received",
        table(("OUTLET", "GRADE", "FRUIT", "KG (ESTIMATED)", "U", "U, SHARED"), rows),
    ]
    words += [
        f"lot {row['lot']}: estimates times {row['weight_factor']:.3f} ± {2 * row['weight_factor_u']:.3f}, "
        f"by {row['trays_weighed']} weighed trays"
        for row in found["lots"]
        if row["trays_weighed"]
    ]
    words += [f"graded by hand: {outlet}, {kg:.3f} kg" for outlet, kg in by_hand]
    answer("\n".join(words), found, as_json=as_json)
