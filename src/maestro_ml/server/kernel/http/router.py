"""Routes that cannot forget their permission, each run in one unit of work."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from maestro_ml.contracts.identity import Permission
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.errors import InvalidInput, TooLarge
from maestro_ml.server.kernel.http.edge import ANYONE, PUBLIC, Demand, Edge, Tier, header
from maestro_ml.server.kernel.http.idempotency import run_once

Handler = Callable[..., Any]
MAX_BODY = 16 * 1024**2
_TOO_LARGE = f"A body here has at most {MAX_BODY:,} bytes. Send less at a time."


class MaestroRoute(APIRoute):
    """Admits the caller before anything is parsed, and commits before the response goes out."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        declared: dict[str, Any] = self.openapi_extra or {}
        named = declared["x-permission"]
        permission: Demand = named if named in (PUBLIC, ANYONE) else Permission(named)
        tier = Tier(declared["x-rate-tier"])
        replayable = bool(declared["x-idempotent"])
        streams = bool(declared["x-streams"])

        async def run(request: Request) -> Response:
            edge: Edge = request.app.state.edge
            context = await edge.admit(request.scope, permission, tier)
            if not streams:
                await read_body(request)
            if context is None:
                return await handle(request)
            async with edge.units.tenant(context) as unit:
                request.state.unit = unit
                key = header(request.scope, b"idempotency-key") if replayable else ""
                return await run_once(key, request, unit, handle) if key else await handle(request)

        return run


async def read_body(request: Request) -> None:
    """Read the body into the request's own cache.

    Raises TooLarge beyond 16 MiB, InvalidInput if the client went away.
    """
    declared = header(request.scope, b"content-length")
    if declared.isdigit() and int(declared) > MAX_BODY:
        raise TooLarge(_TOO_LARGE)
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > MAX_BODY:
                raise TooLarge(_TOO_LARGE)
            chunks.append(chunk)
    except ClientDisconnect as error:
        raise InvalidInput(
            "The connection broke before the end. Send the request again."
        ) from error
    request._body = b"".join(chunks)  # noqa: SLF001 - where Request.body() looks first


def _current_unit(request: Request) -> UnitOfWork:
    unit: UnitOfWork = request.state.unit
    return unit


Unit = Annotated[UnitOfWork, Depends(_current_unit)]
"""The request's unit of work; absent on public routes."""

Limit = Annotated[int, Query(ge=1, le=1000, description="how many items at most")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before")]


class MaestroRouter(APIRouter):
    """An APIRouter whose verbs demand `permission`; leaving it out fails at import."""

    def __init__(self, *, prefix: str = "", tag: str) -> None:
        super().__init__(prefix=prefix, tags=[tag], route_class=MaestroRoute)

    def get(self, path: str, **options: Any) -> Callable[[Handler], Handler]:  # type: ignore[override]
        return self._route("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[Handler], Handler]:  # type: ignore[override]
        return self._route("POST", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[Handler], Handler]:  # type: ignore[override]
        return self._route("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[Handler], Handler]:  # type: ignore[override]
        return self._route("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[Handler], Handler]:  # type: ignore[override]
        return self._route("DELETE", path, **options)

    def _route(
        self,
        method: str,
        path: str,
        *,
        permission: Demand,
        tier: Tier = Tier.API,
        idempotent: bool = True,
        streams: bool = False,
        **options: Any,
    ) -> Callable[[Handler], Handler]:
        if permission not in (PUBLIC, ANYONE):
            permission = Permission(permission)
        declared: dict[str, Any] = {
            "x-permission": str(permission),
            "x-rate-tier": tier.value,
            # Replaying is for bodies that fit in memory and answers that hold no secret.
            "x-idempotent": idempotent and not streams and method == "POST",
            # A handler that streams reads the body itself, and bounds it.
            "x-streams": streams,
            **({} if permission == PUBLIC else {"security": [{"bearer": []}]}),
        }
        extra = {**declared, **options.pop("openapi_extra", {})}
        return self.api_route(path, methods=[method], openapi_extra=extra, **options)
