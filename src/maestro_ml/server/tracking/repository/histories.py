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
# A history of at most `most` points has as many stretches as points, so that all of them are shown.
# What compaction packed is in order already, and holds each point once; pieces that follow each other
# need no sorting.
# PostgreSQL ranks NaN above all numbers; here it is the last resort on both sides.
_EXTREMES = text(
    f"""
    SELECT m.run_id, m.key, e.* FROM run_metric m CROSS JOIN LATERAL (
      WITH pieces AS MATERIALIZED (
        SELECT c.*, c.steps[1] > lag(c.steps[cardinality(c.steps)]) OVER o IS NOT FALSE AS behind,
               CAST(sum(cardinality(c.steps)) OVER o AS bigint) - cardinality(c.steps) AS before
        FROM metric_chunk c WHERE c.series_id = m.series_id WINDOW o AS (ORDER BY c.steps[1])
      ), shape AS MATERIALIZED (
        SELECT coalesce(bool_and(c.packed AND c.behind), false)
               AND NOT EXISTS (SELECT FROM metric_point p WHERE p.series_id = m.series_id) AS neat
        FROM pieces c
      ), numbered AS MATERIALIZED (
        SELECT u.step, u.at, u.value, c.before + u.place - 1 AS place
        FROM pieces c, unnest(c.steps, c.ats, c.vals) WITH ORDINALITY AS u (step, at, value, place)
        WHERE (SELECT neat FROM shape)
        UNION ALL
        SELECT q.*, row_number() OVER (ORDER BY q.step, q.at, q.value) - 1 AS place
        FROM ({_POINTS.format(series="m.series_id")}) q WHERE NOT (SELECT neat FROM shape)
      ), total AS MATERIALIZED (SELECT count(*) AS size FROM numbered),
      placed AS MATERIALIZED (
        SELECT n.place, n.value, CASE WHEN t.size <= :most THEN n.place
                                      ELSE n.place * (:most / 2) / t.size END AS stretch
        FROM numbered n, total t
      ), ends AS MATERIALIZED (
        SELECT stretch, min(value) AS lowest,
               coalesce(max(value) FILTER (WHERE value < 'NaN'), 'NaN') AS highest
        FROM placed GROUP BY stretch
      ), chosen AS (
        SELECT min(p.place) FILTER (WHERE p.value = e.lowest) AS low,
               min(p.place) FILTER (WHERE p.value = e.highest) AS high
        FROM placed p JOIN ends e ON e.stretch = p.stretch GROUP BY p.stretch
      )
      SELECT (SELECT size > :most FROM total) AS thinned, array_agg(n.step ORDER BY n.place) AS steps,
             array_agg(n.at ORDER BY n.place) AS ats, array_agg(n.value ORDER BY n.place) AS vals
      FROM numbered n WHERE n.place IN (SELECT low FROM chosen UNION SELECT high FROM chosen)
    ) e
    WHERE m.tenant_id = :tenant AND m.run_id = ANY(:runs) AND m.key = ANY(:keys)
    ORDER BY m.run_id, m.key
    """  # noqa: S608
)


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
    session: AsyncSession, tenant_id: UUID, run_ids: list[UUID], keys: list[str], *, most: int
) -> list[Extremes]:
    """At most `most` (at least 2) points of each metric of each run, by run and key."""
    found = await session.execute(
        _EXTREMES, {"tenant": tenant_id, "runs": run_ids, "keys": keys, "most": most}
    )
    return [Extremes(*row) for row in found]
