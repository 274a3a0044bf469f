"""From the bodies of requests to those of their answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pandas as pd

from maestro_ml.engine.inference.errors import PredictionError, Problem
from maestro_ml.engine.inference.model import LoadedModel
from maestro_ml.engine.inference.request import read_rows

_JSON = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


def answer(model: LoadedModel, bodies: list[bytes]) -> list[bytes | PredictionError]:
    """The answer to each request's body; requests that wait together are predicted together.

    An answer is `{"predictions": [...], "probabilities": [{label: p}, ...]}` as JSON, NaN is null.
    Raises MemoryError.
    """
    tables = [_read(model, body) for body in bodies]
    good = [table for table in tables if isinstance(table, pd.DataFrame)]
    if len(good) > 1 and model.rows_are_independent:
        try:
            together = iter(_predict_together(model, good))
        except PredictionError:
            pass  # one of them is to blame: each for itself then
        else:
            return [
                each if isinstance(each, PredictionError) else next(together) for each in tables
            ]
    return [
        each if isinstance(each, PredictionError) else _predict_alone(model, each)
        for each in tables
    ]


def _read(model: LoadedModel, body: bytes) -> pd.DataFrame | PredictionError:
    try:
        return read_rows(body, model.columns)
    except PredictionError as error:
        return error


def _predict_alone(model: LoadedModel, table: pd.DataFrame) -> bytes | PredictionError:
    try:
        return _predict_together(model, [table])[0]
    except PredictionError as error:
        return error


def _predict_together(model: LoadedModel, tables: list[pd.DataFrame]) -> list[bytes]:
    whole = tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)
    try:
        predictions, probabilities = model.predict(whole)
    except MemoryError:
        raise
    except Exception as error:
        raise PredictionError(
            Problem.MODEL_RAISED,
            f"The model raised {type(error).__name__}: {error}. Check that the values are of the kind "
            "it was trained on.",
        ) from error
    values = _plain(predictions)
    labels = [str(label) for label in model.labels or ()]
    answers, start = [], 0
    for table in tables:
        rows = slice(start, start + len(table))
        said: dict[str, Any] = {"predictions": values[rows]}
        if probabilities is not None:
            said["probabilities"] = [
                dict(zip(labels, row, strict=True)) for row in probabilities[rows].tolist()
            ]
        answers.append(orjson.dumps(said, default=str, option=_JSON))
        start = rows.stop
    return answers


def _plain(predictions: Any) -> list[Any]:
    """A list with one JSON value per row, whatever the model gave."""
    if isinstance(predictions, pd.DataFrame):
        records: list[Any] = predictions.to_dict(orient="records")
        return records
    values: list[Any] = np.asarray(predictions).tolist()
    return values
