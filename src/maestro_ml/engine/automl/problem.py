"""What every trial is given: the encoded table, the target, the folds and the metric."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from maestro_ml.engine.automl.metrics import Metric
from maestro_ml.engine.automl.schema import MatrixColumn
from maestro_ml.engine.automl.tasks import FloatArray, Task

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Fold:
    """Row numbers to train on and to validate on."""

    train: IntArray
    valid: IntArray


@dataclass(frozen=True)
class Problem:
    """A learning task: X (n, columns) with NaN for missing, y (n,) codes or numbers."""

    task: Task
    n_classes: int
    columns: tuple[MatrixColumn, ...]
    X: FloatArray
    y: FloatArray
    folds: tuple[Fold, ...]
    metric: Metric
    seed: int
    threads: int

    @property
    def n_outputs(self) -> int:
        """Columns of a prediction: K probabilities, or 1 number."""
        return self.n_classes if self.task.is_classification else 1
