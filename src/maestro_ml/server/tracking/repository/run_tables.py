"""What a table of runs asks for beside its pages: groups, keys, extremes, values for statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from maestro_ml.contracts.tracking import View
from maestro_ml.server.kernel.db import Calls
from maestro_ml.server.search import Arguments, Entity
from maestro_ml.server.tracking.repository.locations import JOINED_EXPERIMENT
from maestro_ml.server.tracking.repository.run_conditions import place_of, run_clause
from maestro_ml.server.tracking.repository.run_query import RunQuery

_EXPERIMENT = "JOIN experiment e ON e.tenant_id = r.tenant_id AND e.id = r.experiment_id"
# Beyond these, a number is none for a mean.
_FINITE = "m.value > '-Infinity' AND m.value < 'Infinity'"


@dataclass(frozen=True, slots=True)
class GroupedMetric:
    """The finite values of a metric in a group; `deviation` is the sample's, None for one value."""

    key: str
    runs: int
    mean: float
    deviation: float | None
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class GroupOfRuns:
    """Runs with the same values."""

    values: list[str | None]
    runs: int
    metrics: list[GroupedMetric]


class RunTableRepository:
    """Looks through runs of one tenant, inside its transaction."""

    def __init__(self, calls: Calls, tenant_id: UUID) -> None:
        self._calls = calls
        self._tenant_id = tenant_id

    async def estimate(self, query: RunQuery) -> int:
        """How many runs PostgreSQL expects to find."""
        arguments = Arguments(self._tenant_id)
        text = f"EXPLAIN (FORMAT JSON) SELECT r.id {self._chosen(query, arguments)}"
        [[explained]] = await self._calls.rows(text, *arguments.values)
        return int(explained[0]["Plan"]["Plan Rows"])

    async def groups(
        self, query: RunQuery, by: list[tuple[Entity, str]], metrics: list[str], *, limit: int
    ) -> tuple[list[GroupOfRuns], int]:
        """The `limit` largest groups, and how many there are in all."""
        arguments = Arguments(self._tenant_id)
        values = ", ".join(
            f"({place_of(entity, key, arguments).expression})::text" for entity, key in by
        )
        chosen = self._chosen(query, arguments)
        most, keys = arguments.add(limit, "bigint"), arguments.add(metrics, "text[]")
        # A list of values as one text is never null, so that groups without a value meet, too.
        text = f"""
            WITH chosen AS MATERIALIZED (
              SELECT r.id, r.experiment_id, jsonb_build_array({values})::text AS spelled {chosen}
            ), counted AS MATERIALIZED (
              SELECT spelled, count(*) AS runs FROM chosen GROUP BY spelled
            ), largest AS MATERIALIZED (
              SELECT * FROM counted ORDER BY runs DESC, spelled LIMIT {most}
            )
            SELECT l.spelled::jsonb, l.runs, NULL, NULL, NULL, NULL, NULL, NULL,
                   (SELECT count(*) FROM counted)
            FROM largest l
            UNION ALL
            SELECT c.spelled::jsonb, 0, m.key, count(*), avg(m.value), stddev_samp(m.value),
                   min(m.value), max(m.value), 0
            FROM largest l JOIN chosen c ON c.spelled = l.spelled
            JOIN run_metric m ON m.tenant_id = $1::uuid AND m.experiment_id = c.experiment_id
                             AND m.run_id = c.id
            WHERE m.key = ANY({keys}) AND {_FINITE}
            GROUP BY c.spelled, m.key
            """  # noqa: S608
        rows = await self._calls.rows(text, *arguments.values)
        groups: dict[str, GroupOfRuns] = {}
        total = 0
        for spelled, runs, key, *summary, count in rows:
            if key is None:
                groups[str(spelled)] = GroupOfRuns(spelled, runs, [])
                total = count
            else:
                groups[str(spelled)].metrics.append(GroupedMetric(key, *summary))
        return [*groups.values()], total

    async def metric_keys(self, experiment_id: int, *, limit: int) -> list[str]:
        """The metrics of all runs: one step along the index for each, however many runs there are."""
        text = """
            WITH RECURSIVE k AS (
              (SELECT m.key FROM run_metric m WHERE m.tenant_id = $1::uuid
               AND m.experiment_id = $2::bigint ORDER BY m.key LIMIT 1)
              UNION ALL
              SELECT (SELECT m.key FROM run_metric m WHERE m.tenant_id = $1::uuid
                      AND m.experiment_id = $2::bigint AND m.key > k.key ORDER BY m.key LIMIT 1)
              FROM k WHERE k.key IS NOT NULL
            )
            SELECT key FROM k WHERE key IS NOT NULL LIMIT $3::bigint
            """
        rows = await self._calls.rows(text, self._tenant_id, experiment_id, limit)
        return [key for (key,) in rows]

    async def text_keys(
        self, experiment_id: int, *, newest: int
    ) -> tuple[list[str], list[str], int]:
        """Params and tags of the `newest` runs, and how many runs that are."""
        text = """
            WITH read AS MATERIALIZED (
              SELECT r.params, r.tags FROM run r WHERE r.tenant_id = $1::uuid
              AND r.experiment_id = $2::bigint AND r.deleted_at IS NULL
              ORDER BY r.started_at DESC LIMIT $3::bigint
            )
            SELECT ARRAY(SELECT DISTINCT jsonb_object_keys(params) FROM read ORDER BY 1),
                   ARRAY(SELECT DISTINCT jsonb_object_keys(tags) FROM read ORDER BY 1),
                   (SELECT count(*) FROM read)
            """
        [row] = await self._calls.rows(text, self._tenant_id, experiment_id, newest)
        params, tags, read = row
        return params, tags, read

    async def extremes(
        self, run_ids: list[UUID], keys: list[str]
    ) -> list[tuple[UUID, str, float, float]]:
        """The lowest and the highest number of each metric of each run."""
        text = """
            SELECT m.run_id, m.key, e.lowest, e.highest FROM run_metric m CROSS JOIN LATERAL (
              SELECT min(v.value) AS lowest, max(v.value) AS highest FROM (
                SELECT p.value FROM metric_point p
                WHERE p.series_id = m.series_id AND p.value < 'NaN'
                UNION ALL
                SELECT u.value FROM metric_chunk c, unnest(c.vals) AS u (value)
                WHERE c.series_id = m.series_id AND u.value < 'NaN'
                UNION ALL
                SELECT m.value WHERE m.value < 'NaN'
              ) v
            ) e
            WHERE m.tenant_id = $1::uuid AND m.run_id = ANY($2::uuid[])
            AND m.key = ANY($3::text[]) AND e.lowest IS NOT NULL
            """
        rows = await self._calls.rows(text, self._tenant_id, run_ids, keys)
        return [(run_id, key, lowest, highest) for run_id, key, lowest, highest in rows]

    async def samples(
        self, query: RunQuery, metric: str, *, limit: int
    ) -> list[tuple[float, dict[str, Any]]]:
        """The newest finite values of a metric, each with the params of its run."""
        arguments = Arguments(self._tenant_id)
        chosen = self._chosen(query, arguments)
        key, most = arguments.add(metric), arguments.add(limit, "bigint")
        text = f"""
            SELECT m.value, c.params FROM (
              SELECT r.id, r.experiment_id, r.params, r.started_at {chosen}
            ) c JOIN run_metric m ON m.tenant_id = $1::uuid AND m.run_id = c.id AND m.key = {key}
            WHERE {_FINITE} ORDER BY c.started_at DESC, c.id LIMIT {most}
            """  # noqa: S608
        return [
            (value, params) for value, params in await self._calls.rows(text, *arguments.values)
        ]

    def _chosen(self, query: RunQuery, arguments: Arguments) -> str:
        ids = arguments.add(list(query.experiment_ids), "bigint[]")
        clauses = ["r.tenant_id = $1::uuid", f"r.experiment_id = ANY({ids})"]
        if query.view is not View.ALL:
            gone = query.view is View.DELETED
            clauses.append(f"r.deleted_at IS {'NOT ' if gone else ''}NULL")
        clauses += [run_clause(each, arguments, query.experiment_ids) for each in query.conditions]
        joined = _EXPERIMENT if any(JOINED_EXPERIMENT in each for each in clauses) else ""
        return f"FROM run r {joined} WHERE {' AND '.join(clauses)}"
