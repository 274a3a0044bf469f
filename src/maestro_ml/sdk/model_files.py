"""Model directories on this machine: packed for the way up, unpacked and loaded after the way down."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from maestro_ml.sdk.errors import ConfigurationError


@contextmanager
def archived(path: Path) -> Iterator[Path]:
    """`path` if it is a file, else a zip of the folder for as long as the block lasts."""
    if path.is_file():
        yield path
        return
    if not (path / "MLmodel").is_file():
        raise ConfigurationError(
            f"{path} is no MLflow model: there is no file MLmodel in it.",
            "Give the directory that mlflow.<flavor>.save_model() wrote.",
        )
    with tempfile.TemporaryDirectory(prefix="maestro-") as folder:
        archive = Path(folder, "model.zip")
        with zipfile.ZipFile(archive, "w") as zipped:
            for file in sorted(path.rglob("*")):
                if file.is_file():
                    zipped.write(file, file.relative_to(path).as_posix())
        yield archive


def unpack(archive: Path, target: Path) -> Path:
    """Unpack a version's zip into the folder `target`, made if there is none."""
    target.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(target)
    return target


def load(folder: Path) -> Any:
    """The model in `folder` by MLflow. Raises ConfigurationError when that is not installed."""
    try:
        import mlflow.pyfunc  # noqa: PLC0415 - optional, and takes seconds
    except ImportError as error:
        raise ConfigurationError(
            f"Loading a model needs libraries that are not installed here ({error.name}).",
            "Install them with: pip install 'maestro-ml[ml]'",
        ) from error
    return mlflow.pyfunc.load_model(str(folder))
