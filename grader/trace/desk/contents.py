"""What label and buyer's page say of a tray's fruit: written into its event when it is packed, and so proved."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from grader.grading import RulePack
from grader.store.books.lots import Lot
from grader.trace.desk.desk import at_utc
from grader.trace.evidence.canonical import canonical
from grader.trace.rules.classes import size_class
from grader.trace.rules.tolerance import OffSize, SizeClass
from grader.trace.settings import TraceSettings

Fruit = Mapping[str, Any]
UNMEASURED = "unmeasured"
RED_STEP = 5
"""Percent of red skin that stand in one bar."""
MEASURED = ("diameter_mm", "width_mm", "weight_g", "maturity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """A tray at the moment when it gets its label."""

    fruit: Sequence[Fruit]
    lots: Sequence[Lot]
    grade: str
    off_size: OffSize | None
    packed_on: str
    """The shift's date."""
    count: int
    simulated: bool
    """Whether no real fruit was seen."""


def contents_facts(packing: Packing, pack: RulePack, settings: TraceSettings) -> dict[str, object]:
    """The facts, by name; numbers that are no counts are texts, so that nothing rounds them."""
    metric, grade, fruit, off_size = pack.size_metric, packing.grade, packing.fruit, packing.off_size
    words = pack.outcomes[grade].words if grade in pack.outcomes else {"en": grade, "zh": grade}
    facts: dict[str, object] = {
        "count": packing.count,
        "gradeZh": words["zh"],
        "size": size_words(size_class(pack, grade)),
        "variety": varieties(packing.lots),
        "harvestedOn": harvested_on(packing.lots, settings).isoformat(),
        "packedOn": packing.packed_on,
        "rules": {"name": pack.name, "version": pack.version, "title": pack.title},
        "sizesMm": _bars([one[metric] for one in fruit], 1.0),
        "redPercent": _bars([None if one["maturity"] is None else 100 * one["maturity"] for one in fruit], RED_STEP),
        "decay": dict(sorted(Counter(str(one["decay"]) for one in fruit).items())),
        "fruitSha256": fruit_hash(fruit),
    }
    if off_size is not None:
        facts["offSizeExpected"] = f"{100 * off_size.expected:.1f}"
        facts["offSizeLimit"] = f"{100 * off_size.limit:.1f}"
    if packing.simulated:
        facts["simulated"] = True
    return facts


def fruit_hash(fruit: Sequence[Fruit]) -> str:
    """SHA-256 over canonical rows of all fruit: whoever is given the rows can check that these were graded."""
    rows = [
        {
            "fruit": str(one["fruit"]),
            "grade": one["grade"],
            "decay": one["decay"],
            "decided": str(one["decided_utc_ns"]),
            **{name: None if one[name] is None else repr(float(one[name])) for name in MEASURED},
        }
        for one in fruit
    ]
    return hashlib.sha256(canonical({"fruit": rows})).hexdigest()


def size_words(limits: SizeClass) -> str:
    """The class's sizes for people: `35 mm+`, `30-35 mm`."""
    if limits.lower_mm is None:
        return "-" if limits.upper_mm is None else f"< {limits.upper_mm:g} mm"
    if limits.upper_mm is None:
        return f"{limits.lower_mm:g} mm+"
    return f"{limits.lower_mm:g}-{limits.upper_mm:g} mm"


def varieties(lots: Sequence[Lot]) -> str:
    """What grew, each once."""
    return ", ".join(sorted({lot.variety for lot in lots}))


def harvested_on(lots: Sequence[Lot], settings: TraceSettings) -> date:
    """When the oldest of them was picked, by the clock on the wall."""
    return min(at_utc(lot.harvested_utc_ns).astimezone(settings.zone).date() for lot in lots)


def _bars(values: Sequence[float | None], step: float) -> dict[str, int]:
    """How many there are in each step, by its lower end."""
    found = Counter(UNMEASURED if value is None else f"{value // step * step:g}" for value in values)
    return dict(sorted(found.items()))
