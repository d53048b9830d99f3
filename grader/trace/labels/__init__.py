"""Labels: templates and words in; PNG, PDF and ZPL out, each with a code that scanners read."""

from grader.trace.labels.certificate import Basis, Certificate
from grader.trace.labels.drawing import draw
from grader.trace.labels.files import pdf_label, png_label, zpl_label
from grader.trace.labels.font import LabelFont, bundled_font
from grader.trace.labels.template import (
    Template,
    load_template,
    parse_template,
    shipped_template,
    shipped_templates,
    template_named,
)
from grader.trace.labels.words import ScaleReading, TrayLabel, Words

__all__ = [
    "Basis",
    "Certificate",
    "LabelFont",
    "ScaleReading",
    "Template",
    "TrayLabel",
    "Words",
    "bundled_font",
    "draw",
    "load_template",
    "parse_template",
    "pdf_label",
    "png_label",
    "shipped_template",
    "shipped_templates",
    "template_named",
    "zpl_label",
]
