"""Doing again what a job did not manage; each kind says how, and who may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.jobs import Job, JobState
from maestro_ml.server.jobs.errors import JobNotRetryable
from maestro_ml.server.jobs.repository import JobRepository
from maestro_ml.server.jobs.service import JobService
from maestro_ml.server.kernel.db import UnitOfWork


@dataclass(frozen=True)
class Resubmission:
    """How a kind is submitted anew from the payload of before: the permission, and what does it.

    `submit` answers the new job's id, and checks the payload as a first submission does.
    """

    permission: Permission
    submit: Callable[[UnitOfWork, dict[str, Any]], Awaitable[UUID]]


class RetryService:
    """Submits jobs anew that did not succeed."""

    def __init__(self, jobs: JobService, kinds: Mapping[str, Resubmission]) -> None:
        self._jobs = jobs
        self._kinds = kinds

    async def retry(self, unit: UnitOfWork, job_id: UUID) -> Job:
        """A new job with the payload of one that failed, was cancelled or lost.

        Raises JobNotFound, JobNotRetryable, PermissionMissing.
        """
        job = await self._jobs.get(unit, job_id)
        again = self._kinds.get(job.kind)
        if again is None:
            raise JobNotRetryable(
                f"Jobs of the kind {job.kind} cannot be retried; submit the work again."
            )
        unit.context.require(again.permission)
        if not job.state.final or job.state is JobState.SUCCEEDED:
            raise JobNotRetryable(
                f"The job {job_id} is {job.state.value}: only what failed, was cancelled or lost "
                "is done again."
            )
        retried = await again.submit(unit, job.payload)
        await JobRepository(unit.session).set_origin(retried, job_id)
        unit.record("jobs.job.retried", "job", job_id, after={"job": str(retried)})
        return await self._jobs.get(unit, retried)
