"""The tables of `journal.db` as queries see them; `migrations/journal` builds them and says what they refuse."""

from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, Text
from sqlalchemy.types import REAL

from grader.store.kind import Kind

JOURNAL = Kind(
    title="station's journal",
    revision="0003",
    scripts="grader.store.migrations:journal",
    tables=frozenset({"run", "fruit", "delivery"}),
)

METADATA = MetaData()


def _of(kind: Any, names: str, *, nullable: bool = False) -> list[Column[Any]]:  # noqa: ANN401 (as Column's own)
    return [Column(name, kind, nullable=nullable) for name in names.split()]


RUN = Table(
    "run",
    METADATA,
    Column("run", Integer, primary_key=True),
    *_of(Integer, "started_utc_ns"),
    *_of(Text, "software_version model_sha256 rule_pack_sha256 calibration_sha256 station"),
    *_of(Integer, "seed ended_utc_ns", nullable=True),
    *_of(Text, "ended_why", nullable=True),
)

TRAY = Table(
    "tray",
    METADATA,
    Column("tray", Integer, primary_key=True),
    *_of(Integer, "run opened_utc_ns needs_recount"),
    *_of(Text, "outlet"),
    *_of(Integer, "closed_utc_ns counted", nullable=True),
    *_of(Text, "recount_why closed_why", nullable=True),
)

FRUIT = Table(
    "fruit",
    METADATA,
    Column("id", Integer, primary_key=True),
    *_of(Integer, "run fruit pass_number lane encoder_count exposed_monotonic_ns decided_utc_ns views sightings"),
    *_of(REAL, "width_mm width_u_mm diameter_mm diameter_u_mm length_mm length_u_mm", nullable=True),
    *_of(REAL, "volume_mm3 volume_u_mm3 weight_g weight_u_g", nullable=True),
    *_of(REAL, "maturity maturity_u surface_red margin", nullable=True),
    *_of(Text, "decay decided_outlet outlet reason_code reason"),
    *_of(Text, "lot why_not grade diverted criterion", nullable=True),
    *_of(Integer, "tray", nullable=True),
)

DELIVERY = Table(
    "delivery",
    METADATA,
    Column("id", Integer, primary_key=True),
    *_of(Integer, "run fruit delivered_utc_ns"),
    *_of(Text, "outcome"),
    *_of(Text, "outlet cause", nullable=True),
    *_of(Integer, "tray encoder_count", nullable=True),
)

EVENT = Table(
    "event",
    METADATA,
    Column("sequence", Integer, primary_key=True),
    *_of(Integer, "utc_ns monotonic_ns"),
    *_of(Text, "kind payload"),
    *_of(Integer, "run", nullable=True),
)
