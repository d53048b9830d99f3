"""Pictures from disk, as arrays of 8-bit BGR; whatever would make the measurements wrong is refused in a sentence."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.cli.headers import Header, NotPictureError, TruncatedError, read_header, require_whole
from grader.errors import GraderError

Picture = NDArray[np.uint8]

MOST_PX = 64_000_000
"""Larger pictures are refused before they are decoded: no camera for belts makes them, and memory is finite."""
MOST_BYTES = 4 * MOST_PX + 1_000_000
"""A file of more bytes than its largest picture holds no picture."""
LEAST_PX = 32
"""Least width and height: a fruit of ten pixels, and belt around it."""

COLOUR, COLOUR_ALPHA = 3, 4
"""Channels; an array of grey has 2 dimensions."""
WHITE = 255
_GREY_EVERY = 7
"""Every seventh row and column tell a grey picture from a coloured one."""


class PictureError(GraderError, ValueError, code="picture"):
    """A file is not a picture that can be used. Take the picture again, or leave the file out."""


class PictureMissingError(PictureError, code="picture-missing"):
    """There is no such file. Check the name."""


class PictureUnreadableError(PictureError, code="picture-unreadable"):
    """The file is there and cannot be read. Check its permissions and the disk."""


class NoPictureError(PictureError, code="picture-not-an-image"):
    """The file is no JPEG, PNG or BMP. Leave it out, or save it as one of them."""


class PictureTruncatedError(PictureError, code="picture-truncated"):
    """The file ends before its picture does, or is damaged. Copy it again."""


class PictureTooLargeError(PictureError, code="picture-too-large"):
    """The picture has more pixels than are read. Scale it down; give the scale that it has then."""


class PictureTooSmallError(PictureError, code="picture-too-small"):
    """The picture has too few pixels for a fruit and belt around it. Take a larger one."""


class PictureGreyError(PictureError, code="picture-grey"):
    """The picture has no colour, and grades rest on colour. Take it with a colour camera."""


class PictureDepthError(PictureError, code="picture-depth"):
    """The picture's numbers do not fill its bits, so that nobody knows what is white. Save it with 8 bits a channel."""


class PictureCmykError(PictureError, code="picture-cmyk"):
    """The picture holds amounts of printing inks, which are no measured colours. Save it as RGB."""


def read_colour_picture(path: Path) -> Picture:
    """Read the file `path` as `read_picture` does, and refuse a picture without colour (`PictureGreyError`)."""
    picture = read_picture(path)
    few = picture[::_GREY_EVERY, ::_GREY_EVERY]
    if (few == few[..., :1]).all() and np.ptp(few) > 0:
        raise PictureGreyError(f"{path} is a grey picture: grades rest on colour, so take it in colour")
    return picture


def read_picture(path: Path) -> Picture:
    """Read the file `path` as (h, w, 3) BGR; a leaf of `PictureError` says what is wrong with it.

    Pixels are taken as they are stored, whichever way up EXIF says that the camera was held. Of 16 bits the upper 8 are
    taken. Where a picture is transparent, white shows through.
    """
    content = _read(path)
    try:
        header = read_header(content)
        _require_usable(header, path)
        require_whole(content)
    except NotPictureError as error:
        raise NoPictureError(f"{path} is no picture ({error}): give JPEG, PNG or BMP") from error
    except TruncatedError as error:
        raise PictureTruncatedError(f"{path} is not whole: {error}. Copy it again, or leave it out") from error
    pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise PictureTruncatedError(f"{path} is damaged: its {header.kind} picture cannot be decoded")
    return _bgr(_eight_bits(np.asarray(pixels), path))


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise PictureUnreadableError(f"{path} is a folder, not a picture")
        if not path.is_file():
            kind = PictureUnreadableError if path.exists() else PictureMissingError
            raise kind(f"{path} is {'no file' if path.exists() else 'not there'}: check the name")
        if (size := path.stat().st_size) > MOST_BYTES:
            raise PictureTooLargeError(f"{path} has {size:,} bytes; at most {MOST_BYTES:,} are read")
        return path.read_bytes()
    except OSError as error:
        raise PictureUnreadableError(f"{path} cannot be read: {error.strerror}") from error


def _require_usable(header: Header, path: Path) -> None:
    """Refuse by the header what need not be decoded."""
    width, height = header.width_px, header.height_px
    if width * height > MOST_PX:
        raise PictureTooLargeError(f"{path} has {width} x {height} px; at most {MOST_PX:,} px are read: scale it down")
    if min(width, height) < LEAST_PX:
        raise PictureTooSmallError(f"{path} has {width} x {height} px; at least {LEAST_PX} x {LEAST_PX} are needed")
    if header.kind == "JPEG" and header.channels == COLOUR_ALPHA:
        raise PictureCmykError(
            f"{path} is in CMYK, which says how to print it and not what the camera saw: save as RGB"
        )


def _eight_bits(pixels: NDArray[np.generic], path: Path) -> Picture:
    """The upper 8 of 16 bits, so that a picture that was only widened gets its own numbers back."""
    if pixels.dtype == np.uint8:
        return np.asarray(pixels, np.uint8)
    if pixels.dtype != np.uint16:
        raise PictureDepthError(f"{path} holds {pixels.dtype} numbers: save it with 8 bits a channel")
    wide = np.asarray(pixels, np.uint16)
    if (brightest := int(wide[..., :COLOUR].max())) < 1 << 12:
        raise PictureDepthError(
            f"{path} has 16 bits a channel, but its brightest is {brightest} of 65535: it is black, or the camera's "
            "10 or 12 bits lie at the lower end. Save it with 8 bits a channel"
        )
    return (wide >> 8).astype(np.uint8)


def _bgr(pixels: Picture) -> Picture:
    """(h, w, 3) of grey or colour, on white where it is transparent."""
    if pixels.ndim != COLOUR:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR), np.uint8)
    bgr = np.ascontiguousarray(pixels[..., :COLOUR])
    if pixels.shape[2] == COLOUR_ALPHA and (alpha := pixels[..., COLOUR:]).min() < WHITE:
        opacity = alpha.astype(np.float32) / WHITE
        bgr = np.rint(bgr * opacity + WHITE * (1 - opacity)).astype(np.uint8)
    return bgr
