"""One configuration evaluated on the folds; runs inside a trial process."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import cloudpickle
import numpy as np

from maestro_ml.engine.automl.learners.base import FitContext, Learner, Rows
from maestro_ml.engine.automl.problem import IntArray, Problem
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
    """What a finished trial, or a part of one, hands back.

    `predictions` are out-of-fold: (n, K) or (n,), NaN for rows no fold validated, means over
    repeats; `asked` (n,) tells how many folds validated a row. `models` are pickled lists of the
    folds' predictors, one for each part, and `size_bytes` is their length.
    """

    predictions: FloatArray
    asked: IntArray
    fold_scores: tuple[float, ...]
    fit_seconds: float
    predict_seconds: float
    models: tuple[bytes, ...]

    @property
    def predicted_rows(self) -> int:
        """Rows that were predicted, each as often as it was."""
        return int(self.asked.sum())

    @property
    def size_bytes(self) -> int:
        """Length of the pickled models."""
        return sum(map(len, self.models))

    def with_rest(self, rest: "TrialOutcome") -> "TrialOutcome":
        """This first part and the rest of the folds as one."""
        first = _weighted(self.predictions, self.asked)
        return TrialOutcome(
            predictions=_mean(
                first + _weighted(rest.predictions, rest.asked), self.asked + rest.asked
            ),
            asked=self.asked + rest.asked,
            fold_scores=self.fold_scores + rest.fold_scores,
            fit_seconds=self.fit_seconds + rest.fit_seconds,
            predict_seconds=self.predict_seconds + rest.predict_seconds,
            models=self.models + rest.models,
        )


def run_trial(
    learner: Learner,
    problem: Problem,
    seconds: float,
    *,
    folds: range | None = None,
    rival: tuple[float, ...] = (),
) -> TrialOutcome:
    """Fit on each fold's training rows, predict its validation rows; about `seconds` at most.

    `folds` are the numbers of those to do (all by default). Raises OutclassedError when the scores
    fall too far behind the `rival`'s on the same folds.
    """
    chosen = folds if folds is not None else range(len(problem.folds))
    deadline = time.monotonic() + _SOFT_SHARE * seconds
    shape = (len(problem.y), problem.n_outputs) if problem.n_classes else (len(problem.y),)
    total, asked = np.zeros(shape), np.zeros(len(problem.y), dtype=np.int64)
    models, scores, fit_seconds, predict_seconds = [], [], 0.0, 0.0
    for number in chosen:
        fold = problem.folds[number]
        valid = Rows(problem.X[fold.valid], problem.y[fold.valid])
        started = time.monotonic()
        share = (deadline - started) / (chosen.stop - number)
        context = fit_context(problem, started + share, number)
        model = learner.fit(Rows(problem.X[fold.train], problem.y[fold.train]), valid, context)
        fitted = time.monotonic()
        predicted = checked(model.predict(valid.X))
        predict_seconds += time.monotonic() - fitted
        fit_seconds += fitted - started
        total[fold.valid] += predicted
        asked[fold.valid] += 1
        scores.append(problem.metric.score(valid.y, predicted))
        models.append(model)
        if _outclassed(scores, rival):
            raise OutclassedError(tuple(scores), rival)
    return TrialOutcome(
        predictions=_mean(total, asked),
        asked=asked,
        fold_scores=tuple(scores),
        fit_seconds=fit_seconds,
        predict_seconds=predict_seconds,
        # By value where it must: a learner may come from a notebook or a test.
        models=(cloudpickle.dumps(models),),
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


def _weighted(predictions: FloatArray, asked: IntArray) -> FloatArray:
    return np.asarray(np.nan_to_num(predictions) * _column(asked, predictions.ndim))


def _mean(total: FloatArray, asked: IntArray) -> FloatArray:
    counts = _column(asked, total.ndim)
    return np.where(counts > 0, total / np.maximum(counts, 1), np.nan)


def _column(asked: IntArray, dimensions: int) -> IntArray:
    return asked.reshape(-1, *([1] * (dimensions - 1)))
