"""The rows of lists, as they are answered. Times bear their zone; lengths, weights and temperatures their unit."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

Outcome = Literal["delivered", "recheck", "unconfirmed"]


class Fruit(BaseModel):
    """A fruit that has left the belt. `*_u_*` are standard uncertainties."""

    fruit: int
    lot: str | None = Field(description="Null: nobody had said whose it is.")
    grower: str | None
    tray: int | None = Field(description="Where it was seen to fall; null: not into a tray.")
    pass_number: int
    outcome: Outcome
    outlet: str | None
    cause: str | None = Field(description="Why it is not where it was meant to be.")
    grade: str | None
    reason_code: str
    diameter_mm: float | None
    diameter_u_mm: float | None
    width_mm: float | None
    width_u_mm: float | None
    estimated_weight_g: float | None = Field(description="From pictures; nothing was weighed.")
    estimated_weight_u_g: float | None
    maturity: float | None = Field(description="Red flesh as a share, 0 to 1.")
    decay: str
    decided_at: datetime
    delivered_at: datetime = Field(description="When it left the belt.")
    run: int
    number: int = Field(description="In its run.")
    software_version: str
    model_sha256: str
    rule_pack_sha256: str
    calibration_sha256: str


class HoldShown(BaseModel):
    """A hold that stands."""

    hold: int
    kind: Literal["hold", "warning", "recall"]
    code: str = Field(description="`by_hand`, or the rule that found it.")
    reason: str


class Lot(BaseModel):
    """What a grower brought at once, as it is known now."""

    lot: str
    grower: str
    variety: str
    plot: str
    harvested_at: datetime
    harvest_c: float | None
    precooled_at: datetime | None
    precooled_c: float | None
    received_at: datetime
    received_kg: float
    accountable: str
    retained_sample: str | None
    finished_at: datetime | None = Field(description="Null: more may come of it.")
    holds: list[HoldShown]


class Tray(BaseModel):
    """A tray, as it is now."""

    tray: int
    outlet: str
    opened_at: datetime
    state: Literal["open", "closed", "labelled", "merged", "voided"]
    taken_away: bool
    needs_recount: bool
    fruit: int = Field(description="Seen to fall into it, or merged into it.")
    counted: int | None = Field(description="By somebody, since the last doubt.")
    estimated_weight_g: float
    into_tray: int | None
    batch: str | None
    serial: str | None
    best_before: date | None
    reprints: int


class Label(BaseModel):
    """A label that was given to a tray."""

    entry: int
    tray: int
    outlet: str
    batch: str
    serial: str
    gtin: str | None
    digital_link: str | None = Field(description="What its code leads to; null: the label bears the trace code alone.")
    best_before: date | None
    lots: list[str]
    at: datetime


class Event(BaseModel):
    """Something that happened."""

    sequence: int
    type: str
    key: str = Field(description="What it is about; events with the same key are pushed in order.")
    at: datetime
    data: dict[str, Any]


class AuditEntry(BaseModel):
    """A command or a change."""

    entry: int
    position: int = Field(description="Of its event, without names, in the tamper-evident log's input.")
    at: datetime
    who: str
    origin: str
    what: str
    subject: str | None
    accepted: bool
    detail: dict[str, Any]


class Delivery(BaseModel):
    """An event that an endpoint is owed, or was sent."""

    endpoint: str
    sequence: int
    type: str
    key: str
    attempts: int
    due_at: datetime | None = Field(description="When it is tried next; null: at once, or it is delivered.")
    delivered_at: datetime | None
    last_at: datetime | None
    last_status: int | None
    last_error: str | None


class Run(BaseModel):
    """A run of the line: what its fruit were made by."""

    run: int
    number: int
    started_at: datetime
    station: str
    software_version: str
    model_sha256: str
    rule_pack_sha256: str
    calibration_sha256: str
    simulated: bool
