"""From a loaded model to what is explained of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from maestro_ml.engine.automl import AutoMLModel
from maestro_ml.engine.automl.columns import label
from maestro_ml.engine.explain.automl_additive import additive_automl
from maestro_ml.engine.explain.encoded import raw_sources
from maestro_ml.engine.explain.errors import OutputUnusableError
from maestro_ml.engine.explain.estimators import additive_estimator
from maestro_ml.engine.explain.pools import FramePool, MatrixPool
from maestro_ml.engine.explain.subject import (
    FloatArray,
    Pool,
    Space,
    Subject,
)
from maestro_ml.engine.inference import LoadedModel

PREDICTION = "prediction"


def subject_of(model: LoadedModel, background: pd.DataFrame) -> Subject:
    """What `model` says of rows such as those of `background`.

    A model that gives labels without probabilities is explained by the share of each label. Raises
    ColumnMissingError, OutputUnusableError, and whatever the model raises.
    """
    if isinstance(model.predictor, AutoMLModel):
        return automl_subject(model.predictor)
    columns = None if model.columns is None else [column.name for column in model.columns]
    return estimator_subject(_native(model.predictor), background, columns)


def automl_subject(model: AutoMLModel) -> Subject:
    """What an AutoML model says; rows are encoded once, and mixed as numbers."""
    source = raw_sources(model.feature_schema)

    def answer(matrix: FloatArray) -> FloatArray:
        return _outputs(model.predict_encoded(matrix))

    def open_pool(table: pd.DataFrame) -> Pool:
        return MatrixPool(model.feature_schema.encode(table), source, answer)

    classes = None if model.classes_ is None else tuple(map(label, model.classes_.tolist()))
    return Subject(
        columns=model.feature_schema.names,
        outputs=_names(classes),
        space=Space.VALUE if classes is None else Space.PROBABILITY,
        classes=classes,
        open_pool=open_pool,
        additive=additive_automl(model),
    )


def estimator_subject(
    estimator: Any, background: pd.DataFrame, columns: Sequence[str] | None = None
) -> Subject:
    """What anything with `predict`, and `predict_proba` if it has it, says of tables."""
    names = tuple(str(name) for name in (columns or background.columns))
    predict, classes = _prediction(estimator, background, names)

    def open_pool(table: pd.DataFrame) -> Pool:
        return FramePool(table, predict)

    return Subject(
        columns=names,
        outputs=_names(classes),
        space=Space.VALUE if classes is None else Space.PROBABILITY,
        classes=classes,
        open_pool=open_pool,
        additive=additive_estimator(estimator, background),
    )


def _native(predictor: Any) -> Any:
    """The estimator that MLflow has wrapped, where it can be asked for probabilities."""
    raw_of = getattr(predictor, "get_raw_model", None)
    raw = raw_of() if raw_of is not None else None
    return predictor if raw is None or not hasattr(raw, "predict_proba") else raw


def _names(classes: tuple[str, ...] | None) -> tuple[str, ...]:
    if classes is None:
        return (PREDICTION,)
    return classes[1:] if len(classes) == 2 else classes


def _outputs(answers: Any) -> FloatArray:
    """Shape (n, K); of two probabilities that sum to 1 the second says it all."""
    found = np.asarray(answers, dtype=np.float64)
    if found.ndim == 1:
        return found[:, None]
    return found[:, 1:] if found.shape[1] == 2 else found


def _prediction(
    estimator: Any, background: pd.DataFrame, names: tuple[str, ...]
) -> tuple[Callable[[pd.DataFrame], FloatArray], tuple[str, ...] | None]:
    if hasattr(estimator, "predict_proba") and getattr(estimator, "classes_", None) is not None:
        classes = tuple(map(label, np.asarray(estimator.classes_).tolist()))
        return lambda table: _outputs(estimator.predict_proba(table)), classes
    said = _answers(estimator, background[list(names)])
    if said.dtype.kind in "fiub":
        return lambda table: _outputs(_answers(estimator, table)), None
    labels = np.unique(said.astype(str))
    if len(labels) < 2:
        raise OutputUnusableError(
            f"The model answers {labels[0]!r} to every row of its data, so there is nothing to "
            "explain. Choose a data set for which it says several things."
        )

    def shares(table: pd.DataFrame) -> FloatArray:
        return _outputs(_answers(estimator, table).astype(str)[:, None] == labels)

    return shares, tuple(labels.tolist())


def _answers(estimator: Any, table: pd.DataFrame) -> Any:
    found = np.asarray(estimator.predict(table))
    if found.ndim == 2 and found.shape[1] == 1:
        found = found[:, 0]
    if found.ndim != 1:
        raise OutputUnusableError(
            f"The model answers {found.shape[1:]} values a row; only one number or label can be "
            "explained. Register it with a function that returns the one that matters."
        )
    return found
