"""A label's picture: black and white, at the printer's own dots, so that nothing is scaled afterwards.

A module of a QR code is a whole number of dots wide: a module of 3.4 dots would be 3 here and 4 there, and is the first
thing that a scanner stumbles over.
"""

from collections.abc import Mapping

import segno
from PIL import Image, ImageDraw

from grader.trace.errors import LabelError
from grader.trace.labels.font import LabelFont, bundled_font
from grader.trace.labels.template import Code, Template, Text
from grader.trace.labels.words import Printable

QUIET_MODULES = 4
"""ISO/IEC 18004, 9.1."""
SMALLEST_MODULE_MM = 0.375
"""Three dots at 203 dpi. Below it a smear of one dot changes more than a third of the module."""
BLACK, WHITE = 0, 255
THRESHOLD = 128


def draw(label: Printable, template: Template, dots_per_mm: int, font: LabelFont | None = None) -> Image.Image:
    """The label as a picture of mode 1; `LabelError` says which word is missing, too long, or cannot be drawn.

    `dots_per_mm`: the printer's: 8 (203 dpi), 12 (300 dpi), 24 (600 dpi).
    """
    if label.kind != template.kind:
        raise LabelError(
            f"{template.name} is a template for a {template.kind}, not for a {label.kind}: take another one"
        )
    font = bundled_font() if font is None else font
    size = (round(template.width_mm * dots_per_mm), round(template.height_mm * dots_per_mm))
    picture = Image.new("L", size, WHITE)
    pen = ImageDraw.Draw(picture)
    for rule in template.rule:
        left, top = round(rule.x_mm * dots_per_mm), round(rule.y_mm * dots_per_mm)
        right, bottom = (rule.x_mm + rule.width_mm) * dots_per_mm, (rule.y_mm + rule.height_mm) * dots_per_mm
        pen.rectangle((left, top, max(left, round(right) - 1), max(top, round(bottom) - 1)), fill=BLACK)
    for code in template.code:
        _draw_code(picture, code, label.code_text, dots_per_mm)
    fields = label.fields
    for text in template.text:
        if (words := _worded(text, fields)) is not None:
            _write(pen, text, words, dots_per_mm, font)
    return picture.point(lambda grey: WHITE if grey >= THRESHOLD else BLACK, mode="1")


def _worded(text: Text, fields: Mapping[str, str]) -> str | None:
    """The line with its words in place; None: it is left out."""
    if missing := text.placeholders - fields.keys():
        if text.optional:
            return None
        raise LabelError(f"the label needs a word for {', '.join(sorted(missing))}: enter it, or take another template")
    return text.text.format_map(fields)


def _write(pen: ImageDraw.ImageDraw, text: Text, words: str, dots_per_mm: int, font: LabelFont) -> None:
    if lacking := font.lacking(words):
        raise LabelError(
            f"the font has no shape for {lacking!r} in {words!r}: write it otherwise, or name a larger font"
        )
    if any(not char.isprintable() for char in words):
        raise LabelError(f"{words!r} contains a character that is none to print: type it again")
    width_px = round(text.width_mm * dots_per_mm)
    largest = int(text.height_mm * dots_per_mm)
    smallest = int((text.smallest_mm or text.height_mm) * dots_per_mm)
    size_px = next((px for px in range(largest, smallest - 1, -1) if font.width_px(words, px) <= width_px), None)
    if size_px is None:
        raise LabelError(f"{words!r} is too long for its {text.width_mm:g} mm: shorten it")
    room = width_px - font.width_px(words, size_px)
    x = text.x_mm * dots_per_mm + {"left": 0.0, "center": room / 2, "right": room}[text.align]
    middle = (text.y_mm + text.height_mm / 2) * dots_per_mm
    pen.text((round(x), round(middle)), words, font=font.at(size_px), fill=BLACK, anchor="lm")


def _draw_code(picture: Image.Image, code: Code, content: str, dots_per_mm: int) -> None:
    symbol = segno.make_qr(content, error=code.level, boost_error=False)
    rows = [bytes(row) for row in symbol.matrix]
    side_px = int(min(code.width_mm, code.height_mm) * dots_per_mm)
    modules = len(rows)
    module_px = side_px // (modules + 2 * QUIET_MODULES)
    if module_px < SMALLEST_MODULE_MM * dots_per_mm:
        problem = f"the QR code would have {modules} modules and be too fine to read"
        raise LabelError(f"{problem}: shorten the host name, or take a larger label")
    drawn = Image.frombytes("L", (modules, modules), b"".join(rows)).point(lambda dark: BLACK if dark else WHITE)
    drawn = drawn.resize((modules * module_px,) * 2, Image.Resampling.NEAREST)
    corner = [
        round((start + length / 2) * dots_per_mm) - drawn.width // 2
        for start, length in ((code.x_mm, code.width_mm), (code.y_mm, code.height_mm))
    ]
    picture.paste(drawn, (corner[0], corner[1]))
