"""Small MLflow model directories, written by hand, for tests that need files and no model."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

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
