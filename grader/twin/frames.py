"""Frames of the running line, put together from the catalogue's sprites: some ten milliseconds each."""

from dataclasses import dataclass
from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from grader.twin.catalogue import Catalogue
from grader.twin.entries import BRIGHTEST, GAMMA, SHADE_STEP, Entry, Patch, travel_axes
from grader.twin.feed import Item
from grader.twin.moving_belt import MovingBelt
from grader.twin.sensor import LINEAR, develop, grey_noise, smear_kernel
from grader.twin.silhouette import affine, grazed_px
from grader.twin.view import View

Array = NDArray[np.float64]
Bytes = NDArray[np.uint8]
Part = tuple[slice, slice]

NOISE_MARGIN_PX = 256
"""The noise is drawn once, on so many more rows and columns than a frame's, and laid elsewhere in every frame."""


class FrameSettings(BaseModel):
    """How the camera takes the running belt."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = 1
    exposure_us: Annotated[float, Field(gt=0, le=20_000)] = 100.0
    speed_mm_s: Annotated[float, Field(ge=0, le=2000)] = 300.0
    """Of the belt while the shutter is open."""
    mm_per_count: Annotated[float, Field(gt=0)] = 0.1
    """Belt travel of one encoder count."""
    lamp_drift: Annotated[float, Field(ge=0, le=0.3)] = 0.02
    """Amplitude of the lamps' slow change, as a share of their light."""
    lamp_period_mm: Annotated[float, Field(gt=0)] = 30_000.0
    """Belt travel in which it comes and goes."""


@dataclass(frozen=True, slots=True, eq=False)
class _Laid:
    """A sprite and where it goes."""

    patch: Patch
    to: Array
    """(2, 3): from the pixels in which it was rendered to those of the frame."""
    middle_px: Array


