"""Bringing in what another tracking server holds, under the ids and dates that it had there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from maestro_ml.contracts.base import Contract
from maestro_ml.contracts.imports import (
    ExperimentImport,
    LoggedModelContents,
    LoggedModelImport,
    RunContents,
    RunContentsList,
    RunContentsQuery,
)
from maestro_ml.contracts.model_imports import ImportedVersion, ModelImport, VersionImport
from maestro_ml.contracts.registry import Model
from maestro_ml.contracts.tracking import Experiment
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api, file_in_tree


class Imports:
    """`client.imports`; sending anything again changes nothing."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def experiment(self, body: ExperimentImport) -> Experiment:
        """The experiment with this name, made as `body` says if there was none."""
        return self._transport.request("POST", api("imports", "experiments"), Experiment, body=body)

    def run(self, lines: Path | BinaryIO) -> RunContents:
        """Store a run with all its points: a RunImport, then SeriesImports, as lines of JSON."""
        path = api("imports", "runs")
        return self._transport.upload(
            "POST", path, lines, RunContents, media_type="application/x-ndjson"
        )

    def logged_model(self, body: LoggedModelImport) -> LoggedModelContents:
        """The logged model with this id, made as `body` says if there was none."""
        path = api("imports", "logged-models")
        return self._transport.request("POST", path, LoggedModelContents, body=body)

    def file(self, location: str, path: str, file: Path) -> None:
        """Store a file at `path` below an artifact location of ours (`mlflow-artifacts:/…`)."""
        self._transport.upload("PUT", file_in_tree(location, path), file, Contract)

    def model(self, body: ModelImport) -> Model:
        """The model with this name, made as `body` says if there was none."""
        return self._transport.request("POST", api("imports", "models"), Model, body=body)

    def model_version(self, body: VersionImport) -> ImportedVersion:
        """The version with this number, with the files of its run or logged model.

        Raises Conflict if the number belongs to another version here.
        """
        path = api("imports", "model-versions")
        return self._transport.request("POST", path, ImportedVersion, body=body)

    def contents(self, run_ids: Sequence[UUID]) -> dict[UUID, RunContents]:
        """How much those of the runs hold that there are; at most 1,000 at a time."""
        body = RunContentsQuery(ids=list(run_ids))
        path = api("imports", "runs", "contents")
        found = self._transport.request("POST", path, RunContentsList, body=body)
        return {each.id: each for each in found.runs}
