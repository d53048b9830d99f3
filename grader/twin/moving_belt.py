"""The empty belt as the camera sees it while it moves, fast: light and lens worked out once, the grain laid in anew."""

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.twin.belt import CELL_MM, Belt, shine
from grader.twin.entries import GAMMA, travel_axes
from grader.twin.scenery import Scenery
from grader.twin.sensor import Sensor, develop, vignette
from grader.twin.view import View, on_belt

Bytes = NDArray[np.uint8]

_PLAIN = 128
"""Byte of a texture as bright as its mean."""
_MAP_STEP = 8
"""Where the grain lies is worked out on every eighth pixel."""


class MovingBelt:
    """Pictures of the belt at any travel."""

    def __init__(self, scenery: Scenery, view: View, sensor: Sensor, direction_deg: float) -> None:
        plain = Belt(scenery.belt.reflectance, scenery.belt.gloss, np.ones_like(scenery.belt.texture))
        light = shine(plain, view, scenery.light, [])
        charge = light * (vignette(light.shape[:2], sensor.vignette) * np.float32(sensor.exposure))[..., None]
        self._lit = develop(charge)
        texture = scenery.belt.texture
        blur_cells = max(sensor.softness_px * view.eye[2] / view.camera.matrix[0, 0] / CELL_MM, 0.1)
        soft = cv2.GaussianBlur(texture, (0, 0), float(blur_cells), borderType=cv2.BORDER_REFLECT)
        grain = np.clip(np.rint(_PLAIN * np.asarray(soft) ** (1 / GAMMA)), 0, 255).astype(np.uint8)
        cells = _cells(view, direction_deg)
        first = np.floor(cells.min(axis=(0, 1)))
        self._period = len(texture)
        times_along, times_across = np.ceil((cells.max(axis=(0, 1)) - first + 2) / self._period).astype(int)
        grain = np.roll(grain, (-int(first[1]), -int(first[0])), axis=(0, 1))
        self._grain = np.tile(grain, (times_across, times_along + 1))
        size_px = view.camera.size_px
        x, y = (cv2.resize((cells - first)[..., axis].astype(np.float32), size_px) for axis in (0, 1))
        self._map = cv2.convertMaps(x, y, cv2.CV_16SC2)

    def at(self, travel_mm: float, shade: Bytes, gain: float) -> Bytes:
        """(rows, columns, 3), BGR as the sensor encodes it, without noise.

        `shade` (rows / 4, columns / 4): see `Patch.shade`; `gain`: of the lamps.
        """
        ahead = round(-travel_mm / CELL_MM) % self._period
        grain = cv2.remap(self._grain[:, ahead:], self._map[0], self._map[1], cv2.INTER_LINEAR)
        size_px = (self._lit.shape[1], self._lit.shape[0])
        dim = cv2.resize(shade, size_px, interpolation=cv2.INTER_LINEAR)
        level = cv2.cvtColor(cv2.multiply(grain, dim, scale=1 / 255), cv2.COLOR_GRAY2BGR)
        return np.asarray(cv2.multiply(self._lit, level, scale=gain ** (1 / GAMMA) / _PLAIN), np.uint8)


def _cells(view: View, direction_deg: float) -> NDArray[np.float64]:
    """(rows, columns, 2): the cell of the texture, along the travel and across it, under every eighth pixel."""
    width, height = view.camera.size_px
    columns, rows = -(-width // _MAP_STEP), -(-height // _MAP_STEP)
    x = (np.arange(columns) + 0.5) * (width / columns) - 0.5
    y = (np.arange(rows) + 0.5) * (height / rows) - 0.5
    pixels = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    places = on_belt(pixels, view.camera, view.belt) @ travel_axes(direction_deg).T
    return np.asarray(places.reshape(rows, columns, 2) / CELL_MM)
