"""`grader export`: any list of the station as a file."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO, Any

import click

from grader.api.paging import Leafing, csv_lines
from grader.api.routes.deliveries import DELIVERY_LIST
from grader.api.routes.lists import AUDIT_LIST, EVENT_LIST, FRUIT_LIST, RUN_LIST
from grader.api.routes.lots import LOT_LIST
from grader.api.routes.trays import TRAY_LIST, label_list
from grader.api.settings import read_station
from grader.api.times import zone_of
from grader.cli.api import store_options
from grader.store import reading
from grader.store.books import BOOKS
from grader.trace.errors import NoSuchThingError
from grader.trace.settings import TraceSettings

LISTS: dict[str, Callable[[TraceSettings], Leafing[Any]]] = {
    "fruit": lambda _: FRUIT_LIST, "lots": lambda _: LOT_LIST, "trays": lambda _: TRAY_LIST, "labels": label_list,
    "events": lambda _: EVENT_LIST, "audit": lambda _: AUDIT_LIST, "deliveries": lambda _: DELIVERY_LIST,
    "calibration": lambda _: RUN_LIST,
}  # fmt: skip


@click.command()
@click.argument("what", type=click.Choice(list(LISTS)))
@click.option("-o", "--output", type=click.File("w", encoding="utf-8", atomic=True), default="-", help="The file.")
@click.option("--time-zone", help="+08:00 or Asia/Shanghai; left out: the station's.")
@store_options
def export_command(what: str, output: IO[str], time_zone: str | None, station: Path | None, store: Path | None) -> None:
    """Write the list WHAT as CSV (RFC 4180), in the words of the API."""
    found = read_station(station, store)
    if not found.books.is_file():
        raise NoSuchThingError(f"there are no books {found.books} yet: grader api serve makes them")
    leafing = LISTS[what](found.trace)
    rows = leafing.every(partial(reading, found.books, BOOKS), zone_of(time_zone, found.trace.zone), {})
    for line in csv_lines(leafing.columns, rows):
        output.write(line)
