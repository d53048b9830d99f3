"""A measurement and a rule pack in; grade, outlet and reason out."""

import math
from dataclasses import dataclass

from grader.grading.ladder import Ladder, Range
from grader.grading.measurement import Decay, Measurement
from grader.grading.outlet import Outlet
from grader.grading.pack import RulePack
from grader.grading.reasons import SUBSTANDARD, Finding, Reason, finding_of


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one fruit, and why."""

    grade: str | None
    """A grade of the pack or `substandard`; None where no grade can be given (not measurable, rot suspected)."""
    outlet: Outlet
    criterion: str | None
    """What decided: `size`, `maturity`, `surface_red`, `weight`, `bruise`, `decay`; None for a fruit not measured.

    Of a grade: the first criterion of the pack that allows no better one. Of a substandard fruit: the first it fails.
    """
    margin: float | None
    """Distance to the limit that decided, in the criterion's unit, guard band included; unrounded.

    Of a grade it is positive (0 on the limit): the distance to the nearest limit of the criterion that would change the
    grade. Of a substandard fruit it is negative: what it falls short by. None where no limit decided.
    """
    because: Reason
    """Stable code, figures, and the sentence in other languages: `because.text("zh")`."""

    @property
    def reason(self) -> str:
        """The reason in English, in words that a grower understands."""
        return self.because.text("en")


@dataclass(slots=True)
class _Placed:
    """A measured value in its range of a criterion."""

    ladder: Ladder
    place: Range
    x: float
    u: float

    def finding(self) -> Finding:
        return finding_of(self.ladder, self.place, self.x, self.u)


def decide(measurement: Measurement, pack: RulePack) -> Decision:
    """Grade a fruit by `pack`, on unrounded values.

    Nothing is guessed: without the numbers that the pack asks for a fruit goes to recheck, as does one that may rot.
    """
    if not measurement.measurable:
        return _not_measured(measurement.why_not)
    if measurement.decay == Decay.SURE:
        return Decision(SUBSTANDARD, Outlet.WASTE, "decay", None, Reason("decay_sure"))
    if measurement.decay == Decay.SUSPECTED:
        return Decision(None, Outlet.RECHECK, "decay", None, Reason("decay_suspected"))
    placed = []
    for ladder in pack.ladders:
        if (found := _place(measurement, ladder)) is None:
            return _not_measured(f"no_{ladder.quantity.field}")
        placed.append(found)
    return _judge(measurement.decay, pack, placed)


def withhold(measurement: Measurement) -> Decision:
    """What becomes of a fruit while nothing vouches for the measurements: it is recorded, but gets no grade."""
    if not measurement.measurable:
        return _not_measured(measurement.why_not)
    return Decision(None, Outlet.RECHECK, None, None, Reason("not_vouched_for"))


def _not_measured(why_not: str | None) -> Decision:
    return Decision(None, Outlet.RECHECK, None, None, Reason("not_measurable", why_not=why_not))


def _place(measurement: Measurement, ladder: Ladder) -> _Placed | None:
    """Find the range of the value that `ladder` judges; None where the value or its uncertainty is of no use."""
    quantity = ladder.quantity
    x: float | None = getattr(measurement, quantity.field)
    if x is None or not 0 <= x <= quantity.highest:
        return None
    if not ladder.needs_uncertainty or quantity.uncertainty_field is None:
        return _Placed(ladder, ladder.place(x, 0.0), x, 0.0)
    u: float | None = getattr(measurement, quantity.uncertainty_field)
    if u is None or not 0 <= u < math.inf:
        return None
    return _Placed(ladder, ladder.place(x, u), x, u)


def _judge(decay: Decay, pack: RulePack, placed: list[_Placed]) -> Decision:
    """Give the worst of what the criteria allow; of equals, the pack's first criterion decides."""
    worst = max(placed, key=lambda found: found.place.rank)
    outcome = pack.outcomes[worst.place.outcome]
    findings: tuple[Finding, ...]
    if worst.place.rank < len(pack.grades):
        grade, code = worst.place.outcome, "graded"
        margin = _margin_of_grade(worst, alone=sum(found.place.rank == worst.place.rank for found in placed) == 1)
        findings = tuple(found.finding() for found in placed)
    else:
        grade, code = SUBSTANDARD, worst.place.outcome
        margin = min(step.clearance(worst.x, worst.u) for step in worst.place.stated)
        findings = (worst.finding(),)
    if outcome.outlet is Outlet.PROCESSING and decay != Decay.NONE:
        # Whatever a pack says, nothing reaches processing but what is known to be sound (DESIGN, invariant 4).
        reason = Reason(code, outcome.words, findings, notes=("decay_not_assessed",))
        return Decision(grade, Outlet.RECHECK, worst.ladder.criterion, margin, reason)
    return Decision(grade, outcome.outlet, worst.ladder.criterion, margin, Reason(code, outcome.words, findings))


def _margin_of_grade(worst: _Placed, *, alone: bool) -> float:
    """Return the distance to the nearest limit that would change the grade.

    A better range changes it only if no other criterion holds the fruit back (`alone`); where the range has no other
    end, the distance to the better one is given all the same.
    """
    distances = [step.clearance(worst.x, worst.u) for step in worst.place.away]
    if worst.place.towards is not None and (alone or not distances):
        distances.append(-worst.place.towards.clearance(worst.x, worst.u))
    return min(distances)
