"""Submit, watch and cancel jobs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.jobs import Job, JobLimits, JobLog, JobState
from maestro_ml.server.jobs.errors import JobFinished, JobNotFound
from maestro_ml.server.jobs.kinds import Retry
from maestro_ml.server.jobs.repository import JobRepository, NewJob, QueueRepository
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.events import notify
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.kernel.paging import decode_cursor, to_page
from maestro_ml.server.kernel.settings import JobSettings

TOPIC = "job"
_ONCE = Retry()


class JobService:
    """The tenant's jobs, from the side of those who want work done."""

    def __init__(self, settings: JobSettings) -> None:
        self._settings = settings

    async def submit(
        self,
        unit: UnitOfWork,
        kind: str,
        payload: BaseModel,
        *,
        retry: Retry = _ONCE,
        max_seconds: int | None = None,
        memory_mb: int | None = None,
    ) -> Job:
        """Queue work of `kind`; it starts after the unit's commit, or never if that does not come.

        retry: how often it may start. max_seconds, memory_mb: limits of an attempt; the
        installation's own are the default and the most.
        """
        context = unit.context
        job = await JobRepository(unit.session).add(
            NewJob(
                id=new_id(),
                kind=kind,
                payload=payload.model_dump(mode="json"),
                max_attempts=retry.max_attempts,
                backoff_seconds=retry.backoff_seconds,
                limits=JobLimits(
                    seconds=_at_most(self._settings.max_seconds, max_seconds),
                    memory_mb=_at_most(self._settings.memory_mb, memory_mb),
                ),
                created_by=context.actor.id,
                created_by_name=context.actor.name,
                permissions=sorted(permission.value for permission in context.permissions),
                request_id=context.request_id,
                created_at=now(),
            )
        )
        await QueueRepository(unit.session).enqueue(context.tenant_id, job.id)
        unit.record("jobs.job.submitted", "job", job.id, after={"kind": kind})
        return job

    async def get(self, unit: UnitOfWork, job_id: UUID) -> Job:
        """A job. Raises JobNotFound."""
        job = await JobRepository(unit.session).find(job_id)
        if job is None:
            raise _not_found(job_id)
        return job

    async def cancel(self, unit: UnitOfWork, job_id: UUID) -> Job:
        """End a job: at once while it is queued, within 10 s while it runs.

        A job that is cancelled already stays so. Raises JobNotFound, JobFinished.
        """
        repository = JobRepository(unit.session)
        job = await repository.lock(job_id)
        if job is None:
            raise _not_found(job_id)
        if job.state is JobState.CANCELLED or (not job.state.final and job.cancel_requested_at):
            return job
        if job.state.final:
            raise JobFinished(
                f"The job {job_id} has {_ENDED[job.state]} already; there is nothing to cancel. "
                "Look at its result instead."
            )
        job = await repository.request_cancel(job, now())
        unit.record("jobs.job.cancel_requested", "job", job_id, after={"kind": job.kind})
        await notify(unit, TOPIC, job_id)
        return job

    async def count_open(self, unit: UnitOfWork, kind: str) -> int:
        """The tenant's jobs of `kind` that are queued or running.

        Until the unit's commit nobody else in the tenant is told, so that a limit holds.
        """
        return await JobRepository(unit.session).count_open(kind)

    async def log(self, unit: UnitOfWork, job_id: UUID, *, after: int, limit: int) -> JobLog:
        """A range of the job's output behind `after`. Raises JobNotFound."""
        # The state is read first: a job that has ended by then has no output that is not stored.
        job = await self.get(unit, job_id)
        chunks = await JobRepository(unit.session).log(job_id, after=after, limit=limit)
        return JobLog(
            chunks=chunks,
            next=chunks[-1].seq if chunks else after,
            complete=job.state.final and len(chunks) < limit,
        )

    async def list(
        self,
        unit: UnitOfWork,
        *,
        limit: int,
        cursor: str | None,
        kind: str | None = None,
        state: JobState | None = None,
        mine: bool = False,
        retry_of: UUID | None = None,
        payload: dict[str, Any] | None = None,
    ) -> Page[Job]:
        """A page of jobs, newest first; with `mine` those that the caller submitted.

        payload: what the jobs' payloads must hold.
        """
        key = decode_cursor(cursor, parts=1)
        found = await JobRepository(unit.session).list(
            limit=limit + 1,
            before=UUID(key[0]) if key else None,
            kind=kind,
            state=state,
            created_by=unit.context.actor.id if mine else None,
            retry_of=retry_of,
            payload=payload,
        )
        return to_page(found, limit, lambda job: [str(job.id)])


_ENDED = {
    JobState.SUCCEEDED: "succeeded",
    JobState.FAILED: "failed",
    JobState.LOST: "been lost",
}


def _at_most(ceiling: int, wanted: int | None) -> int:
    return ceiling if wanted is None else max(1, min(ceiling, wanted))


def _not_found(job_id: UUID) -> JobNotFound:
    return JobNotFound(f"There is no job {job_id}. `maestro jobs list` shows yours.")
