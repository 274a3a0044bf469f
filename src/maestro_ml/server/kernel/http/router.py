"""Routes that cannot forget their permission, each run in one unit of work."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from maestro_ml.contracts.identity import Permission
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.http.edge import ANYONE, PUBLIC, Demand, Edge, Tier, header
from maestro_ml.server.kernel.http.idempotency import run_once

Handler = Callable[..., Any]


class MaestroRoute(APIRoute):
    """Admits the caller before anything is parsed, and commits before the response goes out."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        declared: dict[str, Any] = self.openapi_extra or {}
        named = declared["x-permission"]
        permission: Demand = named if named in (PUBLIC, ANYONE) else Permission(named)
        tier = Tier(declared["x-rate-tier"])
        replayable = bool(declared["x-idempotent"])

        async def run(request: Request) -> Response:
            edge: Edge = request.app.state.edge
            context = await edge.admit(request.scope, permission, tier)
            if context is None:
                return await handle(request)
            async with edge.units.tenant(context) as unit:
                request.state.unit = unit
                key = header(request.scope, b"idempotency-key") if replayable else ""
                return await run_once(key, request, unit, handle) if key else await handle(request)

        return run


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
        **options: Any,
    ) -> Callable[[Handler], Handler]:
        declared: dict[str, Any] = {
            "x-permission": str(permission),
            "x-rate-tier": tier.value,
            # Replaying is for bodies that fit in memory and answers that hold no secret.
            "x-idempotent": idempotent and method == "POST",
            **({} if permission == PUBLIC else {"security": [{"bearer": []}]}),
        }
        extra = {**declared, **options.pop("openapi_extra", {})}
        return self.api_route(path, methods=[method], openapi_extra=extra, **options)
