"""Counts, weights and sizes."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from grader.api.access import At, CanRead
from grader.api.counting import Count, Counts, CountsAsked, counted
from grader.api.paging import CSV_RESPONSE, csv_response

ROUTER = APIRouter()


@ROUTER.get("/counts", responses=CSV_RESPONSE, response_model=Counts)
def count(_: CanRead, service: At, asked: Annotated[CountsAsked, Query()]) -> Counts | Response:
    """Counts, weights and sizes of fruit by when they left the belt. Exact, and quick over any time."""
    with service.asking() as books:
        found = counted(books, asked, service.station.trace.zone, service.now())
    if asked.format == "csv":
        shown = [row.model_dump(mode="json") for row in found.rows]
        return csv_response("counts", list(Count.model_fields), shown)
    return found
