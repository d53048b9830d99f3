"""The application: routes, access, errors, and the tasks that run beside the requests."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from typing import Any

from fastapi import Depends, FastAPI

from grader.api import page, problems
from grader.api.following import Following
from grader.api.parameters import only_known
from grader.api.pictures import PictureHeader
from grader.api.routes import (
    alarms,
    commands,
    counts,
    deliveries,
    fruit,
    lists,
    lot_acts,
    lots,
    people,
    pictures,
    reports,
    rule_changes,
    sessions,
    settings,
    state,
    status,
    stream,
    tray_acts,
    trays,
)
from grader.api.service import Service
from grader.api.settings import StationOfApi
from grader.api.shell import Shell
from grader.store.books import Books
from grader.trace.desk.printing import Printer

V1 = "/api/v1"
LARGEST_BODY_BYTES = 1 << 18
ROUTERS = {
    "The station": state.ROUTER,
    "Alarms": alarms.ROUTER,
    "Counts": counts.ROUTER,
    "Lots": lots.ROUTER,
    "Trays and labels": trays.ROUTER,
    "Fruit": fruit.ROUTER,
    "Lots at the line": lot_acts.ROUTER,
    "People": people.ROUTER,
    "Trays by hand": tray_acts.ROUTER,
    "Rules": rule_changes.ROUTER,
    "Settings": settings.ROUTER,
    "Reports": reports.ROUTER,
    "Lists": lists.ROUTER,
    "Events": stream.ROUTER,
    "Deliveries": deliveries.ROUTER,
    "Commands": commands.ROUTER,
    "Sessions": sessions.ROUTER,
}
Begun = Callable[[Service], None]


class Application(FastAPI):
    """FastAPI's, whose OpenAPI knows what a problem is: problems are sent by handlers, which it cannot see."""

    def openapi(self) -> dict[str, Any]:
        """FastAPI's."""
        document = super().openapi()
        schemas = document["components"]["schemas"]
        schemas.setdefault("Problem", problems.Problem.model_json_schema())
        # OpenAPI knows no WebSockets; clients' types are made of it all the same.
        header = PictureHeader.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
        schemas.update(header.pop("$defs"), PictureHeader=header)
        return document


def application(
    station: StationOfApi, books: Books | None, begun: Begun = lambda _: None, printer: Printer | None = None
) -> FastAPI:
    """The web process's application over `books`; None: it cannot run, and only says what it would be.

    `begun` hears of the service once it has begun, in its event loop. `printer`: of labels; None: there is none.
    """

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        if books is None:
            raise RuntimeError("an application without books only says what it would be")
        service = app.state.service = Service(station, books, printer=printer)
        following = app.state.following = Following(service)
        begun(service)
        keepers = (service.line, following, service.live, service.pictures, service.posting)
        tasks = [asyncio.create_task(one.keep(), name=type(one).__name__) for one in keepers]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task
            service.reader.close()

    app = Application(
        title="Strawberry grading station",
        version=version("strawberry-grader"),
        summary="Grade counts by question, by subscription and by file",
        description=DESCRIPTION,
        lifespan=life,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        max_body_size=LARGEST_BODY_BYTES,
        generate_unique_id_function=lambda route: route.name,
        responses=problems.RESPONSES,
    )
    for tag, router in ROUTERS.items():
        app.include_router(router, prefix=V1, tags=[tag], dependencies=[Depends(only_known)])
    app.include_router(pictures.ROUTER, prefix=V1)
    app.include_router(status.ROUTER)
    app.include_router(state.OPEN, tags=["Health"])
    app.include_router(page.ROUTER)
    app.add_middleware(Shell)
    problems.install(app)
    return app


DESCRIPTION = """\
Weights are estimates from pictures unless they say otherwise. Names of numbers bear their unit; times bear their zone.
Errors are problem details (RFC 9457) whose `detail` says what to do. Lists have `next_cursor`; `format=csv` gives all
of a list as a file. Send a key as `Authorization: Bearer gk_...`; `grader api key create` makes one.
"""
