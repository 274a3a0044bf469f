"""All SQL of past searches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.automl import SearchArm, StartSource, TaskType
from maestro_ml.contracts.value_ledger import PastSearch, PastSearchId
from maestro_ml.server.automl.ledger import Outcome
from maestro_ml.server.automl.tables import AutoMLSearchRow

_EVALUATION = (
    "position integer, name text, family text, params jsonb, status text, reason text, "
    "score double precision, standard_error double precision, fit_seconds double precision, "
    "ended_at double precision"
)
_ADD_EVALUATIONS = text(
    f"""
    INSERT INTO automl_evaluation (search_id, position, name, family, params, status, reason,
      score, standard_error, fit_seconds, ended_at)
    SELECT :search, * FROM jsonb_to_recordset(cast(:rows AS jsonb)) AS each ({_EVALUATION})
    """  # noqa: S608
)
_DELETE = text("DELETE FROM automl_search WHERE id = :id RETURNING id")
_COUNT = text(
    """
    SELECT count(*) FROM
      (SELECT 1 FROM automl_search WHERE best_score IS NOT NULL LIMIT :most) AS counted
    """
)
# A search without any draw cannot be compared, whatever it found.
_LEFT_OUT = text("SELECT count(*) FROM automl_search WHERE arm IS NULL")
_RECALL = text(
    """
    WITH latest AS (
      SELECT * FROM automl_search WHERE best_score IS NOT NULL ORDER BY id DESC LIMIT :most
    )
    SELECT s.id, s.dataset, s.version, s.target, s.task, s.metric, s.group_column, s.time_column,
      s.meta_features, (
        SELECT cast(json_agg(json_build_array(e.name, e.family, e.params, e.score, e.fit_seconds)
          ORDER BY e.position) AS text)
        FROM automl_evaluation e WHERE e.search_id = s.id AND e.status <> 'skipped'
      ) AS evaluations
    FROM latest s ORDER BY s.id DESC
    """
)
# What each search of `shown` took to come within a standard error of the best of its task.
_TO_THE_SAME_SCORE = """
    SELECT s.*, coalesce(hit.position, s.evaluations) AS evaluations_needed,
      coalesce(hit.ended_at, s.seconds) AS seconds_needed, hit.position IS NOT NULL AS reached
    FROM shown s
    LEFT JOIN LATERAL (
      SELECT o.best_score - coalesce(o.best_standard_error, 0) AS score FROM automl_search o
      WHERE o.dataset = s.dataset AND o.version = s.version AND o.target = s.target
        AND o.metric = s.metric AND o.group_column IS NOT DISTINCT FROM s.group_column
        AND o.time_column IS NOT DISTINCT FROM s.time_column AND o.best_score IS NOT NULL
      ORDER BY o.best_score DESC LIMIT 1
    ) goal ON true
    LEFT JOIN LATERAL (
      SELECT e.position, e.ended_at FROM automl_evaluation e
      WHERE e.search_id = s.id AND e.status = 'scored' AND e.score >= goal.score ORDER BY e.position LIMIT 1
    ) hit ON true
    ORDER BY s.id DESC
