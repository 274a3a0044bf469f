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
# Who started longer ago was here on an earlier night.
_LONG_RUNS = text(
    """
    INSERT INTO uncompacted_run (tenant_id, run_id, since)
      SELECT tenant_id, id, now() FROM run
      WHERE ended_at IS NULL
        AND started_at BETWEEN now() - make_interval(days => :days) AND now() - interval '1 day'
      ON CONFLICT DO NOTHING
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

    async def add_long_runs(self, *, days: int) -> None:
        """Let runs wait that go on for more than a day, and began at most so long ago."""
        await self._session.execute(_LONG_RUNS, {"days": days})

    async def compact(self, run: UncompactedRun) -> int:
        """Pack the points of a run; how many were moved."""
        moved = await self._session.scalar(
            _COMPACT, {"tenant": run.tenant_id, "run": run.run_id, "since": run.since}
        )
        return int(moved or 0)
