"""What vision must know of the camera, the belt under it and the belt's colour: the value behind `calibration.json`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """A pinhole camera with Brown's lens distortion, in OpenCV's terms (pixel centres at whole numbers)."""

    size_px: tuple[int, int]
    """Width and height of its pictures."""
    matrix: Array
    """(3, 3), px: fx 0 cx; 0 fy cy; 0 0 1."""
    distortion: Array
    """(5,): k1 k2 p1 p2 k3."""


@dataclass(frozen=True, slots=True, eq=False)
class BeltPlane:
    """Where the belt's surface lies: `rotation @ point_on_belt_mm + translation_mm` is the point in the camera's frame.

    The belt's frame has x and y on the belt and z up, towards the camera.
    """

    rotation: Array
    """(3, 3)."""
    translation_mm: Array
    """(3,)."""


@dataclass(frozen=True, slots=True)
class BeltColour:
    """The colour of the empty belt: the line from black through its median, followed from shade to glare."""

    median_bgr: tuple[float, float, float]
    """0-255."""
    brightness: tuple[float, float]
    """The darkest and brightest that was seen of it, as shares of the median's brightness (0.1 % and 99.9 %
    quantile)."""
    spread: float
    """Standard deviation of a pixel about that line, in grey levels."""


@dataclass(frozen=True, slots=True)
class ColourMatrix:
    """From the colours that this camera sees under this light to those that a standard picture has."""

    rows: tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
    """(3, 3), on linear BGR from 0 to 1: black to black, a grey tile to grey."""


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Everything about one installed camera that the measurements rest on."""

    camera: Camera
    belt: BeltPlane
    belt_colour: BeltColour | None
    """None: nobody has shown the empty belt; each frame's own belt is then learnt from the frame."""
    scale_u: float
    """Relative standard uncertainty of lengths on the belt, from the calibration alone."""
    plain_scale: bool
    """True: no camera was calibrated, somebody stated millimetres per pixel."""
    hash: str
    """Of the content that the figures rest on, so that every record can name it."""
    colour: ColourMatrix | None = None
    """None: nobody has shown a colour chart; colours are taken as the camera gives them."""
