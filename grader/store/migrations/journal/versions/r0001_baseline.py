"""The journal as it began. The words of its constraints are here and nowhere else."""

from alembic import op

revision = "0001"
down_revision = None

RUN = """
CREATE TABLE run (
  run INTEGER PRIMARY KEY,
  started_utc_ns INTEGER NOT NULL,
  ended_utc_ns INTEGER,
  ended_why TEXT, -- 'crash': found open at the next start
  software_version TEXT NOT NULL,
  model_sha256 TEXT NOT NULL,
  rule_pack_sha256 TEXT NOT NULL,
  calibration_sha256 TEXT NOT NULL,
  station TEXT NOT NULL,
  seed INTEGER,
  CONSTRAINT run_ends_for_a_reason CHECK ((ended_utc_ns IS NULL) = (ended_why IS NULL))
) STRICT
"""

# Outlet and number together are a key, so that a fruit's tray must be one of the fruit's outlet.
TRAY = """
CREATE TABLE tray (
  tray INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (run),
  outlet TEXT NOT NULL CHECK (outlet IN ('super', 'I', 'II', 'processing', 'waste')),
  opened_utc_ns INTEGER NOT NULL,
  closed_utc_ns INTEGER,
  counted INTEGER CHECK (counted >= 0), -- by a person; what was delivered is counted in delivery
  needs_recount INTEGER NOT NULL DEFAULT 0 CHECK (needs_recount IN (0, 1)),
  recount_why TEXT,
  UNIQUE (tray, outlet),
  CONSTRAINT tray_is_doubted_for_a_reason CHECK (needs_recount = 0 OR recount_why IS NOT NULL)
) STRICT
"""
ONE_TRAY = "CREATE UNIQUE INDEX one_open_tray_an_outlet ON tray (outlet) WHERE closed_utc_ns IS NULL"

# Upper ends keep infinity out; SQLite stores "not a number" as null by itself.
FRUIT = """
CREATE TABLE fruit (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (run),
  fruit INTEGER NOT NULL CHECK (fruit >= 1),
  pass_number INTEGER NOT NULL CHECK (pass_number >= 1),
  lane INTEGER NOT NULL CHECK (lane >= 0),
  encoder_count INTEGER NOT NULL,
  exposed_monotonic_ns INTEGER NOT NULL,
  decided_utc_ns INTEGER NOT NULL,
  views INTEGER NOT NULL CHECK (views >= 0),
  sightings INTEGER NOT NULL CHECK (sightings >= views),
  width_mm REAL CHECK (width_mm BETWEEN 0 AND 1e3),
  width_u_mm REAL CHECK (width_u_mm BETWEEN 0 AND 1e3),
  diameter_mm REAL CHECK (diameter_mm BETWEEN 0 AND 1e3),
  diameter_u_mm REAL CHECK (diameter_u_mm BETWEEN 0 AND 1e3),
  length_mm REAL CHECK (length_mm BETWEEN 0 AND 1e3),
  length_u_mm REAL CHECK (length_u_mm BETWEEN 0 AND 1e3),
  volume_mm3 REAL CHECK (volume_mm3 BETWEEN 0 AND 1e9),
  volume_u_mm3 REAL CHECK (volume_u_mm3 BETWEEN 0 AND 1e9),
  weight_g REAL CHECK (weight_g BETWEEN 0 AND 1e6),
  weight_u_g REAL CHECK (weight_u_g BETWEEN 0 AND 1e6),
  maturity REAL CHECK (maturity BETWEEN 0 AND 1),
  maturity_u REAL CHECK (maturity_u BETWEEN 0 AND 1e3),
  surface_red REAL CHECK (surface_red BETWEEN 0 AND 1),
  decay TEXT NOT NULL CHECK (decay IN ('none', 'suspected', 'sure', 'not_assessed')),
  why_not TEXT,
  grade TEXT,
  decided_outlet TEXT NOT NULL CHECK (decided_outlet IN ('super', 'I', 'II', 'processing', 'waste', 'recheck')),
  outlet TEXT NOT NULL,
  diverted TEXT,
  criterion TEXT,
  margin REAL CHECK (abs(margin) <= 1e9),
  reason_code TEXT NOT NULL,
  reason TEXT NOT NULL,
  tray INTEGER,
  UNIQUE (run, fruit),
  FOREIGN KEY (tray, outlet) REFERENCES tray (tray, outlet),
  CONSTRAINT fruit_goes_where_decided_or_to_recheck CHECK (outlet IN (decided_outlet, 'recheck')),
  CONSTRAINT fruit_is_diverted_for_a_reason CHECK ((diverted IS NULL) = (outlet = decided_outlet)),
  CONSTRAINT fruit_has_a_tray_but_for_recheck CHECK ((tray IS NULL) = (outlet = 'recheck')),
  CONSTRAINT fruit_for_processing_is_sound CHECK (outlet <> 'processing' OR decay = 'none'),
  CONSTRAINT fruit_that_may_rot_is_checked CHECK (decay <> 'suspected' OR outlet = 'recheck'),
  CONSTRAINT fruit_that_rots_is_waste CHECK (decay <> 'sure' OR outlet IN ('waste', 'recheck'))
) STRICT
"""
RUN_IS_OPEN = """
CREATE TRIGGER fruit_needs_an_open_run BEFORE INSERT ON fruit
WHEN (SELECT ended_utc_ns FROM run WHERE run = NEW.run) IS NOT NULL
BEGIN SELECT RAISE (ABORT, 'the run has ended'); END
"""

