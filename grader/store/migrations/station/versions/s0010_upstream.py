"""What upstream systems get: sums kept as fruit come in, notices with their outbox, keys, sessions, and the audit list.

Sums and notices are made by triggers, so that they are in the transaction of what they are about, whoever writes it.
"""

from alembic import op

from grader.store.migrations.for_good import keep_for_good

revision = "s0010"
down_revision = "s0003"

# Fruit without lot, grade or outlet go under 0 and '', because a key has no nulls. Weights are whole milligrams: sums
# of whole numbers are the same in any order.
SUMS = """
CREATE TABLE {table} (
  slot INTEGER NOT NULL, -- {unit} since 1970-01-01 UTC
  lot INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  outlet TEXT NOT NULL,
  grade TEXT NOT NULL,
  fruit INTEGER NOT NULL,
  weighed INTEGER NOT NULL,
  weight_mg INTEGER NOT NULL,
  variance_mg2 INTEGER NOT NULL,
  PRIMARY KEY (slot, lot, outcome, outlet, grade)
) STRICT, WITHOUT ROWID
"""
SIZES = """
CREATE TABLE {table} (
  slot INTEGER NOT NULL, -- {unit} since 1970-01-01 UTC
  lot INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  outlet TEXT NOT NULL,
  grade TEXT NOT NULL,
  size_mm INTEGER NOT NULL, -- the diameter's whole millimetres; -1: not measured
  fruit INTEGER NOT NULL,
  PRIMARY KEY (slot, lot, outcome, outlet, grade, size_mm)
) STRICT, WITHOUT ROWID
"""
SUM_TABLES = {"sum_minute": ("minutes", 60), "sum_quarter": ("quarters of an hour", 900), "sum_day": ("days", 86_400)}
SIZE_TABLES = {"size_quarter": ("quarters of an hour", 900), "size_day": ("days", 86_400)}

KEY = (
    "{of}.delivered_utc_ns / {seconds}000000000, coalesce({of}.lot, 0), {of}.outcome, coalesce({of}.outlet, ''), "
    "coalesce({of}.grade, '')"
)
WEIGHTS = (
    "({of}.weight_g IS NOT NULL)", "coalesce(CAST(round({of}.weight_g * 1000) AS INTEGER), 0)",
    "coalesce(CAST(round({of}.weight_u_g * {of}.weight_u_g * 1000000) AS INTEGER), 0)",
)  # fmt: skip
SIZE = "coalesce(CAST({of}.diameter_mm AS INTEGER), -1)"

NOTICE = """
CREATE TABLE notice (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  type TEXT NOT NULL,
  key TEXT NOT NULL, -- what it is about: notices with the same key are sent one after another
  utc_ns INTEGER NOT NULL,
  data TEXT CHECK (data IS NULL OR json_valid(data)),
  position INTEGER REFERENCES event (position), -- the EPCIS event that is the data
  CHECK ((data IS NULL) <> (position IS NULL))
) STRICT
"""

