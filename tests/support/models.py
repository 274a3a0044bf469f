"""Small MLflow model directories, written by hand, for tests that need files and no model."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

from maestro_ml.contracts.automl import TaskType
from maestro_ml.contracts.model_report import InputValues, ModelReport, ResidualDiagnostics

SIGNATURE = {
    "inputs": [
        {"type": "double", "name": "age", "required": True},
        {"type": "string", "name": "sex", "required": True},
    ],
    "outputs": [{"type": "long", "name": "prediction", "required": True}],
}


def write_model(folder: Path, *, content: str = "weights", signature: object = SIGNATURE) -> Path:
    """A directory that says it is a model of the flavor `custom`."""
    folder.mkdir(parents=True, exist_ok=True)
    sides = {side: json.dumps(columns) for side, columns in dict(signature or {}).items()}  # type: ignore[call-overload]
    (folder / "MLmodel").write_text(
        json.dumps(
            {
                "flavors": {"python_function": {"loader_module": "x"}, "custom": {"v": 1}},
                "saved_input_example_info": {"artifact_path": "input_example.json"},
                **({"signature": sides} if signature else {}),
            }
        )
    )
    (folder / "input_example.json").write_text('{"columns": ["age", "sex"], "data": [[3, "f"]]}')
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "weights.txt").write_text(content)
    return folder


def zipped(folder: Path, *, inside: str = "") -> bytes:
    """The directory as a zip, below the folder `inside` if there is one."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, inside + path.relative_to(folder).as_posix())
    return stream.getvalue()


def a_report() -> ModelReport:
    """The report of a regressor that was right once and off by one once."""
    residuals = ResidualDiagnostics(
        rows=2, actual=[1, 2], predicted=[1, 3], edges=[-1, 0], counts=[2], quantiles=[0] * 5
    )
    return ModelReport(
        target="price",
        task_type=TaskType.REGRESSION,
        metric="neg_root_mean_squared_error",
        dataset="houses@1",
        regression=residuals,
        inputs=[InputValues(name="sex", choices=["f", "m"])],
    )
