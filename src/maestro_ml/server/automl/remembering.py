"""Between the engine's words and the stored ones: what a search starts from, and what it leaves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from uuid import UUID

from maestro_ml.contracts.automl import SearchArm, StartOrigin
from maestro_ml.engine.automl import AutoMLResult, Prior, Skipped, Start
from maestro_ml.engine.metalearning import (
    MADE_OF_TRIALS,
    HistoryPrior,
    PastTask,
    PastTrial,
    PublicPrior,
)
from maestro_ml.server.automl.draws import ENOUGH_SEARCHES, StartDraw
from maestro_ml.server.automl.repository import EvaluationRecord, RecalledSearch
from maestro_ml.server.automl.service import SearchPayload
from maestro_ml.server.automl.tables import AutoMLSearchRow
from maestro_ml.server.kernel.clock import now


def to_prior(recalled: Sequence[RecalledSearch] | None) -> Prior:
    """What the engine starts from; None of a start without history."""
    if recalled is None:
        return PublicPrior()
    return HistoryPrior([_to_task(search) for search in recalled])


def to_origin(start: Start, draw: StartDraw) -> StartOrigin:
    """Where the search began, with the draw that decided it."""
    return StartOrigin.model_validate(
        {
            "source": start.source,
            "note": f"{_why_undrawn(draw)} {start.note}".strip(),
            "reasons": [asdict(reason) for reason in start.reasons],
            **draw.model_dump(include={"past_searches", "eligible", "arm", "propensity"}),
        }
    )


def to_row(
    job_id: UUID, payload: SearchPayload, result: AutoMLResult, columns: int
) -> AutoMLSearchRow:
    """The search as it is stored; `columns` of the table, without the target."""
    request, draw = payload.request, payload.start
    evaluated = [row for row in result.leaderboard if row.family not in MADE_OF_TRIALS]
    best = max(evaluated, key=lambda row: row.score)
    return AutoMLSearchRow(
        id=job_id,
        dataset=payload.dataset_name,
        version=payload.version,
        target=request.target,
        task=result.task.value,
        metric=result.metric,
        group_column=request.group_column,
        time_column=request.time_column,
        row_count=len(result.predictions),
        column_count=columns,
        meta_features=dict(result.meta_features),
        time_budget=request.time_budget,
        max_trials=request.max_trials,
        seed=request.seed,
        seconds=result.seconds,
        cancelled=result.stopped,
        start=to_origin(result.start, draw).model_dump(mode="json"),
        source=result.start.source,
        eligible=draw.eligible,
        arm=draw.arm,
        propensity=draw.propensity,
        draw_seed=draw.seed,
        evaluations=len(evaluated) + sum(each.started for each in _without_score(result)),
        best_score=_known(best.score),
        best_standard_error=_known(best.standard_error),
        finished_at=now(),
    )


def to_records(result: AutoMLResult, failed_at: Mapping[str, float]) -> list[EvaluationRecord]:
    """All that was evaluated in the order of ending, then what had a first look, or not even that.

    failed_at: seconds into the search, by name.
    """
    times = {each.name: each.finished_at for each in result.history} | dict(failed_at)
    scored = [
        EvaluationRecord(
            position=0,
            name=row.name,
            family=row.family,
            params=dict(row.params),
            status="scored",
            reason=None,
            score=_known(row.score),
            standard_error=_known(row.standard_error),
            fit_seconds=row.fit_seconds,
            ended_at=times.get(row.name),
        )
        for row in result.leaderboard
        if row.family not in MADE_OF_TRIALS
    ]
    without = [
        EvaluationRecord(
            position=0,
            name=each.name,
            family=each.family,
            params=dict(each.params),
            status=_status(each),
            reason=each.reason,
            score=each.expected,
            standard_error=None,
            fit_seconds=each.fit_seconds,
            ended_at=times.get(each.name) if each.started else None,
        )
        for each in _without_score(result)
    ]
    ordered = sorted([*scored, *without], key=_when)
    return [replace(each, position=number) for number, each in enumerate(ordered, start=1)]


def _without_score(result: AutoMLResult) -> list[Skipped]:
    return [each for each in result.skipped if each.family not in MADE_OF_TRIALS]


def _status(each: Skipped) -> str:
    if each.expected is not None:
        return "looked"
    return "failed" if each.started else "skipped"


def _when(record: EvaluationRecord) -> tuple[bool, float]:
    ended = math.inf if record.ended_at is None else record.ended_at
    return record.status in {"looked", "skipped"}, ended


def _to_task(search: RecalledSearch) -> PastTask:
    return PastTask(
        key=str(search.id),
        name=f"{search.target} of {search.dataset}@{search.version}",
        task=search.task,
        metric=search.metric,
        meta_features=search.meta_features,
        trials=tuple(
            PastTrial(each.name, each.family, each.params, each.score, each.fit_seconds or 0.0)
            for each in search.evaluations
        ),
    )


def _why_undrawn(draw: StartDraw) -> str:
    """What decided before the engine could."""
    if not draw.wanted:
        return "A start without the history of the team was asked for."
    if draw.arm is SearchArm.COLD:
        return "Drawn to start without the history of the team, so that its value can be measured."
    if not draw.eligible:
        return f"The team has {draw.past_searches} past searches, and {ENOUGH_SEARCHES} are needed."
    return ""


def _known(figure: float) -> float | None:
    return figure if math.isfinite(figure) else None
