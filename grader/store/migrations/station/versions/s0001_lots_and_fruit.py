"""Who, whose and what fell where: growers, lots, runs, and every fruit that left the belt.

Every row stays as it was written; facts of a lot that were wrong are followed by a newer row of `lot_facts`. So who,
why and when are never lost. The words of the constraints are here and nowhere else.
"""

from alembic import op

from grader.store.migrations.for_good import keep_for_good

revision = "s0001"
down_revision = None

# A journal that was set aside as damaged is followed by another one, which counts from 1 again.
SOURCE = """
CREATE TABLE source (
  source INTEGER PRIMARY KEY CHECK (source BETWEEN 1 AND 999),
  fingerprint TEXT NOT NULL UNIQUE, -- of the journal's first run
  began_utc_ns INTEGER NOT NULL,
  delivered INTEGER NOT NULL DEFAULT 0, -- the journal's delivery up to which it was followed
  fruit INTEGER NOT NULL DEFAULT 0 -- the highest of the journal's fruit among them
) STRICT
"""

POSITION = """
CREATE TRIGGER position_only_rises BEFORE UPDATE ON source
WHEN NEW.source <> OLD.source OR NEW.fingerprint <> OLD.fingerprint OR NEW.began_utc_ns <> OLD.began_utc_ns
  OR NEW.delivered < OLD.delivered OR NEW.fruit < OLD.fruit
BEGIN SELECT RAISE (ABORT, 'what was followed stays followed'); END
"""

RUN = """
CREATE TABLE run (
  run INTEGER PRIMARY KEY,
  source INTEGER NOT NULL REFERENCES source (source),
  number INTEGER NOT NULL,
  started_utc_ns INTEGER NOT NULL,
  software_version TEXT NOT NULL,
  model_sha256 TEXT NOT NULL,
  rule_pack_sha256 TEXT NOT NULL,
  calibration_sha256 TEXT NOT NULL,
  station TEXT NOT NULL,
  seed INTEGER, -- of the twin
  UNIQUE (source, number)
) STRICT
"""

OPERATOR = """
CREATE TABLE operator (
  entry INTEGER PRIMARY KEY,
  name TEXT NOT NULL CHECK (name <> ''),
  role TEXT NOT NULL CHECK (role IN ('operator', 'manager', 'left')),
  who TEXT NOT NULL,
  utc_ns INTEGER NOT NULL
) STRICT
"""
OPERATOR_NAME = "CREATE INDEX operator_of_name ON operator (name, entry)"
OPERATOR_NOW = """
CREATE VIEW operator_now AS SELECT * FROM operator
WHERE entry = (SELECT max(entry) FROM operator AS newer WHERE newer.name = operator.name)
"""

OUTLET = """
CREATE TABLE outlet (
  outlet TEXT PRIMARY KEY,
  letter TEXT UNIQUE, -- in a trace batch
  for_sale INTEGER NOT NULL CHECK (for_sale IN (0, 1))
) STRICT
"""

OUTLETS = """
INSERT INTO outlet VALUES
  ('super', 'S', 1), ('I', '1', 1), ('II', '2', 1), ('processing', 'P', 1), ('waste', NULL, 0), ('recheck', NULL, 0)
"""

GROWER = """
CREATE TABLE grower (
  grower INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE CHECK (code <> ''),
  name TEXT NOT NULL CHECK (name <> ''),
  contact TEXT,
  who TEXT NOT NULL,
  utc_ns INTEGER NOT NULL
) STRICT
"""

LOT = """
CREATE TABLE lot (
  lot INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE CHECK (code <> ''),
  grower INTEGER NOT NULL REFERENCES grower (grower)
) STRICT
"""
LOT_OF_GROWER = "CREATE INDEX lot_of_grower ON lot (grower)"

