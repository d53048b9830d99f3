"""From light to grey levels: the lens' softness, the exposure's smear, the pixels' noise, sRGB."""

from typing import Annotated

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

Picture = NDArray[np.float32]

_LEVELS = 4096


class Sensor(BaseModel):
    """A global-shutter camera's picture quality."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    exposure: Annotated[float, Field(gt=0)] = 0.8
    """Grey level of white paper in the middle of the belt, as a linear share of full scale."""
    softness_px: Annotated[float, Field(ge=0)] = 0.65
    """Standard deviation of the lens' blur."""
    vignette: Annotated[float, Field(ge=0, lt=1)] = 0.12
    """Loss of light in the picture's corners."""
    full_well: Annotated[float, Field(gt=0)] = 8000.0
    """Electrons at full scale (Sony IMX296, the sensor of the Raspberry Pi Global Shutter Camera: about 9,700)."""
    read_noise: Annotated[float, Field(ge=0)] = 5.0
    """Electrons."""


def expose(light: Picture, sensor: Sensor, blur_px: float, generator: np.random.Generator) -> NDArray[np.uint8]:
    """(rows, columns, 3), BGR: the picture of `light`, linear BGR, smeared along x by `blur_px`."""
    soft = cv2.GaussianBlur(light, (0, 0), sensor.softness_px) if sensor.softness_px else light
    smeared = cv2.filter2D(soft, -1, smear_kernel(blur_px), borderType=cv2.BORDER_REPLICATE)
    charge = smeared * (vignette(smeared.shape[:2], sensor.vignette) * np.float32(sensor.exposure))[..., None]
    spread = np.sqrt(np.clip(charge, 0, 1) / sensor.full_well + (sensor.read_noise / sensor.full_well) ** 2)
    noisy = charge + spread * generator.standard_normal(charge.shape, dtype=np.float32)
    return develop(noisy)


def develop(charge: MatLike) -> NDArray[np.uint8]:
    """Grey levels of `charge`, a share of full scale, in sRGB; of the same shape."""
    levels = np.clip(np.asarray(charge) * (_LEVELS - 1) + 0.5, 0, _LEVELS - 1).astype(np.uint16)
    return np.asarray(_SRGB.take(levels), np.uint8)


def grey_noise(sensor: Sensor, shape: tuple[int, ...], generator: np.random.Generator) -> NDArray[np.int8]:
    """Noise in grey levels, of one spread for all: sRGB makes it nearly even.

    Shot noise grows as the root of the charge x and the slope of sRGB falls as x^-0.58: from x = 0.03 to 1 their
    product stays within a third of its value at 0.2.
    """
    level = 0.2
    spread = float(np.sqrt(level / sensor.full_well + (sensor.read_noise / sensor.full_well) ** 2))
    slope = 255 * 1.055 / 2.4 * level ** (1 / 2.4 - 1)
    noise = np.float32(slope * spread) * generator.standard_normal(shape, dtype=np.float32)
    return np.asarray(np.rint(noise), np.int8)


def smear_kernel(blur_px: float) -> Picture:
    """(1, odd): the share of the exposure that a point spends over each pixel while it moves by `blur_px`."""
    reach = int(np.ceil(max(blur_px - 1, 0) / 2))
    edges = np.arange(-reach - 1, reach + 1) + 0.5
    width = max(blur_px, 1e-6)
    inside = np.clip(np.append(edges, reach + 0.5), -width / 2, width / 2)[: 2 * reach + 2]
    shares: Picture = (np.diff(inside) / np.diff(inside).sum()).astype(np.float32)[None, :]
    return shares


def vignette(shape: tuple[int, int], loss: float) -> Picture:
    """(rows, columns): the share of the light that the lens passes."""
    y = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None] ** 2
    x = np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :] ** 2
    shade: Picture = np.float32(1) - np.float32(loss / 2) * (x + y)
    return shade


def _srgb_table() -> NDArray[np.uint8]:
    """IEC 61966-2-1's transfer function for every linear level."""
    linear = np.arange(_LEVELS) / (_LEVELS - 1)
    curve = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)  # noqa: PLR2004 - the standard's knee
    return np.round(curve * 255).astype(np.uint8)


_SRGB = _srgb_table()


def _linear_table() -> Picture:
    """The way back: (256,), the charge of every grey level."""
    grey = np.arange(256) / 255
    return np.where(grey <= 0.04045, grey / 12.92, ((grey + 0.055) / 1.055) ** 2.4).astype(np.float32)  # noqa: PLR2004 - the standard's knee


LINEAR = _linear_table()
"""(256,): share of full scale of every grey level."""
