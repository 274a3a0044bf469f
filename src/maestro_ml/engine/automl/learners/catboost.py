"""CatBoost, which encodes categories itself, with early stopping and a time limit."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from catboost import CatBoost, Pool

from maestro_ml.engine.automl.exact_values import ExactValues, find_exact_values
from maestro_ml.engine.automl.learners.base import (
    FitContext,
    Params,
    Predictor,
    Rows,
    learning_rate,
)
from maestro_ml.engine.automl.tasks import FloatArray, Task

# Below this an array of objects is faster than a table, and its memory does not matter.
_FEW_ROWS = 100
_OBJECTIVES = {
    Task.BINARY: "Logloss",
    Task.MULTICLASS: "MultiClass",
    Task.REGRESSION: "RMSE",
}


@dataclass(frozen=True)
class CatBoostPredictor:
    """A CatBoost model and how its rows are made."""

    model: Any
    layout: "_Layout"
    task: Task

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803
        """Probabilities (n, K) or numbers (n,)."""
        kind = "Probability" if self.task.is_classification else "RawFormulaVal"
        rows = self.layout.rows(X)
        return np.asarray(self.model.predict(rows, prediction_type=kind, thread_count=1))


@dataclass(frozen=True)
class CatBoostLearner:
    """Parameters by CatBoost's names; `rounds` is the most trees, `patience` the early stop."""

    params: Params = field(default_factory=dict)
    rounds: int = 1500
    patience: int = 50
    exact_values: bool = False

    def fit(self, train: Rows, valid: Rows, context: FitContext) -> Predictor:
        """Train until the validation loss has not improved for `patience` trees."""
        layout = self._layout(train, context)
        categories = layout.categories(train.X.shape[1])
        model = CatBoost(self._params(context, len(train.y)))
        data = Pool(layout.rows(train.X), train.y, cat_features=categories)
        held = Pool(layout.rows(valid.X), valid.y, cat_features=categories)
        model.fit(data, eval_set=held, callbacks=[_Deadline(context)])
        return CatBoostPredictor(model, layout, context.task)

    def _layout(self, train: Rows, context: FitContext) -> "_Layout":
        coded = tuple(i for i, column in enumerate(context.columns) if column.levels > 2)
        exact = find_exact_values(train.X, context.columns) if self.exact_values else []
        return _Layout(coded, tuple(exact))

    def _params(self, context: FitContext, n_rows: int) -> dict[str, Any]:
        return {
            "loss_function": _OBJECTIVES[context.task],
            "iterations": self.rounds,
            "learning_rate": learning_rate(n_rows),
            "random_seed": context.seed,
            "thread_count": context.threads,
            "allow_writing_files": False,
            "logging_level": "Silent",
            "od_type": "Iter",
            "od_wait": self.patience,
            "use_best_model": True,
            **self.params,
        }


class _Deadline:
    """Stops boosting when the trial's time is over."""

    def __init__(self, context: FitContext) -> None:
        self._context = context

    def after_iteration(self, info: Any) -> bool:  # noqa: ARG002
        return not self._context.out_of_time


@dataclass(frozen=True)
class _Layout:
    """Which columns CatBoost reads as categories: coded ones, then exact values appended."""

    coded: tuple[int, ...]
    exact: tuple[ExactValues, ...]

    def categories(self, width: int) -> list[int]:
        """Positions of the categories in rows of a matrix of this width."""
        return [*self.coded, *range(width, width + len(self.exact))]

    def rows(self, X: FloatArray) -> Any:  # noqa: N803
        """Rows as CatBoost reads them: categories must be integers, so the columns differ."""
        categories = self.categories(X.shape[1])
        if not categories:
            return X
        wide = np.column_stack([X, *(exact.codes(X) for exact in self.exact)])
        codes = {i: np.where(np.isnan(wide[:, i]), -1, wide[:, i]).astype(int) for i in categories}
        if len(X) > _FEW_ROWS:
            return pd.DataFrame({i: codes.get(i, wide[:, i]) for i in range(wide.shape[1])})
        rows = wide.astype(object)
        for column, values in codes.items():
            rows[:, column] = values
        return rows
