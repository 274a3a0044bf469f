"""Runs one attempt from its claim to its verdict."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import structlog

from maestro_ml.contracts.jobs import JobProgress
from maestro_ml.server.jobs.channel import Handover, Outcome
from maestro_ml.server.jobs.repository import Assignment
from maestro_ml.server.jobs.rules import Chances, Stop, judge
from maestro_ml.server.jobs.worker.ledger import Ledger
from maestro_ml.server.jobs.worker.output import Output, pump_all
from maestro_ml.server.jobs.worker.process import Child
from maestro_ml.server.jobs.worker.timing import Timing

log = structlog.get_logger()
_DRAIN_SECONDS = 2.0
_LINGER_SECONDS = 5.0
_STORE_PATIENCE = 60.0


class Attempt:
    """Watches a child: stores what it says, ends it when it must end, and judges how it ended."""

    def __init__(
        self,
        assignment: Assignment,
        ledger: Ledger,
        *,
        command: Sequence[str],
        settings: Mapping[str, Any],
        timing: Timing,
    ) -> None:
        self._job = assignment
        self._ledger = ledger
        self._command = command
        self._settings = dict(settings)
        self._timing = timing
        self._output = Output(seq=assignment.log_seq, size=assignment.log_bytes)
        self._progress: JobProgress | None = None
        self._outcome: Outcome | None = None
        self._stop: Stop | None = None
        self._kill_at = float("inf")
        self._deadline = time.monotonic() + assignment.limits.seconds
        self._beat_at = 0.0

    async def run(self) -> None:
        """Run the attempt to its end and store the verdict."""
        child = await Child.start(self._command, self._handover())
        reading = asyncio.gather(pump_all(self._output, child.streams), self._follow_reports(child))
        try:
            while not await child.wait(self._timing.pulse):
                self._enforce(child)
                await self._tell(child)
        finally:
            child.kill_group()
        await child.wait(_LINGER_SECONDS)
        # Whoever else holds the pipes has just been killed, or has left the group: not waited for.
        with suppress(TimeoutError):
            await asyncio.wait_for(reading, _DRAIN_SECONDS)
        await self._conclude(child)

    def shut_down(self) -> None:
        """End the attempt because its worker ends; the child is killed at the next pulse."""
        if self._stop is None:
            self._stop, self._kill_at = Stop.SHUTDOWN, 0.0

    def _handover(self) -> Handover:
        job = self._job
        return Handover(
            tenant_id=job.tenant_id,
            job_id=job.job_id,
            attempt=job.attempt,
            kind=job.kind,
            payload=job.payload,
            limits=job.limits,
            created_by=job.created_by,
            created_by_name=job.created_by_name,
            permissions=job.permissions,
            request_id=job.request_id,
            settings=self._settings,
            reports_fd=-1,
        )

    async def _follow_reports(self, child: Child) -> None:
        try:
            async for report in child.reports():
                self._progress = report.progress or self._progress
                if report.outcome is not None:
                    self._outcome = report.outcome
                    # What keeps the process alive now (a stray thread) is not waited for.
                    self._kill_at = min(self._kill_at, time.monotonic() + _LINGER_SECONDS)
        except ValueError as error:  # user code found the pipe and wrote to it
            log.warning(
                "jobs.attempt.garbled", job_id=str(self._job.job_id), error=str(error)[:200]
            )

    def _enforce(self, child: Child) -> None:
        """Stop a child that is over a limit, and kill one that was told to end and has not."""
        if self._stop is None and self._outcome is None:
            if child.measure() > self._job.limits.memory_mb:
                self._stop, self._kill_at = Stop.MEMORY, 0.0
            elif time.monotonic() > self._deadline:
                self._stop, self._kill_at = Stop.TIME, 0.0
        if time.monotonic() > self._kill_at:
            child.kill_group()

    async def _tell(self, child: Child) -> None:
        """Store what is new, or at least a sign of life; learn whether to go on."""
        progress, self._progress = self._progress, None
        due = time.monotonic() >= self._beat_at
        if not (due or progress is not None or self._output.take()):
            return
        try:
            cancel = await self._ledger.beat(self._output, progress, child.usage())
        except Exception as error:  # noqa: BLE001 - PostgreSQL may be away for a moment; the job goes on
            if self._progress is None:
                self._progress = progress
            log.warning("jobs.attempt.beat_failed", job_id=str(self._job.job_id), error=repr(error))
            await asyncio.sleep(self._timing.beat)
            return
        self._beat_at = time.monotonic() + self._timing.beat
        if cancel is None and self._stop is None:
            self._stop, self._kill_at = Stop.SUPERSEDED, 0.0
        elif cancel and self._stop is None:
            self._stop, self._kill_at = Stop.CANCELLED, time.monotonic() + self._timing.grace
            child.terminate()

    async def _conclude(self, child: Child) -> None:
        if self._stop is Stop.SUPERSEDED:
            log.warning("jobs.attempt.superseded", job_id=str(self._job.job_id))
            return
        job = self._job
        chances = Chances(job.attempt, job.max_attempts, job.backoff_seconds)
        code = child.exit_code
        verdict = judge(self._stop, self._outcome, 0 if code is None else code, chances, job.limits)
        usage = child.usage(self._outcome.usage if self._outcome else None)
        give_up = time.monotonic() + _STORE_PATIENCE
        while True:
            try:
                await self._ledger.finish(self._output, self._progress, usage, verdict)
            except Exception as error:  # PostgreSQL may be away for a moment
                if time.monotonic() > give_up:
                    raise
                log.warning("jobs.attempt.not_stored", job_id=str(job.job_id), error=repr(error))
                await asyncio.sleep(1)
            else:
                break
        log.info(
            "jobs.attempt.ended", job_id=str(job.job_id), kind=job.kind, state=verdict.state.value
        )
