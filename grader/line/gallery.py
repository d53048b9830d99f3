"""What the vision process keeps for those who look: the picture of now, and crops of recent fruit.

The measuring thread brings frames and what the line says of them, and never waits: a picture is made only while
somebody waits for one. Who looks runs in threads of their own, which compress what was kept.
"""

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.line.processes.messages import FrameJudged, Judged
from grader.line.sightings import BeltSightings
from grader.line.tracking import GATE_MM

Frame = NDArray[np.uint8]
Array = NDArray[np.float64]

PICTURE_PX = 728
"""Width of the live picture: half of the camera's, as wide as a 7 in screen can show beside its buttons."""
MOST_PER_S = 15.0
JPEG_QUALITY = 75
CROPS = 1000
"""Fruit whose crops are kept, the newest,"""
CROP_BYTES = 64 << 20
"""as long as they fit into this: some 50 kB each."""
MARGIN_PX = 8
"""Belt around a crop, so that its edges can be measured again."""
FRAMES = 16
"""Frames whose crops wait for the line to say which of them are whose best; a fruit is in sight for five to seven."""
RIDES_ON_MM = 400.0
"""A decided fruit is out of the picture after the belt has gone so far."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a frame, pixel by pixel."""

    count: int
    left_px: int
    top_px: int
    pixels_bgr: Frame
    """(h, w, 3)."""


@dataclass(slots=True)
class Shown:
    """A picture, before it is compressed."""

    count: int
    exposed_s: float
    small_bgr: Frame
    """(h, w, 3)."""
    outlines: NDArray[np.int64]
    """(n, rays, 2) px of the small picture."""
    along_mm: Array
    """(n,)."""
    across_mm: Array
    said: list[Judged | None] = field(default_factory=list)
    """(n,) what the line has decided of each."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A frame as it came."""

    count: int
    exposed_s: float
    pixels_bgr: Frame
    """(h, w, 3)."""


class Gallery:
    """`offer` and `judge` are the measuring thread's; all else is for those who look."""

    def __init__(self, mm_per_count: float, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._mm_per_count = mm_per_count
        self._news = threading.Condition()
        self._waiting = 0
        self.shown: Shown | None = None
        """The last picture that was made."""
        self._frame_waiting = 0
        self._frame: Kept | None = None
        self._pending: Shown | None = None
        self._made_s = -math.inf
        self._cuts: OrderedDict[int, list[Cut]] = OrderedDict()
        self._crops: OrderedDict[str, Cut] = OrderedDict()
        self._crop_bytes = 0
        self._decided: deque[Judged] = deque()

    def offer(
        self, frame_bgr: Frame, outline_px: Array, bbox_px: NDArray[np.int32], belt: BeltSightings, *, judged: bool
    ) -> None:
        """A frame (h, w, 3) was measured: its n fruit's outlines (n, rays, 2), boxes (n, 4) and places on the belt.

        `judged`: the line will say what it makes of it.
        """
        self._keep_cuts(frame_bgr, bbox_px, belt.count)
        if self._frame_waiting:
            self._keep_frame(Kept(belt.count, belt.exposed_s, frame_bgr.copy()))
        if self._pending is not None:
            self._show(self._pending)  # the line has said nothing of it in all this time
        now_s = self._now_s()
        if not self._waiting or now_s - self._made_s < 1 / MOST_PER_S:
            return
        self._made_s = now_s
        scale = PICTURE_PX / frame_bgr.shape[1]
        size = PICTURE_PX, round(scale * frame_bgr.shape[0])
        self._pending = Shown(
            belt.count,
            belt.exposed_s,
            np.asarray(cv2.resize(frame_bgr, size, interpolation=cv2.INTER_LINEAR), np.uint8),
            np.rint(outline_px * scale).astype(np.int64),
            belt.along_mm,
            belt.across_mm,
        )
        if not judged:
            self._show(self._pending)

    def judge(self, judged: FrameJudged) -> None:
        """The line has taken in the frame at `judged.count`, and decided these fruit by it."""
        travel_mm = judged.count * self._mm_per_count
        self._decided.extend(judged.fruit)
        while self._decided and self._decided[0].rides_mm + travel_mm > RIDES_ON_MM:
            self._decided.popleft()
        for fruit in judged.fruit:
            self._keep_crop(fruit)
        if self._pending is not None and self._pending.count == judged.count:
            self._show(self._pending)

    def next_picture(self, after: Shown | None, timeout_s: float) -> Shown | None:
        """Wait for another picture than `after`; None: none came in the time."""
        until_s = self._now_s() + timeout_s
        with self._news:
            self._waiting += 1
            try:
                while self.shown is after or self.shown is None:
                    if not self._news.wait(until_s - self._now_s()):
                        return None
                return self.shown
            finally:
                self._waiting -= 1

    def next_frame(self, after_s: float, timeout_s: float) -> Kept | None:
        """Wait for a whole frame that was exposed after `after_s`; None: none came in the time."""
        until_s = self._now_s() + timeout_s
        with self._news:
            self._frame_waiting += 1
            try:
                while self._frame is None or self._frame.exposed_s <= after_s:
                    if not self._news.wait(until_s - self._now_s()):
                        return None
                return self._frame
            finally:
                self._frame_waiting -= 1
                if not self._frame_waiting:
                    self._frame = None  # five megabytes that nobody wants

    def crop(self, fruit: str) -> Cut | None:
        """The crop of the fruit with that key; None: there is none, or no longer."""
        with self._news:
            return self._crops.get(fruit)

    def _keep_frame(self, frame: Kept) -> None:
        with self._news:
            self._frame = frame
            self._news.notify_all()

    def _show(self, pending: Shown) -> None:
        pending.said = self._whose(pending)
        with self._news:
            self.shown, self._pending = pending, None
            self._news.notify_all()

    def _whose(self, shown: Shown) -> list[Judged | None]:
        """The decided fruit that each outline is of: the nearest that rides there."""
        if not self._decided:
            return [None] * len(shown.along_mm)
        rides_mm = shown.along_mm - shown.count * self._mm_per_count
        places = np.array([(fruit.rides_mm, fruit.across_mm) for fruit in self._decided])
        apart_mm = np.hypot(places[:, :1] - rides_mm, places[:, 1:] - shown.across_mm)
        nearest = apart_mm.argmin(axis=0)
        return [self._decided[which] if apart_mm[which, row] <= GATE_MM else None for row, which in enumerate(nearest)]

    def _keep_cuts(self, frame_bgr: Frame, bbox_px: NDArray[np.int32], count: int) -> None:
        cuts = []
        height, width = frame_bgr.shape[:2]
        for x0, y0, x1, y1 in bbox_px.tolist():
            left, top = max(x0 - MARGIN_PX, 0), max(y0 - MARGIN_PX, 0)
            right, bottom = min(x1 + MARGIN_PX, width), min(y1 + MARGIN_PX, height)
            cuts.append(Cut(count, left, top, frame_bgr[top:bottom, left:right].copy()))
        self._cuts[count] = cuts
        while len(self._cuts) > FRAMES:
            self._cuts.popitem(last=False)

    def _keep_crop(self, fruit: Judged) -> None:
        cuts = self._cuts.get(fruit.best_count)
        if cuts is None:
            return
        cut = cuts[fruit.best_row]
        with self._news:
            self._crops[fruit.key] = cut
            self._crop_bytes += cut.pixels_bgr.nbytes
            while len(self._crops) > CROPS or self._crop_bytes > CROP_BYTES:
                _, gone = self._crops.popitem(last=False)
                self._crop_bytes -= gone.pixels_bgr.nbytes
