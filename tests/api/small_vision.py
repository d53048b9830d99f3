"""A gallery that answers through its real door, and is shown what the test wants."""

import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from grader.line.gallery import Gallery
from grader.line.processes.messages import FrameJudged, Judged
from grader.line.processes.showing import GalleryServer
from tests.line.conftest import MM_PER_COUNT, make_frame

OUTLINE = np.array([[(600.0, 500.0), (700.0, 500.0), (650.0, 610.0)]])
BOX = np.array([[600, 500, 700, 610]], np.int32)


class _Mortal(GalleryServer):
    """Takes its visitors' connections with it, as a process that dies does."""

    def __init__(self, folder: Path, gallery: Gallery) -> None:
        self._peers: list[socket.socket] = []
        super().__init__(folder, gallery)

    def get_request(self) -> tuple[socket.socket, Any]:
        peer, address = super().get_request()
        self._peers.append(peer)
        return peer, address

    def die(self) -> None:
        self.shutdown()
        self.server_close()
        for peer in self._peers:
            with suppress(OSError):
                peer.shutdown(socket.SHUT_RDWR)
            peer.close()


class SmallVision:
    """Frames of noise with one fruit, each decided at once."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.gallery = Gallery(MM_PER_COUNT)
        self.frame_bgr = np.random.default_rng(1).integers(0, 256, (1088, 1456, 3), np.uint8)
        self._server = _Mortal(folder, self.gallery)
        self._frames = 0

    def see(self, key: str, exposed_s: float) -> None:
        """A frame, by which the fruit `key` is decided."""
        self._frames += 1
        travel_mm = 50.0 * self._frames
        belt = make_frame(travel_mm, [(20.0, -27.5)])
        belt = type(belt)(**{name: getattr(belt, name) for name in belt.__slots__} | {"exposed_s": exposed_s})
        self.gallery.offer(self.frame_bgr, OUTLINE, BOX, belt, judged=True)
        judged = Judged(
            key=key, grade="Super", outlet="super", criterion="size", rides_mm=20.0 - travel_mm, across_mm=-27.5,
            best_count=belt.count, best_row=0,
        )  # fmt: skip
        self.gallery.judge(FrameJudged(belt.count, (judged,)))

    def close(self) -> None:
        self._server.die()
