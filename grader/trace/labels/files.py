"""A label as a file: PNG for screens and CUPS, PDF for any printer, ZPL for label printers."""

import time
from io import BytesIO

from PIL import Image

from grader.trace.labels.drawing import draw
from grader.trace.labels.font import LabelFont
from grader.trace.labels.template import Template
from grader.trace.labels.words import Printable
from grader.trace.labels.zpl import zpl

DOTS_PER_MM = 8
"""203 dpi: what label printers have that cooperatives can afford."""
PDF_DOTS_PER_MM = 24
"""600 dpi: a PDF goes to office printers, whose own dots are as fine."""
MM_PER_INCH = 25.4
NO_DATE = time.gmtime(0)


def png_label(label: Printable, template: Template, font: LabelFont | None = None) -> bytes:
    """PNG at 203 dpi, which it says."""
    dpi = DOTS_PER_MM * MM_PER_INCH
    return _saved(draw(label, template, DOTS_PER_MM, font), "PNG", dpi=(dpi, dpi), optimize=True)


def pdf_label(label: Printable, template: Template, font: LabelFont | None = None) -> bytes:
    """PDF of one page of the label's size. It bears no date of its own, so the same label is the same file."""
    picture = draw(label, template, PDF_DOTS_PER_MM, font)
    return _saved(
        picture,
        "PDF",
        resolution=PDF_DOTS_PER_MM * MM_PER_INCH,
        title=label.code_text,
        creationDate=NO_DATE,
        modDate=NO_DATE,
    )


def zpl_label(label: Printable, template: Template, font: LabelFont | None = None, copies: int = 1) -> bytes:
    """ZPL at 203 dpi, for TCP port 9100 of the printer."""
    return zpl(draw(label, template, DOTS_PER_MM, font), copies)


def _saved(picture: Image.Image, kind: str, **settings: object) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, kind, **settings)
    return buffer.getvalue()
