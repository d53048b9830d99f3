"""Other limits: the pack that has them, and what it would have said of the fruit of the last hour."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, Field

from grader.api.bodies import Body
from grader.api.errors import BadQuestionError
from grader.api.toml import toml_of
from grader.grading import Decay, Measurement, RulePack, decide
from grader.grading.reading import parse_rule_pack
from grader.grading.reasons import SUBSTANDARD

HOUSE_RULE = "house rule"
NOT_VOUCHED_FOR = "not_vouched_for"


class LimitChange(Body):
    """A limit, as it stands, and as it would be."""

    quantity: Literal["size", "maturity", "surface_red", "weight", "bruise"]
    value: float = Field(allow_inf_nan=False, description="The limit that is meant.")
    new_value: float = Field(allow_inf_nan=False)


class GradeShift(BaseModel):
    """Fruit of a grade, by the rules in use and by the others."""

    grade: str = Field(description="A grade, `substandard`, or `none` for fruit that a person has to look at.")
    before: int
    after: int
    change_percent: float | None = Field(description="Null: there were none before.")
    sentence_en: str
    sentence_zh: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody was shown."""

    pack: RulePack
    in_use_sha256: str


def changed_pack(pack: RulePack, changes: Sequence[LimitChange], who: str) -> RulePack:
    """`pack` with other limits, as a version of its own; raises `BadQuestionError`, `RulePackError`."""
    if not changes:
        return pack
    content = pack.model_dump(mode="json", exclude_none=True)
    for change in changes:
        limit = _limit(content, change)
        limit["value"] = change.new_value
        limit["status"], limit["source"] = HOUSE_RULE, f"set at the station by {who}"[:200]
    major, minor, patch = pack.version.split(".")
    content["version"] = f"{major}.{minor}.{int(patch) + 1}"
    return parse_rule_pack(toml_of(content), "the changed rule pack")


def shifts(rows: Sequence[Mapping[str, Any]], old: RulePack, new: RulePack) -> tuple[list[GradeShift], int]:
    """What becomes of the recorded fruit by the two packs, and how many change their grade or outlet."""
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    moved = 0
    for row in rows:
        if row["reason_code"] == NOT_VOUCHED_FOR:
            continue
        measurement = measurement_of(row)
        was, becomes = decide(measurement, old), decide(measurement, new)
        before[was.grade or "none"] += 1
        after[becomes.grade or "none"] += 1
        moved += (was.grade, was.outlet) != (becomes.grade, becomes.outlet)
    names = dict.fromkeys([*(grade.name for grade in (*old.grades, *new.grades)), SUBSTANDARD, "none"])
    return [_shift(name, before[name], after[name]) for name in names], moved


def measurement_of(row: Mapping[str, Any]) -> Measurement:
    """A fruit on record, as grading sees it."""
    known = {field: row[field] for field in Measurement.__slots__ if field in row}
    return Measurement(**known | {"decay": Decay(row["decay"]), "measurable": row["why_not"] is None})


def _shift(grade: str, before: int, after: int) -> GradeShift:
    share = None if not before else 100 * (after - before) / before
    if before == after:
        words = f"as many {grade}", f"{grade} 不变"
    elif share is None:
        words = f"{after} {grade}, before none", f"{grade} {after} 个，之前没有"  # noqa: RUF001 - as Chinese is written
    else:
        en, zh = ("more", "多") if after > before else ("fewer", "少")
        words = f"{abs(share):.0f} % {en} {grade}", f"{grade} {zh} {abs(share):.0f} %"
    return GradeShift(
        grade=grade, before=before, after=after, change_percent=share, sentence_en=words[0], sentence_zh=words[1]
    )


def _limit(content: dict[str, Any], change: LimitChange) -> dict[str, Any]:
    limits = [
        limit
        for criterion in content["criteria"]
        if criterion["quantity"] == change.quantity
        for limit in criterion["limits"]
    ]
    found = next((limit for limit in limits if limit["value"] == change.value), None)
    if found is None:
        there = ", ".join(str(limit["value"]) for limit in limits) or "none"
        raise BadQuestionError(f"{change.quantity} has no limit {change.value}: there is {there}")
    known: dict[str, Any] = found
    return known
