"""Why a fruit got its grade, in words, and every figure as published: never across a limit that decided otherwise."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from grader.api.shapes import Outcome
from grader.api.what_if import measurement_of
from grader.grading import RulePack, decide, withhold
from grader.grading.quantity import QUANTITIES, Quantity
from grader.grading.rounding import MARGIN, round_within
from grader.grading.texts import QUANTITY

U_DECIMALS = 1
"""An uncertainty has one decimal more than its figure."""


class Words(BaseModel):
    """The same in both languages."""

    en: str
    zh: str


class Limit(BaseModel):
    """A limit of the rule pack."""

    value: float
    at_it: Literal["above", "below"] = Field(description="To which side the limit itself belongs.")


class Figure(BaseModel):
    """A measured number, as published."""

    name: str
    words: Words
    unit: str = Field(description="`share`: a part of the whole, 0 to 1.")
    value: float | None = Field(
        description="Rounded to the side of every limit on which the decision saw it; null: not measured."
    )
    u: float | None = Field(description="Standard uncertainty; null: there is none.")
    text: str | None = Field(description="The value with its unit, to be shown as it is.")
    limits: list[Limit] = Field(description="Of the rule pack that decided, where it is known.")


class FruitExplained(BaseModel):
    """One fruit: what was measured, what was decided and why, what became of it."""

    fruit: int | None = Field(description="In the list of fruit; null while it is on the belt.")
    key: str = Field(description="Its run and its number there, as the live picture names it.")
    run: int
    number: int
    lot: str | None
    grower: str | None
    tray: int | None = Field(description="Where it was seen to fall.")
    pass_number: int
    outcome: Outcome | Literal["on_the_belt"]
    outlet: str | None = Field(description="Where it came to; on the belt, where it is sent.")
    decided_outlet: str = Field(description="Where the rule pack sends it.")
    diverted: str | None = Field(description="Why it is not sent there: `tray_full`, `too_close`, ...")
    cause: str | None = Field(description="Why it did not come to where it was sent.")
    grade: str | None
    criterion: str | None = Field(description="What decided.")
    margin: float | None = Field(description="Distance to the limit that decided, in the criterion's unit.")
    reason_code: str
    reason_en: str
    reason_zh: str | None = Field(description="Null: graded by rules that this station knows no more.")
    figures: list[Figure]
    decay: str
    views: int = Field(description="Sightings that were used.")
    sightings: int
    decided_at: datetime
    delivered_at: datetime | None
    software_version: str
    model_sha256: str
    rule_pack_sha256: str
    calibration_sha256: str


def figures_of(row: Mapping[str, Any], pack: RulePack | None) -> list[Figure]:
    """All that was measured of the fruit on record, by the limits of the pack that judged it."""
    return [_figure(row, quantity, pack) for quantity in QUANTITIES.values() if quantity.field in row]


def margin_of(row: Mapping[str, Any]) -> float | None:
    """The margin on record, as published."""
    quantity = _criterion(row)
    margin: float | None = row["margin"]
    if margin is None:
        return None
    return round_within(margin, quantity.decimals if quantity else 3, MARGIN)


def reason_zh(row: Mapping[str, Any], pack: RulePack | None) -> str | None:
    """The reason in Chinese: decided again from the record, and only where that says in English what is on record."""
    measurement = measurement_of(row)
    decisions = [withhold(measurement), *([] if pack is None else [decide(measurement, pack)])]
    return next((one.because.text("zh") for one in decisions if one.reason == row["reason"]), None)


def _figure(row: Mapping[str, Any], quantity: Quantity, pack: RulePack | None) -> Figure:
    field, limits = quantity.field, () if pack is None else pack.limits_of(quantity.field)
    value, u = row[field], row.get(quantity.uncertainty_field or "")
    published = None if value is None else round_within(value, quantity.decimals, limits)
    return Figure(
        name=field,
        words=Words(en=QUANTITY["en"][field], zh=QUANTITY["zh"][field]),
        unit=quantity.unit,
        value=published,
        u=None if u is None else round(u, quantity.decimals + U_DECIMALS),
        text=None if published is None else quantity.text(published),
        limits=[Limit(value=limit.value, at_it=limit.side) for limit in limits],
    )


def _criterion(row: Mapping[str, Any]) -> Quantity | None:
    names = {"size": "diameter_mm", "weight": "weight_g", "bruise": "bruise_mm2"}
    return QUANTITIES.get(names.get(row["criterion"], row["criterion"] or ""))
