"""The exact contributions of models from elsewhere: boosters, forests and linear models on plain numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from maestro_ml.engine.explain.boosters import (
    catboost_contributions,
    lightgbm_contributions,
    xgboost_contributions,
)
from maestro_ml.engine.explain.forests import few_enough, forest_contributions
from maestro_ml.engine.explain.subject import Additive, Contributions, Method, Space

_Of = Callable[[pd.DataFrame, pd.DataFrame], Contributions]


def additive_estimator(estimator: Any, background: pd.DataFrame) -> Additive | None:
    """The exact way to explain `estimator`, None if there is none that we know."""
    if not all(types.is_numeric_dtype(dtype) for dtype in background.dtypes):
        return None
    library = type(estimator).__module__.partition(".")[0]
    make = _TREES.get(library)
    of = make(estimator) if make is not None else None
    if of is not None:
        return Additive(Method.TREE, _space(estimator), of)
    if library == "sklearn" and type(estimator).__name__ in _FORESTS:
        return _forest(estimator)
    if library == "sklearn" and type(estimator).__name__ in _LINEAR:
        return Additive(Method.LINEAR, _space(estimator), _linear(estimator))
    return None


_LINEAR = {
    "LinearRegression",
    "Ridge",
    "RidgeCV",
    "Lasso",
    "LassoCV",
    "ElasticNet",
    "ElasticNetCV",
    "LogisticRegression",
    "LogisticRegressionCV",
}


_FORESTS = {
    f"{kind}{task}"
    for kind in ("DecisionTree", "ExtraTree", "RandomForest", "ExtraTrees")
    for task in ("Classifier", "Regressor")
}


def _forest(estimator: Any) -> Additive | None:
    trees = [each.tree_ for each in getattr(estimator, "estimators_", [estimator])]
    if estimator.n_outputs_ > 1 or not few_enough(trees):
        return None
    space = Space.PROBABILITY if hasattr(estimator, "predict_proba") else Space.VALUE
    return Additive(
        Method.TREE,
        space,
        lambda rows, _: forest_contributions(trees, rows.to_numpy(dtype=np.float64)),
    )


def _space(estimator: Any) -> Space:
    return Space.LOG_ODDS if hasattr(estimator, "predict_proba") else Space.VALUE


def _lightgbm(estimator: Any) -> _Of | None:
    booster = getattr(estimator, "booster_", None)
    if booster is None:
        return None
    return lambda rows, _: lightgbm_contributions(booster, rows)


def _xgboost(estimator: Any) -> _Of | None:
    if not hasattr(estimator, "get_booster"):
        return None
    booster = estimator.get_booster()
    return lambda rows, _: xgboost_contributions(booster, rows)


def _catboost(estimator: Any) -> _Of | None:
    if not hasattr(estimator, "get_cat_feature_indices"):
        return None
    return lambda rows, _: catboost_contributions(
        estimator, rows, estimator.get_cat_feature_indices()
    )


_TREES: dict[str, Callable[[Any], _Of | None]] = {
    "lightgbm": _lightgbm,
    "xgboost": _xgboost,
    "catboost": _catboost,
}


def _linear(estimator: Any) -> _Of:
    weights = np.atleast_2d(np.asarray(estimator.coef_, dtype=np.float64))
    offsets = np.atleast_1d(np.asarray(estimator.intercept_, dtype=np.float64))

    def of(rows: pd.DataFrame, background: pd.DataFrame) -> Contributions:
        mean = background.to_numpy(dtype=np.float64).mean(axis=0)
        away = rows.to_numpy(dtype=np.float64) - mean
        return Contributions(away[:, :, None] * weights.T[None], mean @ weights.T + offsets)

    return of
