"""From a request's body to the answer's."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pandas as pd

from maestro_ml.engine.inference.errors import PredictionError, Problem
from maestro_ml.engine.inference.model import LoadedModel
from maestro_ml.engine.inference.request import read_rows

_JSON = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


def answer(model: LoadedModel, body: bytes) -> bytes:
    """`{"predictions": [...], "probabilities": [{label: p}, ...]}` as JSON; NaN becomes null.

    Raises PredictionError, MemoryError.
    """
    table = read_rows(body, model.columns)
    try:
        predictions, probabilities = model.predict(table)
    except MemoryError:
        raise
    except Exception as error:
        raise PredictionError(
            Problem.MODEL_RAISED,
            f"The model raised {type(error).__name__}: {error}. Check that the values are of the kind "
            "it was trained on.",
        ) from error
    said: dict[str, Any] = {"predictions": _plain(predictions)}
    if probabilities is not None:
        labels = [str(label) for label in model.labels or ()]
        said["probabilities"] = [
            dict(zip(labels, row, strict=True)) for row in probabilities.tolist()
        ]
    return orjson.dumps(said, default=str, option=_JSON)


def _plain(predictions: Any) -> list[Any]:
    """A list with one JSON value per row, whatever the model gave."""
    if isinstance(predictions, pd.DataFrame):
        records: list[Any] = predictions.to_dict(orient="records")
        return records
    values: list[Any] = np.asarray(predictions).tolist()
    return values
