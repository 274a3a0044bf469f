"""Scores by scikit-learn's names, computed from predictions instead of from an estimator."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.metrics import get_scorer, get_scorer_names

from maestro_ml.engine.automl.errors import MetricMismatchError, UnknownMetricError
from maestro_ml.engine.automl.tasks import FloatArray, Task

DEFAULT_METRICS = {
    Task.BINARY: "roc_auc",
    Task.MULTICLASS: "neg_log_loss",
    Task.REGRESSION: "neg_root_mean_squared_error",
}
# What people call errors; scikit-learn's scorers are their negatives.
_ALIASES = {
    "auc": "roc_auc",
    "log_loss": "neg_log_loss",
    "mae": "neg_mean_absolute_error",
    "mse": "neg_mean_squared_error",
    "rmse": "neg_root_mean_squared_error",
}
_REGRESSION_NAMES = {"explained_variance", "r2", "max_error", "neg_max_error"}
_EPSILON = 1e-15


# Scores predictions against the truth y (n,): numbers (n,), or class codes 0..K-1 in the order of the
# model's `classes_` against probabilities (n, K). Greater is better.
ScoreFunction = Callable[[FloatArray, FloatArray], float]


@dataclass(frozen=True)
class Metric:
    """A score of which greater is better, by its scikit-learn name or with its own function."""

    name: str
    task: Task
    n_classes: int
    function: ScoreFunction | None = None

    def score(self, y: FloatArray, predictions: FloatArray) -> float:
        """Score numbers of shape (n,) or class probabilities of shape (n, K) against y (n,).

        NaN when the rows do not allow it (one class only, for example).
        """
        if self.function is not None:
            return float(self.function(y, predictions))
        fast = _FAST.get((self.name, self.task))
        if fast is not None:
            return fast(y, predictions)
        replay = _replay(self.task, self.n_classes)
        try:
            return float(get_scorer(self.name)(replay, predictions, _labels(self.task, y)))
        except ValueError:
            return float("nan")


def resolve_metric(name: str | ScoreFunction | None, task: Task, n_classes: int) -> Metric:
    """Find the metric, or the task's default (roc_auc, neg_log_loss, neg_root_mean_squared_error).

    A function is called by its own name. auc, log_loss, mae, mse and rmse are understood, too.
    Raises UnknownMetricError naming close matches, MetricMismatchError when it cannot score the task.
    """
    if callable(name):
        return _custom(name, task, n_classes)
    if name is None:
        return Metric(DEFAULT_METRICS[task], task, n_classes)
    name = _ALIASES.get(name, name)
    known = get_scorer_names()
    if name not in known:
        close = difflib.get_close_matches(name, known, n=5, cutoff=0.5)
        close += [k for k in known if k not in close and (name in k or k in name)][:3]
        hint = f"Did you mean {', '.join(close)}?" if close else "See sklearn's get_scorer_names()."
        raise UnknownMetricError(f"There is no metric '{name}'. {hint}")
    metric = Metric(name, task, n_classes)
    if _is_regression(name) is task.is_classification or not np.isfinite(_probe(metric)):
        raise MetricMismatchError(
            f"The metric '{name}' cannot score a {task.value} task. Leave it out for "
            f"'{DEFAULT_METRICS[task]}', or choose one that fits."
        )
    return metric


def _custom(function: ScoreFunction, task: Task, n_classes: int) -> Metric:
    metric = Metric(getattr(function, "__name__", "custom"), task, n_classes, function)
    try:
        score = _probe(metric)
    except Exception as error:  # whatever the caller's function raises
        raise MetricMismatchError(
            f"The metric '{metric.name}' failed on a small {task.value} example ({error}). It is "
            "called with the truth (n,) and the predictions, (n, K) for classes, and returns a float."
        ) from error
    if not np.isfinite(score):
        raise MetricMismatchError(
            f"The metric '{metric.name}' gives {score} on a small {task.value} example. Return a "
            "finite number, the greater the better."
        )
    return metric


def _is_regression(name: str) -> bool:
    errors = name.startswith(("neg_mean_", "neg_root_mean", "neg_median", "d2_absolute"))
    return errors or name in _REGRESSION_NAMES


def _probe(metric: Metric) -> float:
    """The score of a small made-up table; NaN tells that the metric does not fit the task."""
    if metric.task is Task.REGRESSION:
        return metric.score(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.5, 1.9, 2.5, 3.0]))
    y = np.tile(np.arange(metric.n_classes, dtype=np.float64), 3)
    predictions = np.full((len(y), metric.n_classes), 0.1 / metric.n_classes)
    predictions[np.arange(len(y)), y.astype(int)] += 0.9
    return metric.score(y, predictions)


def _labels(task: Task, y: FloatArray) -> Any:
    return y.astype(np.int64) if task.is_classification else y


class _ReplayClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A fitted classifier whose input rows already are its predicted probabilities."""

    def __init__(self, n_classes: int = 2) -> None:
        self.n_classes = n_classes
        self.classes_ = np.arange(n_classes)

    def fit(self, X: Any, y: Any = None) -> "_ReplayClassifier":  # noqa: ARG002, N803
        return self

    def predict_proba(self, X: FloatArray) -> FloatArray:  # noqa: N803
        return X

    def predict(self, X: FloatArray) -> Any:  # noqa: N803
        return np.argmax(X, axis=1)


