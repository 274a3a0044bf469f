"""`/api/v1/runs/…` for many runs at once, their charts and their notes, and emptying the trash."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Header, Query
from starlette.responses import Response

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.jobs import Job
from maestro_ml.contracts.purge import ExperimentPurge, RunPurge
from maestro_ml.contracts.selections import (
    MAX_CHARTED,
    MetricHistories,
    Note,
    NoteUpdate,
    RunComparison,
    RunSearch,
    RunSelection,
    RunsTagging,
    RunsToCompare,
    SelectionChange,
)
from maestro_ml.contracts.tracking import Key, Run
from maestro_ml.server.kernel.http import MaestroRouter, Unit
from maestro_ml.server.tracking.notes import etag_of
from maestro_ml.server.tracking.purge_service import PurgeService
from maestro_ml.server.tracking.routes import ExperimentKey
from maestro_ml.server.tracking.searches import RunSearchService
from maestro_ml.server.tracking.service import TrackingService

ChartKeys = Annotated[
    list[Key] | None,
    Query(alias="key", max_length=MAX_CHARTED, description="a metric; repeat it for several"),
]
ChartPoints = Annotated[
    int, Query(ge=2, le=10_000, description="how many points of each metric at most")
]
IfMatch = Annotated[str | None, Header(description="the ETag of the text that you have read")]


def selection_routes(tracking: TrackingService, searches: RunSearchService) -> MaestroRouter:
    """Several runs, or several metrics of one, in one request."""
    router = MaestroRouter(prefix="/runs", tag="runs")

    @router.post("/search", permission=Permission.EXPERIMENT_READ, idempotent=False)
    async def search_runs(unit: Unit, body: RunSearch) -> Page[Run]:
        """Runs of some experiments that meet a filter, in an order."""
        return await searches.search(unit, body)

    @router.post("/compare", permission=Permission.EXPERIMENT_READ, idempotent=False)
    async def compare_runs(unit: Unit, body: RunsToCompare) -> RunComparison:
        """Runs beside each other: the params, metrics and tags that differ come first."""
        return await tracking.compare_runs(unit, body.run_ids)

    @router.post("/bulk-delete", permission=Permission.EXPERIMENT_DELETE)
    async def delete_runs(unit: Unit, body: RunSelection) -> SelectionChange:
        """Move runs to the trash, all or none."""
        return await tracking.delete_runs(unit, body.run_ids)

    @router.post("/bulk-restore", permission=Permission.EXPERIMENT_WRITE)
    async def restore_runs(unit: Unit, body: RunSelection) -> SelectionChange:
        """Take runs out of the trash, all or none."""
        return await tracking.restore_runs(unit, body.run_ids)

    @router.post("/bulk-tag", permission=Permission.EXPERIMENT_WRITE)
    async def tag_runs(unit: Unit, body: RunsTagging) -> SelectionChange:
        """Set and remove tags of runs, of all or none."""
        return await tracking.tag_runs(unit, body.run_ids, body.tags)

    @router.get("/{run_id}/metrics", permission=Permission.EXPERIMENT_READ)
    async def get_metric_histories(
        unit: Unit, run_id: UUID, keys: ChartKeys = None, max_points: ChartPoints = 1000
    ) -> MetricHistories:
        """Metrics of a run for charts: the lowest and highest point of each stretch of each."""
        return await tracking.metric_histories(unit, run_id, keys or [], max_points=max_points)

    return router


def note_routes(tracking: TrackingService) -> MaestroRouter:
    """Notes in Markdown; send the ETag as If-Match to write over nobody else's words."""
    router = MaestroRouter(tag="notes")

    @router.get("/runs/{run_id}/note", permission=Permission.EXPERIMENT_READ)
    async def get_run_note(unit: Unit, response: Response, run_id: UUID) -> Note:
        """The note of a run."""
        return _tagged(response, await tracking.get_run_note(unit, run_id))

    @router.put("/runs/{run_id}/note", permission=Permission.EXPERIMENT_WRITE)
    async def set_run_note(
        unit: Unit, response: Response, run_id: UUID, body: NoteUpdate, if_match: IfMatch = None
    ) -> Note:
        """Write the note of a run."""
        note = await tracking.set_run_note(unit, run_id, body.content, known=if_match)
        return _tagged(response, note)

    @router.get("/experiments/{experiment_id}/note", permission=Permission.EXPERIMENT_READ)
    async def get_experiment_note(
        unit: Unit, response: Response, experiment_id: ExperimentKey
    ) -> Note:
        """The note of an experiment."""
        return _tagged(response, await tracking.get_experiment_note(unit, experiment_id))

    @router.put("/experiments/{experiment_id}/note", permission=Permission.EXPERIMENT_WRITE)
    async def set_experiment_note(
        unit: Unit,
        response: Response,
        experiment_id: ExperimentKey,
        body: NoteUpdate,
        if_match: IfMatch = None,
    ) -> Note:
        """Write the note of an experiment."""
        note = await tracking.set_experiment_note(unit, experiment_id, body.content, known=if_match)
        return _tagged(response, note)

    return router


def purge_routes(purge: PurgeService) -> MaestroRouter:
    """Emptying the trash, in the background."""
    router = MaestroRouter(tag="trash")

    @router.post("/runs/purge", permission=Permission.EXPERIMENT_DELETE, status_code=202)
    async def purge_runs(unit: Unit, body: RunPurge) -> Job:
        """Take runs in the trash out of the database and the object store, for good."""
        return await purge.purge_runs(unit, body)

    @router.post("/experiments/purge", permission=Permission.EXPERIMENT_DELETE, status_code=202)
    async def purge_experiments(unit: Unit, body: ExperimentPurge) -> Job:
        """Take experiments in the trash, with all their runs, out of everything for good."""
        return await purge.purge_experiments(unit, body)

    return router


def _tagged(response: Response, note: Note) -> Note:
    response.headers["ETag"] = etag_of(note)
    return note
