"""Lists, page by page: a cursor says where the next one begins, whatever has come in meanwhile; or all as CSV."""

import base64
import binascii
import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, tzinfo
from typing import Any, Generic, Literal, TypeVar

from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from grader.api.errors import BadQuestionError
from grader.api.service import Service
from grader.api.times import shown, zone_of
from grader.store.upstream.lists import Listing, Value, page

M = TypeVar("M", bound=BaseModel)
CSV_PAGE = 1000
CURSOR = re.compile(r"(\d{1,18}):([0-9a-f]{16})", re.ASCII)
SUFFIX = "utc_ns"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for a formula when a cell of text begins with it."""
TIME_ZONE = "Of the times in the answer: `Asia/Shanghai`, `+08:00`; left out: the station's own."


class Page(BaseModel, Generic[M]):
    """Some rows of a list."""

    items: list[M]
    next_cursor: str | None = Field(description="For the next page; null: this is the last one for now.")


class Leaf(BaseModel):
    """What every list may be asked for; a parameter that it does not know is an error, not a wish that is ignored."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(100, ge=1, le=1000, description="Rows on a page.")
    cursor: str | None = Field(None, max_length=200, description="`next_cursor` of the page before.")
    order: Literal["oldest", "newest"] = Field("oldest", description="What comes first.")
    format: Literal["json", "csv"] = Field(
        "json", description="`csv`: all rows from the cursor on, as RFC 4180; `limit` does not count."
    )
    time_zone: str | None = Field(None, max_length=64, description=TIME_ZONE)


class Leafing(Generic[M]):
    """One list, as it is answered."""

    def __init__(
        self, name: str, listing: Listing, shape: type[M], row: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> None:
        """`row` makes what `shape` takes of a row of the books, whose times are shown already."""
        self.name, self._listing, self._shape, self._row = name, listing, shape, row

    def answer(self, service: Service, leaf: Leaf, where: Mapping[str, Value | None]) -> Page[M] | Response:
        """A page, or all as CSV."""
        zone = zone_of(leaf.time_zone, service.station.trace.zone)
        asked = {name: value for name, value in where.items() if value is not None}
        newest = leaf.order == "newest"
        after = None if leaf.cursor is None else self._place(leaf.cursor, asked, leaf.order)
        if leaf.format == "csv":
            return csv_response(self.name, self.columns, self.every(service.asking, zone, asked, after, newest=newest))
        with service.asking() as books:
            found = page(books, self._listing, asked, after, leaf.limit + 1, newest=newest)
        more = len(found) > leaf.limit
        items = [self._shaped(row, zone) for row in found[: leaf.limit]]
        return Page[M](
            items=items, next_cursor=self._cursor(found[leaf.limit - 1], asked, leaf.order) if more else None
        )

    def _shaped(self, row: dict[str, Any], zone: tzinfo) -> M:
        return self._shape.model_validate(self._row(with_times(row, zone)))

    @property
    def columns(self) -> list[str]:
        """Of its file."""
        return list(self._shape.model_fields)

    def every(
        self,
        asking: Callable[[], AbstractContextManager[Any]],
        zone: tzinfo,
        where: Mapping[str, Value],
        after: int | None = None,
        *,
        newest: bool = False,
    ) -> Generator[dict[str, Any]]:
        """All rows from `after` on; the books are asked page by page, each on a connection that `asking` lends."""
        while True:
            with asking() as books:
                found = page(books, self._listing, where, after, CSV_PAGE, newest=newest)
            for row in found:
                yield self._shaped(row, zone).model_dump(mode="json")
            if len(found) < CSV_PAGE:
                return
            after = found[-1]["at_key"]

    def _cursor(self, row: dict[str, Any], where: Mapping[str, Value], order: str) -> str:
        text = f"{row['at_key']}:{self._question(row['at_key'], where, order)}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _place(self, cursor: str, where: Mapping[str, Value], order: str) -> int:
        try:
            text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode("ascii")
        except (binascii.Error, ValueError):
            text = ""
        found = CURSOR.fullmatch(text)
        if found is None or found[2] != self._question(int(found[1]), where, order):
            raise BadQuestionError("the cursor is none of this list, order and choice: begin without one")
        return int(found[1])

    def _question(self, place: int, where: Mapping[str, Value], order: str) -> str:
        """What a cursor is of: it is no secret, but one of another question must not end this one silently."""
        asked = json.dumps([self.name, order, place, sorted(where.items())])
        return hashlib.sha256(asked.encode()).hexdigest()[:16]


def with_times(row: Mapping[str, Any], zone: tzinfo) -> dict[str, Any]:
    """`decided_utc_ns` becomes `decided_at`, `utc_ns` becomes `at`: a time with its zone."""
    return {
        f"{name.removesuffix(SUFFIX)}at" if name.endswith(SUFFIX) else name: shown(value, zone)
        if name.endswith(SUFFIX)
        else value
        for name, value in row.items()
    }


def csv_response(name: str, columns: list[str], rows: Iterable[Mapping[str, Any]]) -> Response:
    """Rows as a file, made while it is sent."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(csv_lines(columns, rows), media_type="text/csv; charset=utf-8", headers=headers)


def csv_lines(columns: list[str], rows: Iterable[Mapping[str, Any]]) -> Generator[str]:
    """A file as RFC 4180 has it, with its heading, row by row."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in columns])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _cell(value: object) -> object:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
        case datetime():
            return value.isoformat()
        case str() if value.startswith(FORMULA):
            return f"'{value}"
    return value


CSV_RESPONSE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "A page, or the file."}
}
