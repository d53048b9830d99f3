"""One row a fruit, as published: its fields, their units, and how many decimals of them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from grader.grading import Decay, Outlet
from grader.grading.texts import NOTE, SEMICOLON

Share = Annotated[float, Field(ge=0, le=1)]
Length = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Pixel = Annotated[int, Field(ge=0)]
Hash = Annotated[str, Field(min_length=1)]


DECIMALS: Mapping[str, int] = MappingProxyType(
    {
        "width_mm": 2,
        "width_u_mm": 3,
        "diameter_mm": 2,
        "diameter_u_mm": 3,
        "length_mm": 2,
        "axis_deg": 1,
        "maturity": 3,
        "maturity_u": 3,
        "surface_red": 3,
        "volume_mm3": 0,
        "weight_g": 1,
        "weight_u_g": 2,
        "rot_mm2": 1,
        "bruise_mm2": 1,
    }
)
"""Of each measured number, as published; more where rounding would cross a limit of the rule pack."""
MARGIN_DECIMALS: Mapping[str, int] = MappingProxyType(
    {"size": 2, "maturity": 3, "surface_red": 3, "weight": 1, "bruise": 1}
)
"""By criterion: as many as its quantity has."""
MARGIN_UNITS: Mapping[str, str] = MappingProxyType({"size": " mm", "weight": " g", "bruise": " mm2"})
"""By criterion; shares are written as percent."""
WHY_NOT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "cut": "cut by the picture's edge",
        "hidden": "partly hidden",
        "blurred": "blurred",
        "no_axis": "stem to tip not visible",
    }
)
"""What table and overlay say of a fruit that was not measured, by `why_not`."""
NOT_MEASURED = "not measured"
DECAY_DECIMALS = 3
DECAY_NOTE = SEMICOLON["en"] + NOTE["en"]["decay_not_assessed"]
"""How the reason of a fruit ends that was meant for processing; for people the summary says it once."""


class Row(BaseModel):
    """A line of the results; nothing unknown in it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)

    image: str
    """The picture, as it was named on the command line."""


class Hashes(BaseModel):
    """What made the record: with the same four and the same pixels, the same numbers come out."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)

    rule_pack: Hash
    """SHA-256 of the rule pack's content."""
    calibration: Hash
    """SHA-256 of the calibration's content; of a plain scale, the scale itself."""
    model: Hash | None = None
    """Of the network that looked; null: none did."""
    software: Hash
    """The version of `grader`."""


class GradedFruit(Row):
    """One fruit of one picture. Uncertainties are standard (k = 1). What was not measured is null, never guessed."""

    fruit: Annotated[int, Field(ge=1)]
    """From 1 in each picture; the value of its pixels in the mask."""
    bbox: tuple[Pixel, Pixel, Pixel, Pixel]
    """x0, y0, x1, y1 of the fruit with its calyx, px of the input; x1 and y1 lie outside."""
    centre_px: tuple[float, float]
    """x, y of the centroid of the flesh, px of the input; pixel centres at whole numbers. 1 decimal."""
    width_mm: Length | None
    """Greatest horizontal width across the axis from stem to apex, as this view shows it. 2 decimals."""
    width_u_mm: Length | None
    """Its standard uncertainty. 3 decimals."""
    diameter_mm: Length | None
    """Best estimate of the greatest diameter across that axis (the equator's), which decides the size. 2 decimals."""
    diameter_u_mm: Length | None
    """Its standard uncertainty, what the view does not show included. 3 decimals."""
    length_mm: Length | None
    """Extent of the flesh along the axis, as seen from above. 2 decimals."""
    axis_deg: Annotated[float, Field(ge=0, lt=360)] | None
    """Stem to apex in the picture, from +x (right) towards +y (down). 1 decimal."""
    maturity: Share | None
    """Red share of the flesh that is seen. 3 decimals."""
    maturity_u: Length | None
    """Its standard uncertainty. 3 decimals."""
    surface_red: Share | None
    """The same, weighted for the foreshortened rim. 3 decimals."""
    volume_mm3: Annotated[int, Field(ge=0)] | None
    """Estimated; a whole number."""
    weight_g: Length | None
    """Volume x density (`--density`). 1 decimal."""
    weight_u_g: Length | None
    """Its standard uncertainty, from the volume's. 2 decimals."""
    grade: str | None
    """A grade of the rule pack, or substandard."""
    outlet: Outlet
    """Where it goes; recheck is the crate at the belt's end."""
    reason: str
    """Why, in words."""
    reason_code: str
    """Why, as a code that does not change: graded, not_measurable, or a reason of the rule pack such as too_small."""
    criterion: Literal["size", "maturity", "surface_red", "weight", "bruise", "decay"] | None
    """What decided."""
    margin: Annotated[float, Field(allow_inf_nan=False)] | None
    """How far it is from the limit that decided, in the criterion's unit (mm, share, g, mm2); positive: inside. It says
    nothing of the other criteria."""
    borderline: bool | None
    """Whether grade or outlet could be others with numbers that are up to 2 standard uncertainties larger or smaller;
    null: not measured."""
    measurable: bool
    """False: `why_not` says why, and every measured number is null."""
    why_not: str | None
    """cut, hidden, blurred, no_axis, or no_<field>: that number is missing or impossible."""
    decay: Decay
    """What is known of rot and mould on the side that was seen."""
    decay_probability: Share | None
    """What the network says; null: none looked. 3 decimals."""
    rot_mm2: Length | None
    """Flesh that is rot or mould, as seen from above; null: not measured, or no network looked. 1 decimal."""
    bruise_mm2: Length | None
    """Flesh that is bruised, learnt from rendered pictures alone: do not rely on it (models/README.md). 1 decimal."""
    scale: Literal["calibrated", "plain"]
    """plain: nobody calibrated a camera, somebody stated millimetres per pixel (`--mm-per-px`)."""
    hashes: Hashes


class Problem(BaseModel):
    """Why a picture was not graded."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)

    code: str
    """Stable; docs/output.md lists them."""
    text: str
    """A sentence for people."""


class FailedPicture(Row):
    """A picture that could not be graded: the only row that it has."""

    error: Problem


ROW: TypeAdapter[GradedFruit | FailedPicture] = TypeAdapter(GradedFruit | FailedPicture)
"""Reads either kind."""


def row_schema() -> dict[str, Any]:
    """JSON Schema of a row (a line of JSON Lines)."""
    schema = ROW.json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A row of `grader grade`: a graded fruit, or a picture that could not be graded",
        **schema,
    }


def as_published(number: float | None, decimals: int) -> str:
    """`number` with so many decimals; with more where it has more, for fewer would take it across a limit."""
    if number is None:
        return ""
    fixed = f"{number:.{decimals}f}"
    return fixed if float(fixed) == number else f"{number!r}"


def as_percent(share: float | None) -> str:
    """A published `share` (3 decimals) as percent with one decimal; with more where it has more."""
    if share is None:
        return ""
    return as_published(round(100 * share, 12), DECIMALS["maturity"] - 2) + "%"


def why_not_words(row: GradedFruit) -> str:
    """Why `row` was not measured, in a few words."""
    why_not = row.why_not or ""
    return WHY_NOT_WORDS.get(why_not, why_not.replace("_", " "))