LOT_FACTS = """
CREATE TABLE lot_facts (
  entry INTEGER PRIMARY KEY,
  lot INTEGER NOT NULL REFERENCES lot (lot),
  variety TEXT NOT NULL,
  plot TEXT NOT NULL,
  harvested_utc_ns INTEGER NOT NULL,
  harvest_c REAL CHECK (harvest_c BETWEEN -40 AND 60),
  precooled_utc_ns INTEGER, -- null: there is no record of it
  precooled_c REAL CHECK (precooled_c BETWEEN -40 AND 60),
  received_utc_ns INTEGER NOT NULL,
  received_g INTEGER NOT NULL CHECK (received_g > 0), -- net, by the scale
  accountable TEXT NOT NULL CHECK (accountable <> ''),
  retained_sample TEXT, -- what it is called, or where it lies
  who TEXT NOT NULL,
  why TEXT NOT NULL CHECK (why <> ''), -- 'received', or what was wrong
  utc_ns INTEGER NOT NULL,
  CONSTRAINT lot_is_harvested_before_anything_else CHECK (
    harvested_utc_ns <= received_utc_ns AND (precooled_utc_ns IS NULL OR harvested_utc_ns <= precooled_utc_ns))
) STRICT
"""
LOT_FACTS_OF_LOT = "CREATE INDEX lot_facts_of_lot ON lot_facts (lot, entry)"
LOT_NOW = """
CREATE VIEW lot_now AS SELECT lot.code, lot.grower, lot_facts.* FROM lot JOIN lot_facts USING (lot)
WHERE entry = (SELECT max(entry) FROM lot_facts AS newer WHERE newer.lot = lot.lot)
"""

TREATMENT = """
CREATE TABLE treatment (
  treatment INTEGER PRIMARY KEY,
  grower INTEGER NOT NULL REFERENCES grower (grower),
  plot TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('pesticide', 'fertiliser')),
  product TEXT NOT NULL,
  amount TEXT NOT NULL,
  applied_utc_ns INTEGER NOT NULL,
  safety_days REAL CHECK (safety_days >= 0),
  who TEXT NOT NULL,
  utc_ns INTEGER NOT NULL,
  CONSTRAINT pesticide_has_a_safety_interval CHECK (kind <> 'pesticide' OR safety_days IS NOT NULL)
) STRICT
"""
TREATMENT_OF_PLOT = "CREATE INDEX treatment_of_plot ON treatment (grower, plot, applied_utc_ns)"

REPORT = """
CREATE TABLE residue_report (
  report INTEGER PRIMARY KEY,
  grower INTEGER NOT NULL REFERENCES grower (grower),
  laboratory TEXT NOT NULL,
  number TEXT NOT NULL,
  sampled_utc_ns INTEGER NOT NULL,
  passed INTEGER NOT NULL CHECK (passed IN (0, 1)),
  who TEXT NOT NULL,
  utc_ns INTEGER NOT NULL,
  UNIQUE (laboratory, number)
) STRICT
"""
REPORT_OF_GROWER = "CREATE INDEX report_of_grower ON residue_report (grower, sampled_utc_ns)"

# Which lot the fruit belong to that the journal numbers above `after_fruit`; of equals, what was said last counts.
FEED = """
CREATE TABLE feed (
  feed INTEGER PRIMARY KEY,
  source INTEGER NOT NULL REFERENCES source (source),
  after_fruit INTEGER NOT NULL CHECK (after_fruit >= 0),
  lot INTEGER NOT NULL REFERENCES lot (lot),
  pass_number INTEGER NOT NULL CHECK (pass_number >= 1),
  mixed INTEGER NOT NULL CHECK (mixed IN (0, 1)), -- 1: into the trays that stand there, whosesoever fruit they hold
  who TEXT NOT NULL,
  utc_ns INTEGER NOT NULL
) STRICT
"""
FEED_OF_SOURCE = "CREATE INDEX feed_of_source ON feed (source, after_fruit, feed)"
FEED_OF_LOT = "CREATE INDEX feed_of_lot ON feed (lot)"

