"""Neighbours and kernels: families that read scaled numbers only."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.svm import SVC, SVR

from maestro_ml.engine.automl.encoders import DenseEncoder
from maestro_ml.engine.automl.learners.base import FitContext, Params, Predictor, Rows
from maestro_ml.engine.automl.learners.platt import PlattScaling, fit_platt
from maestro_ml.engine.automl.tasks import FloatArray, Task

_FAMILIES: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "knn": (KNeighborsClassifier, KNeighborsRegressor),
    "svm": (SVC, SVR),
}


# With more classes their pairs are too many to weigh.
_MOST_PAIRED_CLASSES = 12


@dataclass(frozen=True)
class DensePredictor:
    """A scikit-learn estimator behind a dense encoder; regressions in standardised units."""

    encoder: DenseEncoder
    estimator: Any
    task: Task
    centre: float
    scale: float
    platt: PlattScaling | None

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803
        """Probabilities (n, K) or numbers (n,)."""
        rows = self.encoder.apply(X)
        if not self.task.is_classification:
            return np.asarray(self.estimator.predict(rows)) * self.scale + self.centre
        if self.platt is not None:
            return self.platt.probabilities(self.estimator.decision_function(rows))
        return np.asarray(self.estimator.predict_proba(rows), dtype=np.float64)


@dataclass(frozen=True)
class DenseLearner:
    """`family` is knn or svm; parameters by scikit-learn's names."""

    family: str
    params: Params = field(default_factory=dict)

    def fit(self, train: Rows, valid: Rows, context: FitContext) -> Predictor:  # noqa: ARG002
        """Fit on standardised rows (and targets, for a regression)."""
        encoder = DenseEncoder(ranked=True)
        rows = encoder.fit_apply(train.X, train.y, context.columns, context.task, context.seed)
        classifier, regressor = _FAMILIES[self.family]
        if context.task.is_classification:
            estimator = classifier(**self.params)
            codes = train.y.astype(np.int64)
            platt = None
            if self.family == "svm":
                # Decisions between two classes each tell far more than those of one against the rest.
                pairs = context.n_classes <= _MOST_PAIRED_CLASSES
                estimator.set_params(decision_function_shape="ovo" if pairs else "ovr")
                platt = fit_platt(estimator, rows, codes, context)
            estimator.fit(rows, codes)
            return DensePredictor(encoder, estimator, context.task, 0.0, 1.0, platt)
        centre, scale = float(train.y.mean()), float(train.y.std()) or 1.0
        estimator = regressor(**self.params)
        estimator.fit(rows, (train.y - centre) / scale)
        return DensePredictor(encoder, estimator, context.task, centre, scale, None)
