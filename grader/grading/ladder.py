"""One criterion, ready to judge: the ranges that its limits cut the axis into, and how a fruit finds its own.

The ranges rise to the best one (the peak) and fall after it: sizes have their peak at the top, a maturity window has it
in the middle. A limit below the peak is cleared upwards, one above the peak downwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.grading.limits import Limit
from grader.grading.quantity import Quantity
from grader.grading.rounding import Boundary


@dataclass(frozen=True, slots=True)
class Step:
    """A limit, and the way in which it is cleared."""

    boundary: Boundary
    sign: int
    """+1: the better side is above. -1: it is below."""
    k: float
    width: float

    def band(self, u: float) -> float:
        """The guard band of a fruit whose standard uncertainty is `u`; 0 for a simple limit."""
        return self.k * u + self.width

    def acceptance(self, u: float) -> float:
        """The acceptance limit: the limit moved by its guard band to the better side (JCGM 106:2012, 8.3.2).

        To nine decimals, because 0.80 + 0.02 must accept 0.82, which binary fractions would not.
        """
        band = self.band(u)
        return round(self.boundary.value + self.sign * band, 9) if band else self.boundary.value

    def clearance(self, x: float, u: float) -> float:
        """How far `x` is beyond the acceptance limit; negative where it falls short."""
        return self.sign * (x - self.acceptance(u)) + 0.0  # + 0.0: never -0.0

    def is_met(self, x: float) -> bool:
        """Whether `x` is on the better side of the limit itself, guard band or not."""
        return self.boundary.is_above(x) == (self.sign > 0)

    def is_cleared(self, x: float, u: float) -> bool:
        """Whether `x` is beyond the acceptance limit, whose own value belongs where the limit's does."""
        acceptance = self.acceptance(u)
        return (x > acceptance or (x == acceptance and self.boundary.side == "above")) == (self.sign > 0)


@dataclass(frozen=True, slots=True)
class Relation:
    """How a measured value lies to a limit: a code of `grader.grading.texts.RELATION` with its figures."""

    code: str
    limit: str
    band: str = ""


@dataclass(frozen=True, slots=True)
class Range:
    """What lies between two neighbouring limits."""

    outcome: str
    """A grade, or a reason for being substandard."""
    rank: int
    """0 is the best grade; the number of grades stands for substandard."""
    stated: tuple[Step, ...]
    """The steps that a reason names: both ends of a grade's range; of a substandard one, the end towards the grades."""
    relations: tuple[Relation, ...]
    """How a value in here lies to each of `stated`, guard bands aside."""
    towards: Step | None
    """The step to the next better range; None at the peak."""
    away: tuple[Step, ...]
    """The steps to worse ranges."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """A criterion, as its decision is named, and its ranges in ascending order."""

    criterion: str
    quantity: Quantity
    steps: tuple[Step, ...]
    ranges: tuple[Range, ...]
    peak: int
    guarded: bool
    needs_uncertainty: bool
    boundaries: tuple[Boundary, ...]

    def requirement(self, rank: int) -> tuple[Relation, ...]:
        """What a value must be for the grade of that rank, or a better one; nothing, if every value or none is."""
        meeting = [index for index, place in enumerate(self.ranges) if place.rank <= rank]
        if not meeting:
            return ()
        ends = [(self.steps[index - 1], True) for index in meeting[:1] if index > 0]
        ends += [(self.steps[index], False) for index in meeting[-1:] if index < len(self.steps)]
        return tuple(_relation(self.quantity, step, is_lower=is_lower) for step, is_lower in ends)

    def place(self, x: float, u: float) -> Range:
        """The range of a fruit that measures `x` with standard uncertainty `u`: each limit on the way is cleared."""
        steps, low, high = self.steps, 0, len(self.steps)
        while low < self.peak and steps[low].is_cleared(x, u):
            low += 1
        while high > self.peak and steps[high - 1].is_cleared(x, u):
            high -= 1
        if high == self.peak:
            return self.ranges[low]
        if low == self.peak:
            return self.ranges[high]
        # Guard bands wider than the window: neither side is cleared. What is plainly missed counts before what is
        # missed by a band, then what is missed by more.
        below, above = steps[low], steps[high - 1]
        if below.is_met(x) != above.is_met(x):
            return self.ranges[high if below.is_met(x) else low]
        return self.ranges[low if below.clearance(x, u) <= above.clearance(x, u) else high]


def ranks_of(grades: Sequence[str], reasons: Sequence[str]) -> dict[str, int]:
    """Rank every grade from 0, the best, and every reason for being substandard behind them, all alike."""
    return dict.fromkeys(reasons, len(grades)) | {grade: rank for rank, grade in enumerate(grades)}


def build_ladder(criterion: str, quantity: Quantity, limits: Sequence[Limit], ranks: Mapping[str, int]) -> Ladder:
    """Put `limits`, which `grader.grading.consistency` found to fit each other, in order.

    `ranks` is `ranks_of` the pack's grades and reasons.
    """
    substandard = max(ranks.values())
    limits = sorted(limits, key=lambda limit: limit.value)
    outcomes = [limits[0].below, *(limit.above for limit in limits)]
    peak = min(range(len(outcomes)), key=lambda index: ranks[outcomes[index]])
    steps = [
        Step(
            limit.boundary,
            sign=1 if index < peak else -1,
            k=(limit.guard and limit.guard.k) or 0.0,
            width=(limit.guard and limit.guard.width) or 0.0,
        )
        for index, limit in enumerate(limits)
    ]
    ranges = []
    for index, outcome in enumerate(outcomes):
        ends = tuple(steps[max(index - 1, 0) : index + 1])
        towards = None if index == peak else steps[index] if index < peak else steps[index - 1]
        away = tuple(step for step in ends if step is not towards)
        stated = ends if towards is None or ranks[outcome] < substandard else (towards,)
        relations = tuple(_relation(quantity, step, is_lower=index > 0 and step is steps[index - 1]) for step in stated)
        ranges.append(Range(outcome, ranks[outcome], stated, relations, towards, away))
    return Ladder(
        criterion=criterion,
        quantity=quantity,
        steps=tuple(steps),
        ranges=tuple(ranges),
        peak=peak,
        guarded=any(step.k or step.width for step in steps),
        needs_uncertainty=any(step.k for step in steps),
        boundaries=tuple(limit.boundary for limit in limits),
    )


def _relation(quantity: Quantity, step: Step, *, is_lower: bool) -> Relation:
    """How a range lies to `step`, its lower or upper end."""
    if is_lower:
        code = "at_least" if step.boundary.side == "above" else "above"
    else:
        code = "below" if step.boundary.side == "above" else "at_most"
    return Relation(code, quantity.limit_text(step.boundary.value))
