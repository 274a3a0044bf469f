"""One configuration evaluated on the folds; runs inside a trial process."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import cloudpickle
import numpy as np

from maestro_ml.engine.automl.learners.base import FitContext, Learner, Rows
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.scores import mean_score
from maestro_ml.engine.automl.tasks import FloatArray

# A learner that watches its deadline stops a little before the trial is killed.
_SOFT_SHARE = 0.85


class OutclassedError(Exception):
    """A trial was not carried on: on the folds so far it is too far behind its rival."""

    def __init__(self, fold_scores: tuple[float, ...], rival: tuple[float, ...]) -> None:
        done = len(fold_scores)
        super().__init__(
            f"it scored {mean_score(fold_scores):.4g} on {done} of {len(rival)} folds, "
            f"where the best of its family had {mean_score(rival[:done]):.4g}"
        )
        self.fold_scores = fold_scores


@dataclass(frozen=True)
class TrialOutcome:
    """What a finished trial hands back.

    `predictions` are out-of-fold: (n, K) or (n,), NaN for rows no fold validated, means over
    repeats. `models` is the pickled list of the folds' predictors, and `size_bytes` its length.
    """

    predictions: FloatArray
    fold_scores: tuple[float, ...]
    fit_seconds: float
    predict_seconds: float
    predicted_rows: int
    models: bytes
    size_bytes: int


def run_trial(
    learner: Learner, problem: Problem, seconds: float, rival: tuple[float, ...] = ()
) -> TrialOutcome:
    """Fit on each fold's training rows, predict its validation rows; about `seconds` at most.

    Raises OutclassedError when the scores fall too far behind the `rival`'s on the same folds.
    """
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
        if _outclassed(scores, rival):
            raise OutclassedError(tuple(scores), rival)
    # By value where it must: a learner may come from a notebook or a test.
    pickled = cloudpickle.dumps(models)
    return TrialOutcome(
        predictions=_mean(total, times),
        fold_scores=tuple(scores),
        fit_seconds=fit_seconds,
        predict_seconds=predict_seconds,
        predicted_rows=int(times.sum()),
        models=pickled,
        size_bytes=len(pickled),
    )


def _outclassed(scores: Sequence[float], rival: Sequence[float]) -> bool:
    """True when the distance is more than the rival's own folds differ by."""
    done = len(scores)
    if done >= len(rival):
        return False
    behind = mean_score(rival[:done]) - mean_score(scores)
    return bool(behind > np.std(rival, ddof=1) / np.sqrt(done))


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
