"""CatBoost, which encodes categories itself, with early stopping and a time limit."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from catboost import CatBoost, Pool

from maestro_ml.engine.automl.learners.base import FitContext, Params, Predictor, Rows
from maestro_ml.engine.automl.tasks import FloatArray, Task

_OBJECTIVES = {
    Task.BINARY: "Logloss",
    Task.MULTICLASS: "MultiClass",
    Task.REGRESSION: "RMSE",
}


@dataclass(frozen=True)
class CatBoostPredictor:
    """A CatBoost model and the positions of its category columns."""

    model: Any
    categories: tuple[int, ...]
    task: Task
    rounds: int

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803
        """Probabilities (n, K) or numbers (n,)."""
        kind = "Probability" if self.task.is_classification else "RawFormulaVal"
        rows = _rows(X, self.categories)
        return np.asarray(self.model.predict(rows, prediction_type=kind, thread_count=1))


@dataclass(frozen=True)
class CatBoostLearner:
    """Parameters by CatBoost's names; `rounds` is the most trees, `patience` the early stop."""

    params: Params = field(default_factory=dict)
    rounds: int = 1500
    patience: int = 50

    def with_rounds(self, rounds: int) -> "CatBoostLearner":
        """The same learner with another number of trees."""
        return replace(self, rounds=rounds)

    def fit(self, train: Rows, valid: Rows | None, context: FitContext) -> Predictor:
        """Train until the validation loss has not improved for `patience` trees."""
        categories = tuple(i for i, column in enumerate(context.columns) if column.levels > 2)
        model = CatBoost(self._params(context, stop_early=valid is not None))
        data = Pool(_rows(train.X, categories), train.y, cat_features=list(categories))
        held = None
        if valid is not None:
            held = Pool(_rows(valid.X, categories), valid.y, cat_features=list(categories))
        model.fit(data, eval_set=held, callbacks=[_Deadline(context)])
        return CatBoostPredictor(model, categories, context.task, int(model.tree_count_))

    def _params(self, context: FitContext, *, stop_early: bool) -> dict[str, Any]:
        params = {
            "loss_function": _OBJECTIVES[context.task],
            "iterations": self.rounds,
            "learning_rate": 0.05,
            "random_seed": context.seed,
            "thread_count": context.threads,
            "allow_writing_files": False,
            "logging_level": "Silent",
            **self.params,
        }
        if stop_early:
            params |= {"od_type": "Iter", "od_wait": self.patience, "use_best_model": True}
        return params


class _Deadline:
    """Stops boosting when the trial's time is over."""

    def __init__(self, context: FitContext) -> None:
        self._context = context

    def after_iteration(self, info: Any) -> bool:  # noqa: ARG002
        return not self._context.out_of_time


def _rows(X: FloatArray, categories: tuple[int, ...]) -> Any:  # noqa: N803
    """Category codes must be integers for CatBoost, so rows with categories become objects."""
    if not categories:
        return X
    rows = X.astype(object)
    for column in categories:
        codes = X[:, column]
        rows[:, column] = np.where(np.isnan(codes), -1, codes).astype(np.int64)
    return rows
