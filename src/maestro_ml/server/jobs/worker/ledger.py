"""What an attempt writes to the database, in units of work of the job's tenant."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from maestro_ml.contracts.identity import TenantId
from maestro_ml.contracts.jobs import JobProgress, JobState, JobUsage
from maestro_ml.server.jobs.repository import Assignment, AttemptRepository, Beat, QueueRepository
from maestro_ml.server.jobs.rules import Verdict
from maestro_ml.server.jobs.service import TOPIC
from maestro_ml.server.jobs.worker.output import Output
from maestro_ml.server.kernel.context import Actor, ActorKind, Context
from maestro_ml.server.kernel.db import UnitOfWork, UnitsOfWork
from maestro_ml.server.kernel.events import notify


async def claim(
    units: UnitsOfWork, tenant_id: UUID, job_id: UUID, worker: str
) -> Assignment | None:
    """Start the job's next attempt; None if another delivery did, or it was cancelled."""
    actor = Actor(ActorKind.JOB, None, worker)
    context = Context(TenantId(tenant_id), actor, frozenset(), request_id=str(job_id))
    async with units.tenant(context) as unit:
        assignment = await AttemptRepository(unit.session, tenant_id, job_id).claim(worker)
        if assignment is not None:
            await notify(unit, TOPIC, job_id)
        return assignment


class Ledger:
    """One claimed attempt: everything new is stored with the sign of life."""

    def __init__(self, units: UnitsOfWork, assignment: Assignment) -> None:
        self._units = units
        self._job = assignment
        self._context = Context(
            tenant_id=TenantId(assignment.tenant_id),
            actor=Actor(ActorKind.JOB, assignment.created_by, assignment.created_by_name),
            permissions=frozenset(),
            request_id=assignment.request_id,
        )

    async def beat(
        self, output: Output, progress: JobProgress | None, usage: JobUsage
    ) -> bool | None:
        """Store what is new: whether to cancel; None if the attempt is not the job's any more."""
        chunks = output.take()
        async with self._units.tenant(self._context) as unit:
            cancel = await self._beat(unit, output, chunks, progress, usage)
            if chunks or progress is not None:
                await notify(unit, TOPIC, self._job.job_id)
        output.stored(chunks)
        return cancel

    async def finish(
        self, output: Output, progress: JobProgress | None, usage: JobUsage, verdict: Verdict
    ) -> None:
        """Store the last output and the verdict together; nothing if superseded."""
        chunks = output.take()
        job = self._job
        async with self._units.tenant(self._context) as unit:
            attempts = AttemptRepository(unit.session, job.tenant_id, job.job_id)
            await self._beat(unit, output, chunks, progress, usage)
            ended = await attempts.finish(
                job.attempt, verdict.state, result=verdict.result, error=verdict.error
            )
            if ended and verdict.state is JobState.QUEUED:
                queue = QueueRepository(unit.session)
                await queue.enqueue(job.tenant_id, job.job_id, delay=verdict.delay)
            elif ended:
                unit.record(
                    f"jobs.job.{verdict.state.value}", "job", job.job_id, after={"kind": job.kind}
                )
            await notify(unit, TOPIC, job.job_id)

    async def _beat(
        self,
        unit: UnitOfWork,
        output: Output,
        chunks: list[tuple[int, datetime, str, str]],
        progress: JobProgress | None,
        usage: JobUsage,
    ) -> bool | None:
        attempts = AttemptRepository(unit.session, self._job.tenant_id, self._job.job_id)
        beat = Beat(progress, chunks[-1][0] if chunks else output.seq, output.size, usage, chunks)
        return await attempts.beat(self._job.attempt, beat)
