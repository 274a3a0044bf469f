"""The final predictor: raw tables in, original labels or numbers out; picklable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from maestro_ml.engine.automl.calibration import temper
from maestro_ml.engine.automl.errors import SchemaMismatchError
from maestro_ml.engine.automl.learners.base import Predictor
from maestro_ml.engine.automl.schema import FeatureSchema
from maestro_ml.engine.automl.tasks import FloatArray, Task


@dataclass(frozen=True)
class Member:
    """A configuration in the model: the predictors of its folds count equally, and the temperature
    is applied to their mean. They read the predictions of its `bases`, members before it, beside the
    columns; a member that is only read has no weight."""

    name: str
    weight: float
    predictors: Sequence[Predictor]
    temperature: float = 1.0
    bases: tuple[str, ...] = ()


@dataclass(frozen=True)
class AutoMLModel:
    """Weighted mean of the members, each the mean of the models of its validation folds.

    Probabilities are calibrated by `temperature` (below 1 sharpens), learned out of fold.

    `classes_` are the target's own labels in the order of predict_proba's columns (None for a
    regression). `feature_importances` maps each raw column to the loss of score when its values
    are shuffled among training rows; empty when there was no time to measure it.
    """

    task: Task
    target: str
    feature_schema: FeatureSchema
    members: tuple[Member, ...]
    classes_: npt.NDArray[Any] | None
    temperature: float = 1.0
    feature_importances: Mapping[str, float] = field(default_factory=dict)

    def predict(self, table: pd.DataFrame) -> npt.NDArray[Any]:
        """Labels in the target's own type, or numbers, shape (n,).

        Raises SchemaMismatchError when a column is missing or holds another type.
        """
        raw = self.predict_encoded(self.feature_schema.encode(table))
        if self.classes_ is None:
            return raw
        labels: npt.NDArray[Any] = self.classes_[np.argmax(raw, axis=1)]
        return labels

    def predict_proba(self, table: pd.DataFrame) -> FloatArray:
        """Probabilities of `classes_`, shape (n, K); AttributeError for a regression."""
        if self.classes_ is None:
            raise AttributeError("A regression model has no probabilities; call predict().")
        return self.predict_encoded(self.feature_schema.encode(table))

    def predict_encoded(self, matrix: FloatArray) -> FloatArray:
        """Probabilities or numbers for rows that `feature_schema.encode` made."""
        if len(matrix) == 0:
            raise SchemaMismatchError("There are no rows to predict. Send at least one.")
        total = np.zeros(1)
        said: dict[str, FloatArray] = {}
        for member in self.members:
            read = [as_columns(said[base]) for base in member.bases]
            rows = np.column_stack([matrix, *read]) if read else matrix
            mean = np.zeros(1)
            for predictor in member.predictors:
                mean = mean + predictor.predict(rows) / len(member.predictors)
            said[member.name] = mean
            if self.classes_ is not None:
                mean = temper(mean, member.temperature)
            total = total + member.weight * mean
        return total if self.classes_ is None else temper(total, self.temperature)


def as_columns(predictions: FloatArray) -> FloatArray:
    """Predictions (n, K) or (n,) as columns to read: the first class follows from the others."""
    return predictions[:, 1:] if predictions.ndim == 2 else predictions[:, None]
