"""Finds jobs whose worker vanished, and throws away what is over."""

from __future__ import annotations

import structlog

from maestro_ml.contracts.jobs import JobState
from maestro_ml.server.jobs.repository import QueueRepository, UpkeepRepository, Vanished
from maestro_ml.server.jobs.rules import Chances, Verdict, after_loss
from maestro_ml.server.jobs.service import TOPIC
from maestro_ml.server.jobs.worker.periodic import Periodic
from maestro_ml.server.jobs.worker.timing import Timing
from maestro_ml.server.kernel.db import UnitOfWork, UnitsOfWork
from maestro_ml.server.kernel.events import notify

log = structlog.get_logger()
_KEY_HOURS = 24
_LOG_DAYS = 30
# procrastinate's workers beat every 10 s.
_QUEUE_SILENT = 30.0


class JobUpkeep:
    """What any one worker does for all."""

    def __init__(self, units: UnitsOfWork, timing: Timing) -> None:
        self._units = units
        self._timing = timing

    def periodics(self) -> list[Periodic]:
        """The recurring work of this room."""
        return [
            Periodic("reap", self._timing.reap, self.reap),
            Periodic("purge", "17 * * * *", self.purge),
        ]

    async def reap(self) -> None:
        """Queue again, or give up, every job whose worker fell silent."""
        async with self._units.system(reason="vanished workers ran jobs of any tenant") as unit:
            upkeep = UpkeepRepository(unit.session)
            for job in await upkeep.lock_silent(seconds=self._timing.silent):
                await self._settle(unit, upkeep, job)
            queue = QueueRepository(unit.session)
            for tenant_id, job_id in await upkeep.stranded():
                await queue.enqueue(tenant_id, job_id)
            await queue.redeliver(silent_seconds=_QUEUE_SILENT)

    async def purge(self) -> None:
        """Delete deliveries that are over, answers kept for repeated requests, and old output."""
        async with self._units.system(reason="housekeeping of every tenant") as unit:
            upkeep = UpkeepRepository(unit.session)
            keys = await upkeep.purge_idempotency_keys(hours=_KEY_HOURS)
            chunks = await upkeep.purge_logs(days=_LOG_DAYS)
            rows = await QueueRepository(unit.session).purge()
        log.info("jobs.purged", idempotency_keys=keys, deliveries=rows, log_chunks=chunks)

    async def _settle(self, unit: UnitOfWork, upkeep: UpkeepRepository, job: Vanished) -> None:
        verdict = after_loss(Chances(job.attempts, job.max_attempts, 0.0))
        if job.cancelled:
            verdict = Verdict(JobState.CANCELLED)
        await upkeep.settle(job, verdict.state, verdict.error)
        if verdict.state is JobState.QUEUED:
            await QueueRepository(unit.session).enqueue(job.tenant_id, job.id)
        else:
            unit.record(
                f"jobs.job.{verdict.state.value}",
                "job",
                job.id,
                after={"kind": job.kind},
                tenant_id=job.tenant_id,
            )
        await notify(unit, TOPIC, job.id, tenant_id=job.tenant_id)
        log.warning(
            "jobs.job.worker_vanished",
            job_id=str(job.id),
            worker=job.worker,
            attempt=job.attempts,
            state=verdict.state.value,
        )
