"""Histories of metrics off the hot path: pages of points, and their extremes for charts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.server.tracking.tables import RunMetricRow, RunRow

Point = tuple[int, int, float]
"""Step, milliseconds since 1970, value."""

# Points lie in rows of their own, or in arrays; one that was sent twice counts once.
_POINTS = """
    SELECT p.step, p.at, p.value FROM metric_point p WHERE p.series_id = {series}
    UNION
    SELECT u.step, u.at, u.value
    FROM metric_chunk c, unnest(c.steps, c.ats, c.vals) AS u (step, at, value)
    WHERE c.series_id = {series}
"""
_ALL = f"SELECT q.step, q.at, q.value FROM ({_POINTS.format(series=':series')}) q"  # noqa: S608
_IN_ORDER = "ORDER BY 1, 2, 3 LIMIT :limit"
_FIRST_PAGE = text(f"{_ALL} {_IN_ORDER}")
_PAGE = text(f"{_ALL} WHERE (q.step, q.at, q.value) > (:step, :at, :value) {_IN_ORDER}")
_EXTREMES = """
    SELECT m.run_id, m.key, t.size > :most, t.steps, t.ats, t.vals
    FROM run_metric m CROSS JOIN LATERAL {thinned} t
    WHERE m.tenant_id = :tenant AND m.run_id = ANY(:runs) AND m.key = ANY(:keys) AND t.size > 0
    ORDER BY m.run_id, m.key
"""
_WHOLE = text(
    _EXTREMES.format(
        thinned="tracking_thin_series(m.tenant_id, m.series_id, CAST(:most AS integer))"
    )
)
_PART = text(
    _EXTREMES.format(
        thinned="tracking_thin_range(m.series_id, CAST(:most AS integer), "
        ":first_step, :last_step, :first_at, :last_at)"
    )
)
_EVER = (-(2**63), 2**63 - 1)


@dataclass(frozen=True, slots=True)
class Extremes:
    """The points of a metric that a chart needs; `thinned` if there are more."""

    run_id: UUID
    key: str
    thinned: bool
    steps: list[int]
    timestamps: list[int]
    values: list[float]


class HistoryRepository:
    """The points of one run of the session's tenant."""

    def __init__(self, session: AsyncSession, tenant_id: UUID, run_id: UUID) -> None:
        self._session = session
        self._tenant_id = tenant_id
        self._run_id = run_id

    async def exists(self) -> bool:
        """Whether there is such a run, in the trash or not."""
        found = await self._session.scalar(select(RunRow.id).where(RunRow.id == self._run_id))
        return found is not None

    async def keys(self, *, limit: int) -> list[str]:
        """The first of the run's metrics by name."""
        query = select(RunMetricRow.key).where(RunMetricRow.run_id == self._run_id)
        return [*await self._session.scalars(query.order_by(RunMetricRow.key).limit(limit))]

    async def find_series(self, key: str) -> int | None:
        """The number of the series that holds the points of a metric."""
        found: int | None = await self._session.scalar(
            select(RunMetricRow.series_id).where(
                RunMetricRow.run_id == self._run_id, RunMetricRow.key == key
            )
        )
        return found

    async def page(self, series: int, *, after: Point | None, limit: int) -> list[Point]:
        """Points of a series in their order, from the one behind `after` on."""
        bound: dict[str, object] = {"series": series, "limit": limit}
        if after is not None:
            bound |= dict(zip(("step", "at", "value"), after, strict=True))
        found = await self._session.execute(_FIRST_PAGE if after is None else _PAGE, bound)
        return [(step, at, value) for step, at, value in found]

    async def extremes(self, keys: list[str], *, most: int) -> list[Extremes]:
        """At most `most` (at least 2) points of each metric: the ends of each stretch's values."""
        return await find_extremes(self._session, self._tenant_id, [self._run_id], keys, most=most)


async def find_extremes(
    session: AsyncSession,
    tenant_id: UUID,
    run_ids: list[UUID],
    keys: list[str],
    *,
    most: int,
    steps: tuple[int, int] | None = None,
    times: tuple[int, int] | None = None,
) -> list[Extremes]:
    """At most `most` (at least 2) points of each metric of each run, by run and key.

    Between `steps` and `times`, both included, if they are given. What has no point there is left out.
    """
    bound: dict[str, object] = {
        "tenant": tenant_id,
        "runs": run_ids,
        "keys": keys,
        "most": most,
    }
    statement = _WHOLE
    if steps is not None or times is not None:
        statement = _PART
        names = ("first_step", "last_step", "first_at", "last_at")
        bound |= zip(names, (*(steps or _EVER), *(times or _EVER)), strict=True)
    return [Extremes(*row) for row in await session.execute(statement, bound)]
