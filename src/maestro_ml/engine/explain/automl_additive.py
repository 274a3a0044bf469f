"""The exact contributions of AutoML models, where the members' answers add up in one space.

A regression is a weighted sum of its members, so theirs add up. A classification averages
probabilities: forests are sums of them, while boosted and linear members are sums of log-odds, so
that only one of those alone is a sum.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from maestro_ml.engine.automl import AutoMLModel
from maestro_ml.engine.explain.boosters import (
    catboost_contributions,
    lightgbm_contributions,
    xgboost_contributions,
)
from maestro_ml.engine.explain.encoded import (
    catboost_sources,
    dense_sources,
    fold,
    raw_sources,
    tree_sources,
)
from maestro_ml.engine.explain.forests import few_enough, forest_contributions
from maestro_ml.engine.explain.subject import (
    Additive,
    Contributions,
    FloatArray,
    Method,
    Space,
)

_OfMatrix = Callable[[Any, FloatArray, FloatArray], Contributions]


def additive_automl(model: AutoMLModel) -> Additive | None:
    """The exact way to explain `model`, None if there is none."""
    if any(member.bases for member in model.members):
        return None
    shares = [
        (member.weight / len(member.predictors), predictor)
        for member in model.members
        for predictor in member.predictors
    ]
    # A temperature divides log-odds.
    sharpness = 1.0
    if model.task.is_classification:
        sharpness = 1.0 / (model.temperature * model.members[0].temperature)
    kinds = {type(predictor).__name__ for _, predictor in shares}
    if not kinds <= _KINDS.keys():
        return None
    if not few_enough([tree for _, predictor in shares for tree in _trees(predictor)]):
        return None
    # Forests say probabilities, which add up as numbers do.
    forests = kinds == {"ForestPredictor"}
    if model.task.is_classification and not forests and not (_adds_up(kinds) and len(shares) == 1):
        return None

    def of(rows: pd.DataFrame, background: pd.DataFrame) -> Contributions:
        matrix = model.feature_schema.encode(rows)
        others = model.feature_schema.encode(background)
        parts = [
            (share, _KINDS[type(predictor).__name__](predictor, matrix, others))
            for share, predictor in shares
        ]
        values = sum(sharpness * share * part.values for share, part in parts)
        base = sum(sharpness * share * part.base for share, part in parts)
        width, source = len(model.feature_schema.names), raw_sources(model.feature_schema)
        return Contributions(fold(np.asarray(values), source, width), np.asarray(base))

    linear = kinds <= {"LinearPredictor", "ConstantPredictor"}
    of_classes = Space.PROBABILITY if forests else Space.LOG_ODDS
    space = of_classes if model.task.is_classification else Space.VALUE
    return Additive(Method.LINEAR if linear else Method.TREE, space, of)


def _trees(predictor: Any) -> list[Any]:
    return predictor.trees if type(predictor).__name__ == "ForestPredictor" else []


def _adds_up(kinds: set[str]) -> bool:
    return not kinds & {"ForestPredictor", "ConstantPredictor"}


def _of_forest(predictor: Any, matrix: FloatArray, _: FloatArray) -> Contributions:
    found = forest_contributions(predictor.trees, predictor.encoder.apply(matrix))
    source = tree_sources(predictor.encoder)
    return Contributions(fold(found.values, source, matrix.shape[1]), found.base)


def _of_lightgbm(predictor: Any, matrix: FloatArray, _: FloatArray) -> Contributions:
    found = lightgbm_contributions(predictor.booster, predictor.encoder.apply(matrix))
    source = tree_sources(predictor.encoder)
    return Contributions(fold(found.values, source, matrix.shape[1]), found.base)


def _of_xgboost(predictor: Any, matrix: FloatArray, _: FloatArray) -> Contributions:
    found = xgboost_contributions(predictor.booster, predictor.encoder.apply(matrix))
    source = tree_sources(predictor.encoder)
    return Contributions(fold(found.values, source, matrix.shape[1]), found.base)


def _of_catboost(predictor: Any, matrix: FloatArray, _: FloatArray) -> Contributions:
    layout, width = predictor.layout, matrix.shape[1]
    found = catboost_contributions(predictor.model, layout.rows(matrix), layout.categories(width))
    return Contributions(fold(found.values, catboost_sources(layout, width), width), found.base)


def _of_linear(predictor: Any, matrix: FloatArray, others: FloatArray) -> Contributions:
    """A weight times the distance from the mean of the background."""
    mean = predictor.encoder.apply(others).mean(axis=0)
    away = predictor.encoder.apply(matrix) - mean
    values = away[:, :, None] * predictor.weights.T[None]
    base = mean @ predictor.weights.T + predictor.offsets
    source = dense_sources(predictor.encoder)
    return Contributions(fold(values, source, matrix.shape[1]), base)


def _of_constant(predictor: Any, matrix: FloatArray, _: FloatArray) -> Contributions:
    return Contributions(np.zeros((*matrix.shape, 1)), np.atleast_1d(predictor.value))


# By name: asking for the classes would load every library, whatever the model is made of.
_KINDS: dict[str, _OfMatrix] = {
    "LightGBMPredictor": _of_lightgbm,
    "XGBoostPredictor": _of_xgboost,
    "CatBoostPredictor": _of_catboost,
    "LinearPredictor": _of_linear,
    "ForestPredictor": _of_forest,
    "ConstantPredictor": _of_constant,
}
