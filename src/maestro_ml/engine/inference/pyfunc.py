"""The loader module that MLflow is told of: our packages work with `mlflow.pyfunc.load_model`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from maestro_ml.engine.inference.model import Predictor, load_packaged


class _PyFunc:
    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor

    def predict(self, table: pd.DataFrame, params: dict[str, Any] | None = None) -> Any:
        """Predictions alone; MLflow calls it with a table that fits the signature."""
        del params  # part of MLflow's call; our models have none
        return self._predictor.predict(table)


def _load_pyfunc(data_path: str) -> _PyFunc:
    return _PyFunc(load_packaged(Path(data_path)).predictor)
