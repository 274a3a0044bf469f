"""The baseline every search has: class shares, or the mean."""

from dataclasses import dataclass

import numpy as np

from maestro_ml.engine.automl.learners.base import FitContext, Predictor, Rows
from maestro_ml.engine.automl.tasks import FloatArray


@dataclass(frozen=True)
class ConstantPredictor:
    """Predicts the same for every row."""

    value: FloatArray

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803
        """The value, repeated for each row."""
        return np.repeat(self.value[None], len(X), axis=0)


@dataclass(frozen=True)
class ConstantLearner:
    """Class shares for a classification, the mean for a regression."""

    def fit(self, train: Rows, valid: Rows, context: FitContext) -> Predictor:  # noqa: ARG002
        """Needs no validation rows and next to no time."""
        if not context.task.is_classification:
            return ConstantPredictor(np.asarray(train.y.mean()))
        counts = np.bincount(train.y.astype(np.int64), minlength=context.n_classes) + 1.0
        return ConstantPredictor(counts / counts.sum())
