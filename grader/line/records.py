"""What the line puts on record: each fruit before anything is done to it, and what became of it."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from grader.grading import Decision, Outlet
from grader.line.ejection import Shot
from grader.line.fusion import Fused


class Fortune(StrEnum):
    """How a fruit left the belt."""

    DELIVERED = "delivered"
    """An exit sensor saw it."""
    RECHECK = "recheck"
    """It ran off the end."""
    UNCONFIRMED = "unconfirmed"
    """It was fired at and nobody saw it arrive."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Whose fruit come onto the belt."""

    lot: str | None = None
    """None: nobody has said."""
    pass_number: int = 1
    """2: out of the recheck crate."""
    mixed: bool = False
    """Into the trays that stand there, whosesoever fruit they hold."""


NOBODYS = Feed()


@dataclass(frozen=True, slots=True)
class FruitRecord:
    """A decided fruit."""

    fruit: int
    """From 1 in each run."""
    lane: int
    rides_mm: float
    """Its place on the belt: along the travel, less the travel until then."""
    across_mm: float
    best_view: tuple[int, int]
    """The frame that shows it best, by its encoder count, and which of that frame's sightings it is."""
    fused: Fused
    decision: Decision
    """What the rule pack says."""
    outlet: Outlet
    """Where the line will send it: the decision's outlet, or recheck for `diverted`."""
    diverted: str | None
    """Why it is not sent where the decision says: `tray_full`, `too_close`, ...; None: it is."""
    tray: int | None
    """The tray that it is meant for; None: recheck."""
    feed: Feed = NOBODYS
    """Whose it is."""


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """What became of a recorded fruit."""

    fruit: int
    fortune: Fortune
    outlet: Outlet | None
    """Where it is now; None: nobody knows."""
    tray: int | None
    cause: str | None
    """Why it is not where it was meant to be: `late`, `cancelled`, `not_durable`, `no_exit_pulse`; None: it is."""


class Journal(Protocol):
    """The durable journal. It never makes the caller wait; a journal that cannot take more refuses at once."""

    def record(self, fruit: FruitRecord) -> Future[None]:
        """Put a fruit on record; the future is done once it is on disk, or holds the error."""

    def deliver(self, delivery: DeliveryRecord) -> Future[None]:
        """Put on record what became of it."""

    def stand(self, outlet: Outlet, tray: int, instead_of: int | None, why: str | None = None) -> Future[None]:
        """An empty tray stands at an outlet now, in the place of another, taken away because of `why`, or of none."""

    def doubt(self, tray: int, why: str) -> Future[None]:
        """Somebody must count this tray."""

    def happened(self, kind: str, payload: Mapping[str, object], now_s: float) -> Future[None]:
        """Anything else that others must hear of."""

    def probe(self, now_s: float) -> Future[None]:
        """Find out whether the disk takes anything."""

    def tend(self, now_s: float) -> None:
        """Time went on: hand in again what the disk has not taken. Fruit are never handed in again."""


class Ejectors(Protocol):
    """The ejection process as the line sees it; its reports come back through `Line.report`."""

    def arm(self, shot: Shot) -> None:
        """Fire it when its place comes."""

    def cancel(self, outlet: Outlet | None) -> None:
        """Drop the shots into an outlet, or all."""
