"""What people put on record in the station's books; each value is one row.

Growers, lots and batches go by their codes, trays by their numbers, people by their names. Times (`*_utc_ns`) are
nanoseconds since 1970-01-01 UTC. `who` is whoever says so, `utc_ns` when it was said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

HoldKind = Literal["hold", "warning", "recall"]
Role = Literal["operator", "manager", "left"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorEntered:
    """Somebody works here, with another role than before, or no longer."""

    name: str
    role: Role
    who: str
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftBegan:
    """A shift begins, and with it the last one ends."""

    packed_on: str
    """The date on its labels, ISO 8601."""
    number: int
    """1-9, of the day."""
    began_utc_ns: int
    accountable: str
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowerEntered:
    """A grower delivers here."""

    code: str
    name: str
    contact: str | None
    who: str
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotEntered:
    """A lot has a code; its facts are `LotFacts`."""

    code: str
    grower: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFacts:
    """What is known of a lot; of several, the last one counts."""

    lot: str
    variety: str
    plot: str
    harvested_utc_ns: int
    harvest_c: float | None
    """In the fruit, as are all temperatures."""
    precooled_utc_ns: int | None
    """When it reached the cold; None: there is no record of it."""
    precooled_c: float | None
    received_utc_ns: int
    received_g: int
    """Net, by the scale."""
    accountable: str
    retained_sample: str | None
    """What it is called, or where it lies."""
    who: str
    why: str
    """`received`, or what was wrong with the facts before."""
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """A plot was sprayed or fed."""

    grower: str
    plot: str
    kind: Literal["pesticide", "fertiliser"]
    product: str
    amount: str
    applied_utc_ns: int
    safety_days: float | None
    """Nothing may be harvested for so long; a pesticide always says it."""
    who: str
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidueReported:
    """A laboratory looked for residues in a grower's fruit."""

    grower: str
    laboratory: str
    number: str
    sampled_utc_ns: int
    passed: bool
    who: str
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedBegan:
    """From here on the fruit are of this lot; refused if some of them are in the books already."""

    source: int
    """The journal that is followed: `Books.source_of`."""
    after_fruit: int
    """The journal's last fruit (its `id`) before."""
    lot: str
    pass_number: int
    mixed: bool
    """Into the trays that stand there, whosesoever fruit they hold."""
    who: str
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandGraded:
    """Fruit of a lot that people graded, such as what was left in the recheck crate."""

    lot: str
    outlet: str
    weight_g: int
    """By the scale."""
    who: str
    why: str
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayWeighed:
    """A closed tray stood on a scale."""

    tray: int
    net_g: int
    fruit: int
    """That were in it then."""
    scale: str
    who: str
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced:
    """Nothing of a lot, or this tray, may be sold until somebody releases it. A recall is never released."""

    lot: str | None = None
    tray: int | None = None
    """One of the two."""
    kind: HoldKind
    code: str
    """`by_hand`, or the rule that found it."""
    reason: str
    who: str
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReleased:
    """The hold is over; refused unless `who` is a manager."""

    hold: int
    reason: str
    who: str
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchBegan:
    """A trace batch: one outlet, one composition, one shift."""

    code: str
    shift: int
    outlet: str
    composition: int
    lots: tuple[str, ...]
    """Codes, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRetained:
    """Some fruit of a trace batch are kept, for when somebody complains."""

    sample: str
    """What it is called."""
    batch: str
    place: str
    """Where it lies."""
    accountable: str
    who: str
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayChanged:
    """Something was done to a tray; refused unless it is in the state `was`, and there is such a step from there."""

    tray: int
    what: str
    was: str
    becomes: str
    who: str
    why: str
    utc_ns: int
    counted: int | None = None
    """Of `recounted`."""
    into_tray: int | None = None
    """Of `merged`."""
    batch: str | None = None
    serial: str | None = None
    """Both of `labelled`."""
    best_before: str | None = None
    """Of `labelled` and `corrected`, ISO 8601."""
    detail: Mapping[str, object]
    """What JSON can say: the composition at that moment, what was wrong."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of whom an event bears a salted hash alone."""

    field: str
    """Which field of the event has the hash."""
    name: str
    salt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWritten:
    """An event for the log and for others, in the same transaction as the change that it is of."""

    kind: str
    canonical: bytes
    """RFC 8785."""
    utc_ns: int
    lots: tuple[str, ...] = ()
    trays: tuple[int, ...] = ()
    """What it is about."""
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActLogged:
    """The log's entry for a row of the books that no event tells of: a salted hash of it."""

    source: str
    """The table."""
    entry: int
    """The row's key."""
    canonical: bytes
    """RFC 8785."""
    salt: bytes
    """16 bytes, that stay in the books."""
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointSigned:
    """A head of the log, and who signed it; signatures may come later than the head."""

    origin: str
    size: int
    root: bytes
    """32 bytes."""
    lines: tuple[tuple[str, str], ...]
    """Name of the key, and the note's line."""
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintStep:
    """A label is about to be sent to a printer, or that has ended; refused where it would be printed twice."""

    tray: int
    nth: int
    """What the label says: 0 the first print, n reprint n."""
    what: Literal["begun", "printed", "not_sent", "unsure"]
    printer: str
    job_sha256: str
    who: str
    why: str
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowerNamed:
    """A grower lets buyers see the name, or no longer."""

    grower: str
    shown: bool
    who: str
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """A commitment certificate goes with some kilograms of a lot; refused while the lot is held."""

    lot: str
    weight_g: int
    """By the scale."""
    scale: str
    basis: tuple[str, ...]
    """What the commitment rests on."""
    who: str
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFinished:
    """Nothing more comes of a lot; once."""

    lot: str
    who: str
    why: str
    utc_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contested:
    """Somebody does not agree with what was decided about a fruit."""

    fruit: int
    who: str
    why: str
    utc_ns: int


Entry = (
    OperatorEntered | ShiftBegan | GrowerEntered | LotEntered | LotFacts | Treated | ResidueReported | FeedBegan
    | HandGraded | HoldPlaced | HoldReleased | BatchBegan | SampleRetained | TrayChanged | EventWritten | ActLogged
    | CheckpointSigned | PrintStep | GrowerNamed | Certified | LotFinished | Contested | TrayWeighed
)  # fmt: skip