DELIVERY = """
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL,
  fruit INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('delivered', 'recheck', 'unconfirmed')),
  outlet TEXT,
  tray INTEGER,
  encoder_count INTEGER,
  cause TEXT,
  delivered_utc_ns INTEGER NOT NULL,
  CONSTRAINT one_delivery_a_fruit UNIQUE (run, fruit),
  CONSTRAINT no_delivery_without_a_record FOREIGN KEY (run, fruit) REFERENCES fruit (run, fruit),
  FOREIGN KEY (tray, outlet) REFERENCES tray (tray, outlet),
  CONSTRAINT delivered_is_in_a_tray CHECK (
    outcome <> 'delivered' OR (tray IS NOT NULL AND outlet IS NOT NULL AND outlet <> 'recheck')),
  CONSTRAINT recheck_is_in_the_crate CHECK (outcome <> 'recheck' OR (tray IS NULL AND outlet IS 'recheck')),
  CONSTRAINT unconfirmed_is_nowhere CHECK (
    outcome <> 'unconfirmed' OR (tray IS NULL AND outlet IS NULL AND cause IS NOT NULL))
) STRICT
"""
DELIVERY_OF_TRAY = "CREATE INDEX delivery_of_tray ON delivery (tray) WHERE tray IS NOT NULL"

EVENT = """
CREATE TABLE event (
  sequence INTEGER PRIMARY KEY,
  utc_ns INTEGER NOT NULL,
  monotonic_ns INTEGER NOT NULL,
  run INTEGER REFERENCES run (run),
  kind TEXT NOT NULL,
  payload TEXT NOT NULL CHECK (json_valid(payload))
) STRICT
"""

FOR_GOOD = """
CREATE TRIGGER {table}_is_never_{done} BEFORE {verb} ON {table}
BEGIN SELECT RAISE (ABORT, 'what is on record stays as it is'); END
"""


def upgrade() -> None:
    """Build all tables."""
    for statement in (RUN, TRAY, ONE_TRAY, FRUIT, RUN_IS_OPEN, DELIVERY, DELIVERY_OF_TRAY, EVENT):
        op.execute(statement)
    for table in ("fruit", "delivery", "event"):
        op.execute(FOR_GOOD.format(table=table, done="changed", verb="UPDATE"))
        op.execute(FOR_GOOD.format(table=table, done="removed", verb="DELETE"))
