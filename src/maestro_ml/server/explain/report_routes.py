"""`/api/v1/explain/reports`, and how an explanation is answered while it is being made."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from fastapi.responses import JSONResponse
from starlette.responses import Response, StreamingResponse

from maestro_ml.contracts.explain import Explanation, ExplanationPending
from maestro_ml.contracts.identity import Permission
from maestro_ml.server.explain.rules import MEDIA
from maestro_ml.server.explain.service import ExplainService
from maestro_ml.server.explain.waiting import Waiter
from maestro_ml.server.kernel.http import MaestroRouter, Unit

Wait = Annotated[
    float, Query(ge=0, le=60, description="seconds to wait for the answer before 202 comes")
]
# A drawing is shown, never run: whoever opens its address gets a page without scripts.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
PENDING: dict[str, Any] = {
    "response_model": Explanation,
    "responses": {202: {"model": ExplanationPending, "description": "It is being made"}},
}


def report_routes(explain: ExplainService, waiter: Waiter) -> MaestroRouter:
    """Explanations that were asked for, with their pictures and data."""
    router = MaestroRouter(prefix="/explain/reports", tag="explain")

    @router.get("/{explanation_id}", permission=Permission.MODEL_READ, **PENDING)
    async def get_report(unit: Unit, explanation_id: UUID, wait: Wait = 0) -> Any:
        """An explanation that was asked for."""
        return await answer(waiter, unit, explanation_id, wait)

    @router.get("/{explanation_id}/files/{file}", permission=Permission.MODEL_READ)
    async def get_file(unit: Unit, explanation_id: UUID, file: str) -> StreamingResponse:
        """A picture (SVG) of an explanation, or all its effects as Parquet."""
        blob = await explain.open_file(unit, explanation_id, file)
        headers = {
            "Content-Length": str(blob.size),
            "Content-Security-Policy": _POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, max-age=86400, immutable",
        }
        media = MEDIA[file.rpartition(".")[2]]
        return StreamingResponse(blob.chunks, media_type=media, headers=headers)

    return router


async def answer(waiter: Waiter, unit: Unit, id: UUID, wait: float) -> Explanation | Response:
    """The explanation, or 202 with where it will be."""
    found = await waiter.wait(unit, id, seconds=wait)
    if isinstance(found, Explanation):
        return found
    return JSONResponse(
        found.model_dump(mode="json"),
        status_code=202,
        headers={"Location": found.location, "Retry-After": "1"},
    )
