"""What was printed of a tray's label."""

from sqlalchemy import Connection

from grader.store.books.asking import Row, row, rows


def last_print(connection: Connection, tray: int, nth: int) -> Row | None:
    """How far that print of the label came: `what`, `printer`, `job_sha256`; None: it was never begun."""
    return row(
        connection,
        "SELECT what, printer, job_sha256, who, why, utc_ns FROM print WHERE tray = :tray AND nth = :nth "
        "ORDER BY entry DESC LIMIT 1",
        tray=tray,
        nth=nth,
    )


def prints_of(connection: Connection, tray: int) -> list[Row]:
    """Every step of every print of a tray's label."""
    return rows(
        connection,
        "SELECT nth, what, printer, who, why, utc_ns FROM print WHERE tray = :tray ORDER BY entry",
        tray=tray,
    )
