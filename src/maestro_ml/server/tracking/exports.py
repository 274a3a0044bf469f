"""Gives out a whole run, line by line, in the form that an import takes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import orjson

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.imports import (
    MAX_SERIES_POINTS,
    DatasetInput,
    LoggedModelExport,
    LoggedModelMetric,
    LoggedModelStatus,
    ModelOutput,
    RunExport,
    SeriesImport,
)
from maestro_ml.contracts.tracking import (
    ExperimentId,
    Lifecycle,
    RunArtifact,
    RunId,
    RunStatus,
)
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import SessionCalls, UnitOfWork, UnitsOfWork
from maestro_ml.server.search import Arguments, from_token, to_token
from maestro_ml.server.tracking import outcomes
from maestro_ml.server.tracking.artifact_tree import ArtifactTree, path_in_tree
from maestro_ml.server.tracking.repository import (
    LoggedModelFunctions,
    LoggedModelRecord,
    LoggedModelSelection,
    TrackingFunctions,
    WholeRunRecord,
    sort_keys,
)
from maestro_ml.server.tracking.rules import model_artifact_uri
from maestro_ml.server.tracking.service import TrackingService

_MAX_FILES = 100_000


class ExportService:
    """Reads in short units of its own, so that a slow reader holds no transaction open."""

    def __init__(self, tracking: TrackingService, units: UnitsOfWork, tree: ArtifactTree) -> None:
        self._tracking = tracking
        self._units = units
        self._tree = tree

    async def open(self, unit: UnitOfWork, run_id: UUID) -> AsyncIterator[bytes]:
        """The lines of a run: a RunExport, then its points as SeriesImports. Raises RunNotFound."""
        functions = TrackingFunctions(SessionCalls(unit.session), unit.context.tenant_id)
        found = await functions.find_runs([run_id])
        if not found:
            raise outcomes.run_not_found(run_id)
        return self._lines(unit.context, found[0])

    async def list_logged_models(
        self, unit: UnitOfWork, experiment_id: int, *, limit: int, cursor: str | None
    ) -> Page[LoggedModelExport]:
        """A page of an experiment's logged models, the newest first. Raises ExperimentNotFound."""
        await self._tracking.get_experiment(unit, experiment_id)
        functions = LoggedModelFunctions(SessionCalls(unit.session), unit.context.tenant_id)
        chosen = LoggedModelSelection((experiment_id,))
        keys = sort_keys(chosen, Arguments())
        place = from_token(keys, cursor) if cursor else None
        found = await functions.search(chosen, limit=limit + 1, place=place)
        shown = found[:limit]
        items = [
            _to_model_export(record, await self._files(unit, _location(record)))
            for record in await functions.list([row[0] for row in shown])
        ]
        more = len(found) > limit
        return Page(items=items, next_cursor=to_token(keys, shown[-1][1:]) if more else None)

    async def _files(self, unit: UnitOfWork, location: str) -> list[RunArtifact]:
        path = path_in_tree(location)
        return [] if path is None else await self._tree.list_files(unit, path, limit=_MAX_FILES)

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


def _location(model: LoggedModelRecord) -> str:
    return model_artifact_uri(model.experiment_id, model.artifact_location, model.id)


def _to_model_export(model: LoggedModelRecord, files: list[RunArtifact]) -> LoggedModelExport:
    columns = (
        model.keys,
        model.values,
        model.timestamps,
        model.steps,
        model.run_ids,
        model.dataset_names,
        model.dataset_digests,
    )
    return LoggedModelExport(
        id=model.id,
        experiment_id=model.experiment_id,
        name=model.name,
        model_type=model.model_type,
        status=LoggedModelStatus(model.status),
        source_run_id=model.source_run_id,
        params=orjson.loads(model.params),
        tags=orjson.loads(model.tags),
        metrics=[
            LoggedModelMetric(
                key=key,
                value=value,
                timestamp=timestamp,
                step=step,
                run_id=RunId(run_id),
                dataset_name=dataset,
                dataset_digest=digest,
            )
            for key, value, timestamp, step, run_id, dataset, digest in zip(
                *(column or () for column in columns), strict=True
            )
        ],
        created_at=model.created_at,
        updated_at=model.updated_at,
        artifact_location=_location(model),
        artifacts=files,
    )


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
