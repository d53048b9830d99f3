"""What a picture file says of itself before it is decoded: kind, size, channels, bits; and whether it is all there."""

import re
import struct
import zlib
from dataclasses import dataclass
from typing import Final

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PNG_CHANNELS: Final = {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}
"""By PNG's colour type; a palette (3) holds colours of three channels."""

_JPEG_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of segments that state the size: SOF0 to SOF15 (ITU-T T.81, table B.1)."""
_JPEG_SCAN, _JPEG_END = 0xDA, 0xD9
_JPEG_NEXT_MARKER: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""What ends a scan: neither an escaped FF, nor a fill byte, nor a restart marker."""

OTHER_KINDS: Final = {
    b"GIF8": "GIF",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"RIFF": "WebP",
    b"\0\0\0\x0cjP  ": "JPEG 2000",
    b"\xff\x0a": "JPEG XL",
    b"8BPS": "Photoshop",
    b"%PDF": "PDF",
    b"<svg": "SVG",
}
"""First bytes of pictures that are not read, so that the sentence can name them."""


class NotPictureError(ValueError):
    """The bytes are no picture of a kind that is read; says what they are, where that is known."""


class TruncatedError(ValueError):
    """The bytes begin a picture, and end before it does, or were damaged on the way."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the file says of its picture."""

    kind: str
    width_px: int
    height_px: int
    channels: int
    """1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha (PNG, BMP) or CMYK (JPEG)."""
    bits: int
    """Of one channel."""


def read_header(content: bytes) -> Header:
    """Read the header of the picture file with `content`: JPEG, PNG or BMP.

    Raises `NotPictureError` and `TruncatedError`. Does not look behind the header: `require_whole` does.
    """
    try:
        if content.startswith(b"\xff\xd8\xff"):
            return _jpeg_header(content)
        if content.startswith(PNG_SIGNATURE):
            return _png_header(content)
        if content.startswith(b"BM"):
            return _bmp_header(content)
    except (struct.error, IndexError) as error:
        raise TruncatedError("it ends within its header") from error
    raise NotPictureError(_what_else(content))


def require_whole(content: bytes) -> None:
    """Raise `TruncatedError` where the picture file with `content` is not all there: decoders fill up with grey."""
    if content.startswith(PNG_SIGNATURE):
        _require_whole_png(content)
    elif content.startswith(b"BM"):
        if len(content) < (stated := struct.unpack_from("<I", content, 2)[0]):
            raise TruncatedError(f"it has {len(content)} of {stated} bytes")
    else:
        _require_whole_jpeg(content)


def _what_else(content: bytes) -> str:
    for first, kind in OTHER_KINDS.items():
        if content.startswith(first):
            return f"it is {kind}"
    if content[4:8] == b"ftyp":
        return "it is HEIF or AVIF"
    return "it is empty" if not content else "it is something else"


def _jpeg_header(content: bytes) -> Header:
    place = 2
    while True:
        marker, length = _jpeg_segment(content, place)
        if marker in _JPEG_FRAMES:
            bits, height, width, channels = struct.unpack_from(">BHHB", content, place + 4)
            return Header("JPEG", width, height, channels, bits)
        if marker in {_JPEG_SCAN, _JPEG_END}:
            raise TruncatedError("its header states no size")
        place += 2 + length


def _jpeg_segment(content: bytes, place: int) -> tuple[int, int]:
    """Marker and length of the segment at `place`, fill bytes before it left aside; the end has the length 0."""
    if content[place] != 0xFF:  # noqa: PLR2004 - every marker begins with FF
        raise TruncatedError(f"it is damaged at byte {place}")
    marker = content[place + 1]
    return marker, 0 if marker == _JPEG_END else struct.unpack_from(">H", content, place + 2)[0]


def _require_whole_jpeg(content: bytes) -> None:
    place = 2
    try:
        while True:
            marker, length = _jpeg_segment(content, place)
            if marker == _JPEG_END:
                return
            place += 2 + length
            if marker == _JPEG_SCAN:
                following = _JPEG_NEXT_MARKER.search(content, place)
                if following is None:
                    raise TruncatedError("it ends in the middle of the picture")
                place = following.start()
    except (struct.error, IndexError) as error:
        raise TruncatedError("it ends in the middle of the picture") from error


def _png_header(content: bytes) -> Header:
    width, height, bits, colour_type = struct.unpack_from(">IIBB", content, 16)
    channels = _PNG_CHANNELS.get(colour_type, 0)
    return Header("PNG", width, height, channels, bits)


def _require_whole_png(content: bytes) -> None:
    """Every chunk carries a check sum, so that a flipped bit is noticed too."""
    place = len(PNG_SIGNATURE)
    while place + 12 <= len(content):
        length, name = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        if end > len(content):
            break
        if zlib.crc32(content[place + 4 : end - 4]) != struct.unpack_from(">I", content, end - 4)[0]:
            raise TruncatedError(f"it is damaged: the check sum of its part at byte {place} is wrong")
        if name == b"IEND":
            return
        place = end
    raise TruncatedError("it ends in the middle of the picture")


def _bmp_header(content: bytes) -> Header:
    width, height, _, bits = struct.unpack_from("<iiHH", content, 18)
    return Header("BMP", abs(width), abs(height), 4 if bits == 32 else 3, 8)  # noqa: PLR2004 - a colour and alpha
