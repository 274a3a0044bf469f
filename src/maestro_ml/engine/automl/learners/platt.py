"""Probabilities for support vector machines, from cross-fitted decision values."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from maestro_ml.engine.automl.learners.base import FitContext
from maestro_ml.engine.automl.problem import IntArray
from maestro_ml.engine.automl.tasks import FloatArray


@dataclass(frozen=True)
class PlattScaling:
    """A logistic regression from decision values to probabilities."""

    model: Any

    def probabilities(self, decision: FloatArray) -> FloatArray:
        """Shape (n, K) from decision values (n,) or (n, K)."""
        return np.asarray(self.model.predict_proba(decision.reshape(len(decision), -1)))


def fit_platt(
    estimator: Any, rows: FloatArray, codes: IntArray, context: FitContext
) -> PlattScaling:
    """Learn the scaling from decisions on rows that the machine did not see (3 folds)."""
    folds = max(2, min(3, int(np.bincount(codes)[np.unique(codes)].min())))
    splitter = StratifiedKFold(folds, shuffle=True, random_state=context.seed)
    decisions = cross_val_predict(
        clone(estimator), rows, codes, cv=splitter, method="decision_function"
    )
    model = LogisticRegression(max_iter=300)
    model.fit(decisions.reshape(len(codes), -1), codes)
    return PlattScaling(model)
