"""The SQL functions of tracking: each call is one statement that binds its own tenant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from maestro_ml.contracts.tracking import RunStatus, View
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import Calls, SessionCalls
from maestro_ml.server.tracking.rules import Batch, NewRun, Points

__all__ = ["Calls", "ExperimentRecord", "Problem", "RunRecord", "SessionCalls", "TrackingFunctions"]

_LIST_EXPERIMENTS = "SELECT * FROM tracking_list_experiments($1, $2, $3, $4, $5)"
_CREATE_RUN = (
    "SELECT * FROM tracking_create_run($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
)
_GET_RUN = "SELECT * FROM tracking_get_run($1, $2)"
_UPDATE_RUN = "SELECT * FROM tracking_update_run($1, $2, $3, $4, $5, $6, $7, $8, $9)"
_LOG_METRIC = "SELECT tracking_log_metric($1, $2, $3, $4, $5, $6)"
_LOG_METRICS = "SELECT * FROM tracking_log_metrics($1, $2, $3, $4, $5, $6)"
_LOG_BATCH = "SELECT tracking_log_batch($1, $2, $3, $4, $5, $6, $7, $8)"
_LOG_FIELDS = "SELECT * FROM tracking_log_fields($1, $2, $3, $4)"
_METRIC_HISTORY = "SELECT * FROM tracking_metric_history($1, $2, $3)"
_METRIC_SERIES = "SELECT * FROM tracking_metric_series($1, $2, $3)"
_DELETE_TAG = "SELECT tracking_delete_tag($1, $2, $3)"
_WHOLE_RUNS = "SELECT * FROM tracking_whole_runs($1, $2)"

RUN_WRITERS = frozenset(
    {_CREATE_RUN, _UPDATE_RUN, _LOG_METRIC, _LOG_METRICS, _LOG_BATCH, _LOG_FIELDS, _DELETE_TAG}
)
"""The statements that write a run, whose id or ids follow the tenant's."""

Problem = str | dict[str, str] | None
"""run_missing, run_deleted, or the `key`, `old`, `new` of a param; None for none."""


