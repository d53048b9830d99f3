"""The log's tree beside the events, its signed heads, prints and certificates, and which growers are named to buyers.

The event at position p is leaf p - 1 of the log. A complete subtree's hash is written with the leaf that completes it.
"""

from alembic import op
from sqlalchemy import Connection, text

from grader.merkle import completed, leaf_hash
from grader.store.migrations.for_good import keep_for_good

revision = "s0003"
down_revision = "s0002"

NO_GAP = """
CREATE TRIGGER events_have_no_gap AFTER INSERT ON event
WHEN NEW.position > 1 AND NOT EXISTS (SELECT 1 FROM event WHERE position = NEW.position - 1)
BEGIN SELECT RAISE (ABORT, 'an event is missing before this one'); END
"""

LOG_NODE = """
CREATE TABLE log_node (
  level INTEGER NOT NULL CHECK (level >= 0),
  place INTEGER NOT NULL CHECK (place >= 0),
  hash BLOB NOT NULL CHECK (length(hash) = 32), -- of the 2^level leaves from leaf place * 2^level on
  PRIMARY KEY (level, place)
) STRICT, WITHOUT ROWID
"""

# Which row of the books an entry of the log stands for; each once.
ACT = """
CREATE TABLE act (
  position INTEGER PRIMARY KEY REFERENCES event (position),
  source TEXT NOT NULL, -- a table
  entry INTEGER NOT NULL, -- its row
  UNIQUE (source, entry)
) STRICT
"""

# Without it the hash in the log means nothing any more: rows may go, as those of event_person.
ACT_SALT = """
CREATE TABLE act_salt (
  position INTEGER PRIMARY KEY REFERENCES act (position),
  salt BLOB NOT NULL CHECK (length(salt) = 16)
) STRICT
"""

CHECKPOINT = """
CREATE TABLE checkpoint (
  size INTEGER PRIMARY KEY CHECK (size > 0), -- leaves
  origin TEXT NOT NULL CHECK (origin <> ''),
  root BLOB NOT NULL CHECK (length(root) = 32),
  utc_ns INTEGER NOT NULL
) STRICT
"""

CHECKPOINTS_GROW = """
CREATE TRIGGER checkpoints_grow BEFORE INSERT ON checkpoint
WHEN NEW.size <= (SELECT coalesce(max(size), 0) FROM checkpoint)
  OR NEW.size > (SELECT coalesce(max(position), 0) FROM event)
  OR EXISTS (SELECT 1 FROM checkpoint WHERE origin <> NEW.origin)
BEGIN SELECT RAISE (ABORT, 'a head is of the same log, larger than the last one, and no larger than the log'); END
"""

SIGNATURE = """
CREATE TABLE signature (
  signature INTEGER PRIMARY KEY,
  size INTEGER NOT NULL REFERENCES checkpoint (size),
  name TEXT NOT NULL, -- of the key
  line TEXT NOT NULL UNIQUE,
  utc_ns INTEGER NOT NULL
) STRICT
"""
SIGNATURES = "CREATE INDEX signature_of_checkpoint ON signature (size)"

PRINT = """
CREATE TABLE print (
  entry INTEGER PRIMARY KEY,
  tray INTEGER NOT NULL REFERENCES tray (tray),
  nth INTEGER NOT NULL CHECK (nth >= 0), -- what the label says: 0 the first print, n reprint n
  what TEXT NOT NULL CHECK (what IN ('begun', 'printed', 'not_sent', 'unsure')),
  printer TEXT NOT NULL CHECK (printer <> ''),
  job_sha256 TEXT NOT NULL,
  who TEXT NOT NULL CHECK (who <> ''),
  why TEXT NOT NULL CHECK (why <> ''),
  utc_ns INTEGER NOT NULL
) STRICT
"""
PRINT_OF_TRAY = "CREATE INDEX print_of_tray ON print (tray, nth, entry)"

