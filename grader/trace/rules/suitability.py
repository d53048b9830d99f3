"""Whether a lot may be sold: residues, safety intervals, and how soon it was cooled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from grader.trace.settings import TraceSettings

WARM = frozenset({"precooling_late", "precooling_unrecorded"})
"""Findings that shorten best before."""


class Harvest(Protocol):
    """What the rules ask of a lot; times say their zone."""

    @property
    def harvested_at(self) -> datetime:
        """When it was picked."""

    @property
    def precooled_at(self) -> datetime | None:
        """When it reached the cold; None: nobody knows."""


@dataclass(frozen=True, slots=True)
class Picked:
    """The plainest `Harvest`."""

    harvested_at: datetime
    precooled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """A laboratory's report on a grower's fruit."""

    name: str
    """Laboratory and number."""
    sampled_at: datetime
    passed: bool


@dataclass(frozen=True, slots=True)
class Spraying:
    """A pesticide on the lot's plot."""

    product: str
    applied_at: datetime
    safety_days: float


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that keeps a lot from being sold."""

    code: str
    """Stable."""
    kind: Literal["hold", "warning"]
    """`hold`: only another fact ends it. `warning`: a manager may release it with a reason."""
    sentence: str


def find(
    lot: Harvest, reports: Sequence[Report], sprayings: Sequence[Spraying], at: datetime, settings: TraceSettings
) -> list[Finding]:
    """All that keeps `lot` from being sold at the time `at`, holds first. `reports`: of its grower, in any order."""
    return [
        *_residues(reports, at, settings),
        *_safety_intervals(lot, sprayings),
        *_cooling(lot, settings),
    ]


def _residues(reports: Sequence[Report], at: datetime, settings: TraceSettings) -> Iterator[Finding]:
    """The newest sample speaks; of two taken at once, the one that failed."""
    known = [report for report in reports if report.sampled_at <= at]
    if not known:
        yield Finding("residue_missing", "hold", "the grower has no residue report: enter one, or have a sample taken")
        return
    newest = max(known, key=lambda report: (report.sampled_at, not report.passed))
    if not newest.passed:
        sentence = (
            f"the grower's newest residue report, {newest.name}, failed: nothing is sold until a newer one passes"
        )
        yield Finding("residue_failed", "hold", sentence)
    elif at > newest.sampled_at + timedelta(days=settings.residue_valid_days):
        sentence = (
            f"the grower's newest residue report, {newest.name}, is older than {settings.residue_valid_days:g} days: "
            "have a sample taken"
        )
        yield Finding("residue_expired", "hold", sentence)


def _safety_intervals(lot: Harvest, sprayings: Sequence[Spraying]) -> Iterator[Finding]:
    """Whatever was sprayed before harvest had to be over by then; what was picked too early never becomes good."""
    for spraying in sorted(sprayings, key=lambda spraying: spraying.applied_at):
        over_at = spraying.applied_at + timedelta(days=spraying.safety_days)
        if spraying.applied_at <= lot.harvested_at < over_at:
            sentence = (
                f"harvested before the safety interval of {spraying.product} ended, "
                f"{spraying.safety_days:g} days after {spraying.applied_at:%Y-%m-%d %H:%M}: it must not be sold; "
                "correct the record only if it is wrong"
            )
            yield Finding("safety_interval", "hold", sentence)
            return


def _cooling(lot: Harvest, settings: TraceSettings) -> Iterator[Finding]:
    if lot.precooled_at is None:
        sentence = (
            "there is no record of its pre-cooling: best before is shortened; a manager releases it with a reason"
        )
        yield Finding("precooling_unrecorded", "warning", sentence)
        return
    took = lot.precooled_at - lot.harvested_at
    if took > timedelta(minutes=settings.precool_within_min):
        sentence = (
            f"it reached the cold {took.total_seconds() / 60:.0f} min after harvest, not within "
            f"{settings.precool_within_min:g}: best before is shortened; a manager releases it with a reason"
        )
        yield Finding("precooling_late", "warning", sentence)


def best_before(lots: Sequence[Harvest], settings: TraceSettings) -> date:
    """The date for a tray of these lots, in the station's time zone: the earliest of theirs. At least one lot."""
    return min(_best_before(lot, settings) for lot in lots)


def _best_before(lot: Harvest, settings: TraceSettings) -> date:
    warm = any(finding.code in WARM for finding in _cooling(lot, settings))
    days = min(settings.shelf_days_warm, settings.shelf_days) if warm else settings.shelf_days
    return (lot.harvested_at.astimezone(settings.zone) + timedelta(days=days)).date()
