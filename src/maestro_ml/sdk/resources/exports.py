"""Whole runs, as they are stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from maestro_ml.contracts.imports import LoggedModelExport, RunExport, SeriesImport
from maestro_ml.sdk.pages import Pages
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api, file_in_tree


class Exports:
    """`client.exports`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def run(self, run_id: UUID | str) -> tuple[RunExport, Iterator[SeriesImport]]:
        """A run, and all its points, a few thousand at a time. Raises NotFound."""
        lines = self._transport.lines(api("exports", "runs", run_id))
        head = RunExport.model_validate_json(next(lines))
        return head, (SeriesImport.model_validate_json(line) for line in lines)

    def logged_models(self, experiment_id: int) -> Pages[LoggedModelExport]:
        """The logged models of an experiment with their files, the newest first. Raises NotFound."""
        path = api("exports", "experiments", experiment_id, "logged-models")
        return Pages(self._transport, path, LoggedModelExport)

    def file(self, location: str, path: str, target: Path) -> Path:
        """Write the file at `path` below an artifact location of ours to `target`. Raises NotFound."""
        return self._transport.download(file_in_tree(location, path), target)
