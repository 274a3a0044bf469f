"""Penalised linear models: the cheapest useful fit, and often a good ensemble member."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge

from maestro_ml.engine.automl.encoders import DenseEncoder
from maestro_ml.engine.automl.learners.base import (
    FitContext,
    Predictor,
    Rows,
    two_columns,
)
from maestro_ml.engine.automl.tasks import FloatArray, Task


@dataclass(frozen=True)
class LinearPredictor:
    """Weights (outputs, columns) and offsets behind a dense encoder."""

    encoder: DenseEncoder
    weights: FloatArray
    offsets: FloatArray
    task: Task

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803
        """Probabilities (n, K) or numbers (n,)."""
        raw = self.encoder.apply(X) @ self.weights.T + self.offsets
        if self.task is Task.REGRESSION:
            return raw[:, 0]
        if self.task is Task.BINARY:
            return two_columns(1.0 / (1.0 + np.exp(-raw[:, 0])))
        powers = np.exp(raw - raw.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class LinearLearner:
    """Logistic or ridge regression with inverse penalty `strength`; `hinges` lets it bend."""

    strength: float = 1.0
    hinges: bool = False

    def fit(self, train: Rows, valid: Rows, context: FitContext) -> Predictor:  # noqa: ARG002
        """Solve to convergence; there is nothing to stop early."""
        encoder = DenseEncoder(self.hinges)
        rows = encoder.fit_apply(train.X, train.y, context.columns, context.task, context.seed)
        y = train.y.astype(np.int64) if context.task.is_classification else train.y
        model: Any
        if context.task.is_classification:
            model = LogisticRegression(C=self.strength, max_iter=300, tol=1e-4)
        else:
            model = Ridge(alpha=1.0 / self.strength, random_state=context.seed)
        model.fit(rows, y)
        weights = np.atleast_2d(np.asarray(model.coef_, dtype=np.float64))
        offsets = np.atleast_1d(np.asarray(model.intercept_, dtype=np.float64))
        return LinearPredictor(encoder, weights, offsets, context.task)
