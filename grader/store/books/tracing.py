"""Back from a tray, forward from a lot, and what is held: by index, however many fruit there are."""

from dataclasses import asdict

from sqlalchemy import Connection

from grader.store.books.asking import Row, one_moment, row, rows
from grader.store.books.lots import feeds_of, grower_of, lot_of, lot_versions, residue_reports, treatments
from grader.store.books.trays import (
    composition,
    fruit_of_tray,
    history_of,
    holds_of_lot,
    holds_of_tray,
    made_by,
    samples_of,
    tray_of,
)

# A lot's fruit lie side by side in the index, ordered by tray; what became of the tray is asked once a tray.
TRAYS_OF_LOT = """
SELECT found.tray, found.fruit, outlet, state, batch, serial, into_tray
FROM (SELECT tray, count(*) AS fruit FROM fruit WHERE lot = (SELECT lot FROM lot WHERE code = :lot)
  AND tray IS NOT NULL GROUP BY tray) AS found
JOIN tray_state ON tray_state.tray = found.tray ORDER BY found.tray
"""
FRUIT_OF_LOT = """
SELECT pass_number, outcome, outlet, grade, count(*) AS fruit, total(weight_g) AS weight_g
FROM fruit WHERE lot = (SELECT lot FROM lot WHERE code = :lot) GROUP BY pass_number, outcome, outlet, grade
"""
# A hold reaches the trays that the held fruit fell into, and those that these were merged into.
HELD = """
WITH touched AS (
  SELECT hold, fruit.tray AS member, fruit.lot, count(*) AS fruit
  FROM open_hold CROSS JOIN fruit ON fruit.lot = open_hold.lot
  WHERE open_hold.lot IS NOT NULL AND fruit.tray IS NOT NULL GROUP BY hold, fruit.tray
  UNION ALL
  SELECT hold, open_hold.tray, fruit.lot, count(fruit.fruit)
  FROM open_hold LEFT JOIN fruit ON fruit.tray = open_hold.tray
  WHERE open_hold.tray IS NOT NULL GROUP BY hold, fruit.lot
), reached AS (
  SELECT hold, member AS tray, lot, fruit FROM touched
  UNION ALL
  SELECT hold, tray_member.tray, lot, fruit FROM touched CROSS JOIN tray_member ON tray_member.member = touched.member
)
SELECT reached.tray, tray_state.outlet, state, batch, serial, reached.fruit, lot.code AS lot, grower.code AS grower,
  hold, hold.kind, hold.code, hold.reason, hold.who, hold.utc_ns
FROM reached CROSS JOIN tray_state ON tray_state.tray = reached.tray CROSS JOIN hold USING (hold)
LEFT JOIN lot ON lot.lot = reached.lot LEFT JOIN grower ON grower.grower = lot.grower
ORDER BY reached.tray, hold
"""
EVENTS = """
SELECT position, kind, utc_ns FROM event_about CROSS JOIN event USING (position)
WHERE event_about.{subject} = :key ORDER BY position
"""


def trace_back(connection: Connection, tray: int) -> Row | None:
    """From a tray to its fruit, their lots, growers, and all that touched them; None: there is no such tray."""
    with one_moment(connection):
        found = tray_of(connection, tray)
        if found is None:
            return None
        shares = composition(connection, tray)
        return {
            "tray": asdict(found),
            "history": history_of(connection, tray),
            "lots": [asdict(share) | _touched(connection, share.lot) for share in shares],
            "holds": [asdict(hold) for hold in holds_of_tray(connection, tray)],
            "samples": samples_of(connection, found.batch),
            "made_by": made_by(connection, tray),
            "fruit": fruit_of_tray(connection, tray),
            "events": _events(connection, "tray", tray),
        }


def trace_forward(connection: Connection, lot: str) -> Row | None:
    """From a lot to its fruit and to every tray that has some of them; None: there is no such lot."""
    with one_moment(connection):
        if lot_of(connection, lot) is None:
            return None
        key = row(connection, "SELECT lot FROM lot WHERE code = :lot", lot=lot)
        return {
            "lot": lot,
            **_touched(connection, lot),
            "versions": lot_versions(connection, lot),
            "fed": feeds_of(connection, lot),
            "fruit": rows(connection, FRUIT_OF_LOT, lot=lot),
            "trays": rows(connection, TRAYS_OF_LOT, lot=lot),
            "holds": [asdict(hold) for hold in holds_of_lot(connection, lot)],
            "events": _events(connection, "lot", key["lot"] if key else None),
        }


def held_trays(connection: Connection) -> list[Row]:
    """Every tray that is held, with the hold, the lot and the grower that it is held for: a row each."""
    return rows(connection, HELD)


def _touched(connection: Connection, lot: str | None) -> Row:
    """Whose a lot is and what it went through."""
    facts = None if lot is None else lot_of(connection, lot)
    if facts is None:
        return {"facts": None, "grower": None, "treatments": [], "residue_reports": []}
    grower = grower_of(connection, facts.grower) or {}
    return {
        "facts": asdict(facts),
        "grower": {"code": facts.grower, "name": grower.get("name")},
        "treatments": treatments(connection, facts.grower, facts.plot, facts.harvested_utc_ns),
        "residue_reports": residue_reports(connection, facts.grower),
    }


def _events(connection: Connection, subject: str, key: int | None) -> list[Row]:
    return rows(connection, EVENTS.format(subject=subject), key=key)
