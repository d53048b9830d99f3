"""What is on record stays as it is: the triggers that every table of the station's books gets."""

from collections.abc import Iterable

from alembic import op

REFUSE = """
CREATE TRIGGER {table}_is_never_{done} BEFORE {verb} ON {table}
BEGIN SELECT RAISE (ABORT, 'what is on record stays as it is'); END
"""


def keep_for_good(*tables: str, moving: Iterable[str] = ()) -> None:
    """Refuse to change or remove a row of `tables`; of those that are `moving`, to remove one."""
    for table in tables:
        op.execute(REFUSE.format(table=table, done="changed", verb="UPDATE"))
    for table in (*tables, *moving):
        op.execute(REFUSE.format(table=table, done="removed", verb="DELETE"))
