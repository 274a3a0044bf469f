"""`/api/v1/imports` and `/api/v1/exports`: runs on their way between tracking servers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from starlette.requests import ClientDisconnect, Request
from starlette.responses import StreamingResponse

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.imports import (
    ExperimentImport,
    LoggedModelContents,
    LoggedModelExport,
    LoggedModelImport,
    RunContents,
    RunContentsList,
    RunContentsQuery,
)
from maestro_ml.contracts.tracking import Experiment
from maestro_ml.server.kernel.http import Cursor, Limit, MaestroRouter, Tier, Unit
from maestro_ml.server.tracking.errors import ImportMalformed
from maestro_ml.server.tracking.exports import ExportService
from maestro_ml.server.tracking.imports import ImportService

_LINES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
    }
}


def import_routes(imports: ImportService) -> MaestroRouter:
    """Importing; sending anything again changes nothing."""
    router = MaestroRouter(prefix="/imports", tag="imports")

    @router.post("/experiments", permission=Permission.EXPERIMENT_WRITE, tier=Tier.INGEST)
    async def import_experiment(unit: Unit, body: ExperimentImport) -> Experiment:
        """Bring in an experiment, recognised by its name."""
        return await imports.put_experiment(unit, body)

    @router.post(
        "/runs",
        permission=Permission.EXPERIMENT_WRITE,
        tier=Tier.INGEST,
        streams=True,
        openapi_extra=_LINES,
    )
    async def import_run(unit: Unit, request: Request) -> RunContents:
        """Bring in a run under its own id: a RunImport, then SeriesImports, each on a line."""
        return await imports.put_run(unit, _body(request))

    @router.post("/runs/contents", permission=Permission.EXPERIMENT_READ, tier=Tier.INGEST)
    async def list_run_contents(unit: Unit, body: RunContentsQuery) -> RunContentsList:
        """How much each of these runs holds here."""
        return await imports.list_contents(unit, body.ids)

    @router.post("/logged-models", permission=Permission.EXPERIMENT_WRITE, tier=Tier.INGEST)
    async def import_logged_model(unit: Unit, body: LoggedModelImport) -> LoggedModelContents:
        """Bring in a logged model under its own id; its files come afterwards."""
        return await imports.put_logged_model(unit, body)

    return router


def export_routes(exports: ExportService) -> MaestroRouter:
    """Exporting, in the form that importing takes."""
    router = MaestroRouter(prefix="/exports", tag="imports")

    @router.get(
        "/runs/{run_id}",
        permission=Permission.EXPERIMENT_READ,
        tier=Tier.INGEST,
        response_class=StreamingResponse,
    )
    async def export_run(unit: Unit, run_id: UUID) -> StreamingResponse:
        """A whole run: a RunExport, then every point as SeriesImports, each on a line."""
        lines = await exports.open(unit, run_id)
        return StreamingResponse(lines, media_type="application/x-ndjson")

    @router.get(
        "/experiments/{experiment_id}/logged-models",
        permission=Permission.EXPERIMENT_READ,
        tier=Tier.INGEST,
    )
    async def export_logged_models(
        unit: Unit, experiment_id: int, limit: Limit = 100, cursor: Cursor = None
    ) -> Page[LoggedModelExport]:
        """Logged models of an experiment with metrics and files, the newest first."""
        return await exports.list_logged_models(unit, experiment_id, limit=limit, cursor=cursor)

    return router


async def _body(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect as error:
        raise ImportMalformed(
            "The connection broke before the end; nothing was stored. Send the run again."
        ) from error
