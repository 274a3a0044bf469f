"""What happens to a run, an experiment or a job, message by message, for as long as somebody takes them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.live import (
    FeedMessage,
    JobChanged,
    LogAdded,
    PointsAdded,
    ReadAgain,
    RunChanged,
    Subscribe,
)
from maestro_ml.contracts.tracking import MetricHistory
from maestro_ml.server.jobs import JOB_TOPIC, JobService
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import UnitsOfWork
from maestro_ml.server.kernel.events import EventHub
from maestro_ml.server.kernel.paging import CursorInvalid
from maestro_ml.server.live.experiment_feed import ExperimentFeed
from maestro_ml.server.live.pace import rest
from maestro_ml.server.tracking import RUN_TOPIC, RunChanges, TrackingService

_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
_CHUNKS = 200
_LOOKING = 3

PERMISSIONS = {
    "run": Permission.EXPERIMENT_READ,
    "experiment": Permission.EXPERIMENT_READ,
    "job": Permission.JOB_READ,
}


@dataclass(frozen=True, slots=True)
class Feeds:
    """Follows runs, experiments and jobs in short units of its own, which never wait for the reader.

    Only a few look at a time, so that however many follow, other requests find a connection.
    """

    units: UnitsOfWork
    events: EventHub
    tracking: TrackingService
    jobs: JobService
    looking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_LOOKING))

    def follow(self, context: Context, wanted: Subscribe) -> AsyncIterator[FeedMessage]:
        """The messages of a subscription. Raises PermissionMissing.

        When the first is asked for also RunNotFound, ExperimentNotFound, JobNotFound, CursorInvalid.
        """
        context.require(PERMISSIONS[wanted.kind])
        if isinstance(wanted.target, int):
            feed = ExperimentFeed(self.units, self.events, self.tracking, self.looking)
            return feed.follow(context, wanted.id, wanted.target, wanted.cursor)
        follow = self._run if wanted.kind == "run" else self._job
        return follow(context, wanted.id, wanted.target, wanted.cursor)

    async def _run(
        self, context: Context, id: str, run_id: UUID, cursor: str | None
    ) -> AsyncIterator[FeedMessage]:
        first = True
        async with self.events.subscribe(context.tenant_id, RUN_TOPIC, run_id) as hints:
            while True:
                async with self.looking, self.units.tenant(context) as unit:
                    started = time.monotonic()
                    changes = await self.tracking.run_changes(unit, run_id, since=cursor)
                    shown = first or changes.run
                    run = await self.tracking.get_run(unit, run_id) if shown else None
                took = time.monotonic() - started
                cursor, first = changes.moment, False
                for message in _of_points(id, changes):
                    yield message
                if run is not None:
                    yield RunChanged(id=id, cursor=cursor, run=run)
                await rest(hints, took, shortest=_PAUSE, longest=_LONGEST_PAUSE)

    async def _job(
        self, context: Context, id: str, job_id: UUID, cursor: str | None
    ) -> AsyncIterator[FeedMessage]:
        after, known = _seq(cursor), None
        async with self.events.subscribe(context.tenant_id, JOB_TOPIC, job_id) as hints:
            while True:
                async with self.looking, self.units.tenant(context) as unit:
                    started = time.monotonic()
                    log = await self.jobs.log(unit, job_id, after=after, limit=_CHUNKS)
                    # Read after the log: a log that is complete is that of a job that has ended.
                    job = await self.jobs.get(unit, job_id)
                took = time.monotonic() - started
                after = log.next
                if job != known:
                    yield JobChanged(id=id, cursor=str(after), job=job)
                    known = job
                if log.chunks or log.complete:
                    yield LogAdded(
                        id=id, cursor=str(after), chunks=log.chunks, complete=log.complete
                    )
                if log.complete:
                    return
                if len(log.chunks) < _CHUNKS:
                    await rest(hints, took, shortest=_PAUSE, longest=_LONGEST_PAUSE)


def _of_points(id: str, changes: RunChanges) -> list[FeedMessage]:
    messages: list[FeedMessage] = []
    if changes.points:
        series = [
            MetricHistory(
                key=each.key, steps=each.steps, timestamps=each.timestamps, values=each.values
            )
            for each in changes.points
        ]
        messages.append(PointsAdded(id=id, cursor=changes.moment, series=series))
    if changes.reread != []:
        messages.append(ReadAgain(id=id, cursor=changes.moment, keys=changes.reread))
    return messages


def _seq(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isdecimal() or len(cursor) > 9:
        raise CursorInvalid("Pass the cursor of the last message unchanged, or none.")
    return int(cursor)
