"""From finished trials to the final model and the leaderboard."""

import math
import pickle
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from maestro_ml.engine.automl.calibration import PROBABILITY_METRICS, fit_temperature, temper
from maestro_ml.engine.automl.ensemble import (
    Weighting,
    cross_fitted_scores,
    greedy_weights,
    mix,
)
from maestro_ml.engine.automl.finished import MOST_CONTENDERS, FinishedTrial, contenders
from maestro_ml.engine.automl.learners.base import Predictor
from maestro_ml.engine.automl.model import AutoMLModel, Member
from maestro_ml.engine.automl.prepare import Prepared
from maestro_ml.engine.automl.problem import IntArray, Problem
from maestro_ml.engine.automl.result import LeaderboardRow
from maestro_ml.engine.automl.scores import mean_score, standard_error
from maestro_ml.engine.automl.tasks import FloatArray

# Five members keep a single-row prediction at a few milliseconds; more gained nothing measurable.
MAX_MEMBERS = 5
_PARTS = 5


@dataclass(frozen=True)
class Assembly:
    """The chosen members with their weights, and the mixture's honest fold scores."""

    members: tuple[tuple[FinishedTrial, float], ...]
    member_temperatures: tuple[float, ...]
    fold_scores: tuple[float, ...]
    predictions: FloatArray
    temperature: float

    @property
    def weights(self) -> dict[str, float]:
        """Weight of each member by its name."""
        return {trial.candidate.name: weight for trial, weight in self.members}

    @property
    def asked(self) -> list[tuple[FinishedTrial, float]]:
        """Everything that a prediction asks, with its weight: what members read, then the members."""
        asked = {base.order: (base, 0.0) for trial, _ in self.members for base in trial.bases}
        weighed = sorted(self.members, key=lambda member: bool(member[0].bases))
        asked |= {trial.order: (trial, weight) for trial, weight in weighed}
        return list(asked.values())


@dataclass(frozen=True)
class _Pool:
    """Trials to weigh, with predictions (calibrated where probabilities are scored) for all rows;
    `rows` are those that each of them validated."""

    trials: list[FinishedTrial]
    temperatures: list[float]
    predictions: list[FloatArray]
    rows: IntArray

    @property
    def validated(self) -> list[FloatArray]:
        """The predictions for `rows`."""
        return [predictions[self.rows] for predictions in self.predictions]


def choose_members(trials: Sequence[FinishedTrial], problem: Problem, deadline: float) -> Assembly:
    """Weigh the trials on their out-of-fold predictions; `deadline` on the monotonic clock.

    The baseline is chosen only when there is nothing else: in a mixture it merely shrinks.
    """
    pool = _pool([t for t in trials if t.candidate.family != "baseline"] or trials, problem)
    rows, y = pool.rows, problem.y[pool.rows]
    weighting = _weigh(pool, problem, deadline)
    members = tuple((pool.trials[i], weight) for i, weight in weighting.weights.items())
    own = tuple(pool.temperatures[i] for i in weighting.weights)
    predictions = mix(pool.predictions, weighting.weights)
    temperature = 1.0
    if problem.task.is_classification:
        temperature = fit_temperature(y, predictions[rows])
        predictions = temper(predictions, temperature)
    if len(members) == 1:
        single = members[0][0].outcome.fold_scores
        return Assembly(members, own, single, predictions, temperature)
    scores = cross_fitted_scores(
        pool.validated,
        y,
        problem.metric,
        _parts(problem, rows),
        max_members=MAX_MEMBERS,
        out_of_time=lambda: time.monotonic() >= deadline,
    )
    found = tuple(scores) or (weighting.score,)
    return Assembly(members, own, found, predictions, temperature)


def members_of(
    trials: Sequence[FinishedTrial], problem: Problem, deadline: float
) -> list[FinishedTrial]:
    """Those of the trials that an ensemble of them would weigh."""
    pool = _pool(trials, problem)
    return [pool.trials[i] for i in _weigh(pool, problem, deadline).weights]


def _pool(trials: Sequence[FinishedTrial], problem: Problem) -> _Pool:
    trials = contenders(trials, MOST_CONTENDERS)
    rows = np.flatnonzero(np.all([trial.outcome.asked > 0 for trial in trials], axis=0))
    temperatures = [1.0 for _ in trials]
    predictions = [trial.outcome.predictions for trial in trials]
    if problem.metric.name in PROBABILITY_METRICS:
        temperatures = [fit_temperature(problem.y[rows], each[rows]) for each in predictions]
        predictions = [temper(*each) for each in zip(predictions, temperatures, strict=True)]
    return _Pool(trials, temperatures, predictions, rows)


