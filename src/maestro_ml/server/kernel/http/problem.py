"""Every error leaves as application/problem+json with a stable code and the request's id."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import asyncpg
import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException as StarletteHTTPException  # noqa: TID251
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from maestro_ml.contracts.problem import FieldProblem, Problem
from maestro_ml.server.kernel.errors import Conflict, MaestroError, StorageFull, Unavailable

log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"
NO_DATABASE = "The database does not answer at the moment. Try again in a second."


def problem_body(error: MaestroError, request_id: str | None) -> bytes:
    """The JSON body of `error`."""
    return _body(error.code, error.status, error.title, error.detail, request_id)


def _body(
    code: str,
    status: int,
    title: str,
    detail: str,
    request_id: str | None,
    errors: list[FieldProblem] | None = None,
) -> bytes:
    problem = Problem(
        type=f"urn:maestro:error:{code}",
        code=code,
        title=title,
        status=status,
        detail=detail,
        request_id=request_id,
        errors=errors,
    )
    return orjson.dumps(problem.model_dump(exclude_none=True))


def as_maestro_error(error: Exception) -> MaestroError | None:
    """`error` if it is ours, its equivalent if it means that PostgreSQL is away, else None."""
    if isinstance(error, MaestroError):
        return error
    gone = isinstance(error, DBAPIError) and error.connection_invalidated
    if gone or isinstance(
        error, (ConnectionError, FileNotFoundError, PoolTimeout, asyncpg.PostgresConnectionError)
    ):
        return Unavailable(NO_DATABASE)
    told = error.orig if isinstance(error, DBAPIError) else error
    cause = getattr(told, "__cause__", None) or told
    if isinstance(cause, asyncpg.OperatorInterventionError):
        return Unavailable(NO_DATABASE)
    if isinstance(cause, asyncpg.UniqueViolationError):
        # Between a service's look and its write somebody else wrote the same.
        return Conflict(
            "Somebody else took this name at the same moment; nothing was changed. Look at what is "
            "there now, and try again with another one."
        )
    if isinstance(cause, asyncpg.DiskFullError):
        return StorageFull(
            "The database has no disk space left; nothing was written. Free some space on the "
            "server and try again."
        )
    return None


def _request_id(request: Request) -> str | None:
    return getattr(request.state, "request_id", None)


async def _on_exception(request: Request, error: Exception) -> Response:
    known = as_maestro_error(error)
    if known is None:
        log.error("http.request.failed", exc_info=error, path=request.url.path)
        known = MaestroError(
            "This is a defect of the server. Its log has the details under the request id "
            f"{_request_id(request)}."
        )
    return Response(
        problem_body(known, _request_id(request)),
        status_code=known.status,
        headers=known.headers,
        media_type=MEDIA_TYPE,
    )


def _field(location: Sequence[Any]) -> str:
    return ".".join(str(part) for part in location if part not in ("body", "query", "path"))


async def _on_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = [
        FieldProblem(field=_field(each["loc"]), message=each["msg"]) for each in error.errors()
    ]
    summary = "; ".join(f"{f.field}: {f.message}" if f.field else f.message for f in fields[:3])
    return Response(
        _body(
            "request.malformed",
            422,
            "The request does not have the expected form",
            f"{summary}. The API reference at /docs shows the expected form.",
            _request_id(request),
            fields,
        ),
        status_code=422,
        media_type=MEDIA_TYPE,
    )


_FRAMEWORK_CODES = {
    404: ("http.no_such_route", "There is nothing at this address; /docs lists every endpoint."),
    405: ("http.method_not_allowed", "This address knows other methods; see /docs."),
    413: ("request.too_large", "The body is larger than this endpoint takes."),
}


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    code, detail = _FRAMEWORK_CODES.get(
        error.status_code, (f"http.{error.status_code}", str(error.detail))
    )
    return Response(
        _body(
            code,
            error.status_code,
            HTTPStatus(error.status_code).phrase,
            detail,
            _request_id(request),
        ),
        status_code=error.status_code,
        headers=dict(error.headers or {}),
        media_type=MEDIA_TYPE,
    )


async def _on_disconnect(_request: Request, _error: Exception) -> Response:
    """Nobody is there to read this; a page that was left is no failure of the server's."""
    return Response(status_code=499)


def install_problem_handlers(app: FastAPI) -> None:
    """Make `app` answer every error with a problem document."""
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(StarletteHTTPException, _on_http_exception)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    for kind in (
        MaestroError,
        DBAPIError,
        PoolTimeout,
        ConnectionError,
        asyncpg.PostgresError,
        Exception,
    ):
        app.add_exception_handler(kind, _on_exception)
