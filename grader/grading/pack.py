"""A rule pack: the grading standard as data, read once and compiled once."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from grader.grading.consistency import problems_of_pack
from grader.grading.ladder import Ladder, build_ladder, ranks_of
from grader.grading.limits import Criterion, GradeName, ReasonCode, Setting, Status, Text
from grader.grading.outlet import Outlet
from grader.grading.quantity import WEIGHT_BELOW_G, quantity_judged
from grader.grading.rounding import Boundary, Side
from grader.grading.texts import Language


class Tolerance(Setting):
    """The share of fruit in a package that may miss its grade's requirements."""

    share: Annotated[float, Field(gt=0, lt=1)]
    by: Literal["number", "weight", "number or weight"]
    status: Status
    source: Text


class Grade(Setting):
    """A grade and the outlet of its fruit; the best grade stands first in the pack."""

    name: GradeName
    zh: Text | None = None
    """Its name in Chinese, where it has one."""
    outlet: Literal["super", "I", "II", "processing"]
    tolerance: Tolerance | None = None
    """Per package; None: none is agreed."""


class Substandard(Setting):
    """A reason for meeting the requirements of no grade, and where such fruit go."""

    reason: ReasonCode
    """Stable: counts and records refer to it."""
    outlet: Literal["processing", "waste", "recheck"]
    en: Text
    """In words that a grower understands."""
    zh: Text | None = None


class HarvestWeight(Setting):
    """The weight that the harvest should have; it is reported and does not change a grade."""

    value: Annotated[float, Field(gt=0, lt=WEIGHT_BELOW_G)]
    unit: Literal["g"]
    side: Side
    """`above`: a fruit of exactly `value` meets it."""
    status: Status
    source: Text


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a range of a criterion leads."""

    outlet: Outlet
    words: Mapping[Language, str]


class RulePack(Setting):
    """Grades, limits and outlets. A fruit gets the first grade whose requirements it meets in every criterion."""

    format: Literal[1]
    """The version of this file format."""
    name: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$"),
        Field(description="text of 1 to 40 small letters, digits and -"),
    ]
    version: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9]{1,6}(\.[0-9]{1,6}){2}$"),
        Field(description='text of three numbers such as "1.0.0"'),
    ]
    title: Text
    size_metric: Literal["diameter_mm", "width_mm"] = "diameter_mm"
    """What the criterion `size` judges."""
    grades: Annotated[tuple[Grade, ...], Field(min_length=1, max_length=20, strict=False)]
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=5, strict=False)]
    """In the order in which they decide where a fruit fails several."""
    substandard: Annotated[tuple[Substandard, ...], Field(max_length=40, strict=False)] = ()
    harvest_weight: HarvestWeight | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if problems := problems_of_pack(self):
            raise PydanticCustomError("inconsistent", "{text}", {"text": "; ".join(problems), "problems": problems})
        return self

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the content: comments, white space and the order of keys do not change it."""
        content = self.model_dump(mode="json", exclude_defaults=True)
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    @cached_property
    def ladders(self) -> tuple[Ladder, ...]:
        """The criteria, compiled."""
        ranks = ranks_of([grade.name for grade in self.grades], [entry.reason for entry in self.substandard])
        return tuple(
            build_ladder(
                criterion.quantity, quantity_judged(criterion.quantity, self.size_metric), criterion.limits, ranks
            )
            for criterion in self.criteria
        )

    @cached_property
    def outcomes(self) -> Mapping[str, Outcome]:
        """Outlet and words of every grade and every reason for being substandard."""
        grades = {
            grade.name: Outcome(Outlet(grade.outlet), {"en": grade.name, "zh": grade.zh or grade.name})
            for grade in self.grades
        }
        return grades | {
            entry.reason: Outcome(Outlet(entry.outlet), {"en": entry.en, "zh": entry.zh or entry.en})
            for entry in self.substandard
        }

    def limits_of(self, field: str) -> tuple[Boundary, ...]:
        """Every limit of this pack on the measurement's `field`, for `round_within`; most fields have none."""
        found = [ladder.boundaries for ladder in self.ladders if ladder.quantity.field == field]
        boundaries = [boundary for boundaries in found for boundary in boundaries]
        if field == "weight_g" and self.harvest_weight is not None:
            boundaries.append(Boundary(self.harvest_weight.value, self.harvest_weight.side))
        return tuple(boundaries)
