"""What `calibration.json` holds: versioned, readable by a person, and with a hash over its content."""

import hashlib
import json
from typing import Annotated, Any, Final, Literal

import numpy as np
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from grader.vision.calibration import BeltColour, BeltPlane, Calibration, Camera, ColourMatrix

FORMAT: Final = "strawberry-grader calibration"
VERSION: Final = 1

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Vector = tuple[Number, Number, Number]
GreyLevel = Annotated[float, Field(ge=0, le=255)]


class Section(BaseModel):
    """A part of the file: nothing unknown in it, and not to be changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Intrinsics(Section):
    """A pinhole camera with Brown's distortion, as OpenCV has it; or the standard deviations of the same."""

    fx_px: NotNegative
    fy_px: NotNegative
    cx_px: Number
    cy_px: Number
    k1: Number
    k2: Number
    p1: Number
    p2: Number
    k3: Number


class CameraSection(Section):
    """The camera; pixel centres lie at whole numbers."""

    width_px: Annotated[int, Field(gt=0)]
    height_px: Annotated[int, Field(gt=0)]
    values: Intrinsics
    standard_deviations: Intrinsics
    """0: held fixed, not estimated."""


class BeltSection(Section):
    """The belt's plane: rotation @ point_on_belt + translation is the point in the camera's frame; z is up."""

    rotation: tuple[Vector, Vector, Vector]
    translation_mm: Vector
    height_mm: Positive
    """Of the camera above the belt. Follows from the above; for the reader."""
    tilt_deg: NotNegative
    """Of the camera against the belt's upright. Follows from the above; for the reader."""
    view: str
    """The belt view's name."""


class BoardSection(Section):
    """The board as its user described it."""

    columns: int
    rows: int
    square_mm: Positive
    marker_mm: Positive
    dictionary: str
    legacy_pattern: bool
    thickness_mm: NotNegative
    u_rel: NotNegative
    """Relative standard uncertainty of its size."""


class UsedView(Section):
    """A view that the fit rests on."""

    name: str
    corners: int
    rms_px: NotNegative


class LeftOutView(Section):
    """A view that it does not rest on, and why."""

    name: str
    why: str


class FitSection(Section):
    """How well the views agree."""

    rms_px: NotNegative
    seen_share: NotNegative
    """Share of the picture's fields in which corners were seen."""
    views: tuple[UsedView, ...]
    left_out: tuple[LeftOutView, ...]
    warnings: tuple[str, ...]


class ScaleSection(Section):
    """Relative standard uncertainty of lengths on the belt, and its parts."""

    u_rel: NotNegative
    u_rel_fit: NotNegative
    u_rel_board: NotNegative


class BeltColourSection(Section):
    """The colour of the empty belt; see `grader.vision.calibration.BeltColour`."""

    median_bgr: tuple[GreyLevel, GreyLevel, GreyLevel]
    brightness: tuple[NotNegative, Positive]
    spread: NotNegative
    picture: str
    """The picture it was learnt from."""


class ColourSection(Section):
    """What a colour chart showed; see `grader.vision.calibration.ColourMatrix`."""

    matrix_bgr: tuple[Vector, Vector, Vector]
    """On linear BGR."""
    patches: int
    error_before: NotNegative
    """Mean CIE 1976 colour difference of the patches, brightness aside, as the camera sees them,"""
    error_after: NotNegative
    """and with the matrix."""
    picture: str
    """The picture it was learnt from."""


class Document(Section):
    """The whole of `calibration.json` but its hash."""

    format: Literal["strawberry-grader calibration"] = FORMAT
    version: Literal[1] = VERSION
    created: AwareDatetime
    software: dict[str, str]
    camera: CameraSection
    belt: BeltSection
    scale: ScaleSection
    board: BoardSection
    fit: FitSection
    belt_colour: BeltColourSection | None = None
    colour: ColourSection | None = None

    def content_hash(self) -> str:
        """SHA-256 of the content as JSON with sorted keys, no spaces, in UTF-8.

        `created` is left out, for it changes no figure. So the same views give the same hash, whenever, and however the
        file is named, indented or copied.
        """
        # Files that were written before there were colour charts keep their hash.
        absent = {"colour"} if self.colour is None else set()
        content = self.model_dump(mode="json", exclude={"created", *absent})
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"

    def calibration(self) -> Calibration:
        """The value that vision is given."""
        values = self.camera.values
        colour = self.belt_colour
        return Calibration(
            camera=Camera(
                size_px=(self.camera.width_px, self.camera.height_px),
                matrix=np.array([[values.fx_px, 0, values.cx_px], [0, values.fy_px, values.cy_px], [0, 0, 1]]),
                distortion=np.array([values.k1, values.k2, values.p1, values.p2, values.k3]),
            ),
            belt=BeltPlane(rotation=np.array(self.belt.rotation), translation_mm=np.array(self.belt.translation_mm)),
            belt_colour=None if colour is None else BeltColour(colour.median_bgr, colour.brightness, colour.spread),
            scale_u=self.scale.u_rel,
            plain_scale=False,
            hash=self.content_hash(),
            colour=None if self.colour is None else ColourMatrix(self.colour.matrix_bgr),
        )


def calibration_schema() -> dict[str, Any]:
    """JSON Schema of the file: `Document`, and the hash that is written beside it."""
    schema = Document.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["properties"]["hash"] = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
    schema["required"] = ["format", "version", "hash", *schema["required"]]
    return schema
