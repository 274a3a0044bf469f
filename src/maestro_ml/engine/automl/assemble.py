"""From finished trials to the final model and the leaderboard."""

import math
import pickle
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from maestro_ml.engine.automl.calibration import PROBABILITY_METRICS, fit_temperature, temper
from maestro_ml.engine.automl.ensemble import cross_fitted_scores, greedy_weights, mix
from maestro_ml.engine.automl.learners.base import Predictor
from maestro_ml.engine.automl.model import AutoMLModel, Member
from maestro_ml.engine.automl.prepare import Prepared
from maestro_ml.engine.automl.problem import IntArray, Problem
from maestro_ml.engine.automl.result import LeaderboardRow
from maestro_ml.engine.automl.scores import mean_score, standard_error
from maestro_ml.engine.automl.search import MOST_CONTENDERS, FinishedTrial, contenders
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


def choose_members(trials: Sequence[FinishedTrial], problem: Problem, deadline: float) -> Assembly:
    """Weigh the trials on their out-of-fold predictions; `deadline` on the monotonic clock.

    The baseline is chosen only when there is nothing else: in a mixture it merely shrinks.
    """
    useful = [t for t in trials if t.candidate.family != "baseline"] or trials
    trials = contenders(useful, MOST_CONTENDERS)

    def out_of_time() -> bool:
        return time.monotonic() >= deadline

    rows = np.flatnonzero(np.all([trial.outcome.asked > 0 for trial in trials], axis=0))
    y = problem.y[rows]
    temperatures = [1.0 for _ in trials]
    whole = [trial.outcome.predictions for trial in trials]
    if problem.metric.name in PROBABILITY_METRICS:
        temperatures = [fit_temperature(y, predictions[rows]) for predictions in whole]
        whole = [temper(*each) for each in zip(whole, temperatures, strict=True)]
    pool = [predictions[rows] for predictions in whole]
    weighting = greedy_weights(
        pool, y, problem.metric, max_members=MAX_MEMBERS, out_of_time=out_of_time
    )
    members = tuple((trials[i], weight) for i, weight in weighting.weights.items())
    own = tuple(temperatures[i] for i in weighting.weights)
    predictions = mix(whole, weighting.weights)
    temperature = 1.0
    if problem.task.is_classification:
        temperature = fit_temperature(y, predictions[rows])
        predictions = temper(predictions, temperature)
    if len(members) == 1:
        single = members[0][0].outcome.fold_scores
        return Assembly(members, own, single, predictions, temperature)
    scores = cross_fitted_scores(
        pool,
        y,
        problem.metric,
        _parts(problem, rows),
        max_members=MAX_MEMBERS,
        out_of_time=out_of_time,
    )
    found = tuple(scores) or (weighting.score,)
    return Assembly(members, own, found, predictions, temperature)


def build_model(assembly: Assembly, prepared: Prepared) -> AutoMLModel:
    """The final predictor; loads the members' models from their trials."""
    return AutoMLModel(
        task=prepared.problem.task,
        target=prepared.target.name,
        feature_schema=prepared.schema,
        members=tuple(
            Member(trial.candidate.name, weight, _predictors(trial), temperature)
            for (trial, weight), temperature in zip(
                assembly.members, assembly.member_temperatures, strict=True
            )
        ),
        classes_=prepared.target.classes,
        temperature=assembly.temperature,
    )


def _predictors(trial: FinishedTrial) -> list[Predictor]:
    # Made by our own trial processes moments ago.
    return [model for part in trial.outcome.models for model in pickle.loads(part)]  # noqa: S301


def leaderboard(trials: Sequence[FinishedTrial], assembly: Assembly) -> tuple[LeaderboardRow, ...]:
    """All trials, and the ensemble when it has two members or more, by score."""
    weights = assembly.weights
    single = len(weights) == 1
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
        params=dict(trial.candidate.params),
        status=status,
        weight=weight,
    )


def _ensemble_row(assembly: Assembly) -> LeaderboardRow:
    members = [_row(trial, weight, "member") for trial, weight in assembly.members]
    folds = [len(trial.outcome.fold_scores) for trial, _ in assembly.members]
    return LeaderboardRow(
        rank=0,
        name="ensemble",
        family="ensemble",
        score=mean_score(assembly.fold_scores),
        standard_error=standard_error(assembly.fold_scores),
        fit_seconds=math.fsum(row.fit_seconds for row in members),
        # The ensemble asks every fold's model of every member; a trial asked each row once.
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
