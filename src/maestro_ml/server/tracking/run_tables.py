"""What a table of runs asks for inside a unit of work: groups, keys, extremes, importance of params."""

from __future__ import annotations

from maestro_ml.contracts.importance import ImportanceQuery, ParamImportances
from maestro_ml.contracts.run_tables import (
    ExperimentKeys,
    ExtremesQuery,
    MetricExtremes,
    MetricExtremesList,
    MetricMean,
    RunGroup,
    RunGrouping,
    RunGroups,
)
from maestro_ml.contracts.tracking import RunId
from maestro_ml.server.kernel.db import SessionCalls, UnitOfWork
from maestro_ml.server.search import Entity, SearchInvalid
from maestro_ml.server.tracking import outcomes
from maestro_ml.server.tracking.importance import importances
from maestro_ml.server.tracking.intervals import half_width
from maestro_ml.server.tracking.repository import ExperimentRepository
from maestro_ml.server.tracking.repository.run_tables import (
    GroupedMetric,
    GroupOfRuns,
    RunTableRepository,
)
from maestro_ml.server.tracking.searches import RunSearchService

MOST_KEYS = 20_000
RUNS_READ_FOR_KEYS = 200
MOST_SAMPLES = 5000
_ENTITIES = {"params": Entity.PARAM, "tags": Entity.TAG, "attributes": Entity.ATTRIBUTE}
_GROUPED_ATTRIBUTES = frozenset({"status", "user_id", "run_name"})


class RunTableService:
    """Answers for all runs that a filter chooses, not for a page of them."""

    def __init__(self, searches: RunSearchService) -> None:
        self._searches = searches

    async def groups(self, unit: UnitOfWork, body: RunGrouping) -> RunGroups:
        """Runs by what they have in common, with means of metrics. Raises SearchInvalid."""
        query = await self._searches.query(body)
        by = [_grouped(field) for field in body.by]
        groups, total = await _repository(unit).groups(
            query, by, [*dict.fromkeys(body.metrics)], limit=body.limit
        )
        return RunGroups(items=[_to_group(each) for each in groups], total=total)

    async def keys(self, unit: UnitOfWork, experiment_id: int) -> ExperimentKeys:
        """What the runs of an experiment have logged. Raises ExperimentNotFound."""
        if await ExperimentRepository(unit.session).find(id=experiment_id) is None:
            raise outcomes.experiment_not_found(experiment_id)
        repository = _repository(unit)
        metrics = await repository.metric_keys(experiment_id, limit=MOST_KEYS)
        params, tags, read = await repository.text_keys(experiment_id, newest=RUNS_READ_FOR_KEYS)
        return ExperimentKeys(
            metrics=metrics, params=params[:MOST_KEYS], tags=tags[:MOST_KEYS], runs_read=read
        )

    async def extremes(self, unit: UnitOfWork, body: ExtremesQuery) -> MetricExtremesList:
        """The lowest and the highest value of each metric of each run."""
        found = await _repository(unit).extremes([*body.run_ids], body.keys)
        return MetricExtremesList(
            items=[
                MetricExtremes(run_id=RunId(run_id), key=key, lowest=lowest, highest=highest)
                for run_id, key, lowest, highest in found
            ]
        )

    async def importance(self, unit: UnitOfWork, body: ImportanceQuery) -> ParamImportances:
        """Which params go together with a metric, over the newest 5,000 runs. Raises SearchInvalid."""
        query = await self._searches.query(body)
        samples = await _repository(unit).samples(query, body.metric, limit=MOST_SAMPLES)
        return importances(body.metric, samples)


def _repository(unit: UnitOfWork) -> RunTableRepository:
    return RunTableRepository(SessionCalls(unit.session), unit.context.tenant_id)


def _grouped(field: str) -> tuple[Entity, str]:
    kind, _, key = field.partition(".")
    entity = _ENTITIES.get(kind)
    if entity is None or (entity is Entity.ATTRIBUTE and key not in _GROUPED_ATTRIBUTES):
        raise SearchInvalid(
            f"Runs cannot be grouped by {field!r}. Use a param, a tag, or one of "
            f"{', '.join(f'attributes.{each}' for each in sorted(_GROUPED_ATTRIBUTES))}."
        )
    return entity, key


def _to_group(group: GroupOfRuns) -> RunGroup:
    metrics = sorted(group.metrics, key=lambda each: each.key)
    return RunGroup(values=group.values, runs=group.runs, metrics=[_to_mean(m) for m in metrics])


def _to_mean(metric: GroupedMetric) -> MetricMean:
    return MetricMean(
        key=metric.key,
        runs=metric.runs,
        mean=metric.mean,
        half_width=half_width(metric.runs, metric.deviation),
        lowest=metric.lowest,
        highest=metric.highest,
    )
