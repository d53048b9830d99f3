"""Temperatures of a stretch of the way, put on record for a lot or a tray; and lots sampled for a laboratory."""

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from io import StringIO

from grader.store.books.trays import tray_of
from grader.trace.desk.desk import Desk, checked_name, find_lot, find_tray, kg
from grader.trace.errors import AgainstRulesError
from grader.trace.events import ColdChain, LotShare, Reading, Sampled, Things
from grader.trace.rules.temperatures import beyond, thinned

RESIDUES = "residues"
TRANSPORT_C = Decimal(2)
"""So much more than in store on either side while it is carried."""
MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Temperatures:
    """What a thermometer's file holds."""

    readings: tuple[Reading, ...]
    sha256: str
    """Of the file, so that whoever has it can check that these readings are its."""


def read_temperatures(text: str, zone: timezone) -> Temperatures:
    """Read rows `time,celsius`, with or without a heading; a time without a zone is meant in `zone`.

    `AgainstRulesError` names the row that is none.
    """
    readings: list[Reading] = []
    for number, row in enumerate(csv.reader(StringIO(text)), 1):
        if not row or (number == 1 and not row[0][:1].isdigit()):
            continue
        try:
            at = datetime.fromisoformat(row[0].strip())
            celsius = Decimal(row[1].strip())
        except (ValueError, InvalidOperation, IndexError) as error:
            raise AgainstRulesError(f"row {number} is not `time,celsius`, like 2026-11-25 06:10,4.8: {row}") from error
        if not celsius.is_finite():
            raise AgainstRulesError(f"row {number} has no temperature: {row}")
        readings.append(Reading(at if at.utcoffset() is not None else at.replace(tzinfo=zone), celsius))
        if len(readings) > MOST_ROWS:
            raise AgainstRulesError(f"more than {MOST_ROWS} readings: report a shorter stretch")
    if not readings:
        raise AgainstRulesError("there is no reading in the file: rows are `time,celsius`")
    return Temperatures(tuple(readings), hashlib.sha256(text.encode()).hexdigest())


def report_temperatures(
    desk: Desk, found: Temperatures, device: str, who: str, *, lot: str | None = None, tray: int | None = None,
    transport: bool = False,
) -> list[Reading]:  # fmt: skip
    """Put the readings of one thermometer on record for a lot or a labelled tray; returns those beyond what was agreed.

    Of very many the extremes of each stretch are told. `AgainstRulesError` for readings that are still to come.
    """
    if any(reading.at > desk.now() for reading in found.readings):
        raise AgainstRulesError("some readings are still to come: look at the thermometer's clock")
    more = TRANSPORT_C if transport else Decimal(0)
    lowest_c, highest_c = desk.settings.core_lowest_c - more, desk.settings.core_highest_c + more
    happening = ColdChain(_things(desk, lot, tray), device, thinned(found.readings), lowest_c, highest_c, found.sha256)
    last = max(reading.at for reading in found.readings)
    lots, trays = (() if lot is None else (lot,)), (() if tray is None else (tray,))
    desk.write(desk.event("cold_chain", happening, checked_name(who), at=last, lots=lots, trays=trays))
    return beyond(found.readings, lowest_c, highest_c)


def sample_for_laboratory(desk: Desk, lot: str, sample: str, who: str) -> None:
    """A sample of a lot goes to a laboratory; its report is entered with `enter_report` when it comes."""
    happening = Sampled(_things(desk, lot, None), sample, RESIDUES)
    desk.write(desk.event("sampled", happening, checked_name(who), lots=(lot,)))


def _things(desk: Desk, lot: str | None, tray: int | None) -> Things:
    with desk.asking() as books:
        if lot is not None:
            found = find_lot(books, lot)
            return Things(lots=(LotShare(found.code, kg(found.received_g)),))
        number = -1 if tray is None else tray
        find_tray(books, number)
        labelled = tray_of(books, number)
    if labelled is None or labelled.batch is None or labelled.serial is None:
        raise AgainstRulesError(f"tray {number} has no label: report the temperatures of its lot")
    return Things(trays=(desk.identity(labelled.outlet, labelled.batch, labelled.serial),))


def hottest_and_coldest(readings: Sequence[Reading]) -> tuple[Decimal, Decimal]:
    """The coldest, the hottest, °C."""
    return min(reading.celsius for reading in readings), max(reading.celsius for reading in readings)
