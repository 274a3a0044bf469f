"""Packs the points of finished runs, a sixth of their size in single rows."""

from __future__ import annotations

import time

import structlog

from maestro_ml.server.kernel.db import UnitsOfWork
from maestro_ml.server.tracking.repository import CompactionRepository

log = structlog.get_logger()
_RUNS = 2000
_SECONDS = 8.0
_LONG_DAYS = 8


class RunCompaction:
    """What any one worker does for all, a few seconds at a time; two at once do no harm.

    settle_seconds: how long nothing must have happened to a run, so that points that come right after
    its end are packed with the others.
    """

    def __init__(self, units: UnitsOfWork, *, settle_seconds: float = 10.0) -> None:
        self._units = units
        self._settle_seconds = settle_seconds

    async def add_long_runs(self) -> None:
        """Let runs of more than a day be packed as well; many of them will never be ended."""
        async with self._units.system(reason="long runs of every tenant are packed") as unit:
            await CompactionRepository(unit.session).add_long_runs(days=_LONG_DAYS)

    async def run(self) -> int:
        """Pack runs that are due, each in a transaction of its own, and tell how many."""
        deadline = time.monotonic() + _SECONDS
        reason = "finished runs of every tenant are packed"
        async with self._units.system(reason=reason) as unit:
            due = await CompactionRepository(unit.session).due(
                settled_seconds=self._settle_seconds, limit=_RUNS
            )
        runs = points = 0
        for run in due:
            if time.monotonic() > deadline:
                break
            async with self._units.system(reason=reason) as unit:
                points += await CompactionRepository(unit.session).compact(run)
            runs += 1
        if points:
            log.info("tracking.compacted", runs=runs, points=points)
        return runs
