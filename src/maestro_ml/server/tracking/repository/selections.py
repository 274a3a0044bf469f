"""Many runs at once: locked together, changed by one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.server.tracking.tables import RunMetricRow, RunRow


@dataclass(frozen=True, slots=True)
class LockedRun:
    """A run that nobody else changes before the commit."""

    id: UUID
    name: str
    tags: dict[str, Any]
    deleted_at: datetime | None


class SelectionRepository:
    """Sets of runs of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self, run_ids: list[UUID]) -> list[LockedRun]:
        """Those of some runs that exist, always locked in the same order."""
        found = await self._session.execute(
            select(RunRow.id, RunRow.name, RunRow.tags, RunRow.deleted_at)
            .where(RunRow.id.in_(run_ids))
            .order_by(RunRow.id)
            .with_for_update(key_share=True)
        )
        return [LockedRun(*row) for row in found]

    async def set_deleted(self, run_ids: list[UUID], deleted_at: datetime | None) -> None:
        """Move runs to the trash or out of it."""
        await self._session.execute(
            update(RunRow)
            .where(RunRow.id.in_(run_ids))
            .values(deleted_at=deleted_at, ver=RunRow.ver + 1)
        )

    async def tag(
        self, run_ids: list[UUID], tags: Mapping[str, str], removed: list[str], name: str | None
    ) -> None:
        """Set and remove tags of runs, and name them if there is a `name`."""
        kept = RunRow.tags.op("-", return_type=JSONB)(literal(removed, ARRAY(TEXT)))
        await self._session.execute(
            update(RunRow)
            .where(RunRow.id.in_(run_ids))
            .values(
                tags=kept.op("||", return_type=JSONB)(literal(dict(tags), JSONB)),
                name=func.coalesce(name, RunRow.name),
                ver=RunRow.ver + 1,
            )
        )

    async def runs(self, run_ids: list[UUID]) -> list[RunRow]:
        """Those of some runs that exist, in the trash or not."""
        return [*await self._session.scalars(select(RunRow).where(RunRow.id.in_(run_ids)))]

    async def metrics(self, run_ids: list[UUID]) -> dict[UUID, dict[str, float]]:
        """The latest value of each metric, by run."""
        found = await self._session.execute(
            select(
                RunMetricRow.run_id,
                func.array_agg(RunMetricRow.key),
                func.array_agg(RunMetricRow.value),
            )
            .where(RunMetricRow.run_id.in_(run_ids))
            .group_by(RunMetricRow.run_id)
        )
        return {run_id: dict(zip(keys, values, strict=True)) for run_id, keys, values in found}
