"""Random forests and extremely randomised trees, predicting single rows fast."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)

from maestro_ml.engine.automl.encoders import TreeEncoder
from maestro_ml.engine.automl.learners.base import FitContext, Params, Predictor, Rows
from maestro_ml.engine.automl.tasks import FloatArray, Task

_CHUNK = 10


@dataclass(frozen=True)
class ForestPredictor:
    """The trees of a forest behind their encoder."""

    encoder: TreeEncoder
    trees: list[Any]
    task: Task

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803
        """Mean of the trees' leaves: probabilities (n, K) or numbers (n,)."""
        # The forest's own predict spends 40 microseconds a tree on checks and scheduling.
        rows = self.encoder.apply(X).astype(np.float32)
        total = sum(tree.predict(rows) for tree in self.trees)
        mean: FloatArray = np.asarray(total, dtype=np.float64) / len(self.trees)
        if not self.task.is_classification:
            return mean.reshape(len(X))
        shares: FloatArray = mean.reshape(len(X), -1)
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class ForestLearner:
    """Parameters by scikit-learn's names; `extra` chooses extremely randomised trees."""

    extra: bool = False
    params: Params = field(default_factory=dict)
    trees: int = 200
    exact_values: bool = False

    def fit(self, train: Rows, valid: Rows, context: FitContext) -> Predictor:  # noqa: ARG002
        """Grow trees, fewer than asked for when time runs out."""
        encoder = TreeEncoder(native_levels=10, one_hot=True, exact_values=self.exact_values)
        rows = encoder.fit_apply(train.X, train.y, context.columns, context.task, context.seed)
        forest = self._forest(context)
        y = train.y.astype(np.int64) if context.task.is_classification else train.y
        for grown in range(_CHUNK, self.trees + _CHUNK, _CHUNK):
            forest.set_params(n_estimators=min(grown, self.trees))
            forest.fit(rows, y)
            if context.out_of_time:
                break
        return ForestPredictor(encoder, [e.tree_ for e in forest.estimators_], context.task)

    def _forest(self, context: FitContext) -> Any:
        if context.task.is_classification:
            kind = ExtraTreesClassifier if self.extra else RandomForestClassifier
        else:
            kind = ExtraTreesRegressor if self.extra else RandomForestRegressor
        return kind(
            warm_start=True, n_jobs=context.threads, random_state=context.seed, **self.params
        )