@dataclass(frozen=True, slots=True)
class ExperimentRecord:
    """A row of `experiment`; `tags` is JSON text."""

    tenant_id: UUID
    id: int
    name: str
    artifact_location: str | None
    tags: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run with the latest point of each metric by column; `params` and `tags` are JSON text."""

    id: UUID
    experiment_id: int
    parent_run_id: UUID | None
    name: str
    status: str
    user_name: str
    params: str
    tags: str
    started_at: datetime
    ended_at: datetime | None
    deleted_at: datetime | None
    ver: int
    artifact_location: str | None
    keys: list[str] | None
    values: list[float] | None
    steps: list[int] | None
    timestamps: list[int] | None


@dataclass(frozen=True, slots=True)
class WholeRunRecord(RunRecord):
    """A run with what it read and wrote, as JSON text: None for nothing.

    `datasets` holds objects of `name`, `digest`, `source_type`, `source`, `schema`, `profile`, `tags`;
    `models` holds objects of `direction` (`input`, `output`), `model_id`, `step`.
    """

    datasets: str | None
    models: str | None


class CreatedRun(NamedTuple):
    """How it went: None, or experiment_missing, experiment_deleted, parent_missing, exists."""

    problem: str | None
    artifact_location: str | None


class SeriesPiece(NamedTuple):
    """Points of a metric by column."""

    steps: list[int]
    timestamps: list[int]
    values: list[float]


class TrackingFunctions:
    """The functions on behalf of one tenant.

    Writers return None when they stored everything, else the word of what is wrong: then they stored
    nothing. With `auditor` the change is recorded in the same transaction; a unit of work, which
    records by itself, leaves it out.
    """

    def __init__(self, calls: Calls, tenant_id: UUID) -> None:
        self._calls = calls
        self._tenant_id = tenant_id

    async def list_experiments(
        self, *, view: View, name: str | None, before: int | None, limit: int
    ) -> list[ExperimentRecord]:
        """Experiments with an id below `before`, the newest first."""
        rows = await self._calls.rows(
            _LIST_EXPERIMENTS, self._tenant_id, view.value, name, before, limit
        )
        return [ExperimentRecord(*row) for row in rows]

    async def create_run(self, run: NewRun, auditor: Context | None) -> CreatedRun:
        """Store a run."""
        rows = await self._calls.rows(
            _CREATE_RUN,
            self._tenant_id,
            run.id,
            run.experiment_id,
            run.name,
            run.user_name,
            _json(run.params),
            _json(run.tags),
            run.parent_run_id,
            run.parent_is_sure,
            run.started_at,
            *_actor(auditor),
        )
        return CreatedRun(*rows[0])

    async def find_run(self, run_id: UUID) -> RunRecord | None:
        """The run, in the trash or not."""
        rows = await self._calls.rows(_GET_RUN, self._tenant_id, run_id)
        return RunRecord(*rows[0]) if rows else None

    async def find_runs(self, run_ids: list[UUID]) -> list[WholeRunRecord]:
        """Those of the runs that there are, in any order."""
        rows = await self._calls.rows(_WHOLE_RUNS, self._tenant_id, run_ids)
        return [WholeRunRecord(*row) for row in rows]

    async def update_run(
        self,
        run_id: UUID,
        *,
        status: RunStatus | None,
        ended_at: datetime | None,
        name: str | None,
        auditor: Context | None,
    ) -> RunRecord | None:
        """Change what is not None and return the run; one in the trash comes back unchanged."""
        rows = await self._calls.rows(
            _UPDATE_RUN,
            self._tenant_id,
            run_id,
            None if status is None else status.value,
            ended_at,
            name,
            *_actor(auditor),
        )
        return RunRecord(*rows[0]) if rows else None

    async def log_metric(
        self, run_id: UUID, key: str, value: float, timestamp: int, step: int
    ) -> str | None:
        """Store one point; run_missing or run_deleted."""
        return await self._word(_LOG_METRIC, run_id, key, value, timestamp, step)

    async def log_metrics(self, run_ids: list[UUID], points: Points) -> dict[UUID, str]:
        """Store points of many runs; the runs that took none, with run_missing or run_deleted."""
        rows = await self._calls.rows(
            _LOG_METRICS,
            self._tenant_id,
            run_ids,
            points.keys,
            points.values,
            points.timestamps,
            points.steps,
        )
        return dict([tuple(row) for row in rows])

    async def log_batch(self, run_id: UUID, batch: Batch) -> Problem:
        """Store all of `batch`."""
        points = batch.points
        problem = await self._word(
            _LOG_BATCH,
            run_id,
            points.keys,
            points.values,
            points.timestamps,
            points.steps,
            _json(batch.params) if batch.params else None,
            _json(batch.tags) if batch.tags else None,
        )
        return _problem(problem)

    async def log_fields(self, batches: list[tuple[UUID, Batch]]) -> list[Problem]:
        """Store params and tags of runs, each batch or nothing of it; the problem of each."""
        rows = await self._calls.rows(
            _LOG_FIELDS,
            self._tenant_id,
            [run_id for run_id, _ in batches],
            [_json(batch.params) if batch.params else None for _, batch in batches],
            [_json(batch.tags) if batch.tags else None for _, batch in batches],
        )
        refused = {place: _problem(word) for place, word in rows}
        return [refused.get(place + 1) for place in range(len(batches))]

    async def delete_tag(self, run_id: UUID, key: str) -> str | None:
        """Remove a tag; run_missing, run_deleted or tag_missing."""
        return await self._word(_DELETE_TAG, run_id, key)

    async def metric_series(self, run_ids: list[UUID], key: str) -> dict[UUID, list[SeriesPiece]]:
        """The points of a metric for each run that there is: some may come twice, in no order."""
        rows = await self._calls.rows(_METRIC_SERIES, self._tenant_id, run_ids, key)
        found: dict[UUID, list[SeriesPiece]] = {}
        for run_id, *columns in rows:
            pieces = found.setdefault(run_id, [])
            if columns[0] is not None:
                pieces.append(SeriesPiece(*columns))
        return found

    async def metric_history(
        self, run_id: UUID, key: str
    ) -> tuple[list[int], list[int], list[float]] | None:
        """Steps, timestamps and values, empty for an unknown key; None for an unknown run."""
        rows = await self._calls.rows(_METRIC_HISTORY, self._tenant_id, run_id, key)
        if not rows:
            return None
        steps, timestamps, values = rows[0]
        return steps or [], timestamps or [], values or []

    async def _word(self, statement: str, *arguments: Any) -> str | None:
        rows = await self._calls.rows(statement, self._tenant_id, *arguments)
        word: str | None = rows[0][0]
        return word


def _problem(word: str | None) -> Problem:
    decoded: Problem = orjson.loads(word) if word else None
    return decoded


def _json(value: dict[str, str]) -> str:
    return orjson.dumps(value).decode()


def _actor(context: Context | None) -> tuple[str | None, UUID | None, str | None, str | None]:
    if context is None:
        return None, None, None, None
    return context.actor.kind.value, context.actor.id, context.actor.name, context.request_id