def _weigh(pool: _Pool, problem: Problem, deadline: float) -> Weighting:
    return greedy_weights(
        pool.validated,
        problem.y[pool.rows],
        problem.metric,
        max_members=MAX_MEMBERS,
        out_of_time=lambda: time.monotonic() >= deadline,
    )


def build_model(assembly: Assembly, prepared: Prepared) -> AutoMLModel:
    """The final predictor; loads the members' models from their trials."""
    temperatures = {
        trial.order: temperature
        for (trial, _), temperature in zip(
            assembly.members, assembly.member_temperatures, strict=True
        )
    }
    return AutoMLModel(
        task=prepared.problem.task,
        target=prepared.target.name,
        feature_schema=prepared.schema,
        members=tuple(
            Member(
                trial.candidate.name,
                weight,
                _predictors(trial),
                temperatures.get(trial.order, 1.0),
                tuple(base.candidate.name for base in trial.bases),
            )
            for trial, weight in assembly.asked
        ),
        classes_=prepared.target.classes,
        temperature=assembly.temperature,
    )


def _predictors(trial: FinishedTrial) -> list[Predictor]:
    # Made by our own trial processes moments ago.
    return [model for part in trial.outcome.models for model in pickle.loads(part)]  # noqa: S301


def leaderboard(trials: Sequence[FinishedTrial], assembly: Assembly) -> tuple[LeaderboardRow, ...]:
    """All trials, and the ensemble when it asks two models or more, by score."""
    weights = assembly.weights
    single = len(assembly.asked) == 1
    rows = []
    for trial in trials:
        weight = weights.get(trial.candidate.name, 0.0)
        status = ("final" if single else "member") if weight else "evaluated"
        rows.append(_row(trial, weight, status))
    if not single:
        rows.append(_ensemble_row(assembly))
    rows.sort(key=lambda row: (-row.score, row.name))
    return tuple(replace(row, rank=rank) for rank, row in enumerate(rows, start=1))


def _row(trial: FinishedTrial, weight: float, status: str) -> LeaderboardRow:
    outcome = trial.outcome
    return LeaderboardRow(
        rank=0,
        name=trial.candidate.name,
        family=trial.candidate.family,
        score=trial.score,
        standard_error=standard_error(outcome.fold_scores),
        fit_seconds=outcome.fit_seconds,
        predict_ms_per_1000=1e6 * outcome.predict_seconds / max(1, outcome.predicted_rows),
        memory_mb=trial.memory_mb,
        size_bytes=outcome.size_bytes,
        params=_params(trial),
        status=status,
        weight=weight,
    )


def _params(trial: FinishedTrial) -> dict[str, Any]:
    reads = [base.candidate.name for base in trial.bases]
    return {**trial.candidate.params, **({"reads": reads} if reads else {})}


def _ensemble_row(assembly: Assembly) -> LeaderboardRow:
    members = [_row(trial, weight, "member") for trial, weight in assembly.asked]
    folds = [len(trial.outcome.fold_scores) for trial, _ in assembly.asked]
    return LeaderboardRow(
        rank=0,
        name="ensemble",
        family="ensemble",
        score=mean_score(assembly.fold_scores),
        standard_error=standard_error(assembly.fold_scores),
        fit_seconds=math.fsum(row.fit_seconds for row in members),
        # The ensemble asks every fold's model; a trial asked each row once.
        predict_ms_per_1000=math.fsum(
            row.predict_ms_per_1000 * count for row, count in zip(members, folds, strict=True)
        ),
        memory_mb=max(row.memory_mb for row in members),
        size_bytes=sum(row.size_bytes for row in members),
        params=assembly.weights,
        status="final",
        weight=1.0,
    )


def _parts(problem: Problem, rows: IntArray) -> list[IntArray]:
    """Positions among `rows` of the validation parts of the first pass over the table."""
    parts, seen = [], 0
    for fold in problem.folds:
        if seen == len(rows):
            break
        parts.append(np.searchsorted(rows, fold.valid))
        seen += len(fold.valid)
    if len(parts) > 1:
        return parts
    shuffled = np.random.default_rng(problem.seed).permutation(len(rows))
    return [np.sort(part) for part in np.array_split(shuffled, _PARTS)]
