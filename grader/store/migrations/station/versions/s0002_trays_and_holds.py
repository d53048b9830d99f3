"""What becomes of trays and lots: steps, labels, holds, and the events that others hear of.

What happens to a tray is a row of `tray_history`, a hold ends with a row of `release`; nothing that is not a row can
have happened. The state of a tray is what its last row made of it, and `tray_step` says which steps there are.
"""

from alembic import op

from grader.store.migrations.for_good import keep_for_good

revision = "s0002"
down_revision = "s0001"

SHIFT = """
CREATE TABLE shift (
  shift INTEGER PRIMARY KEY,
  packed_on TEXT NOT NULL CHECK (packed_on IS date(packed_on)),
  number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 9),
  began_utc_ns INTEGER NOT NULL,
  accountable TEXT NOT NULL,
  operators TEXT NOT NULL CHECK (json_type(operators) = 'array'),
  UNIQUE (packed_on, number)
) STRICT
"""

BATCH = """
CREATE TABLE batch (
  batch INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  shift INTEGER NOT NULL REFERENCES shift (shift),
  outlet TEXT NOT NULL REFERENCES outlet (outlet),
  composition INTEGER NOT NULL CHECK (composition BETWEEN 1 AND 999),
  lots TEXT NOT NULL CHECK (json_type(lots) = 'array'), -- codes, sorted
  UNIQUE (shift, outlet, lots)
) STRICT
"""

SAMPLE = """
CREATE TABLE retained_sample (
  sample TEXT PRIMARY KEY CHECK (sample <> ''),
  batch INTEGER NOT NULL REFERENCES batch (batch),
  place TEXT NOT NULL CHECK (place <> ''),
  accountable TEXT NOT NULL CHECK (accountable <> ''),
  who TEXT NOT NULL CHECK (who <> ''),
  utc_ns INTEGER NOT NULL
) STRICT
"""
SAMPLE_OF_BATCH = "CREATE INDEX sample_of_batch ON retained_sample (batch)"

TRAY_STEP = """
CREATE TABLE tray_step (
  what TEXT NOT NULL,
  was TEXT NOT NULL,
  becomes TEXT NOT NULL,
  PRIMARY KEY (what, was)
) STRICT
"""

STEPS = {
    "taken_away": ["open>open", "closed>closed", "labelled>labelled", "voided>voided", "merged>merged"],
    "closed": ["open>closed"],
    "reopened": ["closed>open"],
    "doubted": ["open>open", "closed>closed", "labelled>labelled", "voided>voided", "merged>merged"],
    "recounted": ["open>open", "closed>closed", "labelled>labelled"],
    "corrected": ["open>open", "closed>closed", "labelled>labelled"],
    "merged": ["closed>merged"],
    "received": ["closed>closed"],  # another tray was merged into it
    "labelled": ["closed>labelled"],
    "reprinted": ["labelled>labelled"],
    "voided": ["open>voided", "closed>voided", "labelled>voided"],
}

TRAY_HISTORY = """
CREATE TABLE tray_history (
  entry INTEGER PRIMARY KEY,
  tray INTEGER NOT NULL REFERENCES tray (tray),
  what TEXT NOT NULL,
  was TEXT NOT NULL,
  becomes TEXT NOT NULL,
  who TEXT NOT NULL CHECK (who <> ''),
  why TEXT NOT NULL CHECK (why <> ''),
  utc_ns INTEGER NOT NULL,
  counted INTEGER CHECK (counted >= 0),
  into_tray INTEGER REFERENCES tray (tray),
  batch INTEGER REFERENCES batch (batch),
  serial TEXT UNIQUE,
  best_before TEXT CHECK (best_before IS date(best_before)),
  detail TEXT NOT NULL CHECK (json_valid(detail)),
  FOREIGN KEY (what, was) REFERENCES tray_step (what, was),
  CONSTRAINT recounted_says_how_many CHECK ((what = 'recounted') = (counted IS NOT NULL)),
  CONSTRAINT merged_says_into_which CHECK ((what = 'merged') = (into_tray IS NOT NULL)),
  CONSTRAINT labelled_has_its_names CHECK (
    (what = 'labelled') = (batch IS NOT NULL) AND (what = 'labelled') = (serial IS NOT NULL))
) STRICT
"""
HISTORY_OF_TRAY = "CREATE INDEX history_of_tray ON tray_history (tray, entry)"
TRAYS_OF_BATCH = "CREATE INDEX trays_of_batch ON tray_history (batch) WHERE batch IS NOT NULL"

