"""The lists that upstream systems leaf through: each has a whole number by which it is in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from grader.store.books.asking import Row, row, rows

Value = str | int


@dataclass(frozen=True, slots=True)
class Listing:
    """One list."""

    rows: str
    """SELECT ... FROM ...; `{table}` is read page by page, all else is looked up for the rows of a page."""
    key: str
    filters: Mapping[str, str] = field(default_factory=dict)
    """By its name in a question, the condition."""


FRUIT = Listing(
    "SELECT fruit.fruit, lot.code AS lot, grower.code AS grower, tray, pass_number, outcome, outlet, cause, grade, "
    "reason_code, diameter_mm, diameter_u_mm, width_mm, width_u_mm, weight_g, weight_u_g, maturity, decay, "
    "decided_utc_ns, delivered_utc_ns, run.number AS run, fruit.number, run.software_version, run.model_sha256, "
    "run.rule_pack_sha256, run.calibration_sha256 "
    "FROM fruit JOIN run USING (run) LEFT JOIN lot ON lot.lot = fruit.lot LEFT JOIN grower USING (grower)",
    "fruit.fruit",
    {
        "lot": "fruit.lot = (SELECT lot FROM lot WHERE code = :lot)",
        "tray": "fruit.tray IN (SELECT member FROM tray_part WHERE tray_part.tray = :tray)",
    },
)
LOTS = Listing(
    "SELECT lot.lot AS key, lot.code AS lot, grower.code AS grower, variety, plot, harvested_utc_ns, harvest_c, "
    "precooled_utc_ns, precooled_c, received_utc_ns, received_g / 1000.0 AS received_kg, accountable, retained_sample, "
    "(SELECT utc_ns FROM lot_finished WHERE lot_finished.lot = lot.lot) AS finished_utc_ns, "
    "(SELECT json_group_array(json_object('hold', hold, 'kind', kind, 'code', code, 'reason', reason)) FROM open_hold "
    "WHERE open_hold.lot = lot.lot) AS holds FROM lot_now AS lot JOIN grower USING (grower)",
    "lot.lot",
    {"grower": "grower.code = :grower"},
)
TRAYS = Listing(
    "SELECT tray.tray, outlet, opened_utc_ns, state, taken_away, needs_recount, counted, into_tray, batch, serial, "
    "best_before, reprints, (SELECT count(*) FROM tray_part JOIN fruit ON fruit.tray = member "
    "WHERE tray_part.tray = tray.tray) AS fruit, (SELECT round(total(weight_g), 1) FROM tray_part JOIN fruit "
    "ON fruit.tray = member WHERE tray_part.tray = tray.tray) AS estimated_weight_g FROM tray_state AS tray",
    "tray.tray",
    {"outlet": "outlet = :outlet", "lot": "tray.tray IN (SELECT tray FROM fruit WHERE tray IS NOT NULL AND "
     "lot = (SELECT lot FROM lot WHERE code = :lot))"},
)  # fmt: skip
LABELS = Listing(
    "SELECT entry, tray, tray.outlet, batch.code AS batch, serial, best_before, batch.lots, tray_history.utc_ns "
    "FROM tray_history JOIN tray USING (tray) JOIN batch ON batch.batch = tray_history.batch",
    "entry",
    {"batch": "batch.code = :batch"},
)
NOTICES = Listing(
    "SELECT notice.sequence, type, key, notice.utc_ns, coalesce(data, CAST(canonical AS TEXT)) AS data "
    "FROM notice LEFT JOIN event USING (position)",
    "notice.sequence",
    {"type": "(type = :type OR substr(type, 1, length(:type) + 1) = :type || '.')", "key": "key = :key"},
)
AUDIT = Listing(
    "SELECT entry, position, who, origin, what, subject, accepted, detail, utc_ns FROM audit",
    "entry",
    {"what": "(what = :what OR substr(what, 1, length(:what) + 1) = :what || '.')"},
)
DELIVERIES = Listing(
    "SELECT endpoint.name AS endpoint, outbox.sequence, type, outbox.key, attempts, due_utc_ns, delivered_utc_ns, "
    "last_utc_ns, last_status, last_error FROM outbox JOIN endpoint USING (endpoint) "
    "JOIN notice ON notice.sequence = outbox.sequence",
    "outbox.sequence * 1024 + outbox.endpoint",
    {"endpoint": "endpoint.name = :endpoint", "waiting": "(delivered_utc_ns IS NULL) = :waiting"},
)
RUNS = Listing(
    "SELECT run.run, source, number, started_utc_ns, software_version, model_sha256, rule_pack_sha256, "
    "calibration_sha256, station, seed IS NOT NULL AS simulated FROM run",
    "run.run",
)


def page(
    connection: Connection, listing: Listing, where: Mapping[str, Value], after: int | None, limit: int, *, newest: bool
) -> list[Row]:
    """The next rows after the one at `after` (None: from the first), each with its place as `at_key`.

    `newest`: the list backwards.
    """
    beyond, order = ("<", "DESC") if newest else (">", "ASC")
    conditions = [listing.filters[name] for name in where]
    if after is not None:
        conditions.append(f"{listing.key} {beyond} :after")
    chosen = " AND ".join(conditions) or "1"
    statement = (
        f"{listing.rows.replace('SELECT ', f'SELECT {listing.key} AS at_key, ', 1)} WHERE {chosen} "
        f"ORDER BY {listing.key} {order} LIMIT :limit"
    )
    return rows(connection, statement, limit=limit, **where, **({} if after is None else {"after": after}))


def last_sequence(connection: Connection) -> int:
    """The number of the newest notice; 0: there is none."""
    found = row(connection, "SELECT coalesce(max(sequence), 0) AS sequence FROM notice")
    return 0 if found is None else int(found["sequence"])


def journal_heard(connection: Connection, source: int) -> int:
    """The event up to which a journal's line was heard."""
    found = row(connection, "SELECT sequence FROM line_heard WHERE source = :source", source=source)
    return 0 if found is None else int(found["sequence"])


def epcis_about(connection: Connection, *, tray: int | None = None, lot: str | None = None) -> list[bytes]:
    """The canonical bytes of every EPCIS event about a tray or a lot, in the order in which they were written."""
    about = "event_about.tray = :tray" if lot is None else "event_about.lot = (SELECT lot FROM lot WHERE code = :lot)"
    found = rows(
        connection,
        f"SELECT canonical FROM event_about CROSS JOIN event USING (position) WHERE {about} "  # noqa: S608 - our words
        "ORDER BY position",
        **({"tray": tray} if lot is None else {"lot": lot}),
    )
    return [bytes(one["canonical"]) for one in found]


def lot_key(connection: Connection, code: str) -> int | None:
    """Where a lot stands in the list of lots; None: there is none with that code."""
    found = row(connection, "SELECT lot FROM lot WHERE code = :code", code=code)
    return None if found is None else int(found["lot"])
