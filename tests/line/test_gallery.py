"""The vision process's gallery: the picture of now for who waits for one, and crops of recent fruit."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from grader.line.gallery import CROP_BYTES, CROPS, MARGIN_PX, PICTURE_PX, Gallery, Shown
from grader.line.processes.messages import FrameJudged, Judged
from grader.line.processes.showing import GalleryServer
from grader.line.sightings import BeltSightings
from grader.line.views import NAME
from tests.line.conftest import MM_PER_COUNT, make_frame

Frame = NDArray[np.uint8]
SIZE = (1088, 1456)
BOX = np.array([[600, 500, 700, 610]], np.int32)
OUTLINE = np.array([[(600.0, 500.0), (700.0, 500.0), (650.0, 610.0)]])
PATIENCE_S = 30.0


@pytest.fixture
def frame_bgr() -> Frame:
    return np.random.default_rng(1).integers(0, 256, (*SIZE, 3), np.uint8)


def sightings(travel_mm: float) -> BeltSightings:
    """One fruit that lies 20 mm along the belt."""
    return make_frame(travel_mm, [(20.0 + travel_mm, -27.5)])


def judged(belt: BeltSightings, key: str = "3-17") -> Judged:
    return Judged(
        key=key, grade="Super", outlet="super", criterion="size", rides_mm=20.0, across_mm=-27.5,
        best_count=belt.count, best_row=0,
    )  # fmt: skip


def while_somebody_waits(gallery: Gallery, act: Callable[[], None]) -> Shown:
    """What a visitor gets who waits while the measuring thread does `act`, as often as it takes."""
    found: list[Shown | None] = []
    visitor = threading.Thread(target=lambda: found.append(gallery.next_picture(None, PATIENCE_S)))
    visitor.start()
    while visitor.is_alive():
        act()
    assert found[0] is not None
    return found[0]


def test_nobody_works_for_who_does_not_look(frame_bgr: Frame) -> None:
    gallery = Gallery(MM_PER_COUNT)
    for travel_mm in range(0, 200, 50):
        gallery.offer(frame_bgr, OUTLINE, BOX, sightings(travel_mm), judged=False)
    assert gallery.next_picture(None, 0.0) is None


def test_a_picture_has_the_outlines_of_its_own_frame_and_what_is_known_of_each_fruit(frame_bgr: Frame) -> None:
    gallery, first, second = Gallery(MM_PER_COUNT), sightings(0), sightings(50)
    shown = while_somebody_waits(gallery, lambda: gallery.offer(frame_bgr, OUTLINE, BOX, first, judged=False))
    assert (shown.count, shown.said, shown.small_bgr.shape) == (first.count, [None], (544, PICTURE_PX, 3))
    assert shown.outlines.tolist() == [[[300, 250], [350, 250], [325, 305]]]

    def decide() -> None:
        gallery.offer(frame_bgr, OUTLINE, BOX, second, judged=True)
        gallery.judge(FrameJudged(second.count, (judged(second),)))

    gallery = Gallery(MM_PER_COUNT)
    assert [one and one.key for one in while_somebody_waits(gallery, decide).said] == ["3-17"]


def test_a_decided_fruit_is_known_in_later_pictures_too_and_its_neighbour_is_not(frame_bgr: Frame) -> None:
    gallery, now, later = Gallery(MM_PER_COUNT), sightings(0), make_frame(50, [(70.0, -27.5), (70.0, 27.5)])
    gallery.judge(FrameJudged(now.count, (judged(now),)))
    shown = while_somebody_waits(
        gallery, lambda: gallery.offer(frame_bgr, OUTLINE.repeat(2, 0), BOX.repeat(2, 0), later, judged=False)
    )
    assert [one and one.key for one in shown.said] == ["3-17", None]


def test_pictures_are_made_fifteen_times_a_second_at_most(frame_bgr: Frame) -> None:
    now_s = 0.0
    gallery = Gallery(MM_PER_COUNT, lambda: now_s)
    frame = sightings(0)
    first = while_somebody_waits(gallery, lambda: gallery.offer(frame_bgr, OUTLINE, BOX, frame, judged=False))
    gallery._waiting = 1  # another who waits  # noqa: SLF001
    now_s = 0.06
    gallery.offer(frame_bgr, OUTLINE, BOX, frame, judged=False)
    assert gallery.next_picture(first, 0.0) is None
    now_s = 0.07
    gallery.offer(frame_bgr, OUTLINE, BOX, frame, judged=False)
    assert gallery.next_picture(first, 0.0) is not None


def test_a_line_that_does_not_answer_holds_no_picture_up(frame_bgr: Frame) -> None:
    gallery = Gallery(MM_PER_COUNT)
    frames = iter([sightings(mm) for mm in range(0, 100_000, 50)])
    shown = while_somebody_waits(gallery, lambda: gallery.offer(frame_bgr, OUTLINE, BOX, next(frames), judged=True))
    assert shown.said == [None]


def test_a_crop_is_what_the_camera_gave_pixel_by_pixel(frame_bgr: Frame) -> None:
    gallery, frame = Gallery(MM_PER_COUNT), sightings(0)
    before = frame_bgr.copy()
    gallery.offer(frame_bgr, OUTLINE, BOX, frame, judged=True)
    frame_bgr[:] = 0  # the camera's buffer is used again
    gallery.judge(FrameJudged(frame.count, (judged(frame),)))
    cut = gallery.crop("3-17")
    assert cut is not None
    assert (cut.count, cut.left_px, cut.top_px) == (frame.count, 600 - MARGIN_PX, 500 - MARGIN_PX)
    height, width = cut.pixels_bgr.shape[:2]
    there = before[cut.top_px : cut.top_px + height, cut.left_px : cut.left_px + width]
    assert np.array_equal(cut.pixels_bgr, there)
    assert gallery.crop("3-18") is None


def test_old_crops_go_and_memory_is_bounded(frame_bgr: Frame) -> None:
    gallery, frame = Gallery(MM_PER_COUNT), sightings(0)
    gallery.offer(frame_bgr, OUTLINE, BOX, frame, judged=True)
    gallery.judge(FrameJudged(frame.count, tuple(judged(frame, f"1-{n}") for n in range(1, CROPS + 2))))
    assert (gallery.crop("1-1"), gallery.crop(f"1-{CROPS + 1}") is None) == (None, False)
    whole = np.array([[0, 0, SIZE[1], SIZE[0]]], np.int32)
    gallery.offer(frame_bgr, OUTLINE, whole, frame, judged=True)
    fit = CROP_BYTES // frame_bgr.nbytes
    gallery.judge(FrameJudged(frame.count, tuple(judged(frame, f"2-{n}") for n in range(1, fit + 2))))
    assert [gallery.crop(f"2-{n}") is None for n in range(1, fit + 2)] == [True] + [False] * fit


class Visitor:
    """Who looks, over the socket."""

    def __init__(self, folder: Path) -> None:
        self.peer = socket.socket(socket.AF_UNIX)
        self.peer.settimeout(PATIENCE_S)
        self.peer.connect(str(folder / NAME))
        self._file = self.peer.makefile("rb")

    def close(self) -> None:
        self._file.close()
        self.peer.close()

    def ask(self, **question: str) -> None:
        self.peer.sendall(json.dumps(question).encode() + b"\n")

    def answer(self) -> tuple[dict[str, Any], bytes]:
        head = json.loads(self._file.readline())
        return head, self._file.read(sum(size for name, size in head.items() if name.endswith("_bytes")))


@pytest.fixture
def visited(tmp_path: Path) -> Iterator[tuple[Gallery, Visitor]]:
    gallery = Gallery(MM_PER_COUNT)
    server = GalleryServer(tmp_path, gallery)
    visitor = Visitor(tmp_path)
    yield gallery, visitor
    visitor.close()
    server.shutdown()
    server.server_close()


def test_who_looks_gets_the_picture_and_the_crop_over_the_socket(
    visited: tuple[Gallery, Visitor], frame_bgr: Frame
) -> None:
    gallery, visitor = visited
    frame = sightings(0)
    visitor.ask(kind="picture")
    while not gallery._waiting:  # the visitor's thread has not come to it yet  # noqa: SLF001
        pass
    gallery.offer(frame_bgr, OUTLINE, BOX, frame, judged=True)
    gallery.judge(FrameJudged(frame.count, (judged(frame),)))
    head, body = visitor.answer()
    fruit, jpeg = json.loads(body[: head["fruit_bytes"]]), body[head["fruit_bytes"] :]
    outline = [[300, 250], [350, 250], [325, 305]]
    known = {"fruit": "3-17", "grade": "Super", "outlet": "super", "criterion": "size", "outline": outline}
    assert fruit == [known]
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (head["height_px"], head["width_px"], 3) == (544, PICTURE_PX, 3)
    visitor.ask(kind="crop", fruit="3-17")
    head, png = visitor.answer()
    kept = gallery.crop("3-17")
    assert kept is not None
    crop_bgr = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert crop_bgr is not None
    assert np.array_equal(crop_bgr, kept.pixels_bgr)
    visitor.ask(kind="crop", fruit="3-18")
    assert visitor.answer() == ({"kind": "nothing"}, b"")


def test_who_says_what_means_nothing_is_sent_away(visited: tuple[Gallery, Visitor]) -> None:
    _, visitor = visited
    visitor.ask(kind="film")
    assert visitor.peer.recv(1) == b""
