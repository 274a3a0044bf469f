"""The worker: so many attempts at a time, until told to stop."""

from __future__ import annotations

import asyncio
import os
import platform
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import structlog

from maestro_ml.server.jobs.channel import reveal
from maestro_ml.server.jobs.worker.attempt import Attempt
from maestro_ml.server.jobs.worker.delivery import carrier, keep_delivering, keep_recurring
from maestro_ml.server.jobs.worker.ledger import Ledger, claim
from maestro_ml.server.jobs.worker.periodic import Periodic
from maestro_ml.server.jobs.worker.timing import Timing
from maestro_ml.server.jobs.worker.upkeep import JobUpkeep
from maestro_ml.server.kernel.db import Database, UnitsOfWork
from maestro_ml.server.kernel.settings import Settings

log = structlog.get_logger()


class JobWorker:
    """Takes deliveries and runs each as an attempt in a child process.

    command: starts a child that calls `run_child`, see `server/jobrun.py`.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        units: UnitsOfWork,
        *,
        command: Sequence[str],
        periodics: Sequence[Periodic] = (),
        timing: Timing | None = None,
    ) -> None:
        self._settings = settings
        self._dsn = database.dsn
        self._units = units
        self._command = command
        self._timing = timing or Timing()
        self._upkeep = JobUpkeep(units, self._timing)
        self._periodics = [*self._upkeep.periodics(), *periodics]
        self._slots = asyncio.Semaphore(settings.job.concurrency)
        self._running: dict[asyncio.Task[None], Attempt | None] = {}
        self._stopping = False
        self.name = f"{platform.node()}:{os.getpid()}"

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`; what runs then has `job.shutdown_seconds` to finish."""
        await self._upkeep.reap()
        queue = carrier(self._dsn, self._deliver, self._periodics)
        async with queue.open_async():
            log.info("jobs.worker.ready", worker=self.name)
            loops = [
                asyncio.create_task(
                    keep_delivering(queue, concurrency=self._settings.job.concurrency)
                ),
                asyncio.create_task(keep_recurring(queue)),
            ]
            stopped = asyncio.create_task(stop.wait())
            await asyncio.wait([stopped, *loops], return_when=asyncio.FIRST_COMPLETED)
            self._stopping = True
            for task in [stopped, *loops]:
                task.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            await self._finish_running()
        for loop in loops:
            with suppress(asyncio.CancelledError):
                loop.result()

    async def _deliver(self, tenant_id: UUID, job_id: UUID) -> None:
        running = asyncio.create_task(self._run(tenant_id, job_id), name=f"job {job_id}")
        self._running[running] = None
        running.add_done_callback(self._running.pop)
        # Cancelling a delivery (PostgreSQL went away) does not end the attempt.
        await asyncio.shield(running)

    async def _run(self, tenant_id: UUID, job_id: UUID) -> None:
        async with self._slots:
            if self._stopping:
                return
            assignment = await claim(self._units, tenant_id, job_id, self.name)
            if assignment is None:
                return
            log.info("jobs.attempt.started", job_id=str(job_id), kind=assignment.kind)
            attempt = Attempt(
                assignment,
                Ledger(self._units, assignment),
                command=self._command,
                settings=reveal(self._settings),
                timing=self._timing,
            )
            current = asyncio.current_task()
            assert current is not None
            self._running[current] = attempt
            try:
                await attempt.run()
            except Exception as error:
                log.error("jobs.attempt.broke", job_id=str(job_id), exc_info=error)

    async def _finish_running(self) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=self._settings.job.shutdown_seconds)
        for attempt in self._running.values():
            if attempt is not None:
                attempt.shut_down()
        await asyncio.gather(*self._running, return_exceptions=True)
