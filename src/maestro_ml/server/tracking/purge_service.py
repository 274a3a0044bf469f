"""Requests to empty the trash, which become jobs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from maestro_ml.contracts.jobs import Job
from maestro_ml.contracts.purge import ExperimentPurge, RunPurge
from maestro_ml.contracts.tracking import ExperimentId, Lifecycle, RunId
from maestro_ml.server.jobs import JobContext, JobKind, JobService, Retry
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.tracking import outcomes
from maestro_ml.server.tracking.errors import NotInTrash
from maestro_ml.server.tracking.purge import TrashPurge
from maestro_ml.server.tracking.repository import ExperimentRepository
from maestro_ml.server.tracking.selections import lock_runs

PURGE = "tracking.purge"
_RETRY = Retry(max_attempts=3)


class PurgePayload(BaseModel):
    """What is to be gone; a time means what was in the trash by then."""

    run_ids: list[RunId] = Field(default_factory=list)
    experiment_ids: list[ExperimentId] = Field(default_factory=list)
    runs_before: datetime | None = None
    experiments_before: datetime | None = None


class PurgeService:
    """Checks what a purge names, and submits it."""

    def __init__(self, jobs: JobService) -> None:
        self._jobs = jobs

    async def purge_runs(self, unit: UnitOfWork, body: RunPurge) -> Job:
        """A job that purges runs. Raises RunNotFound, NotInTrash."""
        for run in await lock_runs(unit, body.run_ids):
            if run.deleted_at is None:
                raise NotInTrash(f"The run {run.id} is not in the trash. Delete it first.")
        payload = PurgePayload(run_ids=body.run_ids, runs_before=_before(body.older_than_days))
        return await self._jobs.submit(unit, PURGE, payload, retry=_RETRY)

    async def purge_experiments(self, unit: UnitOfWork, body: ExperimentPurge) -> Job:
        """A job that purges experiments with their runs. Raises ExperimentNotFound, NotInTrash."""
        for number in body.experiment_ids:
            found = await ExperimentRepository(unit.session).find(id=number)
            if found is None:
                raise outcomes.experiment_not_found(number)
            if found.lifecycle is not Lifecycle.DELETED:
                raise NotInTrash(f"The experiment {number} is not in the trash. Delete it first.")
        payload = PurgePayload(
            experiment_ids=body.experiment_ids, experiments_before=_before(body.older_than_days)
        )
        return await self._jobs.submit(unit, PURGE, payload, retry=_RETRY)

    async def resubmit(self, unit: UnitOfWork, payload: dict[str, Any]) -> UUID:
        """Queue the purge of an earlier job's payload again; what is gone already is skipped."""
        again = PurgePayload.model_validate(payload)
        return (await self._jobs.submit(unit, PURGE, again, retry=_RETRY)).id


def purge_kind(trash: TrashPurge) -> JobKind[PurgePayload]:
    """`tracking.purge`: its result is a PurgeReport."""

    async def run(job: JobContext, payload: PurgePayload) -> dict[str, Any]:
        report = await trash.purge_runs(job.unit, payload.run_ids)
        if payload.runs_before is not None:
            async for report in trash.purge_old_runs(job.unit, payload.runs_before):
                await job.progress(None, f"{report.runs} runs are gone")
        experiments: list[int] = [*payload.experiment_ids]
        if payload.experiments_before is not None:
            experiments += await trash.old_experiments(job.unit, payload.experiments_before)
        for done, number in enumerate(experiments):
            await job.progress(done / len(experiments), f"experiment {number}")
            report = report.plus(await trash.purge_experiment(job.unit, number))
        return report.model_dump()

    return JobKind(name=PURGE, payload=PurgePayload, run=run)


def _before(days: int | None) -> datetime | None:
    return None if days is None else now() - timedelta(days=days)
