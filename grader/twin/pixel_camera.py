"""The camera of the twin's line in full depth: a frame is made, measured, and its fruit are placed on the belt."""

from grader.line.profile import Window
from grader.line.sightings import BeltSightings, look
from grader.twin.feed import Item
from grader.twin.frames import FrameMaker
from grader.vision import Calibration
from grader.vision.network import Network


class PixelCamera:
    """What `SightingModel` is in the other depth."""

    def __init__(
        self, frames: FrameMaker, calibration: Calibration, window: Window, network: Network | None = None
    ) -> None:
        self._frames = frames
        self._calibration = calibration
        self._window = window
        self._network = network

    def see(self, placed: list[tuple[Item, float]], count: int, exposed_s: float) -> BeltSightings:
        """The sightings of a frame exposed at encoder `count` of items and where they are along the travel, mm."""
        frame_bgr = self._frames.frame(placed, count)
        return look(frame_bgr, self._calibration, self._window, count, exposed_s, self._network)
