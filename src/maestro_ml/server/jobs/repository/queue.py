"""The queue: procrastinate's tables, which carry nothing but the ids of a tenant and a job."""

from __future__ import annotations

from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

QUEUE = "jobs"
TASK = "run_job"

_DEFER = text(
    """
    SELECT procrastinate_defer_jobs_v1(ARRAY[
      ROW(:queue, :task, 0, NULL, NULL, cast(:args AS jsonb),
          CASE WHEN cast(:delay AS float8) > 0
            THEN now() + make_interval(secs => cast(:delay AS float8)) END
      )::procrastinate_job_to_defer_v1])
    """
)
# A dead worker's deliveries go out again; who claims a job decides, so a second one does no harm.
_REDELIVER = text(
    """
    SELECT procrastinate_retry_job_v2(q.id, now(), NULL, NULL, NULL)
    FROM procrastinate_jobs q LEFT JOIN procrastinate_workers w ON w.id = q.worker_id
    WHERE q.status = 'doing' AND q.queue_name = :queue
      AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => :seconds))
    """
)
_PURGE = text(
    """
    DELETE FROM procrastinate_jobs q WHERE q.status NOT IN ('todo', 'doing')
      OR (q.status = 'doing' AND q.queue_name <> :queue AND q.worker_id IS NULL)
    """
)
_LIVE_WORKERS = text(
    """
    SELECT count(*) FROM procrastinate_workers
    WHERE last_heartbeat > now() - make_interval(secs => :seconds)
    """
)


class QueueRepository:
    """Deliveries, in the session's transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def enqueue(self, tenant_id: UUID, job_id: UUID, *, delay: float = 0.0) -> None:
        """Deliver the job to a worker, `delay` seconds after the commit at the earliest."""
        args = orjson.dumps({"tenant_id": str(tenant_id), "job_id": str(job_id)}).decode()
        await self._session.execute(
            _DEFER, {"queue": QUEUE, "task": TASK, "args": args, "delay": delay}
        )

    async def redeliver(self, *, silent_seconds: float) -> None:
        """Deliver again what a worker took that has been silent for so long."""
        await self._session.execute(_REDELIVER, {"queue": QUEUE, "seconds": silent_seconds})

    async def purge(self) -> int:
        """Delete deliveries that are over; how many."""
        done = await self._session.execute(_PURGE, {"queue": QUEUE})
        return done.rowcount  # type: ignore[attr-defined, no-any-return]

    async def live_workers(self, *, within_seconds: float) -> int:
        """How many worker loops gave a sign of life within the last seconds."""
        found = await self._session.scalar(_LIVE_WORKERS, {"seconds": within_seconds})
        return int(found or 0)
