"""The events in the books, in the order in which they were written: what the log takes in and others are sent."""

from sqlalchemy import Connection

from grader.store.books.asking import Row, row, rows

LAST = """
SELECT canonical FROM event_about CROSS JOIN event USING (position)
WHERE {subject} AND kind = :kind ORDER BY position DESC LIMIT 1
"""
ABOUT = """
SELECT DISTINCT position, kind, canonical, utc_ns FROM event_about CROSS JOIN event USING (position)
WHERE {subject} ORDER BY position
"""
OF_LOT, OF_TRAY = "event_about.lot = (SELECT lot FROM lot WHERE code = :lot)", "event_about.tray = :tray"


def events_after(connection: Connection, position: int, limit: int = 500) -> list[Row]:
    """The next events after the one at `position` (0: from the first): `position`, `kind`, `canonical`, `utc_ns`."""
    return rows(
        connection,
        "SELECT * FROM event WHERE position > :position ORDER BY position LIMIT :limit",
        position=position,
        limit=limit,
    )


def last_event_of_lot(connection: Connection, lot: str, kind: str) -> bytes | None:
    """The canonical bytes of the last event of that kind about a lot; None: there is none."""
    found = row(connection, LAST.format(subject=OF_LOT), lot=lot, kind=kind)
    return None if found is None else bytes(found["canonical"])


def last_event_of_tray(connection: Connection, tray: int, kind: str) -> bytes | None:
    """The same of a tray."""
    found = row(connection, LAST.format(subject=OF_TRAY), tray=tray, kind=kind)
    return None if found is None else bytes(found["canonical"])


def events_of_lot(connection: Connection, lot: str) -> list[Row]:
    """All events about a lot: `position`, `kind`, `canonical`, `utc_ns`."""
    return rows(connection, ABOUT.format(subject=OF_LOT), lot=lot)


def events_of_tray(connection: Connection, tray: int) -> list[Row]:
    """The same of a tray."""
    return rows(connection, ABOUT.format(subject=OF_TRAY), tray=tray)


def person_in(connection: Connection, position: int, field: str) -> Row | None:
    """Whose hash stands in that field of an event: `name`, `salt`; None: nobody's, or it was forgotten."""
    return row(
        connection,
        "SELECT name, salt FROM event_person WHERE position = :position AND field = :field",
        position=position,
        field=field,
    )
