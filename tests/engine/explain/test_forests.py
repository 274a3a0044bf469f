"""Contributions to forests equal their definition, and add up to what the forest says."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier
from tests.engine.explain.conftest import Train

from maestro_ml.engine.automl import Task
from maestro_ml.engine.automl.learners.forests import ForestLearner
from maestro_ml.engine.explain import (
    Method,
    Space,
    automl_subject,
    estimator_subject,
    explain_rows,
)
from maestro_ml.engine.explain.forests import forest_contributions

RNG = np.random.default_rng(0)
ROWS = np.where(RNG.random((200, 3)) < 0.1, np.nan, RNG.normal(size=(200, 3)))
NUMBER = np.nan_to_num(ROWS[:, 0]) * 2 + np.isnan(ROWS[:, 1]) + np.nan_to_num(ROWS[:, 2]) ** 2
TWO = NUMBER > 1
THREE = np.digitize(NUMBER, [0.0, 2.0])
MODELS = [
    (RandomForestRegressor(6, max_depth=4, random_state=0), NUMBER),
    (ExtraTreesRegressor(6, max_depth=4, random_state=0), NUMBER),
    (RandomForestClassifier(6, min_samples_leaf=5, random_state=0), TWO),
    (RandomForestClassifier(6, max_depth=3, class_weight="balanced", random_state=0), THREE),
    (DecisionTreeClassifier(max_depth=4), THREE),
    (RandomForestRegressor(2, max_depth=3, random_state=0), np.ones(200)),
]


def says(model: Any, rows: Any) -> np.ndarray:
    if not hasattr(model, "predict_proba"):
        return np.asarray(model.predict(rows))[:, None]
    shares = np.asarray(model.predict_proba(rows))
    return shares[:, 1:] if shares.shape[1] == 2 else shares


def expected(tree: Any, row: np.ndarray, known: set[int], node: int = 0) -> np.ndarray:
    """What the tree says when it knows some columns only, by the rows that took each path."""
    left, right = tree.children_left[node], tree.children_right[node]
    if left < 0:
        value = tree.value[node, 0]
        shares = value / value.sum() if len(value) > 1 else value
        return np.asarray(shares[1:] if len(shares) == 2 else shares)
    column = tree.feature[node]
    if column in known:
        value = np.float32(row[column])
        is_left = (
            tree.missing_go_to_left[node] if np.isnan(value) else value <= tree.threshold[node]
        )
        return expected(tree, row, known, left if is_left else right)
    weights = tree.weighted_n_node_samples
    parts = [weights[child] * expected(tree, row, known, child) for child in (left, right)]
    return np.asarray(sum(parts) / weights[node])


def by_definition(trees: list[Any], row: np.ndarray) -> np.ndarray:
    """Shapley values (columns, K) over all coalitions."""

    def worth(known: tuple[int, ...]) -> np.ndarray:
        return np.asarray(sum(expected(tree, row, set(known)) for tree in trees) / len(trees))

    width = len(row)
    found = []
    for column in range(width):
        others = [other for other in range(width) if other != column]
        total = np.zeros_like(worth(()))
        for size in range(width):
            share = math.factorial(size) * math.factorial(width - 1 - size) / math.factorial(width)
            for known in itertools.combinations(others, size):
                total = total + share * (worth((*known, column)) - worth(known))
        found.append(total)
    return np.array(found)


@pytest.mark.parametrize(("model", "y"), MODELS)
def test_contributions_equal_their_definition_and_add_up(model: Any, y: np.ndarray) -> None:
    model.fit(ROWS, y)
    trees = [each.tree_ for each in getattr(model, "estimators_", [model])]
    found = forest_contributions(trees, ROWS[:30])
    np.testing.assert_allclose(
        found.base + found.values.sum(axis=1), says(model, ROWS[:30]), atol=1e-9
    )
    # Weights that are no whole numbers are rounded to thousandths of a row.
    within = 1e-3 if getattr(model, "class_weight", None) else 1e-9
    for place in range(0, 30, 6):
        exact = by_definition(trees, ROWS[place])
        np.testing.assert_allclose(found.values[place], exact, atol=within)


@pytest.mark.parametrize(("model", "y"), MODELS[:4])
def test_forests_from_elsewhere_are_explained_exactly(model: Any, y: np.ndarray) -> None:
    table = pd.DataFrame(ROWS, columns=["a", "b", "c"])
    model.fit(table, y)
    found = explain_rows(estimator_subject(model, table), table[:20], table)
    assert (found.method, found.errors) == (Method.TREE, None)
    np.testing.assert_allclose(
        found.base + found.values.sum(axis=1), says(model, table[:20]), atol=1e-9
    )


@pytest.mark.parametrize("task", list(Task))
def test_a_model_of_forests_is_explained_exactly(
    train: Train, table: pd.DataFrame, task: Task
) -> None:
    model = train(task, ForestLearner(trees=20), ForestLearner(extra=True, trees=20), folds=2)
    found = explain_rows(automl_subject(model), table[:20], table)
    said = model.predict(table[:20]) if task is Task.REGRESSION else model.predict_proba(table[:20])
    outputs = said.reshape(20, -1)[:, 1:] if task is Task.BINARY else said.reshape(20, -1)
    assert found.method is Method.TREE
    assert found.space is (Space.VALUE if task is Task.REGRESSION else Space.PROBABILITY)
    np.testing.assert_allclose(found.base + found.values.sum(axis=1), outputs, rtol=1e-6, atol=1e-9)
