"""Files on their way: listed in the source, fetched one by one, stored here."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from maestro_ml.cli.transfer.counts import Counts
from maestro_ml.cli.transfer.source import FileSize, Source
from maestro_ml.sdk.errors import MaestroError


def list_files(
    source: Source, artifact_uri: str, there: Counts, failures: list[str]
) -> list[FileSize]:
    """The files below a place, counted; a store that is gone does not keep the rest back."""
    try:
        files = [*source.files(artifact_uri)]
    except Exception as error:  # noqa: BLE001 - whatever the libraries of a store raise
        failures.append(f"the files at {artifact_uri} cannot be listed: {brief(error)}")
        return []
    there.add(Counts(artifacts=len(files), artifact_bytes=sum(size for _, size in files)))
    return files


def copy_files(
    source: Source,
    artifact_uri: str,
    files: Iterable[FileSize],
    put: Callable[[Path, str], object],
    failures: list[str],
) -> None:
    """Give each file to `put` with its path; one at a time lies on this disk."""
    for path, _ in files:
        try:
            with tempfile.TemporaryDirectory(prefix="maestro-import-") as folder:
                put(source.fetch(artifact_uri, path, Path(folder)), path)
        except Exception as error:  # noqa: BLE001 - as above
            failures.append(f"file {path}: {brief(error)}")


def brief(error: Exception) -> str:
    """What went wrong, in a line."""
    if isinstance(error, MaestroError):
        return error.message
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]
