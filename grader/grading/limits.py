"""The limits of a rule pack as they are written in its file, with their types and ranges."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from grader.grading.quantity import BRUISE_BELOW_MM2, SIZE_BELOW_MM, WEIGHT_BELOW_G
from grader.grading.rounding import Boundary, Side


class Setting(BaseModel):
    """Read once, never changed; a key that is not known is a mistake, and so is a number that is written as text."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"),
    Field(description="text of 1 to 200 characters on one line"),
]
GradeName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 +-]{0,19}$"),
    Field(description="text of 1 to 20 letters, digits, spaces, + and -"),
]
ReasonCode = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"),
    Field(description="text of 1 to 40 small letters, digits and _"),
]
Outcome = Annotated[
    str,
    StringConstraints(min_length=1, max_length=40),
    Field(description="the name of a grade, or a reason of the list 'substandard'"),
]
Status = Literal["standard", "house rule"]


class Guard(Setting):
    """How far inside a fruit must be: `k` times its standard uncertainty, or a fixed `width`; one of the two."""

    k: Annotated[float, Field(gt=0, le=5)] | None = None
    width: Annotated[float, Field(gt=0, lt=SIZE_BELOW_MM)] | None = None
    """In the unit of the limit."""


class Limit(Setting):
    """A point on the axis of a quantity, and what a fruit is on either side of it."""

    value: float
    unit: str
    above: Outcome
    """The grade, or the reason for being substandard, of a fruit above the limit."""
    below: Outcome
    side: Side
    """To which of the two a fruit of exactly `value` belongs."""
    decision: Literal["simple", "guarded"]
    """`simple`: the measured value decides (ILAC-G8:2019). `guarded`: the better side must be reached by the
    guard band as well (guarded acceptance, JCGM 106:2012, 8.3.2)."""
    guard: Guard | None = None
    status: Status
    source: Text

    @property
    def boundary(self) -> Boundary:
        """Where it lies, without what it means."""
        return Boundary(self.value, self.side)


class SizeLimit(Limit):
    """A limit of the diameter or width."""

    value: Annotated[float, Field(gt=0, lt=SIZE_BELOW_MM)]
    unit: Literal["mm"]


class ShareLimit(Limit):
    """A limit of a share of the skin; it lies inside 0-1, so that both sides can be reached."""

    value: Annotated[float, Field(gt=0, lt=1)]
    unit: Literal["share"]


class WeightLimit(Limit):
    """A limit of the weight."""

    value: Annotated[float, Field(gt=0, lt=WEIGHT_BELOW_G)]
    unit: Literal["g"]


class BruiseLimit(Limit):
    """A limit of the bruised area that is seen."""

    value: Annotated[float, Field(gt=0, lt=BRUISE_BELOW_MM2)]
    unit: Literal["mm2"]


class SizeCriterion(Setting):
    """Size, by the pack's size metric."""

    quantity: Literal["size"]
    limits: Annotated[tuple[SizeLimit, ...], Field(min_length=1, max_length=20, strict=False)]


class ShareCriterion(Setting):
    """How red it is: `maturity` as the camera sees it, `surface_red` as a part of the skin."""

    quantity: Literal["maturity", "surface_red"]
    limits: Annotated[tuple[ShareLimit, ...], Field(min_length=1, max_length=20, strict=False)]


class WeightCriterion(Setting):
    """Weight, estimated from the volume; `below` says what a fruit that is too light falls to."""

    quantity: Literal["weight"]
    limits: Annotated[tuple[WeightLimit, ...], Field(min_length=1, max_length=20, strict=False)]


class BruiseCriterion(Setting):
    """Bruised area as seen from above; `above` says what a fruit with more falls to. Only where a network looks."""

    quantity: Literal["bruise"]
    limits: Annotated[tuple[BruiseLimit, ...], Field(min_length=1, max_length=20, strict=False)]


Criterion = Annotated[
    SizeCriterion | ShareCriterion | WeightCriterion | BruiseCriterion, Field(discriminator="quantity")
]
