"""Packs a fitted predictor as an MLflow model directory; for job processes and notebooks.

Imports MLflow, which takes seconds and needs the `ml` libraries: the API process never comes here.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import pickle
import warnings
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from maestro_ml.engine.inference.columns import InputColumn
from maestro_ml.engine.inference.model import DATA, MANIFEST, PREDICTOR, Predictor

if TYPE_CHECKING:
    import pandas as pd

_EXAMPLE_ROWS = 3


def save_model(
    folder: Path,
    predictor: Predictor,
    example: pd.DataFrame,
    *,
    optional: Collection[str] = (),
    most_probable: bool = False,
) -> Path:
    """Write `predictor` as an MLflow model to `folder`, which must not exist yet.

    `example` holds rows as they will be sent: its columns become the signature (those in `optional`
    may be left out of a request), its first rows the input example. Every class in `classes_`, if
    there are any, gets its probability. `most_probable` promises that `predict` always gives the
    class of the highest one, which saves serving half of its work. Requests that come together are
    predicted as one table: a row's prediction must not depend on the other rows. The requirements are the exact
    versions of the libraries that the predictor was unpickled with.

    Raises whatever pickling, unpickling or predicting the example raises.
    """
    columns = _columns(example, optional)
    first = example.head(_EXAMPLE_ROWS)
    with TemporaryDirectory() as scratch:
        data = Path(scratch) / Path(DATA).name
        data.mkdir()
        libraries = _pickle(predictor, data / PREDICTOR)
        manifest = {
            "format": 1,
            "inputs": [asdict(column) for column in columns],
            "most_probable": most_probable,
        }
        (data / MANIFEST).write_text(json.dumps(manifest, indent=2))
        _save(folder, data, columns, first, predictor.predict(first), libraries)
    return folder


def _save(
    folder: Path,
    data: Path,
    columns: list[InputColumn],
    example: pd.DataFrame,
    predictions: Any,
    libraries: list[str],
) -> None:
    import pandas as pd  # noqa: PLC0415

    outputs = _columns(pd.DataFrame({"prediction": predictions}), ())
    # Nothing that the platform runs reports to anybody; MLflow does by default.
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns about its own type hints, and gives advice
        import mlflow.pyfunc  # noqa: PLC0415
        from mlflow.models import ModelSignature  # noqa: PLC0415

        mlflow.pyfunc.save_model(
            str(folder),
            loader_module="maestro_ml.engine.inference.pyfunc",
            data_path=str(data),
            signature=ModelSignature(inputs=_schema(columns), outputs=_schema(outputs)),
            input_example=example,
            pip_requirements=[*libraries, _pin("mlflow-skinny")],
        )


def _schema(columns: list[InputColumn]) -> Any:
    from mlflow.types.schema import ColSpec, Schema  # noqa: PLC0415

    return Schema([ColSpec(each.type, each.name, required=each.required) for each in columns])


def _columns(example: pd.DataFrame, optional: Collection[str]) -> list[InputColumn]:
    return [
        InputColumn(str(name), _type(example[name]), str(name) not in optional)
        for name in example.columns
    ]


def _type(series: pd.Series[Any]) -> str:
    """MLflow's name for what a column holds."""
    from pandas.api import types  # noqa: PLC0415

    dtype = series.dtype
    if types.is_bool_dtype(dtype):
        return "boolean"
    if types.is_integer_dtype(dtype):
        return "long"
    if types.is_float_dtype(dtype):
        return "double"
    return "datetime" if types.is_datetime64_any_dtype(dtype) else "string"


class _Recorder(pickle.Unpickler):
    """Unpickles, and notes the top-level modules that it took."""

    def __init__(self, file: Any) -> None:
        super().__init__(file)
        self.modules: set[str] = set()

    def find_class(self, module: str, name: str) -> Any:
        self.modules.add(module.partition(".")[0])
        return super().find_class(module, name)


def _pickle(predictor: Predictor, path: Path) -> list[str]:
    """Write the predictor, read it back, and tell the pinned libraries that this took."""
    import cloudpickle  # noqa: PLC0415

    with path.open("wb") as file:
        cloudpickle.dump(predictor, file)
    with path.open("rb") as file:
        recorder = _Recorder(file)
        recorder.load()
    owners = importlib.metadata.packages_distributions()
    used = (recorder.modules - {"maestro_ml"}) | {"pandas", "cloudpickle"}
    pinned = {_pin(owners[module][0]) for module in used if module in owners}
    return sorted(pinned | {_pin("maestro-ml")})


def _pin(distribution: str) -> str:
    return f"{distribution}=={importlib.metadata.version(distribution)}"
