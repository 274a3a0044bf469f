"""Jobs as callers see them: add, find, list, cancel, read the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.identity import UserId
from maestro_ml.contracts.jobs import (
    Job,
    JobError,
    JobId,
    JobLimits,
    JobLogChunk,
    JobProgress,
    JobState,
    JobUsage,
)
from maestro_ml.server.jobs.tables import JobLogRow, JobRow


@dataclass(frozen=True, slots=True)
class NewJob:
    """What a submission fixes for the life of a job."""

    id: UUID
    kind: str
    payload: dict[str, Any]
    max_attempts: int
    backoff_seconds: float
    limits: JobLimits
    created_by: UUID | None
    created_by_name: str
    permissions: list[str]
    request_id: str
    created_at: datetime


class JobRepository:
    """The jobs of the session's tenant, or of all tenants in a system session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, new: NewJob) -> Job:
        """Store a queued job."""
        row = JobRow(
            id=new.id,
            kind=new.kind,
            payload=new.payload,
            state=JobState.QUEUED.value,
            progress=JobProgress().model_dump(),
            attempts=0,
            max_attempts=new.max_attempts,
            backoff_seconds=new.backoff_seconds,
            limit_seconds=new.limits.seconds,
            limit_memory_mb=new.limits.memory_mb,
            log_seq=0,
            log_bytes=0,
            created_by=new.created_by,
            created_by_name=new.created_by_name,
            permissions=new.permissions,
            request_id=new.request_id,
            created_at=new.created_at,
        )
        self._session.add(row)
        await self._session.flush()
        return _to_job(row)

    async def find(self, job_id: UUID) -> Job | None:
        """The job, freshly read."""
        row = await self._session.scalar(_by_id(job_id))
        return None if row is None else _to_job(row)

    async def lock(self, job_id: UUID) -> Job | None:
        """The job, held against every other writer until the commit."""
        row = await self._session.scalar(_by_id(job_id).with_for_update())
        return None if row is None else _to_job(row)

    async def request_cancel(self, job: Job, at: datetime) -> Job:
        """Cancel a queued job at once, or ask the one who runs it to end it."""
        values: dict[str, Any] = {"cancel_requested_at": at}
        if job.state is JobState.QUEUED:
            values |= {"state": JobState.CANCELLED.value, "finished_at": at}
        row = await self._session.scalar(
            update(JobRow).where(JobRow.id == job.id).values(values).returning(JobRow),
            execution_options={"populate_existing": True},
        )
        assert row is not None
        return _to_job(row)

    async def log(self, job_id: UUID, *, after: int, limit: int) -> list[JobLogChunk]:
        """Chunks of the output behind `after`, in order."""
        found = await self._session.scalars(
            select(JobLogRow)
            .where(JobLogRow.job_id == job_id, JobLogRow.seq > after)
            .order_by(JobLogRow.seq)
            .limit(limit)
        )
        return [
            JobLogChunk(seq=row.seq, at=row.at, stream=row.stream, text=row.text) for row in found
        ]

    async def count_by_state(self) -> dict[JobState, int]:
        """How many visible jobs are in each state."""
        counted = dict.fromkeys(JobState, 0)
        found = await self._session.execute(
            select(JobRow.state, func.count()).group_by(JobRow.state)
        )
        return counted | {JobState(state): count for state, count in found}

    async def count_open(self, kind: str) -> int:
        """Jobs of a kind that are queued or running; whoever asks next waits for this commit."""
        mine = func.concat(kind, ":", func.current_setting("app.tenant_id"))
        lock = func.pg_advisory_xact_lock(func.hashtextextended(mine, 0))
        await self._session.execute(select(lock))
        open_states = [state.value for state in JobState if not state.final]
        counted = await self._session.scalar(
            select(func.count()).where(JobRow.kind == kind, JobRow.state.in_(open_states))
        )
        return counted or 0

    async def oldest_queued(self) -> datetime | None:
        """When the job was submitted that has waited longest."""
        return await self._session.scalar(
            select(func.min(JobRow.created_at)).where(JobRow.state == JobState.QUEUED.value)
        )

    async def set_origin(self, job_id: UUID, origin: UUID) -> None:
        """The job does again what `origin` was to do."""
        await self._session.execute(
            update(JobRow).where(JobRow.id == job_id).values(retry_of=origin)
        )

    async def list(
        self,
        *,
        limit: int,
        before: UUID | None,
        kind: str | None,
        state: JobState | None,
        created_by: UUID | None = None,
        retry_of: UUID | None = None,
        payload: dict[str, Any] | None = None,
    ) -> list[Job]:
        """Jobs submitted before `before` whose payload has all of `payload`, newest first."""
        query = select(JobRow).order_by(JobRow.id.desc()).limit(limit)
        if before is not None:
            query = query.where(JobRow.id < before)
        if created_by is not None:
            query = query.where(JobRow.created_by == created_by)
        if retry_of is not None:
            query = query.where(JobRow.retry_of == retry_of)
        if kind is not None:
            query = query.where(JobRow.kind == kind)
        if state is not None:
            query = query.where(JobRow.state == state.value)
        if payload:
            query = query.where(JobRow.payload.contains(payload))
        return [_to_job(row) for row in await self._session.scalars(query)]


def _by_id(job_id: UUID) -> Select[JobRow]:
    return select(JobRow).where(JobRow.id == job_id).execution_options(populate_existing=True)


def _to_job(row: JobRow) -> Job:
    return Job(
        id=JobId(row.id),
        kind=row.kind,
        payload=row.payload,
        state=JobState(row.state),
        progress=JobProgress.model_validate(row.progress),
        result=row.result,
        error=None if row.error is None else JobError.model_validate(row.error),
        attempts=row.attempts,
        max_attempts=row.max_attempts,
        retry_of=None if row.retry_of is None else JobId(row.retry_of),
        limits=JobLimits(seconds=row.limit_seconds, memory_mb=row.limit_memory_mb),
        usage=JobUsage(peak_memory_mb=row.peak_memory_mb, cpu_seconds=row.cpu_seconds),
        worker=row.worker,
        created_by=None if row.created_by is None else UserId(row.created_by),
        created_by_name=row.created_by_name,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        cancel_requested_at=row.cancel_requested_at,
    )
