"""Why a fruit got its grade: codes and figures, which become a sentence in any language of `grader.grading.texts`."""

from collections.abc import Mapping
from dataclasses import dataclass

from grader.grading.ladder import Ladder, Range, Relation, Step
from grader.grading.quantity import Quantity
from grader.grading.rounding import round_within
from grader.grading.texts import AND, COLON, COMMA, LEAD, NOTE, QUANTITY, RELATION, SEMICOLON, WHY_NOT, Language

SUBSTANDARD = "substandard"
"""The grade of a fruit that meets the requirements of none."""

OWN_CODES = frozenset({"graded", "decay_sure", "decay_suspected", "not_measurable", "not_vouched_for"})
"""The codes of reasons that no pack may give another meaning."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A measured value, as published, and how it lies to the limits that matter."""

    field: str
    value: str
    relations: tuple[Relation, ...]

    def text(self, language: Language) -> str:
        """`diameter 33.12 mm, at least 30 mm and below 35 mm`."""
        relations = AND[language].join(
            RELATION[language][relation.code].format(limit=relation.limit, band=relation.band)
            for relation in self.relations
        )
        return f"{QUANTITY[language][self.field]} {self.value}{COMMA[language]}{relations}"


@dataclass(frozen=True, slots=True)
class Reason:
    """What decided, in codes and figures."""

    code: str
    """Stable: one of `OWN_CODES`, or a reason of the rule pack such as `too_small`."""
    words: Mapping[Language, str] | None = None
    """The pack's words for the grade or for the reason; None: the code's own words."""
    findings: tuple[Finding, ...] = ()
    why_not: str | None = None
    """Why there is no measurement: vision's code, or `no_<field>` for a number that the pack asks for."""
    notes: tuple[str, ...] = ()
    """Codes of what changed the outlet afterwards."""

    def text(self, language: Language = "en") -> str:
        """The sentence, without a full stop: `too small: diameter 24.61 mm, below 25 mm`."""
        lead = LEAD[language][self.code] if self.words is None else self.words[language]
        details = [finding.text(language) for finding in self.findings]
        if self.why_not is not None:
            details.append(WHY_NOT[language].get(self.why_not, self.why_not.replace("_", " ")))
        details.extend(NOTE[language][note] for note in self.notes)
        return COLON[language].join([lead, SEMICOLON[language].join(details)]) if details else lead


def finding_of(ladder: Ladder, place: Range, x: float, u: float) -> Finding:
    """What there is to say of a value `x`, with standard uncertainty `u`, that lies in `place`."""
    published = round_within(x, ladder.quantity.decimals, ladder.boundaries)
    relations = place.relations
    if ladder.guarded:
        relations = tuple(
            _within_guard(ladder.quantity, step, u) if step.is_met(x) and not step.is_cleared(x, u) else relation
            for step, relation in zip(place.stated, relations, strict=True)
        )
    return Finding(ladder.quantity.field, ladder.quantity.text(published), relations)


def _within_guard(quantity: Quantity, step: Step, u: float) -> Relation:
    """A limit that is met, but not by its guard band."""
    band = quantity.text(round(step.band(u), quantity.decimals + 1))
    return Relation("within_guard", quantity.limit_text(step.boundary.value), band)
