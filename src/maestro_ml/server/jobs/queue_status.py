"""How the queue is doing, over all tenants: for probes and metrics."""

from __future__ import annotations

from dataclasses import dataclass

from maestro_ml.contracts.jobs import JobState
from maestro_ml.server.jobs.repository import JobRepository, QueueRepository
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitsOfWork

# Three of the queue's heartbeats.
_ALIVE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """Jobs by state, seconds that the first in the queue has waited, and how many workers live."""

    jobs: dict[JobState, int]
    oldest_queued_seconds: float | None
    workers: int

    @property
    def worker_alive(self) -> bool:
        """Whether somebody works."""
        return self.workers > 0


async def queue_status(units: UnitsOfWork) -> QueueStatus:
    """Look at the queue of the whole installation."""
    async with units.system(reason="the queue is one for all tenants") as unit:
        jobs = JobRepository(unit.session)
        oldest = await jobs.oldest_queued()
        workers = await QueueRepository(unit.session).live_workers(within_seconds=_ALIVE_SECONDS)
        return QueueStatus(
            jobs=await jobs.count_by_state(),
            oldest_queued_seconds=None if oldest is None else (now() - oldest).total_seconds(),
            workers=workers,
        )
