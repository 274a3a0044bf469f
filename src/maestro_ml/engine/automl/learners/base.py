"""The port between the search and a model family: a learner is fitted, a predictor predicts."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from maestro_ml.engine.automl.schema import MatrixColumn
from maestro_ml.engine.automl.tasks import FloatArray, Task

Params = Mapping[str, Any]
_SLOW_STEP_ROWS = 5_000


@dataclass(frozen=True)
class Rows:
    """Matrix rows X (n, columns), NaN for missing, and their targets y (n,)."""

    X: FloatArray
    y: FloatArray


@dataclass(frozen=True)
class FitContext:
    """What a learner must know beside the rows; `deadline` is on the time.monotonic() clock."""

    task: Task
    n_classes: int
    columns: Sequence[MatrixColumn]
    seed: int
    threads: int
    deadline: float

    @property
    def out_of_time(self) -> bool:
        """True when a learner that can stop early should do so."""
        return time.monotonic() >= self.deadline


class Predictor(Protocol):
    """A fitted, picklable model."""

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803
        """Probabilities (n, K) that sum to 1, or numbers (n,)."""
        ...


class Learner(Protocol):
    """A configuration of a model family; picklable, holds no data."""

    def fit(self, train: Rows, valid: Rows, context: FitContext) -> Predictor:
        """Train; `valid` may decide when to stop but must not be trained on."""
        ...


def learning_rate(n_rows: int) -> float:
    """A booster's default step: small where rows are few and rounds cheap, else twice that."""
    return 0.05 if n_rows <= _SLOW_STEP_ROWS else 0.1


def two_columns(positive: FloatArray) -> FloatArray:
    """Probabilities (n, 2) from those of the second class (n,)."""
    return np.column_stack([1.0 - positive, positive])
