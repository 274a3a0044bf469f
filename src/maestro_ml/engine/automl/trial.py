"""One configuration evaluated on the folds; runs inside a trial process."""

import pickle
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from maestro_ml.engine.automl.learners.base import FitContext, Learner, Predictor, Rows
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.tasks import FloatArray

# A learner that watches its deadline stops a little before the trial is killed.
_SOFT_SHARE = 0.85


@dataclass(frozen=True)
class TrialOutcome:
    """What a finished trial hands back.

    `predictions` are out-of-fold: (n, K) or (n,), NaN for rows no fold validated, means over
    repeats. `models` is the pickled list of the folds' predictors.
    """

    predictions: FloatArray
    fold_scores: tuple[float, ...]
    fit_seconds: float
    predict_seconds: float
    predicted_rows: int
    models: bytes
    rounds: int | None


def run_trial(learner: Learner, problem: Problem, seconds: float) -> TrialOutcome:
    """Fit on each fold's training rows, predict its validation rows; about `seconds` at most."""
    deadline = time.monotonic() + _SOFT_SHARE * seconds
    shape = (len(problem.y), problem.n_outputs) if problem.n_classes else (len(problem.y),)
    total, times = np.zeros(shape), np.zeros(len(problem.y))
    models, scores, fit_seconds, predict_seconds = [], [], 0.0, 0.0
    for number, fold in enumerate(problem.folds):
        valid = Rows(problem.X[fold.valid], problem.y[fold.valid])
        started = time.monotonic()
        share = (deadline - started) / (len(problem.folds) - number)
        context = fit_context(problem, started + share, number)
        model = learner.fit(Rows(problem.X[fold.train], problem.y[fold.train]), valid, context)
        fitted = time.monotonic()
        predicted = checked(model.predict(valid.X))
        predict_seconds += time.monotonic() - fitted
        fit_seconds += fitted - started
        total[fold.valid] += predicted
        times[fold.valid] += 1
        scores.append(problem.metric.score(valid.y, predicted))
        models.append(model)
    return TrialOutcome(
        predictions=_mean(total, times),
        fold_scores=tuple(scores),
        fit_seconds=fit_seconds,
        predict_seconds=predict_seconds,
        predicted_rows=int(times.sum()),
        models=pickle.dumps(models, protocol=5),
        rounds=_rounds(models),
    )


def refit(learner: Learner, problem: Problem, rounds: int | None, seconds: float) -> bytes:
    """The pickled predictor of the configuration trained on all rows.

    Boosters get the rounds that the folds stopped at, a little more for the further rows.
    """
    tuned = learner
    if rounds is not None and hasattr(learner, "with_rounds"):
        share = len(problem.folds[0].train) / len(problem.y)
        tuned = learner.with_rounds(max(1, round(rounds / share**0.5)))
    context = fit_context(problem, time.monotonic() + _SOFT_SHARE * seconds, 0)
    return pickle.dumps(tuned.fit(Rows(problem.X, problem.y), None, context), protocol=5)


def fit_context(problem: Problem, deadline: float, number: int) -> FitContext:
    """What a learner is told for the fold of this number; each fold has its own seed."""
    return FitContext(
        task=problem.task,
        n_classes=problem.n_classes,
        columns=problem.columns,
        seed=problem.seed + number,
        threads=problem.threads,
        deadline=deadline,
    )


def checked(predictions: FloatArray) -> FloatArray:
    """The predictions, unless one is not finite: such a model must not reach the ensemble."""
    if not np.isfinite(predictions).all():
        raise FloatingPointError("the model predicts infinite or undefined values")
    return predictions


def _mean(total: FloatArray, times: FloatArray) -> FloatArray:
    counts = times.reshape(-1, *([1] * (total.ndim - 1)))
    return np.where(counts > 0, total / np.maximum(counts, 1), np.nan)


def _rounds(models: list[Predictor]) -> int | None:
    found: Iterator[int | None] = (getattr(model, "rounds", None) for model in models)
    rounds = [count for count in found if count is not None]
    return round(float(np.mean(rounds))) if rounds else None
