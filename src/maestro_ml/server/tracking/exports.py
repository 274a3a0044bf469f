"""Gives out a whole run, line by line, in the form that an import takes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import orjson

from maestro_ml.contracts.imports import (
    MAX_SERIES_POINTS,
    DatasetInput,
    ModelOutput,
    RunExport,
    SeriesImport,
)
from maestro_ml.contracts.tracking import ExperimentId, Lifecycle, RunId, RunStatus
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import SessionCalls, UnitOfWork, UnitsOfWork
from maestro_ml.server.tracking import outcomes
from maestro_ml.server.tracking.repository import TrackingFunctions, WholeRunRecord
from maestro_ml.server.tracking.service import TrackingService


class ExportService:
    """Reads in short units of its own, so that a slow reader holds no transaction open."""

    def __init__(self, tracking: TrackingService, units: UnitsOfWork) -> None:
        self._tracking = tracking
        self._units = units

    async def open(self, unit: UnitOfWork, run_id: UUID) -> AsyncIterator[bytes]:
        """The lines of a run: a RunExport, then its points as SeriesImports. Raises RunNotFound."""
        functions = TrackingFunctions(SessionCalls(unit.session), unit.context.tenant_id)
        found = await functions.find_runs([run_id])
        if not found:
            raise outcomes.run_not_found(run_id)
        return self._lines(unit.context, found[0])

    async def _lines(self, context: Context, run: WholeRunRecord) -> AsyncIterator[bytes]:
        yield _to_export(run).model_dump_json().encode() + b"\n"
        for key in sorted(run.keys or ()):
            cursor = None
            while True:
                async with self._units.tenant(context) as unit:
                    page = await self._tracking.metric_page(
                        unit, run.id, key, limit=MAX_SERIES_POINTS, cursor=cursor
                    )
                series = SeriesImport(
                    key=key, steps=page.steps, timestamps=page.timestamps, values=page.values
                )
                yield series.model_dump_json().encode() + b"\n"
                cursor = page.next_cursor
                if cursor is None:
                    break


def _to_export(run: WholeRunRecord) -> RunExport:
    models = orjson.loads(run.models or "[]")
    datasets = orjson.loads(run.datasets or "[]")
    return RunExport(
        id=RunId(run.id),
        experiment_id=ExperimentId(run.experiment_id),
        name=run.name,
        status=RunStatus(run.status),
        user=run.user_name,
        started_at=run.started_at,
        ended_at=run.ended_at,
        parent_run_id=None if run.parent_run_id is None else RunId(run.parent_run_id),
        params=orjson.loads(run.params),
        tags=orjson.loads(run.tags),
        datasets=[DatasetInput(columns=each.pop("schema") or "", **each) for each in datasets],
        read_models=[each["model_id"] for each in models if each["direction"] == "input"],
        written_models=[
            ModelOutput(model_id=each["model_id"], step=each["step"])
            for each in models
            if each["direction"] == "output"
        ],
        lifecycle=Lifecycle.ACTIVE if run.deleted_at is None else Lifecycle.DELETED,
    )