TRAY_STATE = """
CREATE VIEW tray_state AS SELECT tray.*,
  coalesce((SELECT becomes FROM tray_history AS h WHERE h.tray = tray.tray ORDER BY entry DESC LIMIT 1), 'open')
    AS state,
  EXISTS (SELECT 1 FROM tray_history AS h WHERE h.tray = tray.tray AND what = 'taken_away') AS taken_away,
  coalesce((SELECT what = 'doubted' FROM tray_history AS h
    WHERE h.tray = tray.tray AND what IN ('doubted', 'recounted') ORDER BY entry DESC LIMIT 1), 0) AS needs_recount,
  (SELECT counted FROM tray_history AS h
    WHERE h.tray = tray.tray AND what IN ('doubted', 'recounted') ORDER BY entry DESC LIMIT 1) AS counted,
  (SELECT into_tray FROM tray_history AS h WHERE h.tray = tray.tray AND what = 'merged') AS into_tray,
  (SELECT code FROM tray_history AS h JOIN batch USING (batch) WHERE h.tray = tray.tray) AS batch,
  (SELECT serial FROM tray_history AS h WHERE h.tray = tray.tray AND serial IS NOT NULL) AS serial,
  (SELECT best_before FROM tray_history AS h
    WHERE h.tray = tray.tray AND best_before IS NOT NULL ORDER BY entry DESC LIMIT 1) AS best_before,
  (SELECT count(*) FROM tray_history AS h WHERE h.tray = tray.tray AND what = 'reprinted') AS reprints
FROM tray
"""

STATE_FOLLOWS = """
CREATE TRIGGER state_follows_the_last_one BEFORE INSERT ON tray_history
WHEN NEW.was IS NOT coalesce(
    (SELECT becomes FROM tray_history WHERE tray = NEW.tray ORDER BY entry DESC LIMIT 1), 'open')
  OR NEW.becomes IS NOT (SELECT becomes FROM tray_step WHERE what = NEW.what AND was = NEW.was)
BEGIN SELECT RAISE (ABORT, 'the tray is not in a state for it'); END
"""

# What went into a tray out of another one, directly or on the way through a third.
TRAY_MEMBER = """
CREATE TABLE tray_member (
  tray INTEGER NOT NULL REFERENCES tray (tray),
  member INTEGER NOT NULL REFERENCES tray (tray),
  PRIMARY KEY (tray, member)
) STRICT, WITHOUT ROWID
"""
TRAY_OF_MEMBER = "CREATE INDEX tray_of_member ON tray_member (member)"

TRAY_PART = """
CREATE VIEW tray_part AS SELECT tray, tray AS member FROM tray UNION ALL SELECT tray, member FROM tray_member
"""

MERGE = """
CREATE TRIGGER merged_into_a_closed_tray BEFORE INSERT ON tray_history
WHEN NEW.what = 'merged' AND (NEW.into_tray = NEW.tray
  OR (SELECT state FROM tray_state WHERE tray = NEW.into_tray) IS NOT 'closed'
  OR (SELECT outlet FROM tray WHERE tray = NEW.into_tray) IS NOT (SELECT outlet FROM tray WHERE tray = NEW.tray))
BEGIN SELECT RAISE (ABORT, 'only into a closed tray of the same grade'); END
"""

MERGED = """
CREATE TRIGGER merged_brings_its_members AFTER INSERT ON tray_history WHEN NEW.what = 'merged'
BEGIN
  INSERT INTO tray_member SELECT NEW.into_tray, member FROM tray_part WHERE tray = NEW.tray;
END
"""

HOLD = """
CREATE TABLE hold (
  hold INTEGER PRIMARY KEY,
  lot INTEGER REFERENCES lot (lot),
  tray INTEGER REFERENCES tray (tray),
  kind TEXT NOT NULL CHECK (kind IN ('hold', 'warning', 'recall')),
  code TEXT NOT NULL, -- 'by_hand', or the rule that found it
  reason TEXT NOT NULL CHECK (reason <> ''),
  who TEXT NOT NULL CHECK (who <> ''),
  utc_ns INTEGER NOT NULL,
  CONSTRAINT hold_is_of_a_lot_or_of_a_tray CHECK ((lot IS NULL) <> (tray IS NULL))
) STRICT
"""
HOLD_OF_LOT = "CREATE INDEX hold_of_lot ON hold (lot) WHERE lot IS NOT NULL"
HOLD_OF_TRAY = "CREATE INDEX hold_of_tray ON hold (tray) WHERE tray IS NOT NULL"

RELEASE = """
CREATE TABLE release (
  hold INTEGER PRIMARY KEY REFERENCES hold (hold),
  reason TEXT NOT NULL CHECK (reason <> ''),
  who TEXT NOT NULL,
  utc_ns INTEGER NOT NULL
) STRICT
"""

OPEN_HOLD = """
CREATE VIEW open_hold AS SELECT * FROM hold
WHERE NOT EXISTS (SELECT 1 FROM release WHERE release.hold = hold.hold)
"""

