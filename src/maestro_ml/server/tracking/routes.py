"""`/api/v1/experiments` and `/api/v1/runs`, as far as they are not hot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Path, Query
from starlette.requests import ClientDisconnect, Request
from starlette.responses import StreamingResponse

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.tracking import (
    Experiment,
    ExperimentCreate,
    ExperimentUpdate,
    MetricHistory,
    Run,
    RunArtifact,
    RunStatus,
    SortDirection,
    View,
)
from maestro_ml.server.kernel.http import Cursor, Limit, MaestroRouter, Tier, Unit
from maestro_ml.server.tracking.artifacts import RunArtifactService
from maestro_ml.server.tracking.errors import ArtifactInterrupted
from maestro_ml.server.tracking.repository import RunSelection
from maestro_ml.server.tracking.service import TrackingService

ExperimentKey = Annotated[int, Path(ge=0, lt=2**63, description="the experiment's number")]
# PostgreSQL's text has no place for the character NUL.
_TEXT = r"^[^\x00]*$"
ExactName = Annotated[str, Query(max_length=500, pattern=_TEXT)]
NamePart = Annotated[
    str | None, Query(max_length=500, pattern=_TEXT, description="a part of the name")
]
MetricKey = Annotated[str, Path(max_length=250, pattern=_TEXT)]
FilePath = Annotated[str, Path(pattern=_TEXT)]
FolderPath = Annotated[str, Query(pattern=_TEXT, description="a folder")]
SortMetric = Annotated[
    str | None,
    Query(
        max_length=250,
        pattern=_TEXT,
        description="sort by the latest value of this metric, not by start",
    ),
]
MaxPoints = Annotated[
    int | None, Query(ge=2, le=100_000, description="thin the history out to its extremes")
]
PageOfPoints = Annotated[int | None, Query(ge=1, le=100_000, description="points in a page")]

_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def experiment_routes(tracking: TrackingService) -> MaestroRouter:
    """Experiments; their list is a hot path."""
    router = MaestroRouter(prefix="/experiments", tag="experiments")

    @router.post("", permission=Permission.EXPERIMENT_WRITE, status_code=201)
    async def create_experiment(unit: Unit, body: ExperimentCreate) -> Experiment:
        """Make an experiment with a name of its own."""
        return await tracking.create_experiment(unit, body)

    @router.get("/by-name", permission=Permission.EXPERIMENT_READ)
    async def get_experiment_by_name(unit: Unit, name: ExactName) -> Experiment:
        """The experiment with exactly this name, in the trash or not."""
        return await tracking.get_experiment_by_name(unit, name)

    @router.get("/{experiment_id}", permission=Permission.EXPERIMENT_READ)
    async def get_experiment(unit: Unit, experiment_id: ExperimentKey) -> Experiment:
        """An experiment, in the trash or not."""
        return await tracking.get_experiment(unit, experiment_id)

    @router.patch("/{experiment_id}", permission=Permission.EXPERIMENT_WRITE)
    async def update_experiment(
        unit: Unit, experiment_id: ExperimentKey, body: ExperimentUpdate
    ) -> Experiment:
        """Rename an experiment, set or remove its tags."""
        return await tracking.update_experiment(unit, experiment_id, body)

    @router.delete("/{experiment_id}", permission=Permission.EXPERIMENT_DELETE, status_code=204)
    async def delete_experiment(unit: Unit, experiment_id: ExperimentKey) -> None:
        """Move an experiment to the trash."""
        await tracking.delete_experiment(unit, experiment_id)

    @router.post("/{experiment_id}/restore", permission=Permission.EXPERIMENT_WRITE)
    async def restore_experiment(unit: Unit, experiment_id: ExperimentKey) -> Experiment:
        """Take an experiment out of the trash."""
        return await tracking.restore_experiment(unit, experiment_id)

    @router.get("/{experiment_id}/runs", permission=Permission.EXPERIMENT_READ)
    async def list_runs(
        unit: Unit,
        experiment_id: ExperimentKey,
        limit: Limit = 100,
        cursor: Cursor = None,
        view: View = View.ACTIVE,
        status: RunStatus | None = None,
        name: NamePart = None,
        metric: SortMetric = None,
        direction: SortDirection = SortDirection.DESC,
    ) -> Page[Run]:
        """The runs of an experiment, the latest start or the highest metric first."""
        chosen = RunSelection(
            experiment_id=experiment_id,
            view=view,
            status=status,
            name=name,
            metric=metric,
            direction=direction,
        )
        return await tracking.list_runs(unit, chosen, limit=limit, cursor=cursor)

    return router


def run_routes(tracking: TrackingService, artifacts: RunArtifactService) -> MaestroRouter:
    """Runs; to create, get, change and log to one are hot paths."""
    router = MaestroRouter(prefix="/runs", tag="runs")

    @router.delete("/{run_id}", permission=Permission.EXPERIMENT_DELETE, status_code=204)
    async def delete_run(unit: Unit, run_id: UUID) -> None:
        """Move a run to the trash."""
        await tracking.delete_run(unit, run_id)

    @router.post("/{run_id}/restore", permission=Permission.EXPERIMENT_WRITE)
    async def restore_run(unit: Unit, run_id: UUID) -> Run:
        """Take a run out of the trash."""
        return await tracking.restore_run(unit, run_id)

    @router.get("/{run_id}/children", permission=Permission.EXPERIMENT_READ)
    async def list_children(
        unit: Unit, run_id: UUID, limit: Limit = 100, cursor: Cursor = None
    ) -> Page[Run]:
        """The child runs of a run, the latest start first."""
        return await tracking.list_children(unit, run_id, limit=limit, cursor=cursor)

    @router.get("/{run_id}/metrics/{key:path}", permission=Permission.EXPERIMENT_READ)
    async def get_metric_history(
        unit: Unit,
        run_id: UUID,
        key: MetricKey,
        max_points: MaxPoints = None,
        limit: PageOfPoints = None,
        cursor: Cursor = None,
    ) -> MetricHistory:
        """Every point of a metric; with `limit` page by page, with `max_points` thinned out."""
        if limit is not None:
            return await tracking.metric_page(unit, run_id, key, limit=limit, cursor=cursor)
        return await tracking.metric_history(unit, run_id, key, max_points=max_points)

    _artifact_routes(router, artifacts)
    return router


def _artifact_routes(router: MaestroRouter, artifacts: RunArtifactService) -> None:
    @router.get("/{run_id}/artifacts", permission=Permission.EXPERIMENT_READ)
    async def list_artifacts(
        unit: Unit, run_id: UUID, path: FolderPath = "", limit: Limit = 100, cursor: Cursor = None
    ) -> Page[RunArtifact]:
        """The files of a run below the folder `path`."""
        return await artifacts.list(unit, run_id, folder=path, limit=limit, cursor=cursor)

    @router.put(
        "/{run_id}/artifacts/{path:path}",
        permission=Permission.EXPERIMENT_WRITE,
        tier=Tier.INGEST,
        streams=True,
        openapi_extra=_FILE,
    )
    async def put_artifact(
        unit: Unit, request: Request, run_id: UUID, path: FilePath
    ) -> RunArtifact:
        """Store a file of any kind, in place of what had its path."""
        return await artifacts.put(unit, run_id, path, _body(request))

    @router.get(
        "/{run_id}/artifacts/{path:path}",
        permission=Permission.EXPERIMENT_READ,
        response_class=StreamingResponse,
    )
    async def get_artifact(unit: Unit, run_id: UUID, path: FilePath) -> StreamingResponse:
        """The bytes of a file."""
        artifact, blob = await artifacts.open(unit, run_id, path)
        headers = {
            "Content-Length": str(blob.size),
            # A stored page must not run in the browser of whoever opens it.
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(path.rpartition('/')[2])}",
        }
        if artifact.sha256 is not None:
            headers["ETag"] = f'"{artifact.sha256}"'
        return StreamingResponse(
            blob.chunks, media_type="application/octet-stream", headers=headers
        )

    @router.delete(
        "/{run_id}/artifacts/{path:path}",
        permission=Permission.EXPERIMENT_DELETE,
        status_code=204,
    )
    async def delete_artifact(unit: Unit, run_id: UUID, path: FilePath) -> None:
        """Delete a file, or a folder with all below it."""
        await artifacts.delete(unit, run_id, path)


async def _body(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect as error:
        raise ArtifactInterrupted(
            "The connection broke before the end; nothing was stored. Send the file again."
        ) from error
