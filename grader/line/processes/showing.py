"""Where those who look come in: the gallery of the vision process behind a Unix socket, each of them in a thread."""

import json
import math
import select
import socket
import socketserver
import threading
from pathlib import Path

import cv2
from pydantic import ValidationError

from grader.line.gallery import JPEG_QUALITY, Cut, Gallery, Kept, Shown
from grader.line.views import ASKED, NAME, Crop, CropAsked, FrameAsked, Nothing, Picture, WholeFrame

LOOK_S = 0.5
"""A picture is waited for so long before it is looked whether somebody still wants it."""
TAKES_S = 5.0
"""Who does not take an answer for so long is not there any more."""
LONGEST_QUESTION = 1 << 12


class GalleryServer(socketserver.ThreadingUnixStreamServer):
    """The gallery's door in a folder; open until this process ends."""

    daemon_threads = True

    def __init__(self, folder: Path, gallery: Gallery) -> None:
        self.gallery = gallery
        path = folder / NAME
        path.unlink(missing_ok=True)  # a process before this one died and left it
        super().__init__(str(path), _Visitor)
        threading.Thread(target=self.serve_forever, name="gallery", daemon=True).start()

    def handle_error(self, *_: object) -> None:
        """A visitor that is gone is no fault."""


class _Visitor(socketserver.StreamRequestHandler):
    timeout = TAKES_S
    server: GalleryServer

    def handle(self) -> None:
        """Answer as long as something is asked."""
        seen = self.server.gallery.shown  # whatever was shown before is old
        exposed_s = -math.inf
        self.request.settimeout(None)  # between two questions anybody may take any time
        while line := self.rfile.readline(LONGEST_QUESTION):
            self.request.settimeout(TAKES_S)
            try:
                asked = ASKED.validate_json(line)
            except ValidationError:
                return
            if isinstance(asked, CropAsked):
                self.wfile.write(crop_shown(self.server.gallery.crop(asked.fruit)))
            elif isinstance(asked, FrameAsked):
                if (frame := self._next_frame(exposed_s)) is None:
                    return
                exposed_s = frame.exposed_s
                self.wfile.write(frame_shown(frame))
                self.wfile.write(frame.pixels_bgr.data)
            elif (seen := self._next(seen)) is None:
                return
            else:
                self.wfile.write(picture_shown(seen))
            self.request.settimeout(None)

    def _next(self, seen: Shown | None) -> Shown | None:
        """The next picture; None: whoever wanted it is gone."""
        while (found := self.server.gallery.next_picture(seen, LOOK_S)) is None:
            if gone(self.request):
                return None
        return found

    def _next_frame(self, after_s: float) -> Kept | None:
        """The next whole frame; None: whoever wanted it is gone."""
        while (found := self.server.gallery.next_frame(after_s, LOOK_S)) is None:
            if gone(self.request):
                return None
        return found


def gone(peer: socket.socket) -> bool:
    """Whether the other end has closed; one that waits says nothing."""
    readable, _, _ = select.select([peer], [], [], 0)
    return bool(readable)


def picture_shown(shown: Shown) -> bytes:
    """The whole answer to who waits for a picture."""
    jpeg = cv2.imencode(".jpg", shown.small_bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()
    fruit = json.dumps(
        [
            {
                "fruit": None if said is None else said.key,
                "outline": outline,
                "grade": None if said is None else said.grade,
                "outlet": None if said is None else said.outlet,
                "criterion": None if said is None else said.criterion,
            }
            for outline, said in zip(shown.outlines.tolist(), shown.said, strict=True)
        ],
        separators=(",", ":"),
    ).encode()
    height, width = shown.small_bgr.shape[:2]
    head = Picture(
        encoder_counts=shown.count,
        exposed_s=shown.exposed_s,
        width_px=width,
        height_px=height,
        fruit_bytes=len(fruit),
        jpeg_bytes=len(jpeg),
    )
    return head.model_dump_json().encode() + b"\n" + fruit + jpeg


def frame_shown(frame: Kept) -> bytes:
    """What goes before a whole frame's bytes."""
    height, width = frame.pixels_bgr.shape[:2]
    head = WholeFrame(encoder_counts=frame.count, exposed_s=frame.exposed_s, width_px=width, height_px=height)
    return head.model_dump_json().encode() + b"\n"


def crop_shown(cut: Cut | None) -> bytes:
    """The whole answer to who asks for a crop."""
    if cut is None:
        return Nothing().model_dump_json().encode() + b"\n"
    png = cv2.imencode(".png", cut.pixels_bgr)[1].tobytes()
    height, width = cut.pixels_bgr.shape[:2]
    head = Crop(
        encoder_counts=cut.count,
        left_px=cut.left_px,
        top_px=cut.top_px,
        width_px=width,
        height_px=height,
        png_bytes=len(png),
    )
    return head.model_dump_json().encode() + b"\n" + png
