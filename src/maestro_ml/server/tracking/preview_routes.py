"""`/api/v1/previews/…`: uploaded pages in a sandbox; and what a run is tied to."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import StreamingResponse

from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.run_relations import RunRelations
from maestro_ml.contracts.run_tables import PreviewTicket
from maestro_ml.server.kernel.http import PUBLIC, MaestroRouter, Unit
from maestro_ml.server.tracking.previews import PreviewService, headers_of
from maestro_ml.server.tracking.service import TrackingService

FilePath = Annotated[str, Path(pattern=r"^[^\x00]*$")]
Scripts = Annotated[bool, Query(description="let the page's own scripts run in the sandbox")]


def preview_routes(previews: PreviewService, tracking: TrackingService) -> MaestroRouter:
    """Looking at what a run left behind."""
    router = MaestroRouter(tag="runs")

    @router.get("/runs/{run_id}/relations", permission=Permission.EXPERIMENT_READ)
    async def get_run_relations(unit: Unit, run_id: UUID) -> RunRelations:
        """The data sets and logged models that a run read and wrote."""
        return await tracking.run_relations(unit, run_id)

    @router.post("/runs/{run_id}/previews", permission=Permission.EXPERIMENT_READ, idempotent=False)
    async def create_preview(unit: Unit, run_id: UUID) -> PreviewTicket:
        """An address below which the run's files can be shown in a sandboxed frame for five minutes."""
        ticket = await previews.issue(unit, run_id)
        return PreviewTicket(path=f"/api/v1/previews/{ticket}/")

    @router.get(
        "/previews/{ticket}/{path:path}", permission=PUBLIC, response_class=StreamingResponse
    )
    async def show_preview(
        ticket: str, path: FilePath, scripts: Scripts = False
    ) -> StreamingResponse:
        """A file of the run that the ticket is for, shut in a sandbox."""
        _, blob = await previews.open(ticket, path)
        return StreamingResponse(blob.chunks, headers=headers_of(path, scripts=scripts))

    return router
