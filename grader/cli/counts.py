"""`grader counts`: how many of which grade, from whom, and when."""

import time
from pathlib import Path

import click

from grader.api.counting import Counts, CountsAsked, counted
from grader.api.settings import read_station
from grader.cli.api import json_option, store_options
from grader.cli.columns import columns
from grader.store import reading
from grader.store.books import BOOKS
from grader.trace.desk.desk import at_utc


@click.command()
@click.option("--since", help="06:00 today, or 2026-11-25T06:00+08:00; left out: from the first.")
@click.option("--until", help="Until before this time; left out: all.")
@click.option("--by", default="grade", show_default=True, help="Of grade, lot, grower, outlet, outcome.")
@click.option("--bucket", type=click.Choice(["quarter_hour", "hour", "day", "week", "month"]), help="A row for each.")
@click.option("--every-outcome", is_flag=True, help="Also what went to recheck, and what nobody saw.")
@click.option("--time-zone", help="+08:00 or Asia/Shanghai; left out: the station's.")
@json_option
@store_options
def counts_command(
    *, station: Path | None, store: Path | None, as_json: bool, every_outcome: bool, **asked: str | None
) -> None:
    """Count fruit by when they left the belt. Weights are estimates from pictures."""
    question = CountsAsked.model_validate({**asked, "every_outcome": every_outcome})
    found = read_station(station, store)
    now = at_utc(time.time_ns())
    if found.books.is_file():
        with reading(found.books, BOOKS) as books:
            answer = counted(books, question, found.trace.zone, now)
    else:
        answer = Counts(time_zone=str(found.trace.zone), by=[], fruit=0, rows=[])
    click.echo(answer.model_dump_json() if as_json else _table(answer, buckets=question.bucket is not None))


def _table(answer: Counts, *, buckets: bool) -> str:
    head = [*(["SINCE", "UNTIL"] if buckets else []), *(name.upper() for name in answer.by), "FRUIT", "EST. KG", "U KG"]
    rows = []
    for row in answer.rows:
        times = [f"{at:%Y-%m-%d %H:%M}" if at else "-" for at in (row.since, row.until)] if buckets else []
        group = [str(getattr(row, name) or "-") for name in answer.by]
        weight = f"{row.estimated_weight_kg:.3f}", f"{row.estimated_weight_u_kg:.3f}"
        rows.append([*times, *group, str(row.fruit), *weight])
    return columns([head, *rows]) if rows else "  no fruit"
