"""What the books say of trays, of what is in them, and of holds."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection

from grader.store.books.asking import Row, row, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Tray:
    """A tray, as it is now."""

    tray: int
    outlet: str
    opened_utc_ns: int
    state: str
    """`open`, `closed`, `labelled`, `merged`, `voided`."""
    taken_away: bool
    """From the line."""
    needs_recount: bool
    counted: int | None
    """By somebody, since the last doubt."""
    into_tray: int | None
    """Where its fruit went."""
    batch: str | None
    serial: str | None
    best_before: str | None
    reprints: int
    for_sale: bool
    """Whether what falls into this outlet can be sold at all."""
    letter: str | None
    """Of the outlet, in a trace batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a tray has of one lot."""

    lot: str | None
    """None: of fruit of which nobody had said whose they are."""
    fruit: int
    weight_g: float
    """Estimated, of those that have an estimate."""
    weighed: int
    """How many have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """An open hold."""

    hold: int
    lot: str | None
    tray: int | None
    kind: str
    code: str
    reason: str
    who: str
    utc_ns: int


TRAY = """
SELECT tray, outlet, opened_utc_ns, state, taken_away, needs_recount, counted, into_tray, batch, serial, best_before,
  reprints, for_sale, letter
FROM tray_state JOIN outlet USING (outlet)
"""
HOLD = """
SELECT hold, code_of.code AS lot, tray, kind, open_hold.code, reason, who, utc_ns
FROM open_hold LEFT JOIN lot AS code_of USING (lot)
"""
COMPOSITION = """
SELECT lot.code AS lot, count(*) AS fruit, total(weight_g) AS weight_g, count(weight_g) AS weighed
FROM tray_part JOIN fruit ON fruit.tray = tray_part.member LEFT JOIN lot USING (lot)
WHERE tray_part.tray = :tray GROUP BY fruit.lot ORDER BY lot.code
"""
FRUIT_OF_TRAY = """
SELECT fruit.*, lot.code AS lot FROM tray_part JOIN fruit ON fruit.tray = tray_part.member LEFT JOIN lot USING (lot)
WHERE tray_part.tray = :tray ORDER BY fruit
"""
MADE_BY = """
SELECT run.number AS run, station, software_version, model_sha256, rule_pack_sha256, calibration_sha256,
  seed IS NOT NULL AS simulated, count(*) AS fruit
FROM tray_part JOIN fruit ON fruit.tray = tray_part.member JOIN run USING (run)
WHERE tray_part.tray = :tray GROUP BY run.run ORDER BY run.run
"""
OF_TRAY = """
WHERE tray IN (SELECT member FROM tray_part WHERE tray_part.tray = :tray) OR open_hold.lot IN (
  SELECT fruit.lot FROM tray_part JOIN fruit ON fruit.tray = tray_part.member WHERE tray_part.tray = :tray)
ORDER BY hold
"""


def tray_of(connection: Connection, tray: int) -> Tray | None:
    """The tray with that number; None: there is none."""
    found = row(connection, f"{TRAY} WHERE tray = :tray", tray=tray)
    return None if found is None else _tray(found)


def trays_at_the_line(connection: Connection) -> list[Tray]:
    """Trays that are open, by number. Only the last thousand are looked at: an older one is not open."""
    newest = "tray > (SELECT max(tray) FROM tray) - 1000"
    return [_tray(found) for found in rows(connection, f"{TRAY} WHERE {newest} AND state = 'open' ORDER BY tray")]


def trays_to_label(connection: Connection) -> list[int]:
    """Closed trays of outlets that are for sale, with fruit in them, by number; of the last thousand."""
    newest = "tray > (SELECT max(tray) FROM tray) - 1000"
    found = rows(
        connection,
        f"SELECT tray FROM tray_state JOIN outlet USING (outlet) WHERE {newest} AND state = 'closed' AND for_sale "  # noqa: S608 - our own words
        "AND EXISTS (SELECT 1 FROM fruit WHERE fruit.tray = tray_state.tray) ORDER BY tray",
    )
    return [int(one["tray"]) for one in found]


def tray_with(connection: Connection, serial: str) -> int | None:
    """The number of the tray whose label has that serial; None: there is none."""
    found = row(connection, "SELECT tray FROM tray_history WHERE serial = :serial", serial=serial)
    return None if found is None else int(found["tray"])


