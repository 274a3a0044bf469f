"""Contributions add up to the prediction, whatever the model; exact ones equal their definition."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from tests.engine.explain.conftest import Train
from xgboost import XGBClassifier

from maestro_ml.engine.automl import Learner, Task
from maestro_ml.engine.automl.learners.catboost import CatBoostLearner
from maestro_ml.engine.automl.learners.dense import DenseLearner
from maestro_ml.engine.automl.learners.forests import ForestLearner
from maestro_ml.engine.automl.learners.lightgbm import LightGBMLearner
from maestro_ml.engine.automl.learners.linear import LinearLearner
from maestro_ml.engine.automl.learners.xgboost import XGBoostLearner
from maestro_ml.engine.explain import (
    ColumnMissingError,
    Method,
    Space,
    TooFewRowsError,
    automl_subject,
    estimator_subject,
    explain_rows,
)

LIGHTGBM = LightGBMLearner(rounds=30, exact_values=True)
XGBOOST = XGBoostLearner(rounds=30)
CATBOOST = CatBoostLearner(rounds=30)
LINEAR = LinearLearner(hinges=True)
SINGLE = [(LIGHTGBM, 1e-6), (XGBOOST, 1e-4), (CATBOOST, 1e-6), (LINEAR, 1e-6)]


def log_odds(probabilities: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(probabilities / (1 - probabilities)))


@pytest.mark.parametrize(("learner", "within"), SINGLE)
def test_a_sum_of_numbers_is_explained_exactly(
    train: Train, table: pd.DataFrame, learner: Learner, within: float
) -> None:
    model = train(Task.REGRESSION, learner, folds=2)
    found = explain_rows(automl_subject(model), table[:50], table)
    assert found.errors is None
    assert found.space is Space.VALUE
    total = found.base + found.values.sum(axis=1)
    np.testing.assert_allclose(total[:, 0], model.predict(table[:50]), rtol=within)
    assert dict(zip(found.columns, found.importances[:, 0], strict=True))["rooms"] > 5


@pytest.mark.parametrize(("learner", "within"), SINGLE)
def test_two_classes_add_up_in_log_odds(
    train: Train, table: pd.DataFrame, learner: Learner, within: float
) -> None:
    model = train(Task.BINARY, learner)
    found = explain_rows(automl_subject(model), table[:50], table)
    assert (found.outputs, found.space) == (("yes",), Space.LOG_ODDS)
    total = found.base + found.values.sum(axis=1)
    said = model.predict_proba(table[:50])[:, 1]
    np.testing.assert_allclose(total[:, 0], log_odds(said), rtol=within, atol=within)


@pytest.mark.parametrize(("learner", "within"), SINGLE)
def test_several_classes_add_up_before_the_softmax(
    train: Train, table: pd.DataFrame, learner: Learner, within: float
) -> None:
    model = train(Task.MULTICLASS, learner)
    found = explain_rows(automl_subject(model), table[:50], table)
    assert found.outputs == ("low", "mid", "high")
    powers = np.exp(found.base + found.values.sum(axis=1))
    shares = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(shares, model.predict_proba(table[:50]), atol=within)


@pytest.mark.parametrize("task", list(Task))
def test_an_ensemble_is_sampled_and_adds_up_all_the_same(
    train: Train, table: pd.DataFrame, task: Task
) -> None:
    model = train(task, LIGHTGBM, ForestLearner(trees=20), DenseLearner("knn"), folds=2)
    found = explain_rows(automl_subject(model), table[:5], table, evaluations=5_000)
    said = model.predict(table[:5]) if task is Task.REGRESSION else model.predict_proba(table[:5])
    total = found.base + found.values.sum(axis=1)
    expected = said.reshape(5, -1)[:, 1:] if task is Task.BINARY else said.reshape(5, -1)
    np.testing.assert_allclose(total, expected, rtol=1e-9)
    assert found.method is Method.PERMUTATION
    assert found.errors is not None
    assert found.errors.shape == found.values.shape


def test_sampling_comes_near_the_definition(train: Train, table: pd.DataFrame) -> None:
    columns = ["size", "rooms", "noise"]
    rows = table[columns].fillna(100.0)
    near = KNeighborsClassifier(15).fit(rows, table["rooms"] > 4)
    subject = estimator_subject(near, rows)
    background = rows[:40]
    found = explain_rows(subject, rows[50:51], background, seed=1)
    exact = by_definition(lambda part: near.predict_proba(part)[:, 1], rows[50:51], background)
    assert found.errors is not None
    assert np.abs(found.values[0, :, 0] - exact).max() < 4 * found.errors.max() + 1e-9
    again = explain_rows(subject, rows[50:51], background, seed=1)
    np.testing.assert_array_equal(again.values, found.values)


def by_definition(model: object, row: pd.DataFrame, background: pd.DataFrame) -> np.ndarray:
    """Shapley values from all coalitions of columns."""
    names = list(row.columns)

    def worth(known: tuple[str, ...]) -> float:
        mixed = background.copy()
        for name in known:
            mixed[name] = row[name].iloc[0]
        return float(model(mixed).mean())  # type: ignore[operator]

    found = np.zeros(len(names))
    for place, name in enumerate(names):
        others = [other for other in names if other != name]
        for size in range(len(names)):
            share = math.factorial(size) * math.factorial(len(others) - size)
            for known in itertools.combinations(others, size):
                gain = worth((*known, name)) - worth(known)
                found[place] += gain * share / math.factorial(len(names))
    return found


def test_weights_are_the_shapley_values_of_a_linear_model(table: pd.DataFrame) -> None:
    rows = table[["rooms", "noise"]].astype(float)
    model = LinearRegression().fit(rows, table["rooms"] * 3 - table["noise"])
    found = explain_rows(estimator_subject(model, rows), rows[:1], rows[:60])
    exact = by_definition(model.predict, rows[:1], rows[:60])
    assert found.method is Method.LINEAR
    np.testing.assert_allclose(found.values[0, :, 0], exact, atol=1e-9)


@pytest.mark.parametrize(
    ("model", "method"),
    [
        (LGBMClassifier(n_estimators=10, verbose=-1), Method.TREE),
        (XGBClassifier(n_estimators=10), Method.TREE),
        (LogisticRegression(), Method.LINEAR),
    ],
)
def test_models_from_elsewhere_take_the_exact_way(
    table: pd.DataFrame, model: LGBMClassifier, method: Method
) -> None:
    rows = table[["rooms", "noise"]]
    model.fit(rows, (table["rooms"] > 4).astype(int))
    found = explain_rows(estimator_subject(model, rows), rows[:20], rows)
    assert (found.method, found.outputs) == (method, ("1",))
    total = (found.base + found.values.sum(axis=1))[:, 0]
    said = log_odds(np.asarray(model.predict_proba(rows[:20]), dtype=float)[:, 1])
    np.testing.assert_allclose(total, said, atol=1e-4 if method is Method.TREE else 1e-6)


def test_columns_are_checked_and_nothing_is_not_explained(table: pd.DataFrame) -> None:
    model = LGBMRegressor(n_estimators=2, verbose=-1).fit(table[["rooms"]], table["noise"])
    subject = estimator_subject(model, table[["rooms"]])
    with pytest.raises(ColumnMissingError, match="rooms"):
        explain_rows(subject, table[["noise"]], table)
    with pytest.raises(TooFewRowsError):
        explain_rows(subject, table[:0], table)