# A print that was begun and of which nobody knows the end counts as printed until somebody has looked.
NO_SECOND_PRINT = """
CREATE TRIGGER no_label_is_printed_twice BEFORE INSERT ON print
WHEN NEW.what = 'begun' AND (
  (SELECT state FROM tray_state WHERE tray = NEW.tray) IS NOT 'labelled'
  OR NEW.nth <> (SELECT reprints FROM tray_state WHERE tray = NEW.tray)
  OR coalesce((SELECT what FROM print WHERE tray = NEW.tray AND nth = NEW.nth ORDER BY entry DESC LIMIT 1), 'not_sent')
    <> 'not_sent')
BEGIN SELECT RAISE (ABORT, 'the tray has no label, or this print of it was begun already'); END
"""
A_PRINT_ENDS_ONCE = """
CREATE TRIGGER a_print_ends_once BEFORE INSERT ON print
WHEN NEW.what <> 'begun' AND coalesce(
  (SELECT what FROM print WHERE tray = NEW.tray AND nth = NEW.nth ORDER BY entry DESC LIMIT 1), '')
  NOT IN ('begun', 'unsure')
BEGIN SELECT RAISE (ABORT, 'no such print is under way'); END
"""
HELD_IS_NOT_PRINTED = """
CREATE TRIGGER held_is_not_printed BEFORE INSERT ON print
WHEN NEW.what = 'begun' AND EXISTS (
  SELECT 1 FROM tray_part JOIN open_hold ON open_hold.tray = tray_part.member WHERE tray_part.tray = NEW.tray
  UNION ALL
  SELECT 1 FROM tray_part JOIN fruit ON fruit.tray = tray_part.member JOIN open_hold ON open_hold.lot = fruit.lot
  WHERE tray_part.tray = NEW.tray)
BEGIN SELECT RAISE (ABORT, 'the tray, or a lot in it, is held'); END
"""

GROWER_NAMED = """
CREATE TABLE grower_named (
  entry INTEGER PRIMARY KEY,
  grower INTEGER NOT NULL REFERENCES grower (grower),
  shown INTEGER NOT NULL CHECK (shown IN (0, 1)), -- 1: the grower lets buyers see the name
  who TEXT NOT NULL CHECK (who <> ''),
  utc_ns INTEGER NOT NULL
) STRICT
"""
GROWER_NAMED_OF = "CREATE INDEX grower_named_of ON grower_named (grower, entry)"

# The commitment certificate (承诺达标合格证) that went with some kilograms of a lot.
CERTIFICATE = """
CREATE TABLE certificate (
  entry INTEGER PRIMARY KEY,
  lot INTEGER NOT NULL REFERENCES lot (lot),
  weight_g INTEGER NOT NULL CHECK (weight_g > 0), -- by the scale
  scale TEXT NOT NULL CHECK (scale <> ''),
  basis TEXT NOT NULL CHECK (json_type(basis) = 'array'), -- what the commitment rests on
  who TEXT NOT NULL CHECK (who <> ''),
  utc_ns INTEGER NOT NULL
) STRICT
"""
CERTIFICATE_OF_LOT = "CREATE INDEX certificate_of_lot ON certificate (lot)"
HELD_IS_NOT_CERTIFIED = """
CREATE TRIGGER held_is_not_certified BEFORE INSERT ON certificate
WHEN EXISTS (SELECT 1 FROM open_hold WHERE open_hold.lot = NEW.lot)
BEGIN SELECT RAISE (ABORT, 'the lot is held'); END
"""

BUILT = (
    NO_GAP, LOG_NODE, ACT, ACT_SALT, CHECKPOINT, CHECKPOINTS_GROW, SIGNATURE, SIGNATURES, PRINT, PRINT_OF_TRAY,
    NO_SECOND_PRINT, A_PRINT_ENDS_ONCE, HELD_IS_NOT_PRINTED, GROWER_NAMED, GROWER_NAMED_OF, CERTIFICATE,
    CERTIFICATE_OF_LOT, HELD_IS_NOT_CERTIFIED,
)  # fmt: skip
FOR_GOOD = ("log_node", "act", "checkpoint", "signature", "print", "grower_named", "certificate")


def upgrade() -> None:
    """Build the tables, and put the events that there are already into the tree."""
    for statement in BUILT:
        op.execute(statement)
    _take_in(op.get_bind())
    keep_for_good(*FOR_GOOD)


def _take_in(connection: Connection) -> None:
    nodes: dict[tuple[int, int], bytes] = {}
    events = connection.execute(text("SELECT canonical FROM event ORDER BY position")).scalars()
    for index, canonical in enumerate(events):
        for level, place, node in completed(index, leaf_hash(canonical), lambda *where: nodes[where]):
            nodes[level, place] = node
    insert = text("INSERT INTO log_node (level, place, hash) VALUES (:level, :place, :hash)")
    for (level, place), node in nodes.items():
        connection.execute(insert, {"level": level, "place": place, "hash": node})