NOTICED = {
    "event": (
        "NEW.kind NOT IN ('audit', 'act')",  # for the log alone: they are no EPCIS
        "'epcis.' || NEW.kind, 'epcis', NEW.utc_ns, NULL, NEW.position",
    ),
    "tray_history": (
        "1",
        """'tray.' || NEW.what, 'tray:' || NEW.tray, NEW.utc_ns, json_object(
          'tray', NEW.tray, 'outlet', (SELECT outlet FROM tray WHERE tray = NEW.tray), 'state', NEW.becomes,
          'fruit', (SELECT count(*) FROM tray_part JOIN fruit ON fruit.tray = member WHERE tray_part.tray = NEW.tray),
          'estimated_weight_g', (SELECT round(total(weight_g), 1) FROM tray_part JOIN fruit ON fruit.tray = member
            WHERE tray_part.tray = NEW.tray),
          'counted', NEW.counted, 'into_tray', NEW.into_tray,
          'batch', (SELECT code FROM batch WHERE batch = NEW.batch), 'serial', NEW.serial,
          'best_before', NEW.best_before, 'reason', NEW.why), NULL""",
    ),
    "hold": (
        "1",
        """NEW.kind || '.placed', coalesce('lot:' || (SELECT code FROM lot WHERE lot = NEW.lot), 'tray:' || NEW.tray),
        NEW.utc_ns, json_object('hold', NEW.hold, 'lot', (SELECT code FROM lot WHERE lot = NEW.lot), 'tray', NEW.tray,
          'code', NEW.code, 'reason', NEW.reason), NULL""",
    ),
    "release": (
        "1",
        """'hold.released', (SELECT coalesce('lot:' || lot.code, 'tray:' || tray) FROM hold LEFT JOIN lot USING (lot)
          WHERE hold = NEW.hold),
        NEW.utc_ns, json_object('hold', NEW.hold, 'lot', (SELECT lot.code FROM hold JOIN lot USING (lot)
          WHERE hold = NEW.hold), 'tray', (SELECT tray FROM hold WHERE hold = NEW.hold), 'reason', NEW.reason), NULL""",
    ),
    "lot_facts": (
        "1",
        """iif((SELECT count(*) FROM lot_facts WHERE lot = NEW.lot) = 1, 'lot.received', 'lot.corrected'),
        'lot:' || (SELECT code FROM lot WHERE lot = NEW.lot), NEW.utc_ns, json_object(
          'lot', (SELECT code FROM lot WHERE lot = NEW.lot),
          'grower', (SELECT grower.code FROM lot JOIN grower USING (grower) WHERE lot = NEW.lot),
          'variety', NEW.variety, 'plot', NEW.plot, 'received_kg', NEW.received_g / 1000.0, 'reason', NEW.why), NULL""",
    ),
    "feed": (
        "1",
        """'lot.fed', 'lot:' || (SELECT code FROM lot WHERE lot = NEW.lot), NEW.utc_ns, json_object(
          'lot', (SELECT code FROM lot WHERE lot = NEW.lot), 'pass_number', NEW.pass_number,
          'mixed', json(iif(NEW.mixed, 'true', 'false'))), NULL""",
    ),
}  # fmt: skip
"""By table: which of its new rows others hear of, and what of them (type, key, time, data, position)."""

ENDPOINT = """
CREATE TABLE endpoint (
  endpoint INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE CHECK (name <> ''),
  url TEXT NOT NULL,
  secret TEXT NOT NULL,
  types TEXT NOT NULL CHECK (json_type(types) = 'array'), -- of notices, or how they begin; none: all
  state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'removed')),
  state_why TEXT,
  state_utc_ns INTEGER NOT NULL,
  failing_since_utc_ns INTEGER, -- the first of the attempts that have failed since the last success
  probe_utc_ns INTEGER, -- when a paused one is asked again
  who TEXT NOT NULL,
  utc_ns INTEGER NOT NULL
) STRICT
"""

OUTBOX = """
CREATE TABLE outbox (
  endpoint INTEGER NOT NULL REFERENCES endpoint (endpoint),
  sequence INTEGER NOT NULL REFERENCES notice (sequence),
  key TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  due_utc_ns INTEGER NOT NULL DEFAULT 0,
  delivered_utc_ns INTEGER,
  last_utc_ns INTEGER,
  last_status INTEGER, -- of HTTP
  last_error TEXT,
  PRIMARY KEY (endpoint, sequence)
) STRICT, WITHOUT ROWID
"""
OUTBOX_PENDING = "CREATE INDEX outbox_pending ON outbox (endpoint, key, sequence) WHERE delivered_utc_ns IS NULL"

# The event and its outbox rows are in one transaction: there is never one without the other.
POSTED = """
CREATE TRIGGER notice_is_posted AFTER INSERT ON notice
BEGIN
  INSERT INTO outbox (endpoint, sequence, key)
  SELECT endpoint, NEW.sequence, NEW.key FROM endpoint WHERE state <> 'removed' AND (types = '[]' OR EXISTS (
    SELECT 1 FROM json_each(types) WHERE NEW.type = value OR substr(NEW.type, 1, length(value) + 1) = value || '.'));
END
"""

LINE_HEARD = """
CREATE TABLE line_heard (
  source INTEGER PRIMARY KEY REFERENCES source (source),
  sequence INTEGER NOT NULL -- the journal's event up to which it was heard
) STRICT
"""