"""
_OUTCOMES = text(
    f"""
    WITH shown AS (
      SELECT * FROM automl_search WHERE arm IS NOT NULL AND best_score IS NOT NULL
      ORDER BY id DESC LIMIT :most
    ) {_TO_THE_SAME_SCORE}
    """  # noqa: S608
)
_LIST = text(
    f"""
    WITH shown AS (
      SELECT * FROM automl_search WHERE cast(:before AS uuid) IS NULL OR id < :before
      ORDER BY id DESC LIMIT :limit
    ) {_TO_THE_SAME_SCORE}
    """  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class EvaluationRecord:
    """A configuration as it is stored; `position` counts from 1 in the order of ending."""

    position: int
    name: str
    family: str
    params: dict[str, Any]
    status: str
    reason: str | None
    score: float | None
    standard_error: float | None
    fit_seconds: float | None
    ended_at: float | None


@dataclass(frozen=True, slots=True)
class RecalledEvaluation:
    """What a search to come may learn from one that is over; no score where it failed."""

    name: str
    family: str
    params: dict[str, Any]
    score: float | None
    fit_seconds: float | None


@dataclass(frozen=True, slots=True)
class RecalledSearch:
    """A past search with the configurations that it started."""

    id: UUID
    dataset: str
    version: int
    target: str
    task: str
    metric: str
    group_column: str | None
    time_column: str | None
    meta_features: dict[str, float]
    evaluations: list[RecalledEvaluation]


class PastSearchRepository:
    """The session's tenant's searches that are over."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, search: AutoMLSearchRow, evaluations: Sequence[EvaluationRecord]) -> None:
        """Store a search with all it evaluated, in place of what an earlier attempt stored."""
        await self.delete(search.id)
        self._session.add(search)
        await self._session.flush()
        rows = orjson.dumps(
            [asdict(each) for each in evaluations],
            default=str,
            option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS,
        )
        await self._session.execute(_ADD_EVALUATIONS, {"search": search.id, "rows": rows.decode()})

    async def delete(self, id: UUID) -> bool:
        """Forget a search; False if it is not remembered."""
        return (await self._session.execute(_DELETE, {"id": id})).scalar() is not None

    async def count_usable(self, most: int) -> int:
        """Searches that found something, counted up to `most`."""
        return int((await self._session.execute(_COUNT, {"most": most})).scalar_one())

    async def count_undrawn(self) -> int:
        """Searches for which no draw decided."""
        return int((await self._session.execute(_LEFT_OUT)).scalar_one())

    async def recall(self, most: int) -> list[RecalledSearch]:
        """The latest searches that found something, newest first."""
        found = await self._session.execute(_RECALL, {"most": most})
        return [_to_recalled(row) for row in found.mappings()]

    async def outcomes(self, most: int) -> list[Outcome]:
        """What the latest drawn searches took to the same score."""
        found = await self._session.execute(_OUTCOMES, {"most": most})
        return [
            Outcome(
                dataset=row["dataset"],
                arm=SearchArm(row["arm"]),
                propensity=row["propensity"],
                reached=row["reached"],
                evaluations=row["evaluations_needed"],
                seconds=row["seconds_needed"],
            )
            for row in found.mappings()
        ]

    async def list(self, *, limit: int, before: UUID | None) -> list[PastSearch]:
        """Searches submitted before `before`, newest first."""
        found = await self._session.execute(_LIST, {"limit": limit, "before": before})
        return [_to_past_search(row) for row in found.mappings()]


def _to_recalled(row: RowMapping) -> RecalledSearch:
    values = dict(row)
    evaluations = [RecalledEvaluation(*each) for each in orjson.loads(values.pop("evaluations"))]
    return RecalledSearch(**values, evaluations=evaluations)


def _to_past_search(row: RowMapping) -> PastSearch:
    finished_at: datetime = row["finished_at"]
    return PastSearch(
        id=PastSearchId(row["id"]),
        dataset=f"{row['dataset']}@{row['version']}",
        target=row["target"],
        task_type=TaskType(row["task"]),
        metric=row["metric"],
        rows=row["row_count"],
        columns=row["column_count"],
        evaluations=row["evaluations"],
        best_score=row["best_score"],
        seconds=row["seconds"],
        time_budget=row["time_budget"],
        cancelled=row["cancelled"],
        source=StartSource(row["source"]),
        eligible=row["eligible"],
        arm=None if row["arm"] is None else SearchArm(row["arm"]),
        propensity=row["propensity"],
        reached=row["reached"],
        evaluations_needed=row["evaluations_needed"],
        seconds_needed=row["seconds_needed"],
        finished_at=finished_at,
    )