def history_of(connection: Connection, tray: int) -> list[Row]:
    """What happened to a tray, in that order."""
    found = rows(connection, "SELECT * FROM tray_history WHERE tray = :tray ORDER BY entry", tray=tray)
    return [step | {"detail": json.loads(step["detail"])} for step in found]


def composition(connection: Connection, tray: int) -> list[Share]:
    """How many fruit a tray has of each lot, by the lot's code; with those of trays that were merged into it."""
    found = rows(connection, COMPOSITION, tray=tray)
    return [Share(**share) for share in found]


def fruit_of_tray(connection: Connection, tray: int) -> list[Row]:
    """Every fruit of a tray, in the order in which they fell."""
    return rows(connection, FRUIT_OF_TRAY, tray=tray)


def made_by(connection: Connection, tray: int) -> list[Row]:
    """What judged the fruit of a tray: a row for each run that some of them were graded in."""
    return rows(connection, MADE_BY, tray=tray)


def holds_of_lot(connection: Connection, lot: str) -> list[Hold]:
    """Open holds of a lot."""
    return [Hold(**hold) for hold in rows(connection, f"{HOLD} WHERE code_of.code = :lot ORDER BY hold", lot=lot)]


def holds_of_tray(connection: Connection, tray: int) -> list[Hold]:
    """Open holds that keep a tray from being sold: its own, and those of lots and of trays that are in it."""
    return [Hold(**hold) for hold in rows(connection, HOLD + OF_TRAY, tray=tray)]


def rules_that_held(connection: Connection, lot: str) -> list[Row]:
    """Every hold that a lot ever had: `kind`, `code`, and whether it `stands`."""
    return rows(
        connection,
        "SELECT hold.kind, hold.code, NOT EXISTS (SELECT 1 FROM release WHERE release.hold = hold.hold) AS stands "
        "FROM hold JOIN lot USING (lot) WHERE lot.code = :lot",
        lot=lot,
    )


def hold_of(connection: Connection, hold: int) -> Hold | None:
    """An open hold; None: there is none with that number."""
    found = row(connection, f"{HOLD} WHERE hold = :hold", hold=hold)
    return None if found is None else Hold(**found)


def batches_of(connection: Connection, shift: int) -> list[Row]:
    """The trace batches of a shift, with their `lots`."""
    found = rows(connection, "SELECT code, outlet, composition, lots FROM batch WHERE shift = :shift", shift=shift)
    return [batch | {"lots": tuple(json.loads(batch["lots"]))} for batch in found]


def trays_of_batch(connection: Connection, batch: str) -> list[Tray]:
    """The trays that were labelled with a trace batch, by number."""
    found = rows(
        connection,
        "SELECT h.tray FROM batch CROSS JOIN tray_history AS h USING (batch) WHERE batch.code = :batch ORDER BY h.tray",
        batch=batch,
    )
    trays = [tray_of(connection, one["tray"]) for one in found]
    return [tray for tray in trays if tray is not None]


def samples_of(connection: Connection, batch: str | None) -> list[Row]:
    """The retained samples of a trace batch."""
    return rows(
        connection,
        "SELECT sample, place, accountable, retained_sample.who, retained_sample.utc_ns "
        "FROM batch CROSS JOIN retained_sample USING (batch) WHERE batch.code = :batch ORDER BY sample",
        batch=batch,
    )


def step_from(connection: Connection, what: str, was: str) -> str | None:
    """The state that a tray in the state `was` gets when `what` is done to it; None: it cannot be done to it then."""
    found = row(connection, "SELECT becomes FROM tray_step WHERE what = :what AND was = :was", what=what, was=was)
    return None if found is None else str(found["becomes"])


def _tray(found: Row) -> Tray:
    flags = {name: bool(found[name]) for name in ("taken_away", "needs_recount", "for_sale")}
    return Tray(**(found | flags))


def trays_to_show(connection: Connection, since_utc_ns: int) -> list[int]:
    """Trays with a label of which a buyer may want to know by now: labelled since then, or changed, or held."""
    return [
        int(one["tray"])
        for one in rows(
            connection,
            "SELECT DISTINCT h.tray FROM tray_history AS h WHERE h.utc_ns >= :since AND EXISTS ("
            "SELECT 1 FROM tray_history AS l WHERE l.tray = h.tray AND l.what = 'labelled') ORDER BY h.tray",
            since=since_utc_ns,
        )
    ]
