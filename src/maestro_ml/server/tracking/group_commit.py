"""Group commit: what clients log at the same moment is stored by one statement and one fsync."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from maestro_ml.server.tracking.outcomes import logging_refused
from maestro_ml.server.tracking.repository import Calls, Problem, TrackingFunctions
from maestro_ml.server.tracking.rules import Batch, Points

SHARED = 32
"""Points, or params and tags, up to which a batch shares its commit with others."""
MOST_POINTS = 5000
"""Points in one flush: more would make those wait who come after."""
_POINTS_OF_FIELD = 10
"""A param or a tag costs as much as so many points."""


@dataclass(slots=True, eq=False)
class _Entry:
    run_id: UUID
    batch: Batch
    answer: asyncio.Future[Problem]

    @property
    def size(self) -> int:
        fields = len(self.batch.params) + len(self.batch.tags)
        return len(self.batch.points) + _POINTS_OF_FIELD * fields


@dataclass(slots=True)
class _Lane:
    """A line of entries of one kind: one flush is on its way, the rest waits for the next."""

    waiting: deque[_Entry] = field(default_factory=deque)
    flush: asyncio.Task[None] | None = None


Store = Callable[[TrackingFunctions, list[_Entry]], Awaitable[list[Problem]]]


class GroupCommit:
    """Stores points of metrics, and params and tags, per tenant with one flush in flight and no timer.

    A lone client waits for its own commit and nothing else; under load each commit carries whatever
    arrived during the one before. Both calls return after the commit that carries what they brought.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._lanes: dict[tuple[UUID, Store], _Lane] = {}

    async def log(self, tenant_id: UUID, run_id: UUID, points: Points) -> None:
        """Store `points` of one run, all or none. Raises RunNotFound or RunDeleted."""
        problem = await self._join(tenant_id, _store_points, run_id, Batch(points, {}, {}))
        if problem is not None:
            raise logging_refused(problem, run_id)

    async def log_batch(self, tenant_id: UUID, run_id: UUID, batch: Batch) -> Problem:
        """Store a batch, all or none, and answer as `TrackingFunctions.log_batch` does.

        A few params and tags share their commit with those of others; anything else has its own.
        """
        if not batch.points and len(batch.params) + len(batch.tags) <= SHARED:
            return await self._join(tenant_id, _store_fields, run_id, batch)
        return await TrackingFunctions(self._calls, tenant_id).log_batch(run_id, batch)

    async def _join(self, tenant_id: UUID, store: Store, run_id: UUID, batch: Batch) -> Problem:
        lane = self._lanes.setdefault((tenant_id, store), _Lane())
        entry = _Entry(run_id, batch, asyncio.get_running_loop().create_future())
        lane.waiting.append(entry)
        if lane.flush is None:
            lane.flush = asyncio.create_task(self._drain(tenant_id, store, lane))
        return await entry.answer

    async def _drain(self, tenant_id: UUID, store: Store, lane: _Lane) -> None:
        functions = TrackingFunctions(self._calls, tenant_id)
        try:
            while lane.waiting:
                await _flush(functions, store, _next_group(lane.waiting))
        finally:
            lane.flush = None
            if not lane.waiting:
                del self._lanes[tenant_id, store]


async def _flush(functions: TrackingFunctions, store: Store, group: list[_Entry]) -> None:
    try:
        problems = await store(functions, group)
    except asyncpg.PostgresError as error:
        if len(group) == 1:
            _fail(group, error)
            return
        # One entry may have spoiled it for all: let each stand for itself.
        for entry in group:
            await _flush(functions, store, [entry])
    except Exception as error:  # noqa: BLE001 - it belongs to those who wait
        _fail(group, error)
    else:
        for entry, problem in zip(group, problems, strict=True):
            if not entry.answer.done():  # its request was cancelled
                entry.answer.set_result(problem)


def _next_group(waiting: deque[_Entry]) -> list[_Entry]:
    group = [waiting.popleft()]
    size = group[0].size
    while waiting and size + waiting[0].size <= MOST_POINTS:
        group.append(waiting.popleft())
        size += group[-1].size
    return group


async def _store_points(functions: TrackingFunctions, group: list[_Entry]) -> list[Problem]:
    if len(group) == 1 and len(group[0].batch.points) == 1:
        run_id, points = group[0].run_id, group[0].batch.points
        return [
            await functions.log_metric(
                run_id, points.keys[0], points.values[0], points.timestamps[0], points.steps[0]
            )
        ]
    run_ids: list[UUID] = []
    together = Points()
    for entry in group:
        points = entry.batch.points
        run_ids += [entry.run_id] * len(points)
        together.keys += points.keys
        together.values += points.values
        together.timestamps += points.timestamps
        together.steps += points.steps
    refused = await functions.log_metrics(run_ids, together)
    return [refused.get(entry.run_id) for entry in group]


async def _store_fields(functions: TrackingFunctions, group: list[_Entry]) -> list[Problem]:
    if len(group) == 1:
        return [await functions.log_batch(group[0].run_id, group[0].batch)]
    return await functions.log_fields([(entry.run_id, entry.batch) for entry in group])


def _fail(group: list[_Entry], error: Exception) -> None:
    for entry in group:
        if not entry.answer.done():
            entry.answer.set_exception(error)