A_MANAGER_RELEASES = """
CREATE TRIGGER only_a_manager_releases BEFORE INSERT ON release
WHEN NOT EXISTS (SELECT 1 FROM operator_now WHERE name = NEW.who AND role = 'manager')
BEGIN SELECT RAISE (ABORT, 'only a manager releases'); END
"""

A_RECALL_STANDS = """
CREATE TRIGGER a_recall_stands BEFORE INSERT ON release
WHEN (SELECT kind FROM hold WHERE hold = NEW.hold) = 'recall'
BEGIN SELECT RAISE (ABORT, 'a recall stands'); END
"""

HELD_IS_NOT_LABELLED = """
CREATE TRIGGER held_is_not_labelled BEFORE INSERT ON tray_history
WHEN NEW.what IN ('labelled', 'reprinted') AND EXISTS (
  SELECT 1 FROM tray_part JOIN open_hold ON open_hold.tray = tray_part.member WHERE tray_part.tray = NEW.tray
  UNION ALL
  SELECT 1 FROM tray_part JOIN fruit ON fruit.tray = tray_part.member JOIN open_hold ON open_hold.lot = fruit.lot
  WHERE tray_part.tray = NEW.tray)
BEGIN SELECT RAISE (ABORT, 'the tray, or a lot in it, is held'); END
"""

UNKNOWN_IS_NOT_LABELLED = """
CREATE TRIGGER fruit_of_nobody_is_not_labelled BEFORE INSERT ON tray_history
WHEN NEW.what = 'labelled' AND (
  EXISTS (SELECT 1 FROM tray_part JOIN fruit ON fruit.tray = tray_part.member
    WHERE tray_part.tray = NEW.tray AND fruit.lot IS NULL)
  OR NOT (SELECT for_sale FROM outlet JOIN tray USING (outlet) WHERE tray = NEW.tray)
  OR (SELECT needs_recount FROM tray_state WHERE tray = NEW.tray))
BEGIN SELECT RAISE (ABORT, 'not for sale, in doubt, or with fruit of nobody knows whom'); END
"""

EVENT = """
CREATE TABLE event (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  canonical BLOB NOT NULL, -- RFC 8785: what the log will hash
  utc_ns INTEGER NOT NULL
) STRICT
"""

EVENT_ABOUT = """
CREATE TABLE event_about (
  position INTEGER NOT NULL REFERENCES event (position),
  lot INTEGER REFERENCES lot (lot),
  tray INTEGER REFERENCES tray (tray),
  CHECK ((lot IS NULL) <> (tray IS NULL))
) STRICT
"""
EVENT_OF_LOT = "CREATE INDEX event_of_lot ON event_about (lot, position) WHERE lot IS NOT NULL"
EVENT_OF_TRAY = "CREATE INDEX event_of_tray ON event_about (tray, position) WHERE tray IS NOT NULL"

# Whose hash stands in which event. The one table of which rows may go: without its salt a hash means nobody any more.
EVENT_PERSON = """
CREATE TABLE event_person (
  position INTEGER NOT NULL REFERENCES event (position),
  field TEXT NOT NULL,
  name TEXT NOT NULL,
  salt BLOB NOT NULL CHECK (length(salt) = 16), -- one for each event: the same name never looks the same
  PRIMARY KEY (position, field)
) STRICT
"""

BUILT = (
    SHIFT, BATCH, SAMPLE, SAMPLE_OF_BATCH, TRAY_STEP, TRAY_HISTORY, HISTORY_OF_TRAY, TRAYS_OF_BATCH, TRAY_STATE,
    STATE_FOLLOWS, TRAY_MEMBER, TRAY_OF_MEMBER, TRAY_PART, MERGE, MERGED, HOLD, HOLD_OF_LOT, HOLD_OF_TRAY, RELEASE,
    OPEN_HOLD, A_MANAGER_RELEASES, A_RECALL_STANDS, HELD_IS_NOT_LABELLED, UNKNOWN_IS_NOT_LABELLED, EVENT,
    EVENT_ABOUT, EVENT_OF_LOT, EVENT_OF_TRAY, EVENT_PERSON,
)  # fmt: skip
FOR_GOOD = (
    "shift", "batch", "retained_sample", "tray_step", "tray_history", "tray_member", "hold", "release", "event",
    "event_about",
)  # fmt: skip


def upgrade() -> None:
    """Build all tables."""
    for statement in BUILT:
        op.execute(statement)
    for what, steps in STEPS.items():
        for was, becomes in (step.split(">") for step in steps):
            op.execute(f"INSERT INTO tray_step VALUES ('{what}', '{was}', '{becomes}')")  # noqa: S608 - our own words
    keep_for_good(*FOR_GOOD)
