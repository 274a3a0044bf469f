"""Metrics by scikit-learn's names give scikit-learn's values."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from maestro_ml.engine.automl import AutoMLEngine, Candidate
from maestro_ml.engine.automl.errors import MetricMismatchError, UnknownMetricError
from maestro_ml.engine.automl.learners.lightgbm import LightGBMLearner
from maestro_ml.engine.automl.metrics import DEFAULT_METRICS, resolve_metric
from maestro_ml.engine.automl.tasks import FloatArray, Task

CLASSES = {Task.BINARY: 2, Task.MULTICLASS: 3, Task.REGRESSION: 0}


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=4, max_size=40))
def test_area_under_the_curve_counts_ties_as_scikit_learn_does(
    pairs: list[tuple[bool, int]],
) -> None:
    y = np.array([float(positive) for positive, _ in pairs])
    p = np.array([level / 5 for _, level in pairs])
    score = resolve_metric("roc_auc", Task.BINARY, 2).score(y, np.column_stack([1 - p, p]))
    if len(set(y)) < 2:
        assert np.isnan(score)
    else:
        assert score == pytest.approx(reference.roc_auc_score(y, p))


@pytest.mark.parametrize("name", ["neg_log_loss", "accuracy", "f1_macro", "roc_auc_ovr"])
def test_multiclass_scores_match_scikit_learn(name: str) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 90).astype(float)
    p = rng.dirichlet(np.ones(3), 90)
    expected = {
        "neg_log_loss": lambda: -reference.log_loss(y, p),
        "accuracy": lambda: reference.accuracy_score(y, p.argmax(axis=1)),
        "f1_macro": lambda: reference.f1_score(y, p.argmax(axis=1), average="macro"),
        "roc_auc_ovr": lambda: reference.roc_auc_score(y, p, multi_class="ovr"),
    }[name]()
    assert resolve_metric(name, Task.MULTICLASS, 3).score(y, p) == pytest.approx(expected)


@pytest.mark.parametrize(
    "name",
    ["neg_root_mean_squared_error", "neg_mean_absolute_error", "r2", "neg_median_absolute_error"],
)
def test_regression_scores_are_greater_for_better_predictions(name: str) -> None:
    y = np.random.default_rng(0).normal(size=50)
    metric = resolve_metric(name, Task.REGRESSION, 0)
    assert metric.score(y, y) > metric.score(y, y + 0.1) > metric.score(y, y + 1.0)


@pytest.mark.parametrize("task", list(Task))
def test_every_task_has_a_default(task: Task) -> None:
    assert resolve_metric(None, task, CLASSES[task]).name == DEFAULT_METRICS[task]


def test_an_unknown_metric_names_close_ones() -> None:
    with pytest.raises(UnknownMetricError, match="Did you mean roc_auc"):
        resolve_metric("rocauc", Task.BINARY, 2)
    with pytest.raises(UnknownMetricError, match="neg_log_loss"):
        resolve_metric("logloss", Task.BINARY, 2)


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("r2", Task.BINARY),
        ("roc_auc", Task.REGRESSION),
        ("f1", Task.MULTICLASS),
        ("accuracy", Task.REGRESSION),
        ("neg_mean_squared_error", Task.MULTICLASS),
    ],
)
def test_a_metric_of_another_task_is_refused(name: str, task: Task) -> None:
    with pytest.raises(MetricMismatchError, match="Leave it out"):
        resolve_metric(name, task, CLASSES[task])


@pytest.mark.parametrize(
    ("said", "task", "meant"),
    [
        ("auc", Task.BINARY, "roc_auc"),
        ("log_loss", Task.MULTICLASS, "neg_log_loss"),
        ("rmse", Task.REGRESSION, "neg_root_mean_squared_error"),
        ("mae", Task.REGRESSION, "neg_mean_absolute_error"),
        ("mse", Task.REGRESSION, "neg_mean_squared_error"),
    ],
)
def test_what_people_call_an_error_is_its_scorer(said: str, task: Task, meant: str) -> None:
    assert resolve_metric(said, task, 0 if task is Task.REGRESSION else 2).name == meant


def share_found(y: FloatArray, predictions: FloatArray) -> float:
    return float(predictions[y == 1, 1].mean())


def test_a_function_of_ones_own_is_searched_for(
    boston: tuple[pd.DataFrame, pd.Series], titanic: tuple[pd.DataFrame, pd.Series]
) -> None:
    low = 0.1  # trials elsewhere must get the function with what it holds

    def pinball(y: FloatArray, predictions: FloatArray) -> float:
        late = y - predictions
        return -float(np.mean(np.maximum((1 - low) * late, -low * late)))

    booster = {"params": {"num_leaves": 4}, "rounds": 20}
    portfolio = [Candidate("booster", "lightgbm", LightGBMLearner, booster, work=0.001)]
    high = AutoMLEngine(20, metric=pinball, portfolio=portfolio, n_jobs=1).fit(*boston)
    assert (high.metric, high.best.name) == ("pinball", "booster")
    assert high.best.score == pytest.approx(
        pinball(boston[1].to_numpy(), high.predictions), rel=0.1
    )
    found = AutoMLEngine(20, metric=share_found, max_trials=1).fit(*titanic)
    assert found.metric == "share_found"
    assert 0.2 < found.best.score < 1


@pytest.mark.parametrize("function", [lambda y, p: math.nan, lambda y, p: y @ p, lambda y: 1.0])
def test_a_function_that_gives_no_number_is_refused(function: Any) -> None:
    with pytest.raises(MetricMismatchError, match="example"):
        resolve_metric(function, Task.MULTICLASS, 3)
