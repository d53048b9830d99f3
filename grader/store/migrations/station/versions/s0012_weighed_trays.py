"""What trays weighed on the scale: beside what their fruit were estimated to weigh, never instead of it."""

from alembic import op

from grader.store.migrations.for_good import keep_for_good

revision = "s0012"
down_revision = "s0011"

TRAY_WEIGHED = """
CREATE TABLE tray_weighed (
  entry INTEGER PRIMARY KEY,
  tray INTEGER NOT NULL REFERENCES tray (tray),
  net_g INTEGER NOT NULL CHECK (net_g > 0),
  fruit INTEGER NOT NULL CHECK (fruit > 0), -- that were in it then
  scale TEXT NOT NULL CHECK (scale <> ''),
  who TEXT NOT NULL CHECK (who <> ''),
  utc_ns INTEGER NOT NULL
) STRICT
"""
WEIGHED_OF_TRAY = "CREATE INDEX tray_weighed_of_tray ON tray_weighed (tray, entry)"


def upgrade() -> None:
    """Build the table."""
    for statement in (TRAY_WEIGHED, WEIGHED_OF_TRAY):
        op.execute(statement)
    keep_for_good("tray_weighed")
