"""Across tenants: jobs whose worker fell silent, and what is old enough to go."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import CursorResult, text
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.jobs import JobError, JobState
from maestro_ml.server.jobs.repository.queue import QUEUE

_SILENT = text(
    """
    SELECT tenant_id, id, kind, attempts, max_attempts, worker,
           cancel_requested_at IS NOT NULL AS cancelled
    FROM job
    WHERE state = 'running' AND heartbeat_at < now() - make_interval(secs => :seconds)
    ORDER BY id FOR UPDATE SKIP LOCKED
    """
)
# A job and its delivery come in one transaction, and a claim is committed before the delivery goes:
# a queued job without one was dropped by a worker that could not reach PostgreSQL, or was ending.
_STRANDED = text(
    """
    SELECT tenant_id, id FROM job j
    WHERE state = 'queued' AND NOT EXISTS (
      SELECT FROM procrastinate_jobs q
      WHERE q.queue_name = :queue AND q.status IN ('todo', 'doing')
        AND q.args ->> 'job_id' = j.id::text)
    """
)
_SETTLE = text(
    """
    UPDATE job SET state = :state, error = cast(:error AS jsonb), heartbeat_at = NULL,
      finished_at = CASE WHEN :state <> 'queued' THEN now() END
    WHERE tenant_id = :tenant AND id = :job
    """
)
_OLD_KEYS = text(
    "DELETE FROM idempotency_key WHERE created_at < now() - make_interval(hours => :hours)"
)
_OLD_LOGS = text(
    """
    DELETE FROM job_log l USING job j
    WHERE j.tenant_id = l.tenant_id AND j.id = l.job_id
      AND j.finished_at < now() - make_interval(days => :days)
    """
)


@dataclass(frozen=True, slots=True)
class Vanished:
    """A running job whose worker gives no sign of life."""

    tenant_id: UUID
    id: UUID
    kind: str
    attempts: int
    max_attempts: int
    worker: str | None
    cancelled: bool


class UpkeepRepository:
    """A system session's view of all jobs."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock_silent(self, *, seconds: float) -> list[Vanished]:
        """Running jobs without a heartbeat for so long; held until the commit."""
        found = await self._session.execute(_SILENT, {"seconds": seconds})
        return [Vanished(**row) for row in found.mappings()]

    async def stranded(self) -> list[tuple[UUID, UUID]]:
        """Tenant and id of each queued job that nobody will deliver."""
        found = await self._session.execute(_STRANDED, {"queue": QUEUE})
        return [(tenant_id, job_id) for tenant_id, job_id in found]

    async def settle(self, job: Vanished, state: JobState, error: JobError | None) -> None:
        """Move a locked job on."""
        await self._session.execute(
            _SETTLE,
            {
                "tenant": job.tenant_id,
                "job": job.id,
                "state": state.value,
                "error": None if error is None else orjson.dumps(error.model_dump()).decode(),
            },
        )

    async def purge_idempotency_keys(self, *, hours: int) -> int:
        """Delete keys older than that; how many."""
        done = await self._session.execute(_OLD_KEYS, {"hours": hours})
        assert isinstance(done, CursorResult)
        return done.rowcount

    async def purge_logs(self, *, days: int) -> int:
        """Delete the output of jobs that ended longer ago than that; how many chunks."""
        done = await self._session.execute(_OLD_LOGS, {"days": days})
        assert isinstance(done, CursorResult)
        return done.rowcount