FEED_IS_NEW = """
CREATE TRIGGER feed_is_of_fruit_to_come BEFORE INSERT ON feed
WHEN NEW.after_fruit < (SELECT fruit FROM source WHERE source = NEW.source)
BEGIN SELECT RAISE (ABORT, 'fruit behind that place are in the books already'); END
"""

TRAY = """
CREATE TABLE tray (
  tray INTEGER PRIMARY KEY,
  source INTEGER NOT NULL REFERENCES source (source),
  number INTEGER NOT NULL, -- the journal's
  run INTEGER NOT NULL REFERENCES run (run),
  outlet TEXT NOT NULL REFERENCES outlet (outlet),
  opened_utc_ns INTEGER NOT NULL,
  UNIQUE (source, number)
) STRICT
"""

# One row a fruit that has left the belt. Both indices answer their question without a look into the table.
FRUIT = """
CREATE TABLE fruit (
  fruit INTEGER PRIMARY KEY, -- source << 40 | the journal's delivery
  lot INTEGER REFERENCES lot (lot), -- null: nobody had said whose it is
  tray INTEGER REFERENCES tray (tray),
  run INTEGER NOT NULL REFERENCES run (run),
  number INTEGER NOT NULL,
  pass_number INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('delivered', 'recheck', 'unconfirmed')),
  outlet TEXT REFERENCES outlet (outlet),
  cause TEXT,
  grade TEXT,
  reason_code TEXT NOT NULL,
  diameter_mm REAL,
  diameter_u_mm REAL,
  width_mm REAL,
  width_u_mm REAL,
  weight_g REAL,
  weight_u_g REAL,
  maturity REAL,
  decay TEXT NOT NULL,
  decided_utc_ns INTEGER NOT NULL,
  delivered_utc_ns INTEGER NOT NULL,
  CONSTRAINT fruit_is_in_a_tray_if_delivered CHECK ((outcome = 'delivered') = (tray IS NOT NULL))
) STRICT
"""
FRUIT_OF_TRAY = "CREATE INDEX fruit_of_tray ON fruit (tray, lot) WHERE tray IS NOT NULL"
FRUIT_OF_LOT = "CREATE INDEX fruit_of_lot ON fruit (lot, tray)"

HAND_GRADED = """
CREATE TABLE hand_graded (
  entry INTEGER PRIMARY KEY,
  lot INTEGER NOT NULL REFERENCES lot (lot),
  outlet TEXT NOT NULL REFERENCES outlet (outlet),
  weight_g INTEGER NOT NULL CHECK (weight_g > 0), -- by the scale
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  utc_ns INTEGER NOT NULL
) STRICT
"""
HAND_GRADED_OF_LOT = "CREATE INDEX hand_graded_of_lot ON hand_graded (lot)"

BUILT = (
    SOURCE, POSITION, RUN, OPERATOR, OPERATOR_NAME, OPERATOR_NOW, OUTLET, OUTLETS, GROWER, LOT, LOT_OF_GROWER,
    LOT_FACTS, LOT_FACTS_OF_LOT, LOT_NOW, TREATMENT, TREATMENT_OF_PLOT, REPORT, REPORT_OF_GROWER, FEED,
    FEED_OF_SOURCE, FEED_OF_LOT, FEED_IS_NEW, TRAY, FRUIT, FRUIT_OF_TRAY, FRUIT_OF_LOT, HAND_GRADED,
    HAND_GRADED_OF_LOT,
)  # fmt: skip
FOR_GOOD = (
    "run", "operator", "outlet", "grower", "lot", "lot_facts", "treatment", "residue_report", "feed", "tray",
    "fruit", "hand_graded",
)  # fmt: skip


def upgrade() -> None:
    """Build all tables."""
    for statement in BUILT:
        op.execute(statement)
    keep_for_good(*FOR_GOOD, moving=("source",))
