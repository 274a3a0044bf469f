"""What happens to the runs of one experiment, gathered so that a page can bear it.

Hints name the runs that changed, and those are read. Now and then, and whenever hints are too many or
may have been lost, all runs are looked at for what changed since the last such look: that moment is the
cursor. A run may therefore be told twice, as it is at that time; that harms nobody.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from maestro_ml.contracts.live import FeedMessage, ReadAgain, RunsChanged
from maestro_ml.contracts.tracking import RunId
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import UnitsOfWork
from maestro_ml.server.kernel.events import ANY, EventHub
from maestro_ml.server.live.pace import rest
from maestro_ml.server.tracking import RUN_TOPIC, ExperimentChanges, TrackingService

_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_WHOLE_LOOK_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class ExperimentFeed:
    """Follows experiments; `looking` is shared with all that look at the rows."""

    units: UnitsOfWork
    events: EventHub
    tracking: TrackingService
    looking: asyncio.Semaphore

    async def follow(
        self, context: Context, id: str, experiment_id: int, cursor: str | None
    ) -> AsyncIterator[FeedMessage]:
        """At most one message a second. Raises ExperimentNotFound, CursorInvalid."""
        first, only, looked = True, None, time.monotonic()
        async with self.events.subscribe(context.tenant_id, RUN_TOPIC, ANY) as hints:
            while True:
                async with self.looking, self.units.tenant(context) as unit:
                    started = time.monotonic()
                    changes = await self.tracking.experiment_changes(
                        unit, experiment_id, since=cursor, only=only
                    )
                now = time.monotonic()
                cursor, looked = changes.moment, looked if only else now
                if first or changes.too_many or changes.runs or changes.gone:
                    yield _told(id, changes)
                first = False
                await rest(hints, now - started, shortest=_PAUSE, longest=_LONGEST_PAUSE)
                named = hints.take()
                whole = not named or time.monotonic() - looked > _WHOLE_LOOK_SECONDS
                only = None if whole or named is None else {UUID(each) for each in named}


def _told(id: str, changes: ExperimentChanges) -> FeedMessage:
    if changes.too_many:
        return ReadAgain(id=id, cursor=changes.moment, keys=None)
    gone = [RunId(each) for each in changes.gone]
    return RunsChanged(id=id, cursor=changes.moment, runs=changes.runs, gone=gone)
