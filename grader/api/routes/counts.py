"""Counts, weights and sizes."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from grader.api.access import At, CanRead
from grader.api.counting import Count, Counts, CountsAsked, counted
from grader.api.paging import CSV_RESPONSE, csv_response

ROUTER = APIRouter()


@ROUTER.get("/counts", responses=CSV_RESPONSE, response_model=Counts)
def count(_: CanRead, service: At, asked: Annotated[CountsAsked, Query()]) -> Response:
    """Counts, weights and sizes of fruit by when they left the belt. Exact, and quick over any time."""
    with service.asking() as books:
        found = counted(books, asked, service.station.trace.zone, service.now())
    if asked.format == "csv":
        shown = [row.model_dump(mode="json") for row in found.rows]
        return csv_response("counts", list(Count.model_fields), shown)
    # As it is: a season by lot has thousands of rows, and they are what the model says already.
    return Response(found.model_dump_json(), media_type="application/json")
