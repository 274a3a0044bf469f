"""Reads what an MLflow model directory says of itself, without importing MLflow."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from maestro_ml.contracts.registry import ModelFile, Signature, SignatureColumn
from maestro_ml.server.registry.errors import PackageInvalid

DESCRIPTION_FILE = "MLmodel"
MAX_FILES = 10_000
MAX_EXAMPLE = 64 * 1024
MAX_DESCRIPTION = 4 * 1024**2
_GENERIC = "python_function"


@dataclass(frozen=True, slots=True)
class Package:
    """A model directory: its files with their hashes, and what its `MLmodel` says."""

    flavor: str
    signature: Signature | None
    input_example: Any
    files: list[ModelFile]

    @property
    def size_bytes(self) -> int:
        """All files together."""
        return sum(file.size for file in self.files)

    @property
    def sha256(self) -> str:
        """The hash over the paths and hashes of all files."""
        return combined_hash(self.files)


def combined_hash(files: list[ModelFile]) -> str:
    """One hash for a set of files, whatever their order."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.path):
        digest.update(f"{file.path}\0{file.sha256}\n".encode())
    return digest.hexdigest()


def read_package(folder: Path) -> Package:
    """What lies in `folder`; reads every byte of it. Raises PackageInvalid."""
    path = folder / DESCRIPTION_FILE
    if not path.is_file() or path.is_symlink() or path.stat().st_size > MAX_DESCRIPTION:
        raise PackageInvalid(
            "There is no file MLmodel at the top. Register the directory that "
            "mlflow.<flavor>.save_model() or maestro's AutoML wrote, as it is."
        )
    said = parse_description(path.read_bytes())
    example = folder / (example_file(said) or "")
    return describe(
        said,
        example=example.read_bytes() if _is_readable(example) else None,
        files=_read_files(folder),
    )


def describe(said: dict[str, Any], *, example: bytes | None, files: list[ModelFile]) -> Package:
    """The package of a parsed `MLmodel`, with its input example as JSON. Raises PackageInvalid."""
    flavors = said.get("flavors")
    if not isinstance(flavors, dict) or not flavors:
        raise PackageInvalid(
            "The file MLmodel names no flavor. Save the model again with mlflow.<flavor>.save_model()."
        )
    return Package(
        flavor=next((str(name) for name in flavors if name != _GENERIC), _GENERIC),
        signature=_read_signature(said.get("signature")),
        input_example=_read_example(example),
        files=files,
    )


def parse_description(content: bytes) -> dict[str, Any]:
    """What a file `MLmodel` says. Raises PackageInvalid."""
    import yaml  # noqa: PLC0415 - 2 MB that only registrations need

    try:
        said = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = str(error).replace("\n", " ")
        raise PackageInvalid(
            f"The file MLmodel is not valid YAML: {reason}. Save it again."
        ) from error
    if not isinstance(said, dict):
        raise PackageInvalid("The file MLmodel is empty or no mapping. Save the model again.")
    return said


def _read_signature(said: Any) -> Signature | None:
    if not isinstance(said, dict):
        return None
    sides = {}
    for side in ("inputs", "outputs"):
        try:
            columns = orjson.loads(said.get(side) or "[]")
        except orjson.JSONDecodeError as error:
            raise PackageInvalid(
                f"The signature's {side} in MLmodel are not valid JSON ({error}). Save it again."
            ) from error
        sides[side] = _columns(columns)
    return (
        None
        if sides["inputs"] is None
        else Signature(inputs=sides["inputs"], outputs=sides["outputs"] or [])
    )


def _columns(said: Any) -> list[SignatureColumn] | None:
    """Named columns, or None for tensors and the like."""
    if not isinstance(said, list) or not said:
        return None
    columns = []
    for position, column in enumerate(said):
        if not isinstance(column, dict) or not isinstance(column.get("type"), str):
            return None
        if column["type"] == "tensor":
            return None
        name = str(column.get("name", position))
        required = bool(column.get("required", True)) and not column.get("optional", False)
        columns.append(SignatureColumn(name=name, type=column["type"], required=required))
    return columns


def example_file(said: dict[str, Any]) -> str | None:
    """The name of the file with the input example."""
    info = said.get("saved_input_example_info")
    name = Path(str(info.get("artifact_path", ""))).name if isinstance(info, dict) else ""
    return name or None


def _is_readable(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.stat().st_size <= MAX_EXAMPLE


def _read_example(content: bytes | None) -> Any:
    if content is None:
        return None
    try:
        # MLflow writes NaN for a missing value, which PostgreSQL and browsers do not read.
        return json.loads(content, parse_constant=lambda _: None)
    except ValueError:
        return None


def _read_files(folder: Path) -> list[ModelFile]:
    files = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise PackageInvalid(
                f"{path.relative_to(folder)} is no ordinary file. Replace links with what they name."
            )
        if path.is_file():
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            name = path.relative_to(folder).as_posix()
            files.append(ModelFile(path=name, size=path.stat().st_size, sha256=digest))
        if len(files) > MAX_FILES:
            raise PackageInvalid(f"A model has at most {MAX_FILES} files. Pack them into fewer.")
    return files
