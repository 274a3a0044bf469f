"""Across tenants: finished runs whose points wait to be packed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_DUE = text(
    """
    SELECT tenant_id, run_id, since FROM uncompacted_run
    WHERE since <= clock_timestamp() - make_interval(secs => :settled) ORDER BY since LIMIT :limit
    """
)
_COMPACT = text("SELECT tracking_compact_run(:tenant, :run, :since)")


@dataclass(frozen=True, slots=True)
class UncompactedRun:
    """A run that has ended, and when something last happened to it."""

    tenant_id: UUID
    run_id: UUID
    since: datetime


class CompactionRepository:
    """A system session's view of all runs."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def due(self, *, settled_seconds: float, limit: int) -> list[UncompactedRun]:
        """Runs to which nothing happened for so long, the longest waiting first."""
        found = await self._session.execute(_DUE, {"settled": settled_seconds, "limit": limit})
        return [UncompactedRun(*row) for row in found]

    async def compact(self, run: UncompactedRun) -> int:
        """Pack the points of a run; how many were moved."""
        moved = await self._session.scalar(
            _COMPACT, {"tenant": run.tenant_id, "run": run.run_id, "since": run.since}
        )
        return int(moved or 0)
