"""Lots that are finished, and decisions that a grower contests; neither changes anything that is on record."""

from alembic import op

from grader.store.migrations.for_good import keep_for_good

revision = "s0011"
down_revision = "s0010"

LOT_FINISHED = """
CREATE TABLE lot_finished (
  entry INTEGER PRIMARY KEY,
  lot INTEGER NOT NULL UNIQUE REFERENCES lot (lot),
  who TEXT NOT NULL CHECK (who <> ''),
  why TEXT NOT NULL,
  utc_ns INTEGER NOT NULL
) STRICT
"""
FINISHED_IS_NOT_FED = """
CREATE TRIGGER a_finished_lot_is_not_fed BEFORE INSERT ON feed
WHEN EXISTS (SELECT 1 FROM lot_finished WHERE lot_finished.lot = NEW.lot)
BEGIN SELECT RAISE (ABORT, 'the lot is finished'); END
"""

CONTEST = """
CREATE TABLE contest (
  entry INTEGER PRIMARY KEY,
  fruit INTEGER NOT NULL REFERENCES fruit (fruit),
  who TEXT NOT NULL CHECK (who <> ''),
  why TEXT NOT NULL CHECK (why <> ''),
  utc_ns INTEGER NOT NULL
) STRICT
"""
CONTEST_OF_FRUIT = "CREATE INDEX contest_of_fruit ON contest (fruit)"


def upgrade() -> None:
    """Build the tables."""
    for statement in (LOT_FINISHED, FINISHED_IS_NOT_FED, CONTEST, CONTEST_OF_FRUIT):
        op.execute(statement)
    keep_for_good("lot_finished", "contest")
