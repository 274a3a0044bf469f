"""LightGBM with early stopping on the validation rows and a time limit."""

from dataclasses import dataclass, field
from typing import Any

import lightgbm as lgb
import numpy as np

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
    Task.BINARY: {"objective": "binary"},
    Task.MULTICLASS: {"objective": "multiclass"},
    Task.REGRESSION: {"objective": "regression", "metric": "rmse"},
}


@dataclass(frozen=True)
class LightGBMPredictor:
    """A booster behind its encoder."""

    encoder: TreeEncoder
    booster: Any
    task: Task

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803
        """Probabilities (n, K) or numbers (n,)."""
        raw = np.asarray(self.booster.predict(self.encoder.apply(X), num_threads=1))
        return two_columns(raw) if self.task is Task.BINARY else raw


@dataclass(frozen=True)
class LightGBMLearner:
    """Parameters by LightGBM's names; `rounds` is the most trees, `patience` the early stop."""

    params: Params = field(default_factory=dict)
    rounds: int = 2000
    patience: int = 50
    exact_values: bool = False
    native_levels: int = 32

    def fit(self, train: Rows, valid: Rows, context: FitContext) -> Predictor:
        """Train until the validation loss has not improved for `patience` trees."""
        encoder = TreeEncoder(self.native_levels, one_hot=False, exact_values=self.exact_values)
        rows = encoder.fit_apply(train.X, train.y, context.columns, context.task, context.seed)
        categories: Any = encoder.category_columns or "auto"
        data = lgb.Dataset(rows, train.y, categorical_feature=categories, free_raw_data=True)
        held = lgb.Dataset(encoder.apply(valid.X), valid.y, reference=data)
        callbacks = [
            lgb.early_stopping(self.patience, verbose=False),
            _stop_at_deadline(context),
        ]
        booster = lgb.train(
            self._params(context, len(train.y)),
            data,
            self.rounds,
            valid_sets=[held],
            callbacks=callbacks,
        )
        rounds = booster.best_iteration if booster.best_iteration > 0 else booster.num_trees()
        # Reloading from text frees the training buffers and makes pickles small.
        slim = lgb.Booster(model_str=booster.model_to_string(num_iteration=rounds))
        return LightGBMPredictor(encoder, slim, context.task)

    def _params(self, context: FitContext, n_rows: int) -> dict[str, Any]:
        params = {
            "learning_rate": learning_rate(n_rows),
            "verbosity": -1,
            "num_threads": context.threads,
            "seed": context.seed,
            "deterministic": True,
            "force_row_wise": True,
            "feature_pre_filter": False,
            **_OBJECTIVES[context.task],
            **self.params,
        }
        if context.task is Task.MULTICLASS:
            params["num_class"] = context.n_classes
        return params


def _stop_at_deadline(context: FitContext) -> Any:
    def check(env: Any) -> None:
        if context.out_of_time and env.iteration > 0:
            results = env.evaluation_result_list or []
            raise lgb.callback.EarlyStopException(env.iteration, results)

    check.order = 50  # type: ignore[attr-defined]  # after early_stopping, which keeps the best
    return check