class FrameMaker:
    """A camera over the twin's belt; the same items and count give the same frame."""

    def __init__(self, catalogue: Catalogue, settings: FrameSettings | None = None) -> None:
        self.catalogue = catalogue
        self.settings = settings or FrameSettings()
        kept = catalogue.settings
        self._view = catalogue.view
        self._ways = travel_axes(kept.direction_deg)
        self._belt = MovingBelt(catalogue.scenery, self._view, kept.sensor, kept.direction_deg)
        self._grazed = [
            _grazed(entry, self._view, self._ways, kept.lanes_mm[entry.lane]) for entry in catalogue.entries
        ]
        width, height = self._view.camera.size_px
        shape = (height + NOISE_MARGIN_PX, width + NOISE_MARGIN_PX, 3)
        noise = grey_noise(kept.sensor, shape, np.random.default_rng([self.settings.seed, 3]))
        self._brighter, self._darker = np.maximum(noise, 0).astype(np.uint8), np.maximum(-noise, 0).astype(np.uint8)
        self._smear = self._smear_kernel()

    def frame(self, placed: list[tuple[Item, float]], count: int) -> Bytes:
        """(rows, columns, 3), BGR: items and where they are along the travel, mm, exposed at encoder `count`."""
        laid = self._lay_out(placed)
        width, height = self._view.camera.size_px
        shade = np.full((-(-height // SHADE_STEP), -(-width // SHADE_STEP)), 255, np.uint8)
        for one in laid:
            _darken(shade, one)
        travel_mm = count * self.settings.mm_per_count
        gain = self._lamps(travel_mm)
        frame = self._belt.at(travel_mm, shade, gain)
        for one in laid:
            self._draw(frame, one, gain)
        across, down = np.random.default_rng([self.settings.seed, 4, count % 2**32]).integers(0, NOISE_MARGIN_PX, 2)
        part = slice(down, down + height), slice(across, across + width)
        cv2.add(frame, self._brighter[part], dst=frame)
        cv2.subtract(frame, self._darker[part], dst=frame)
        return frame

    @property
    def blur_px(self) -> float:
        """By which a point on the belt moves while the shutter is open."""
        moved_mm = self.settings.speed_mm_s * self.settings.exposure_us * 1e-6
        return float(moved_mm * self._view.camera.matrix[0, 0] / self._view.eye[2])

    def _lamps(self, travel_mm: float) -> float:
        phase = 2 * np.pi * travel_mm / self.settings.lamp_period_mm + self.settings.seed
        return 1 + self.settings.lamp_drift * float(np.sin(phase))

    def _smear_kernel(self) -> NDArray[np.float32] | None:
        """Along the picture's x or y, whichever is nearer to the travel; None for less than a pixel."""
        if self.blur_px <= 1:
            return None
        kernel = smear_kernel(self.blur_px)
        return kernel if abs(self._ways[0, 0]) > abs(self._ways[0, 1]) else kernel.T

    def _lay_out(self, placed: list[tuple[Item, float]]) -> list[_Laid]:
        """Those that have a look, from back to front."""
        shown = [(item, along, self.catalogue.entries[item.look]) for item, along in placed if item.look is not None]
        if not shown:
            return []
        places = np.array([(along, item.across_mm) for item, along, _ in shown])
        centres = np.column_stack([places @ self._ways, [entry.height_mm for *_, entry in shown]])
        axes = np.array([entry.axes_mm for *_, entry in shown])
        now_px = grazed_px(self._view, centres, axes)
        nearest = [entry.nearest(along) for _, along, entry in shown]
        then_px = np.array([self._grazed[item.look or 0][nth] for (item, *_), nth in zip(shown, nearest, strict=True)])
        maps = affine(then_px, now_px)
        # As in scene: of balls that do not intersect, the one with the smaller power lies in front.
        power = ((self._view.eye - centres) ** 2).sum(axis=1) - centres[:, 2] ** 2
        return [
            _Laid(shown[row][2].patches[nearest[row]], maps[row], now_px[row].mean(axis=0))
            for row in np.argsort(-power, kind="stable")
        ]

    def _draw(self, frame: Bytes, one: _Laid, gain: float) -> None:
        here, to = _place(one.patch.light.shape, one.patch.corner, one.to, frame.shape)
        rows, columns = here
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return
        size = (columns.stop - columns.start, rows.stop - rows.start)
        sensor = self.catalogue.settings.sensor
        width, height = self._view.camera.size_px
        x, y = 2 * one.middle_px / (width, height) - 1
        lens = 1 - sensor.vignette / 2 * (x * x + y * y)
        table = (_LIGHT * (sensor.exposure * gain * lens)).astype(np.float32)
        light = cv2.warpAffine(cv2.LUT(one.patch.light, table), to, size, flags=cv2.INTER_LINEAR)
        cover = cv2.warpAffine(cv2.LUT(one.patch.cover, _COVER), to, size, flags=cv2.INTER_LINEAR)
        if self._smear is not None:
            light, cover = cv2.filter2D(light, -1, self._smear), cv2.filter2D(cover, -1, self._smear)
        left = cv2.cvtColor(1 - np.asarray(cover), cv2.COLOR_GRAY2BGR)
        behind = cv2.LUT(frame[here], LINEAR)
        frame[here] = develop(cv2.add(cv2.multiply(behind, left), light))


def _grazed(entry: Entry, view: View, ways: Array, lane_mm: float) -> Array:
    """(K, P, 2) px: its ellipsoid's outline at each place at which it was rendered."""
    places = np.array([(patch.along_mm, lane_mm + entry.specimen.off_lane_mm) for patch in entry.patches])
    centres = np.column_stack([places @ ways, np.full(len(places), entry.height_mm)])
    return grazed_px(view, centres, np.broadcast_to(entry.axes_mm, (len(places), 3, 3)))


def _darken(shade: Bytes, one: _Laid) -> None:
    """Lay the shadow of `one` into `shade`, (rows / 4, columns / 4)."""
    patch = one.patch
    # A pixel of the shade has its centre at 4 k + 1.5.
    half = (SHADE_STEP - 1) / 2
    to = one.to.copy()
    to[:, 2] = (one.to @ (half, half, 1.0) - half) / SHADE_STEP
    here, to = _place(patch.shade.shape, patch.shade_corner, to, shade.shape)
    rows, columns = here
    if rows.start < rows.stop and columns.start < columns.stop:
        size = (columns.stop - columns.start, rows.stop - rows.start)
        moved = cv2.warpAffine(patch.shade, to, size, flags=cv2.INTER_LINEAR, borderValue=(255.0,))
        shade[here] = cv2.multiply(shade[here], moved, scale=1 / 255)


def _place(shape: tuple[int, ...], corner: tuple[int, int], to: Array, frame: tuple[int, ...]) -> tuple[Part, Array]:
    """The part of the frame that a patch covers, moved by `to`, and its map from patch to part, (2, 3)."""
    rows, columns = shape[:2]
    local = to.copy()
    local[:, 2] += to[:, :2] @ np.array(corner, np.float64)
    ends = np.array([(0, 0, 1), (columns - 1, 0, 1), (0, rows - 1, 1), (columns - 1, rows - 1, 1)]) @ local.T
    low = np.maximum(np.floor(ends.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(ends.max(axis=0)).astype(int) + 1, (frame[1], frame[0]))
    local[:, 2] -= low
    return (slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))), local


_BYTES = np.arange(256) / 255
_LIGHT = BRIGHTEST * _BYTES**GAMMA
_COVER = _BYTES.astype(np.float32)
