"""`[hardware]` of `station.toml`: the simulated machine, or a real one and what hangs on it."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from grader.hardware.camera import CameraMode
from grader.hardware.wiring import Wiring
from grader.twin.simulation import Depth

SizePx = tuple[Annotated[int, Field(ge=64, le=8192)], Annotated[int, Field(ge=64, le=8192)]]
FramesPerS = Annotated[float, Field(gt=0, le=500)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TwinHardware(_Part):
    """A simulated machine."""

    kind: Literal["twin"] = "twin"
    people: bool = True
    """Whether the simulation plays the people too: they pass the spheres, press Start, change trays and crate."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    depth: Depth = Depth.PIXELS
    fruit_per_s: Annotated[float, Field(gt=0, le=200)] = 10.0


class _CameraFile(_Part):
    size_px: SizePx = (1456, 1088)
    frames_per_s: FramesPerS = 30.0

    def mode(self) -> CameraMode:
        """What the camera is asked for."""
        return CameraMode(self.size_px, self.frames_per_s)


class PiCameraFile(_CameraFile):
    """A camera on the Pi's ribbon cable."""

    kind: Literal["picamera2"]
    number: Annotated[int, Field(ge=0, le=7)] = 0
    exposure_us: Annotated[int, Field(gt=0, le=100_000)] = 160
    """0.05 mm of blur at 0.3 m/s."""
    gain: Annotated[float, Field(ge=1, le=64)] = 2.0
    red_blue_gains: tuple[Annotated[float, Field(gt=0, le=32)], Annotated[float, Field(gt=0, le=32)]] = (2.0, 1.6)


class V4l2CameraFile(_CameraFile):
    """A camera behind /dev/video…: USB, or any that Video for Linux knows."""

    kind: Literal["v4l2"]
    device: str = "/dev/video0"
    fourcc: Annotated[str, Field(pattern=r"^[ -~]{4}$")] = "MJPG"
    exposure_us: Annotated[float, Field(gt=0, le=100_000)] | None = None
    gain: float | None = None


class FolderCameraFile(_CameraFile):
    """Pictures or a video in the camera's place, to try a station without one."""

    kind: Literal["folder"]
    path: Path


class SerialFile(_Part):
    """A device on a serial line."""

    port: Annotated[str, Field(min_length=1)]
    """By its lasting name: /dev/serial/by-id/…"""
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800] = 9600


class EncoderFile(SerialFile):
    """A micro-controller that counts: it talks fast."""

    baud: Literal[115200, 230400, 460800] = 460800


class KeyboardScannerFile(_Part):
    """A barcode scanner that plays a keyboard."""

    keyboard: Annotated[str, Field(min_length=1)]
    """/dev/input/by-id/…-event-kbd"""


class IronHardware(_Part):
    """A real machine."""

    kind: Literal["iron"]
    camera: Annotated[PiCameraFile | V4l2CameraFile | FolderCameraFile, Field(discriminator="kind")]
    gpio: Wiring
    encoder: EncoderFile | None = None
    """An encoder that a micro-controller counts; None: it is on the GPIO lines encoder_a and encoder_b."""
    scale: SerialFile | None = None
    scanner: SerialFile | KeyboardScannerFile | None = None


def _kind(value: Any) -> str:  # noqa: ANN401 - whatever stands in the file
    kind = value.get("kind", "twin") if isinstance(value, dict) else getattr(value, "kind", "twin")
    return str(kind)


Hardware = Annotated[
    Annotated[TwinHardware, Tag("twin")] | Annotated[IronHardware, Tag("iron")],
    Discriminator(
        _kind, custom_error_type="hardware", custom_error_message="kind must be 'twin' (simulated) or 'iron' (real)"
    ),
]
"""Without a kind: the twin."""
