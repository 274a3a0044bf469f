"""Histories of metrics inside a unit of work: whole, by pages, and thinned out for charts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from maestro_ml.contracts.run_tables import (
    MAX_OVERLAID_POINTS,
    HistoriesQuery,
    RunHistories,
    RunHistory,
)
from maestro_ml.contracts.selections import MAX_CHARTED, MetricHistories
from maestro_ml.contracts.tracking import MetricHistory, RunId
from maestro_ml.server.kernel.db import SessionCalls, UnitOfWork
from maestro_ml.server.kernel.paging import CursorInvalid, decode_cursor, encode_cursor
from maestro_ml.server.tracking import outcomes
from maestro_ml.server.tracking.errors import MetricNotFound
from maestro_ml.server.tracking.repository import (
    Extremes,
    HistoryRepository,
    Point,
    TrackingFunctions,
    find_extremes,
)


class HistoryUseCases:
    """Read what was logged of metrics; whether points are packed makes no difference."""

    async def metric_history(
        self, unit: UnitOfWork, run_id: UUID, key: str, *, max_points: int | None = None
    ) -> MetricHistory:
        """Every point of a metric, or the extremes of `max_points` / 2 stretches of it.

        Raises RunNotFound or MetricNotFound.
        """
        if max_points is not None:
            found = await self.metric_histories(unit, run_id, [key], max_points=max_points)
            if not found.items:
                raise _metric_not_found(run_id, key)
            return found.items[0]
        functions = TrackingFunctions(SessionCalls(unit.session), unit.context.tenant_id)
        points = await functions.metric_history(run_id, key)
        if points is None:
            raise outcomes.run_not_found(run_id)
        steps, timestamps, values = points
        if not steps:
            raise _metric_not_found(run_id, key)
        return MetricHistory(key=key, steps=steps, timestamps=timestamps, values=values)

    async def metric_page(
        self, unit: UnitOfWork, run_id: UUID, key: str, *, limit: int, cursor: str | None
    ) -> MetricHistory:
        """The next `limit` points of a metric. Raises RunNotFound, MetricNotFound, CursorInvalid."""
        repository = _repository(unit, run_id)
        series = await repository.find_series(key)
        if series is None:
            if not await repository.exists():
                raise outcomes.run_not_found(run_id)
            raise _metric_not_found(run_id, key)
        found = await repository.page(series, after=_place(cursor), limit=limit + 1)
        shown = found[:limit]
        last = shown[-1] if len(found) > limit else None
        return MetricHistory(
            key=key,
            steps=[step for step, _, _ in shown],
            timestamps=[at for _, at, _ in shown],
            values=[value for _, _, value in shown],
            next_cursor=None if last is None else encode_cursor([last[0], last[1], repr(last[2])]),
        )

    async def metric_histories(
        self, unit: UnitOfWork, run_id: UUID, keys: list[str], *, max_points: int
    ) -> MetricHistories:
        """The extremes of several metrics at once, for a chart; without `keys` the first 50 by name.

        A metric that the run does not have is left out. Raises RunNotFound.
        """
        repository = _repository(unit, run_id)
        if not await repository.exists():
            raise outcomes.run_not_found(run_id)
        wanted = keys or await repository.keys(limit=MAX_CHARTED)
        found = await repository.extremes(wanted, most=max_points)
        return MetricHistories(items=[_to_history(each) for each in found])

    async def run_histories(self, unit: UnitOfWork, body: HistoriesQuery) -> RunHistories:
        """The extremes of metrics of several runs; fewer of each where there are very many lines."""
        lines = len(body.run_ids) * len(body.keys)
        most = max(2, min(body.max_points, MAX_OVERLAID_POINTS // lines))
        run_ids = [*dict.fromkeys(body.run_ids)]
        found = await find_extremes(
            unit.session,
            unit.context.tenant_id,
            [*run_ids],
            body.keys,
            most=most,
            steps=body.steps,
            times=body.times,
        )
        return RunHistories(
            items=[
                RunHistory(
                    run_id=RunId(each.run_id),
                    key=each.key,
                    steps=each.steps,
                    timestamps=each.timestamps,
                    values=each.values,
                    thinned=each.thinned,
                )
                for each in found
            ]
        )


def _repository(unit: UnitOfWork, run_id: UUID) -> HistoryRepository:
    return HistoryRepository(unit.session, unit.context.tenant_id, run_id)


def _to_history(found: Extremes) -> MetricHistory:
    return MetricHistory(
        key=found.key,
        steps=found.steps,
        timestamps=found.timestamps,
        values=found.values,
        thinned=found.thinned,
    )


def _place(cursor: str | None) -> Point | None:
    key: list[Any] | None = decode_cursor(cursor, parts=3)
    if key is None:
        return None
    try:
        return int(key[0]), int(key[1]), float(key[2])
    except (TypeError, ValueError) as error:
        raise CursorInvalid(
            "This cursor belongs to another list. Leave it out to start with the first page."
        ) from error


def _metric_not_found(run_id: UUID, key: str) -> MetricNotFound:
    return MetricNotFound(
        f"The run {run_id} has no metric {key!r}. `maestro runs get {run_id}` shows its metrics."
    )
