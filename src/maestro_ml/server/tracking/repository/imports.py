"""Experiments and runs that come from elsewhere with their own ids, dates and states."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.imports import LoggedModelImport, RunContents, RunImport
from maestro_ml.contracts.tracking import Lifecycle, RunId, RunStatus
from maestro_ml.server.tracking.logged_model_tables import LoggedModelMetricRow, LoggedModelRow
from maestro_ml.server.tracking.tables import ExperimentRow, RunRow

_LINKS = ("datasets", "read_models", "written_models")

# The history function drops points that were sent twice, as every reader of a history does.
_CONTENTS = text(
    """
    SELECT r.id, r.deleted_at, r.status,
           (SELECT count(*) FROM jsonb_object_keys(r.params)),
           (SELECT count(*) FROM jsonb_object_keys(r.tags - 'mlflow.runName')),
           m.metrics, m.points,
           (SELECT count(*) FROM run_dataset d WHERE d.tenant_id = r.tenant_id AND d.run_id = r.id)
             + l.inputs, l.outputs, a.files, a.bytes
    FROM run r
    CROSS JOIN LATERAL (
      SELECT count(*) AS metrics, coalesce(sum(cardinality(h.steps)), 0) AS points
      FROM run_metric k
      CROSS JOIN LATERAL tracking_metric_history(r.tenant_id, r.id, k.key) h
      WHERE k.tenant_id = r.tenant_id AND k.run_id = r.id
    ) m
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE x.direction = 'input') AS inputs,
             count(*) FILTER (WHERE x.direction = 'output') AS outputs
      FROM run_model x WHERE x.tenant_id = r.tenant_id AND x.run_id = r.id
    ) l
    CROSS JOIN LATERAL (
      SELECT count(*) AS files, coalesce(sum(f.size), 0) AS bytes
      FROM run_artifact f WHERE f.tenant_id = r.tenant_id AND f.run_id = r.id
    ) a
    WHERE r.tenant_id = :tenant AND r.id = ANY(:ids)
    """
)


class ImportRepository:
    """Writes what the ordinary ways would give an id and a date of its own."""

    def __init__(self, session: AsyncSession, tenant_id: UUID) -> None:
        self._session = session
        self._tenant_id = tenant_id

    async def set_dates(
        self, experiment_id: int, *, created_at: datetime, updated_at: datetime
    ) -> None:
        """Let an experiment be as old as it was elsewhere."""
        await self._session.execute(
            update(ExperimentRow)
            .where(ExperimentRow.id == experiment_id)
            .values(created_at=created_at, updated_at=updated_at)
        )

    async def save_run(self, run: RunImport) -> bool:
        """Insert a run, or let one with its id be as it says and leave the trash.

        False, and nothing changed, if the run is in another experiment.
        """
        values = run.model_dump(exclude={"user", "status", *_LINKS})
        new = insert(RunRow).values(**values, status=run.status.value, user_name=run.user)
        merged = {
            "params": RunRow.params.concat(new.excluded.params),
            "tags": RunRow.tags.concat(new.excluded.tags),
            **{
                name: new.excluded[name]
                for name in ("name", "status", "started_at", "ended_at", "parent_run_id")
            },
            "deleted_at": None,
            "ver": RunRow.ver + 1,
        }
        saved = await self._session.scalar(
            new.on_conflict_do_update(
                constraint="pk_run",
                set_=merged,
                where=RunRow.experiment_id == new.excluded.experiment_id,
            ).returning(RunRow.id)
        )
        return saved is not None

    async def save_logged_model(self, model: LoggedModelImport) -> None:
        """Insert a logged model with its metrics, or let one with its id be as it says."""
        new = insert(LoggedModelRow).values(**model.model_dump(exclude={"metrics"}))
        merged = {
            "params": LoggedModelRow.params.concat(new.excluded.params),
            "tags": LoggedModelRow.tags.concat(new.excluded.tags),
            "status": new.excluded.status,
            "updated_at": new.excluded.updated_at,
            "deleted_at": None,
        }
        await self._session.execute(
            new.on_conflict_do_update(constraint="pk_logged_model", set_=merged)
        )
        metrics = [
            {**each.model_dump(exclude={"timestamp"}), "at": each.timestamp, "model_id": model.id}
            for each in model.metrics
        ]
        if metrics:
            await self._session.execute(
                insert(LoggedModelMetricRow).on_conflict_do_nothing(), metrics
            )

    async def contents(self, ids: Sequence[UUID]) -> list[RunContents]:
        """How much each of these runs holds."""
        rows = await self._session.execute(_CONTENTS, {"tenant": self._tenant_id, "ids": list(ids)})
        return [_to_contents(row) for row in rows]


def _to_contents(row: Row[*tuple[Any, ...]]) -> RunContents:
    id, deleted_at, status, params, tags, metrics, points, inputs, outputs, files, size = row
    return RunContents(
        id=RunId(id),
        lifecycle=Lifecycle.ACTIVE if deleted_at is None else Lifecycle.DELETED,
        status=RunStatus(status),
        params=params,
        tags=tags,
        metrics=metrics,
        points=int(points),
        inputs=inputs,
        outputs=outputs,
        artifacts=files,
        artifact_bytes=int(size),
    )
