"""A job's output as a stream that ends with the job."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from maestro_ml.server.jobs.service import TOPIC, JobService
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import UnitsOfWork
from maestro_ml.server.kernel.events import EventHub

_CHUNKS = 200
# Hints make it live; looking without one covers those that were lost.
_LOOK_SECONDS = 2.0


class LogFollower:
    """Reads in short units of its own, so that a follower never holds a transaction open."""

    def __init__(self, jobs: JobService, units: UnitsOfWork, events: EventHub) -> None:
        self._jobs = jobs
        self._units = units
        self._events = events

    async def follow(self, context: Context, job_id: UUID, *, after: int) -> AsyncIterator[str]:
        """Text as it is written, until the job has ended and all of it was given out."""
        async with self._events.subscribe(context.tenant_id, TOPIC, job_id) as hints:
            while True:
                async with self._units.tenant(context) as unit:
                    log = await self._jobs.log(unit, job_id, after=after, limit=_CHUNKS)
                for chunk in log.chunks:
                    yield chunk.text
                after = log.next
                if log.complete:
                    return
                if len(log.chunks) < _CHUNKS:
                    await hints.wait(_LOOK_SECONDS)
