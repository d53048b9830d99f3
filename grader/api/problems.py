"""Every error as problem details (RFC 9457): a sentence that says what to do, and no inner workings."""

import logging
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from grader.api.errors import (
    BadQuestionError,
    BadTargetError,
    CommandRefusedError,
    ConflictError,
    LockedOutError,
    NoLineError,
    NotAllowedError,
    TooManyRequestsError,
    UnauthenticatedError,
)
from grader.errors import GraderError
from grader.store import DamagedError, NotOursError, RefusedError, VersionError
from grader.trace.errors import AgainstRulesError, HeldError, NotPrintedError

LOG = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
URN = "urn:strawberry-grader:problem:"
STATUS: Mapping[type[GraderError], HTTPStatus] = {
    UnauthenticatedError: HTTPStatus.UNAUTHORIZED,
    NotAllowedError: HTTPStatus.FORBIDDEN,
    LockedOutError: HTTPStatus.TOO_MANY_REQUESTS,
    TooManyRequestsError: HTTPStatus.TOO_MANY_REQUESTS,
    BadQuestionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    BadTargetError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ConflictError: HTTPStatus.CONFLICT,
    AgainstRulesError: HTTPStatus.CONFLICT,
    HeldError: HTTPStatus.CONFLICT,
    NotPrintedError: HTTPStatus.CONFLICT,
    CommandRefusedError: HTTPStatus.CONFLICT,
    NoLineError: HTTPStatus.CONFLICT,
    RefusedError: HTTPStatus.CONFLICT,
    DamagedError: HTTPStatus.SERVICE_UNAVAILABLE,
    NotOursError: HTTPStatus.SERVICE_UNAVAILABLE,
    VersionError: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Problem(BaseModel):
    """What an error says of itself."""

    model_config = ConfigDict(extra="allow")

    type: str
    """Stable: `urn:strawberry-grader:problem:` and a code."""
    title: str
    status: int
    detail: str
    """What is wrong, and what to do."""


def problem(
    status: HTTPStatus, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: object
) -> Response:
    """The answer that says so."""
    content = {"type": URN + code, "title": status.phrase, "status": status.value, "detail": detail, **more}
    return JSONResponse(content, status.value, dict(headers or {}), MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Have `app` answer every error so."""
    app.add_exception_handler(GraderError, _ours)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)


def answer(error: GraderError) -> Response:
    """One of our errors."""
    headers: dict[str, str] = {}
    more: dict[str, object] = {}
    match error:
        case UnauthenticatedError():
            headers["WWW-Authenticate"] = "Bearer"
        case TooManyRequestsError() | LockedOutError():
            headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_s)))
        case CommandRefusedError():
            more = {"verdict": error.verdict, "state": error.state}
    return problem(status_of(error), error.code, str(error), headers=headers, **more)


def status_of(error: GraderError) -> HTTPStatus:
    """By its class, or by the builtin that it is."""
    if (known := STATUS.get(type(error))) is not None:
        return known
    if isinstance(error, LookupError):
        return HTTPStatus.NOT_FOUND
    return HTTPStatus.SERVICE_UNAVAILABLE if isinstance(error, OSError) else HTTPStatus.UNPROCESSABLE_ENTITY


async def _ours(_: Request, error: Exception) -> Response:
    if not isinstance(error, GraderError):
        raise error
    return answer(error)


async def _http(request: Request, error: Exception) -> Response:
    """What the router says by itself: no such path, not this way."""
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    told = {
        HTTPStatus.NOT_FOUND: f"there is nothing at {request.url.path}: /openapi.json says what there is",
        HTTPStatus.METHOD_NOT_ALLOWED: f"{request.method} cannot be done to {request.url.path}: the header Allow says "
        "what can",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "the body is too long: send less at once",
    }
    detail = told.get(status, f"{error.detail or status.description}: look at the request")
    return problem(status, f"http-{status.value}", detail, headers=error.headers)


async def _invalid(_: Request, error: Exception) -> Response:
    """A parameter or body that is not as the OpenAPI says; what was sent is not sent back: it may be a secret."""
    if not isinstance(error, RequestValidationError):
        raise error
    mistakes: list[dict[str, Any]] = [
        {"where": ".".join(str(part) for part in one["loc"]), "what": one["msg"]} for one in error.errors()
    ]
    first = mistakes[0]
    detail = f"{first['where']}: {first['what']}; {len(mistakes)} mistakes in all: mend the request"
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "api-invalid", detail, mistakes=mistakes)


async def _unexpected(request: Request, error: Exception) -> Response:
    """A fault of ours: its kind goes to the log, without what was asked with it."""
    LOG.error("%s %s: %s", request.method, request.url.path, type(error).__name__)
    detail = "the station made a mistake: try again, and tell its technician when it happened"
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "api-fault", detail)


RESPONSES: dict[int | str, dict[str, Any]] = {
    status.value: {
        "description": status.phrase,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status in (
        HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE,
    )
}  # fmt: skip
"""What every operation may answer."""
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: RESPONSES[422] | {"description": HTTPStatus.NOT_FOUND.phrase}}
CONFLICT: dict[int | str, dict[str, Any]] = {409: RESPONSES[422] | {"description": HTTPStatus.CONFLICT.phrase}}
