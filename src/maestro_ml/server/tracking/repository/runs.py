"""Runs off the hot path: pages in an order that an index walks, and the trash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Double, Select, func, literal_column, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.tracking import (
    ExperimentId,
    Lifecycle,
    Run,
    RunId,
    RunStatus,
    SortDirection,
    View,
)
from maestro_ml.server.tracking.rules import artifact_uri
from maestro_ml.server.tracking.tables import ExperimentRow, RunMetricRow, RunRow

# PostgreSQL ranks it above every number.
_NOT_A_NUMBER = literal_column("'NaN'::double precision", Double)


@dataclass(frozen=True, slots=True)
class RunSelection:
    """Which runs, and in which order: by start, or by the latest value of `metric`."""

    experiment_id: int | None = None
    parent_run_id: UUID | None = None
    view: View = View.ACTIVE
    status: RunStatus | None = None
    name: str | None = None
    metric: str | None = None
    direction: SortDirection = SortDirection.DESC


@dataclass(frozen=True, slots=True)
class RunKey:
    """A run and the value it was sorted by."""

    run: Run
    sorted_by: datetime | float


class RunRepository:
    """The runs of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def query(
        self, chosen: RunSelection, *, limit: int, after: tuple[Any, UUID] | None
    ) -> Select[Any]:
        """One page as a walk along the index of its order, from where the last page ended."""
        order: ColumnElement[Any] = RunRow.started_at.expression
        tie: ColumnElement[Any] = RunRow.id.expression
        if chosen.metric is not None:
            order, tie = RunMetricRow.value.expression, RunMetricRow.run_id.expression
        query = select(RunRow, ExperimentRow.artifact_location, order).join(
            ExperimentRow,
            (ExperimentRow.tenant_id == RunRow.tenant_id)
            & (ExperimentRow.id == RunRow.experiment_id),
        )
        if chosen.metric is not None:
            # NaN has no place in an order; a run without a number for the metric is left out.
            query = query.join(
                RunMetricRow,
                (RunMetricRow.tenant_id == RunRow.tenant_id) & (RunMetricRow.run_id == RunRow.id),
            ).where(
                RunMetricRow.experiment_id == chosen.experiment_id,
                RunMetricRow.key == chosen.metric,
                RunMetricRow.value < _NOT_A_NUMBER,
            )
        for condition in _conditions(chosen):
            query = query.where(condition)
        descending = chosen.direction is SortDirection.DESC
        if after is not None:
            place = tuple_(order, tie)
            start = tuple_(*after, types=(order.type, tie.type))
            query = query.where(place < start if descending else place > start)
        if descending:
            order, tie = order.desc(), tie.desc()
        return query.order_by(order, tie).limit(limit)

    async def _metrics(self, run_ids: list[UUID]) -> dict[UUID, dict[str, float]]:
        found = await self._session.execute(
            select(
                RunMetricRow.run_id,
                func.array_agg(RunMetricRow.key),
                func.array_agg(RunMetricRow.value),
            )
            .where(RunMetricRow.run_id.in_(run_ids))
            .group_by(RunMetricRow.run_id)
        )
        return {
            run_id: dict(zip(keys, values, strict=True)) for run_id, keys, values in found.all()
        }

    async def set_deleted(self, run_id: UUID, deleted_at: datetime | None) -> bool | None:
        """Move a run to the trash or out of it; False if it was there already, None if unknown."""
        row = await self._session.scalar(
            select(RunRow).where(RunRow.id == run_id).with_for_update(key_share=True)
        )
        if row is None:
            return None
        if (row.deleted_at is None) == (deleted_at is None):
            return False
        await self._session.execute(
            update(RunRow)
            .where(RunRow.id == run_id)
            .values(deleted_at=deleted_at, ver=RunRow.ver + 1)
        )
        return True

    async def list(
        self, chosen: RunSelection, *, limit: int, after: tuple[Any, UUID] | None
    ) -> list[RunKey]:
        """Runs after the one with this sort value and id."""
        rows = (await self._session.execute(self.query(chosen, limit=limit, after=after))).all()
        metrics = await self._metrics([row.id for row, _, _ in rows])
        return [
            RunKey(to_run(row, location, metrics.get(row.id, {})), sorted_by)
            for row, location, sorted_by in rows
        ]


def _conditions(chosen: RunSelection) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.experiment_id is not None and chosen.metric is None:
        conditions.append(RunRow.experiment_id == chosen.experiment_id)
    if chosen.parent_run_id is not None:
        conditions.append(RunRow.parent_run_id == chosen.parent_run_id)
    if chosen.view is View.ACTIVE:
        conditions.append(RunRow.deleted_at.is_(None))
    if chosen.view is View.DELETED:
        conditions.append(RunRow.deleted_at.is_not(None))
    if chosen.status is not None:
        conditions.append(RunRow.status == chosen.status.value)
    if chosen.name is not None:
        conditions.append(func.strpos(func.lower(RunRow.name), chosen.name.lower()) > 0)
    return conditions


def to_run(row: RunRow, location: str | None, metrics: dict[str, float]) -> Run:
    """The contract of a row."""
    return Run(
        id=RunId(row.id),
        experiment_id=ExperimentId(row.experiment_id),
        name=row.name,
        status=RunStatus(row.status),
        lifecycle=Lifecycle.ACTIVE if row.deleted_at is None else Lifecycle.DELETED,
        user=row.user_name,
        parent_run_id=None if row.parent_run_id is None else RunId(row.parent_run_id),
        started_at=row.started_at,
        ended_at=row.ended_at,
        artifact_uri=artifact_uri(row.experiment_id, location, row.id),
        params=row.params,
        tags=row.tags,
        metrics=metrics,
    )
