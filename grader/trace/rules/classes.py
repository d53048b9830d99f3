"""The size class of a grade, and the tolerance agreed for it, out of a rule pack."""

from typing import Literal

from grader.grading import RulePack
from grader.trace.rules.tolerance import SizeClass

SizeField = Literal["diameter_mm", "width_mm"]


def size_class(pack: RulePack, grade: str) -> SizeClass:
    """Between which sizes the fruit of `grade` lie; open on both sides where the pack has no such grade or limit."""
    for ladder in pack.ladders:
        if ladder.criterion != "size":
            continue
        own = [index for index, place in enumerate(ladder.ranges) if place.outcome == grade]
        if own:
            values = [step.boundary.value for step in ladder.steps]
            first, last = own[0], own[-1]
            lower = values[first - 1] if first > 0 else None
            upper = values[last] if last < len(values) else None
            return SizeClass(lower, upper)
    return SizeClass(None, None)


def tolerance_of(pack: RulePack, grade: str, otherwise: float) -> float:
    """The share of a tray that may miss the class: what the pack agrees on, or `otherwise`."""
    for entry in pack.grades:
        if entry.name == grade and entry.tolerance is not None:
            return entry.tolerance.share
    return otherwise
