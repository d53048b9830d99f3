"""Rows as text: a table for people, JSON Lines for programs, CSV for spreadsheets."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from grader.cli.rows import (
    DECAY_NOTE,
    MARGIN_DECIMALS,
    MARGIN_UNITS,
    NOT_MEASURED,
    FailedPicture,
    GradedFruit,
    as_percent,
    as_published,
    why_not_words,
)

AnyRow = GradedFruit | FailedPicture

TABLE = {
    "fruit": 5,
    "diameter mm": 14,
    "red": 6,
    "weight g": 8,
    "grade": 12,
    "outlet": 10,
    "margin": 9,
}
"""Columns and their widths; before them comes the picture, after them the reason, which may be as long as it is."""
PLAIN_SCALE_HEADING = "plain-scale mm"
"""Instead of diameter mm, where nobody calibrated a camera."""
ON_THE_RIGHT = frozenset({"fruit", "red", "weight g", "margin"})

PARTS = {"bbox": ("bbox_x0", "bbox_y0", "bbox_x1", "bbox_y1"), "centre_px": ("centre_x_px", "centre_y_px")}
"""CSV knows no lists: a column for each part."""


class Format(Protocol):
    """Turns the rows of one picture after the other into text."""

    def head(self) -> str:
        """What stands before all rows."""

    def picture(self, image: str, rows: Sequence[AnyRow]) -> str:
        """The lines of the picture `image`; no `rows`: it shows no fruit."""


class JsonLines:
    """One JSON object a line."""

    def head(self) -> str:
        """Nothing."""
        return ""

    def picture(self, image: str, rows: Sequence[AnyRow]) -> str:  # noqa: ARG002 - a picture without fruit has no line
        """A line a row."""
        return "".join(
            json.dumps(row.model_dump(mode="json"), ensure_ascii=False, allow_nan=False) + "\n" for row in rows
        )


class Csv:
    """One line a row, a column a number; null is empty. RFC 4180, but for the line ends."""

    columns = tuple(
        column
        for field in (*GradedFruit.model_fields, "error")
        for column in {
            **PARTS,
            "hashes": tuple(f"hash_{name}" for name in ("rule_pack", "calibration", "model", "software")),
            "error": ("error_code", "error_text"),
        }.get(field, (field,))
    )

    def head(self) -> str:
        """The names of the columns."""
        return self._lines([dict(zip(self.columns, self.columns, strict=True))])

    def picture(self, image: str, rows: Sequence[AnyRow]) -> str:  # noqa: ARG002 - a picture without fruit has no line
        """A line a row."""
        return self._lines([_flat(row.model_dump(mode="json")) for row in rows])

    def _lines(self, rows: Iterable[Mapping[str, Any]]) -> str:
        text = io.StringIO()
        csv.DictWriter(text, self.columns, restval="", lineterminator="\n").writerows(rows)
        return text.getvalue()


class Table:
    """For people: columns under each other from the first row on, because rows come one picture at a time."""

    def __init__(self, images: Iterable[str], width: int | None, *, plain_scale: bool) -> None:
        """`images` are all that will come; lines are cut to `width` characters, None: they are not."""
        self.image_width = max((len(image) for image in images), default=0)
        self.width = width
        self.plain_scale = plain_scale

    def head(self) -> str:
        """The headings."""
        headings = {name: name for name in TABLE}
        if self.plain_scale:
            headings["diameter mm"] = PLAIN_SCALE_HEADING
        return self._line("picture", headings, "reason")

    def picture(self, image: str, rows: Sequence[AnyRow]) -> str:
        """A line a row, or one that says that there is none."""
        return "".join(map(self._row, rows)) or self._line(image, {"fruit": "none"}, "")

    def _row(self, row: AnyRow) -> str:
        if isinstance(row, FailedPicture):
            return self._line(row.image, {"fruit": "-", "grade": "not graded"}, row.error.code)
        cells = {
            "fruit": f"{row.fruit}",
            "diameter mm": ""
            if row.diameter_mm is None
            else f"{as_published(row.diameter_mm, 2)} ± {row.diameter_u_mm:.2f}",
            "red": as_percent(row.maturity),
            "weight g": as_published(row.weight_g, 1),
            "grade": (row.grade or "-") + "?" * bool(row.borderline) if row.measurable else NOT_MEASURED,
            "outlet": row.outlet,
            "margin": _margin(row),
        }
        return self._line(
            row.image, cells, row.reason.removesuffix(DECAY_NOTE) if row.measurable else why_not_words(row)
        )

    def _line(self, image: str, cells: Mapping[str, str], reason: str) -> str:
        middle = (
            cells.get(name, "").rjust(width) if name in ON_THE_RIGHT else cells.get(name, "").ljust(width)
            for name, width in TABLE.items()
        )
        line = "  ".join([image.ljust(self.image_width), *middle, reason]).rstrip()
        if self.width is not None and len(line) > self.width:
            line = line[: self.width - 1] + "…"
        return line + "\n"


def _margin(row: GradedFruit) -> str:
    if row.margin is None or row.criterion is None:
        return ""
    if (unit := MARGIN_UNITS.get(row.criterion)) is None:
        return as_percent(row.margin)
    return as_published(row.margin, MARGIN_DECIMALS[row.criterion]) + unit


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """`row` without lists and objects in it."""
    flat: dict[str, Any] = {}
    for field, value in row.items():
        if field in PARTS:
            flat.update(zip(PARTS[field], value, strict=True))
        elif field == "hashes":
            flat.update({f"hash_{name}": part for name, part in value.items()})
        elif field == "error":
            flat.update({f"error_{name}": part for name, part in value.items()})
        else:
            flat[field] = json.dumps(value) if isinstance(value, bool) else value
    return flat
