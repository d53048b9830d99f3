"""The letters: a bundled font, so that a label looks the same on every machine and Chinese never becomes boxes."""

from functools import cache, lru_cache
from importlib.resources import as_file, files
from io import BytesIO
from pathlib import Path

from PIL import ImageFont

from grader.trace.errors import LabelError

NO_CHARACTER = "\uffff"
"""Unicode promises that it will never be one, so every font draws it as what it has no shape for."""
TRIED_PX = 24


class LabelFont:
    """A TrueType or OpenType font. The bundled one has GB 2312's characters and more for names (decision 0012)."""

    def __init__(self, path: Path | None = None) -> None:
        """`path`: a font of one's own, for what the bundled one (None) lacks; `LabelError` if it is none."""
        try:
            self._data = _bundled() if path is None else path.read_bytes()
            self._empty = self._shape(NO_CHARACTER)
        except OSError as error:
            raise LabelError(f"{path} is no font that can be used: name a .ttf or .otf file") from error

    @lru_cache(maxsize=32)  # noqa: B019 - a label has a handful of sizes, a station a font or two
    def at(self, size_px: int) -> ImageFont.FreeTypeFont:
        """The font with letters `size_px` high, from the top of the tallest to the foot of the deepest, about."""
        return ImageFont.truetype(BytesIO(self._data), size_px, layout_engine=ImageFont.Layout.BASIC)

    def width_px(self, text: str, size_px: int) -> float:
        """How long `text` becomes."""
        return self.at(size_px).getlength(text)

    def lacking(self, text: str) -> str:
        """The characters of `text` that the font has no shape for."""
        return "".join(char for char in dict.fromkeys(text) if not char.isspace() and self._shape(char) == self._empty)

    @lru_cache(maxsize=20_000)  # noqa: B019 - as many as the font has characters
    def _shape(self, char: str) -> bytes:
        return bytes(self.at(TRIED_PX).getmask(char))


@cache
def _bundled() -> bytes:
    with as_file(files("grader.trace.labels") / "fonts" / "label.ttf") as path:
        return path.read_bytes()


@cache
def bundled_font() -> LabelFont:
    """The font that comes with the station."""
    return LabelFont()
