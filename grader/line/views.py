"""What the vision process shows to the web process: the live picture and crops of recent fruit.

Web loads this file without OpenCV or numpy. Who looks connects to the socket `NAME` in the station's folder, writes a
line of JSON (`ASKED`), and reads a line of JSON (`Picture`, `Crop` or `Nothing`) and the bytes that it announces.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

NAME = "pictures.sock"
FRUIT_KEY = r"^[1-9][0-9]{0,15}-[1-9][0-9]{0,15}$"
"""A fruit's key is its run and its number there: `12-345`."""
FruitKey = Annotated[str, Field(pattern=FRUIT_KEY)]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class PictureAsked(_Said):
    """The next picture, once: whoever looks asks again when it has been shown, and nobody works for who does not."""

    kind: Literal["picture"] = "picture"


class CropAsked(_Said):
    """The crop of a fruit that was decided a short while ago."""

    kind: Literal["crop"] = "crop"
    fruit: FruitKey


class FrameAsked(_Said):
    """The next frame as the camera gave it, once; the calibration asks, while the machine stands."""

    kind: Literal["frame"] = "frame"


ASKED: TypeAdapter[PictureAsked | CropAsked | FrameAsked] = TypeAdapter(
    Annotated[PictureAsked | CropAsked | FrameAsked, Field(discriminator="kind")]
)


class SeenFruit(_Said):
    """One fruit in the picture."""

    fruit: FruitKey | None
    """None: nothing is decided about it yet, as all that follows."""
    outline: list[tuple[int, int]]
    """Where its flesh ends, px of the picture."""
    grade: str | None = None
    outlet: str | None = None
    criterion: str | None = None


class Picture(_Said):
    """A picture follows: `fruit_bytes` of JSON, a list of `SeenFruit`, then `jpeg_bytes` of JPEG."""

    kind: Literal["picture"] = "picture"
    encoder_counts: int
    """At the middle of the exposure."""
    exposed_s: float
    """When that was, by the computer's monotonic clock."""
    width_px: int
    height_px: int
    fruit_bytes: int
    jpeg_bytes: int


class Crop(_Said):
    """A crop follows: `png_bytes` of PNG, pixel by pixel what the camera gave."""

    kind: Literal["crop"] = "crop"
    encoder_counts: int
    left_px: int
    """Where its first column lies in the frame; with `top_px` all that measuring it again needs beside calibration."""
    top_px: int
    width_px: int
    height_px: int
    png_bytes: int


class WholeFrame(_Said):
    """A frame follows: rows of blue, green and red bytes, `height_px` x `width_px` x 3."""

    kind: Literal["frame"] = "frame"
    encoder_counts: int
    exposed_s: float
    """By the computer's monotonic clock."""
    width_px: int
    height_px: int


class Nothing(_Said):
    """There is no such crop, or no longer."""

    kind: Literal["nothing"] = "nothing"


SHOWN: TypeAdapter[Picture | Crop | WholeFrame | Nothing] = TypeAdapter(
    Annotated[Picture | Crop | WholeFrame | Nothing, Field(discriminator="kind")]
)
