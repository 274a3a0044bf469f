"""One logged model on its way."""

from __future__ import annotations

from dataclasses import dataclass

from maestro_ml.cli.transfer.counts import Counts
from maestro_ml.cli.transfer.files import brief, copy_files, list_files
from maestro_ml.cli.transfer.source import FileSize, Source, SourceLoggedModel
from maestro_ml.contracts.tracking import ExperimentId
from maestro_ml.sdk.client import MaestroClient


@dataclass
class LoggedModelTransfer:
    """From `source` to the experiment of this number; without a target it only counts."""

    source: Source
    target: MaestroClient | None
    experiment: ExperimentId
    model: SourceLoggedModel

    def outcome(self) -> tuple[Counts, Counts, list[str]]:
        """What is there, what is here now, and what did not arrive."""
        failures: list[str] = []
        there, here = Counts(logged_models=1), Counts()
        files = list_files(self.source, self.model.artifact_uri, there, failures)
        try:
            if self.target is not None:
                here = self._send(self.target, files, failures)
        except Exception as error:  # noqa: BLE001 - one model stops no import
            failures.append(brief(error))
        return there, here, failures

    def _send(self, target: MaestroClient, files: list[FileSize], failures: list[str]) -> Counts:
        body = self.model.body.model_copy(update={"experiment_id": self.experiment})
        found = target.imports.logged_model(body)
        lacking = [file for file in files if found.artifacts.get(file[0]) != file[1]]
        if lacking:
            copy_files(
                self.source,
                self.model.artifact_uri,
                lacking,
                lambda file, path: target.imports.file(found.artifact_location, path, file),
                failures,
            )
            found = target.imports.logged_model(body)
        size = sum(found.artifacts.values())
        return Counts(logged_models=1, artifacts=len(found.artifacts), artifact_bytes=size)