class _ReplayRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A fitted regressor whose input already is its prediction."""

    def fit(self, X: Any, y: Any = None) -> "_ReplayRegressor":  # noqa: ARG002, N803
        return self

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803
        return X


def _replay(task: Task, n_classes: int) -> BaseEstimator:
    return _ReplayClassifier(n_classes) if task.is_classification else _ReplayRegressor()


def _binary_auc(y: FloatArray, predictions: FloatArray) -> float:
    """Area under the ROC curve from mid-ranks: ten times faster than building the curve."""
    positive = y == 1.0
    n_positive = int(positive.sum())
    n_negative = len(y) - n_positive
    if n_positive == 0 or n_negative == 0:
        return float("nan")
    excess = _mid_ranks(predictions[:, 1])[positive].sum() - n_positive * (n_positive + 1) / 2
    return float(excess / (n_positive * n_negative))


def _mid_ranks(values: FloatArray) -> FloatArray:
    """Ranks from 1; equal values share their mean. (scipy.stats has it, and takes 1 s to load.)"""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    sizes = np.diff(np.append(first, len(values)))
    ranks = np.empty(len(values))
    ranks[order] = np.repeat(first + (sizes + 1) / 2.0, sizes)
    return ranks


def _neg_log_loss(y: FloatArray, predictions: FloatArray) -> float:
    clipped = np.clip(predictions, _EPSILON, 1.0)
    own = clipped[np.arange(len(y)), y.astype(np.int64)] / clipped.sum(axis=1)
    return float(np.mean(np.log(own)))


def _accuracy(y: FloatArray, predictions: FloatArray) -> float:
    return float(np.mean(np.argmax(predictions, axis=1) == y))


def _neg_rmse(y: FloatArray, predictions: FloatArray) -> float:
    return -float(np.sqrt(np.mean((y - predictions) ** 2)))


def _neg_mae(y: FloatArray, predictions: FloatArray) -> float:
    return -float(np.mean(np.abs(y - predictions)))


# The greedy ensemble scores thousands of mixtures, so the usual metrics skip scikit-learn's
# input checks (about 1 ms a call).
_FAST: dict[tuple[str, Task], Callable[[FloatArray, FloatArray], float]] = {
    ("roc_auc", Task.BINARY): _binary_auc,
    ("neg_log_loss", Task.BINARY): _neg_log_loss,
    ("neg_log_loss", Task.MULTICLASS): _neg_log_loss,
    ("accuracy", Task.BINARY): _accuracy,
    ("accuracy", Task.MULTICLASS): _accuracy,
    ("neg_root_mean_squared_error", Task.REGRESSION): _neg_rmse,
    ("neg_mean_absolute_error", Task.REGRESSION): _neg_mae,
}
