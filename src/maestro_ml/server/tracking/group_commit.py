"""Group commit: what clients log at the same moment is stored by one statement and one fsync."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from maestro_ml.server.tracking.outcomes import logging_refused
from maestro_ml.server.tracking.repository import Calls, TrackingFunctions
from maestro_ml.server.tracking.rules import Points

MOST_POINTS = 5000
"""Points in one flush: more would make those wait who come after."""


@dataclass(slots=True, eq=False)
class _Entry:
    run_id: UUID
    points: Points
    stored: asyncio.Future[None]


@dataclass(slots=True)
class _Lane:
    """A tenant's line: one flush is on its way, the rest waits for the next."""

    waiting: deque[_Entry] = field(default_factory=deque)
    flush: asyncio.Task[None] | None = None


class GroupCommit:
    """Stores points of metrics per tenant with one flush in flight and no timer.

    A lone client waits for its own commit and nothing else; under load each commit carries whatever
    arrived during the one before. `log` returns after the commit that carries its points.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._lanes: dict[UUID, _Lane] = {}

    async def log(self, tenant_id: UUID, run_id: UUID, points: Points) -> None:
        """Store `points` of one run, all or none. Raises RunNotFound or RunDeleted."""
        lane = self._lanes.setdefault(tenant_id, _Lane())
        entry = _Entry(run_id, points, asyncio.get_running_loop().create_future())
        lane.waiting.append(entry)
        if lane.flush is None:
            lane.flush = asyncio.create_task(self._drain(tenant_id, lane))
        await entry.stored

    async def _drain(self, tenant_id: UUID, lane: _Lane) -> None:
        functions = TrackingFunctions(self._calls, tenant_id)
        try:
            while lane.waiting:
                await self._flush(functions, _next_group(lane.waiting))
        finally:
            lane.flush = None
            if not lane.waiting:
                del self._lanes[tenant_id]

    async def _flush(self, functions: TrackingFunctions, group: list[_Entry]) -> None:
        try:
            refused = await _store(functions, group)
        except asyncpg.PostgresError as error:
            if len(group) == 1:
                _settle(group, error)
                return
            # One entry may have spoiled it for all: let each stand for itself.
            for entry in group:
                await self._flush(functions, [entry])
        except Exception as error:  # noqa: BLE001 - it belongs to those who wait
            _settle(group, error)
        else:
            for entry in group:
                problem = refused.get(entry.run_id)
                _settle([entry], logging_refused(problem, entry.run_id) if problem else None)


def _next_group(waiting: deque[_Entry]) -> list[_Entry]:
    group = [waiting.popleft()]
    size = len(group[0].points)
    while waiting and size + len(waiting[0].points) <= MOST_POINTS:
        group.append(waiting.popleft())
        size += len(group[-1].points)
    return group


async def _store(functions: TrackingFunctions, group: Sequence[_Entry]) -> dict[UUID, str]:
    if len(group) == 1 and len(group[0].points) == 1:
        run_id, points = group[0].run_id, group[0].points
        word = await functions.log_metric(
            run_id, points.keys[0], points.values[0], points.timestamps[0], points.steps[0]
        )
        return {run_id: word} if word else {}
    run_ids: list[UUID] = []
    together = Points()
    for entry in group:
        run_ids += [entry.run_id] * len(entry.points)
        together.keys += entry.points.keys
        together.values += entry.points.values
        together.timestamps += entry.points.timestamps
        together.steps += entry.points.steps
    return await functions.log_metrics(run_ids, together)


def _settle(group: list[_Entry], error: Exception | None) -> None:
    for entry in group:
        if entry.stored.done():  # its request was cancelled
            continue
        if error is None:
            entry.stored.set_result(None)
        else:
            entry.stored.set_exception(error)
