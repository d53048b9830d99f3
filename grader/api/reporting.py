"""What a grower, a manager or an operator is shown of many fruit: distributions, reasons, who is near a limit."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field

from grader.api.explaining import Words
from grader.grading import RulePack
from grader.grading.rounding import Boundary
from grader.grading.texts import LEAD
from grader.store.upstream.reports import Which, grades, histogram, reasons, sizes_of_grade

MATURITY_STEP = 0.05
NEAR_MM = (0.5, 1.0, 2.0)
G_PER_KG = 1000.0


class Share(BaseModel):
    """Fruit that went the same way."""

    grade: str | None
    outcome: str
    outlet: str | None
    fruit: int
    weighed_fruit: int
    estimated_weight_kg: float


class Because(BaseModel):
    """Fruit that were decided for the same reason."""

    reason_code: str
    grade: str | None
    words: Words | None = Field(description="Null: rules that this station knows no more.")
    fruit: int


class Bar(BaseModel):
    """Fruit from `begin` until before `end`; both null: not measured."""

    begin: float | None
    end: float | None
    fruit: int


class Near(BaseModel):
    """Fruit of a grade that lack at most so much to the next one."""

    grade: str
    limit_mm: float = Field(description="The limit that they miss.")
    within_mm: float
    fruit: int


class Distribution(BaseModel):
    """Fruit added up."""

    fruit: int
    shares: list[Share]
    reasons: list[Because]
    diameter_mm: list[Bar]
    maturity: list[Bar]


def distribution(books: Any, which: Which, pack: RulePack) -> Distribution:  # noqa: ANN401 - SQL's types stay in store
    """All of it, by the rules of `pack`."""
    shares = [
        Share(
            grade=one["grade"], outcome=one["outcome"], outlet=one["outlet"], fruit=one["fruit"],
            weighed_fruit=one["weighed"], estimated_weight_kg=one["weight_g"] / G_PER_KG,
        )
        for one in grades(books, which)
    ]  # fmt: skip
    return Distribution(
        fruit=sum(share.fruit for share in shares),
        shares=shares,
        reasons=[
            Because(**one, words=words_of(one["reason_code"], one["grade"], pack)) for one in reasons(books, which)
        ],
        diameter_mm=_bars(histogram(books, which, pack.size_metric, 1.0), 1.0),
        maturity=_bars(histogram(books, which, "maturity", MATURITY_STEP), MATURITY_STEP),
    )


def words_of(code: str, grade: str | None, pack: RulePack) -> Words | None:
    """A reason in words: the pack's for a grade or a reason of its own, ours for the rest."""
    outcome = pack.outcomes.get((grade or "") if code == "graded" else code)
    if outcome is not None:
        return Words(en=outcome.words["en"], zh=outcome.words["zh"])
    return Words(en=LEAD["en"][code], zh=LEAD["zh"][code]) if code in LEAD["en"] else None


def _bars(rows: Sequence[dict[str, Any]], step: float) -> list[Bar]:
    return [
        Bar(
            begin=None if one["slot"] is None else round(one["slot"] * step, 6),
            end=None if one["slot"] is None else round((one["slot"] + 1) * step, 6),
            fruit=one["fruit"],
        )
        for one in rows
    ]


def near_the_next_size(books: Any, which: Which, pack: RulePack) -> list[Near]:  # noqa: ANN401
    """How many fruit of each grade lacked little for the next; it reads a row a fruit."""
    limits = sorted(pack.limits_of(pack.size_metric), key=lambda limit: limit.value)
    found: list[Near] = []
    for grade in pack.grades:
        sizes = sizes_of_grade(books, which, grade.name, pack.size_metric)
        lacks = [lack for lack in (_lack(size, limits) for size in sizes) if lack is not None]
        for limit in sorted({limit for limit, _ in lacks}):
            found += [
                Near(
                    grade=grade.name, limit_mm=limit, within_mm=within,
                    fruit=sum(missed == limit and mm <= within for missed, mm in lacks),
                )
                for within in NEAR_MM
            ]  # fmt: skip
    return [near for near in found if near.fruit]


def _lack(size_mm: float, limits: Sequence[Boundary]) -> tuple[float, float] | None:
    """The next limit above, and how much the fruit lacks; None: it has met all."""
    above = next((limit for limit in limits if not limit.is_above(size_mm)), None)
    return None if above is None else (above.value, above.value - size_mm)
