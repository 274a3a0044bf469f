"""Loads a model directory: our own packages directly, every other one through MLflow."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from maestro_ml.engine.inference.columns import InputColumn

DATA = "data/model"
"""The folder in a model directory that `save_model` fills and the loader reads."""

PREDICTOR = "model.pkl"
MANIFEST = "manifest.json"


class Predictor(Protocol):
    """Anything that was fitted; `predict_proba` and `classes_` are used if it has them."""

    def predict(self, table: pd.DataFrame, /) -> Any:
        """One value per row."""


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A predictor and the columns it takes; None if it does not say.

    most_probable: whether `predict` always gives the class of the highest probability, so that
    asking for the probabilities is enough. rows_are_independent: whether a row's prediction does not
    depend on the others in the table, so that requests can share a table.
    """

    predictor: Predictor
    columns: Sequence[InputColumn] | None
    most_probable: bool = False
    rows_are_independent: bool = False

    def predict(self, table: pd.DataFrame) -> tuple[Any, npt.NDArray[np.float64] | None]:
        """One prediction per row and, for a classifier, probabilities of shape (n, K)."""
        if self.labels is None:
            return self.predictor.predict(table), None
        probabilities = np.asarray(self.predictor.predict_proba(table))  # type: ignore[attr-defined]
        if self.most_probable:
            chosen = probabilities.argmax(axis=1)
            return self.predictor.classes_[chosen], probabilities  # type: ignore[attr-defined]
        return self.predictor.predict(table), probabilities

    @property
    def labels(self) -> list[Any] | None:
        """The classes in the order of the probabilities' columns; None without probabilities."""
        classes = getattr(self.predictor, "classes_", None)
        if classes is None or not hasattr(self.predictor, "predict_proba"):
            return None
        labels: list[Any] = np.asarray(classes).tolist()
        return labels


def load_model(folder: Path) -> LoadedModel:
    """The model in `folder`. Raises whatever its unpickling raises: the folder's author runs code here."""
    if (folder / DATA / MANIFEST).is_file():
        return load_packaged(folder / DATA)
    return _load_foreign(folder)


def load_packaged(data: Path) -> LoadedModel:
    """The model in the data folder of one of our own packages."""
    manifest = json.loads((data / MANIFEST).read_text())
    with (data / PREDICTOR).open("rb") as file:
        predictor = pickle.load(file)  # noqa: S301 - a model is code; it runs in a process of its own
    columns = [InputColumn(**column) for column in manifest["inputs"]]
    return LoadedModel(predictor, columns, manifest["most_probable"], rows_are_independent=True)


def _load_foreign(folder: Path) -> LoadedModel:
    import mlflow.pyfunc  # noqa: PLC0415 - takes seconds, and our own packages do without

    model = mlflow.pyfunc.load_model(str(folder))
    schema = model.metadata.get_input_schema()
    if schema is None or schema.is_tensor_spec() or not schema.has_input_names():
        return LoadedModel(model, None)
    columns = [
        InputColumn(each["name"], each["type"], each.get("required", True))
        for each in schema.to_dict()
    ]
    return LoadedModel(model, columns)