API_KEY = """
CREATE TABLE api_key (
  key INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE, -- what the key begins with, and is called
  name TEXT NOT NULL CHECK (name <> ''),
  scope TEXT NOT NULL CHECK (scope IN ('read', 'operate', 'configure')),
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  who TEXT NOT NULL,
  utc_ns INTEGER NOT NULL
) STRICT
"""
API_KEY_REVOKED = """
CREATE TABLE api_key_revoked (
  key INTEGER PRIMARY KEY REFERENCES api_key (key),
  who TEXT NOT NULL,
  utc_ns INTEGER NOT NULL
) STRICT
"""

OPERATOR_PIN = """
CREATE TABLE operator_pin (
  name TEXT PRIMARY KEY,
  salt BLOB NOT NULL CHECK (length(salt) = 16),
  scrypt BLOB NOT NULL CHECK (length(scrypt) = 32),
  failures INTEGER NOT NULL DEFAULT 0,
  locked_until_utc_ns INTEGER NOT NULL DEFAULT 0
) STRICT
"""

SESSION = """
CREATE TABLE session (
  sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),
  screen INTEGER NOT NULL CHECK (screen IN (0, 1)), -- begun with the token that the touchscreen was given
  operator TEXT,
  expires_utc_ns INTEGER NOT NULL,
  CHECK (screen OR operator IS NOT NULL)
) STRICT, WITHOUT ROWID
"""

AUDIT = """
CREATE TABLE audit (
  entry INTEGER PRIMARY KEY,
  position INTEGER NOT NULL UNIQUE REFERENCES event (position), -- the same for the log, without names
  who TEXT NOT NULL CHECK (who <> ''),
  origin TEXT NOT NULL,
  what TEXT NOT NULL,
  subject TEXT,
  accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)),
  detail TEXT NOT NULL CHECK (json_valid(detail)),
  utc_ns INTEGER NOT NULL
) STRICT
"""

BUILT = (
    NOTICE, ENDPOINT, OUTBOX, OUTBOX_PENDING, POSTED, LINE_HEARD, API_KEY, API_KEY_REVOKED, OPERATOR_PIN, SESSION,
    AUDIT,
)  # fmt: skip


def _summing(table: str, seconds: int, of: str, values: tuple[str, ...]) -> tuple[str, str, str]:
    columns = ("fruit", "weighed", "weight_mg", "variance_mg2") if table in SUM_TABLES else ("fruit",)
    key = ["slot", "lot", "outcome", "outlet", "grade", *([] if table in SUM_TABLES else ["size_mm"])]
    chosen = KEY + ("" if table in SUM_TABLES else f", {SIZE}")
    counted = f"{chosen}, {', '.join(values)}".format(of=of, seconds=seconds)
    return f"INSERT INTO {table} ({', '.join((*key, *columns))})", counted, ", ".join(
        f"{name} = {name} + excluded.{name}" for name in columns
    )  # fmt: skip


def _keep_sums() -> None:
    """The tables, filled with what is there already, and the trigger that keeps them."""
    steps = []
    for table, (unit, seconds) in {**SUM_TABLES, **SIZE_TABLES}.items():
        op.execute((SUMS if table in SUM_TABLES else SIZES).format(table=table, unit=unit))
        one = ("1", *WEIGHTS) if table in SUM_TABLES else ("1",)
        insert, values, more = _summing(table, seconds, "NEW", one)
        steps.append(f"{insert} VALUES ({values}) ON CONFLICT DO UPDATE SET {more};")
        every = ("count(*)", *(f"sum({weight})" for weight in WEIGHTS)) if table in SUM_TABLES else ("count(*)",)
        insert, values, _ = _summing(table, seconds, "fruit", every)
        key = ", ".join(str(number) for number in range(1, 6 if table in SUM_TABLES else 7))
        op.execute(f"{insert} SELECT {values} FROM fruit GROUP BY {key}")  # noqa: S608 - our own words
    op.execute(f"CREATE TRIGGER fruit_is_summed AFTER INSERT ON fruit BEGIN {' '.join(steps)} END")


def upgrade() -> None:
    """Build all tables. What happened before stays unnoticed: nobody has subscribed yet."""
    _keep_sums()
    for statement in BUILT:
        op.execute(statement)
    for table, (condition, values) in NOTICED.items():
        op.execute(
            f"CREATE TRIGGER {table}_is_noticed AFTER INSERT ON {table} WHEN {condition} BEGIN "
            f"INSERT INTO notice (type, key, utc_ns, data, position) SELECT {values}; END"
        )
    keep_for_good("notice", "api_key", "api_key_revoked", "audit")
