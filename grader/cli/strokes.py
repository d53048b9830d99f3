"""Lines and words that can be read on any belt and fruit: colour on a dark rim, distinct to colour-blind eyes too."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from grader.grading import Outlet

Picture = NDArray[np.uint8]
Array = NDArray[np.float64]
Ink = tuple[int, int, int]
"""Blue, green, red."""

DARK: Final[Ink] = (24, 24, 24)
LIGHT: Final[Ink] = (255, 255, 255)

# Okabe and Ito, "Color Universal Design" (2008): told apart with every common colour blindness. Vermilion is left to
# waste, because on ripe fruit it is lost.
INK_OF: Final[dict[Outlet, Ink]] = {
    Outlet.SUPER: (115, 190, 30),
    Outlet.CLASS_I: (233, 180, 86),
    Outlet.CLASS_II: (66, 228, 240),
    Outlet.PROCESSING: (190, 130, 215),
    Outlet.WASTE: (0, 94, 213),
    Outlet.RECHECK: LIGHT,
}

FONT: Final = cv2.FONT_HERSHEY_DUPLEX
CAP_PX: Final = 21.0
"""Height of a capital letter of `FONT` at scale 1."""
_SHIFT: Final = 4
"""OpenCV draws at sixteenths of a pixel."""


def draw_line(picture: Picture, points: Array, ink: Ink, width_px: int, *, closed: bool = False) -> None:
    """Draw a line through `points` (N, 2), px, with a dark rim."""
    fixed = [np.rint(points * (1 << _SHIFT)).astype(np.int32).reshape(-1, 1, 2)]
    rim = width_px + 2 * max(1, width_px // 2)
    for colour, thickness in ((DARK, rim), (ink, width_px)):
        cv2.polylines(picture, fixed, closed, colour, thickness, cv2.LINE_AA, _SHIFT)


def draw_dashes(picture: Picture, ring: Array, ink: Ink, width_px: int) -> None:
    """Draw the closed line through `ring` (N, 2), px, in dashes."""
    dash = max(2, len(ring) // 24)
    closed = np.concatenate([ring, ring[:1]])
    for first in range(0, len(ring), 2 * dash):
        draw_line(picture, closed[first : first + dash + 1], ink, width_px)


def draw_arrow(picture: Picture, begin: Array, end: Array, ink: Ink, width_px: int) -> None:
    """Draw an arrow from `begin` to `end` (2,), px."""
    way = end - begin
    length = max(float(np.hypot(*way)), 1e-9)
    along = way / length
    head = min(9.0 * width_px, length / 3)
    barbs = [end - head * (0.9 * along + side * 0.5 * np.array([-along[1], along[0]])) for side in (-1, 1)]
    draw_line(picture, np.stack([begin, end]), ink, width_px)
    draw_line(picture, np.stack([barbs[0], end, barbs[1]]), ink, width_px)


def text_size(text: str, cap_px: float) -> tuple[int, int]:
    """Width and height, px, of `text` with capitals of `cap_px`."""
    (width, height), _ = cv2.getTextSize(text, FONT, cap_px / CAP_PX, _thickness(cap_px))
    return width, height


def draw_text(picture: Picture, text: str, place: tuple[int, int], cap_px: float, ink: Ink) -> None:
    """Write `text`; its first letter stands on `place` (x, y), px. What the font lacks becomes a question mark."""
    printable = text.encode("ascii", "replace").decode("ascii")
    cv2.putText(picture, printable, place, FONT, cap_px / CAP_PX, ink, _thickness(cap_px), cv2.LINE_AA)


def ink_on(ink: Ink) -> Ink:
    """Dark or light, whichever is read better on `ink` (luma of BT.601)."""
    blue, green, red = ink
    return DARK if 0.114 * blue + 0.587 * green + 0.299 * red > 139 else LIGHT  # noqa: PLR2004 - half way between the two


def lines_of(texts: Sequence[str], caps_px: Sequence[float]) -> tuple[int, int]:
    """Width and height, px, of `texts` under each other."""
    sizes = [text_size(text, cap) for text, cap in zip(texts, caps_px, strict=True)]
    return max(width for width, _ in sizes), round(sum(cap * 1.5 for cap in caps_px))


def _thickness(cap_px: float) -> int:
    return max(1, round(cap_px / 12))
