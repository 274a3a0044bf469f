"""XGBoost with early stopping on the validation rows and a time limit."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xgboost as xgb

from maestro_ml.engine.automl.encoders import TreeEncoder
from maestro_ml.engine.automl.learners.base import (
    FitContext,
    Params,
    Predictor,
    Rows,
    learning_rate,
    two_columns,
)
from maestro_ml.engine.automl.tasks import FloatArray, Task

_OBJECTIVES = {
    Task.BINARY: {"objective": "binary:logistic"},
    Task.MULTICLASS: {"objective": "multi:softprob"},
    Task.REGRESSION: {"objective": "reg:squarederror"},
}


@dataclass(frozen=True)
class XGBoostPredictor:
    """A booster behind its encoder."""

    encoder: TreeEncoder
    booster: Any
    task: Task

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803
        """Probabilities (n, K) or numbers (n,)."""
        raw = self.booster.inplace_predict(self.encoder.apply(X)).astype(np.float64)
        return two_columns(raw) if self.task is Task.BINARY else raw


@dataclass(frozen=True)
class XGBoostLearner:
    """Parameters by XGBoost's names; `rounds` is the most trees, `patience` the early stop."""

    params: Params = field(default_factory=dict)
    rounds: int = 2000
    patience: int = 50
    exact_values: bool = False

    def fit(self, train: Rows, valid: Rows, context: FitContext) -> Predictor:
        """Train until the validation loss has not improved for `patience` trees."""
        encoder = TreeEncoder(native_levels=10, one_hot=True, exact_values=self.exact_values)
        rows = encoder.fit_apply(train.X, train.y, context.columns, context.task, context.seed)
        threads = context.threads
        data = xgb.QuantileDMatrix(rows, train.y, nthread=threads)
        held = encoder.apply(valid.X)
        watched = xgb.QuantileDMatrix(held, valid.y, ref=data, nthread=threads)
        booster = xgb.train(
            self._params(context, len(train.y)),
            data,
            self.rounds,
            evals=[(watched, "valid")],
            verbose_eval=False,
            early_stopping_rounds=self.patience,
            callbacks=[_Deadline(context)],
        )
        best = booster.attr("best_iteration")
        if best is not None:  # absent when time ran out before the first evaluation
            booster = booster[: int(best) + 1]
        booster.set_param({"nthread": 1})
        return XGBoostPredictor(encoder, booster, context.task)

    def _params(self, context: FitContext, n_rows: int) -> dict[str, Any]:
        params = {
            "learning_rate": learning_rate(n_rows),
            "tree_method": "hist",
            "nthread": context.threads,
            "seed": context.seed,
            **_OBJECTIVES[context.task],
            **self.params,
        }
        if context.task is Task.MULTICLASS:
            params |= {"num_class": context.n_classes, "eval_metric": "mlogloss"}
        elif context.task is Task.BINARY:
            params["eval_metric"] = "logloss"
        return params


class _Deadline(xgb.callback.TrainingCallback):
    """Stops boosting when the trial's time is over."""

    def __init__(self, context: FitContext) -> None:
        self._context = context

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:  # noqa: ARG002
        return self._context.out_of_time
