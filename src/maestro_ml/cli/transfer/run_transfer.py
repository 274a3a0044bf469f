"""One run on its way: its points over a temporary file, its files one by one."""

from __future__ import annotations

from dataclasses import dataclass

from maestro_ml.cli.transfer.counts import Counts
from maestro_ml.cli.transfer.files import brief, copy_files, list_files
from maestro_ml.cli.transfer.source import FileSize, Source, SourceRun
from maestro_ml.cli.transfer.spool import Spool, spooled
from maestro_ml.contracts.imports import RunContents, RunImport
from maestro_ml.contracts.tracking import ExperimentId, Lifecycle
from maestro_ml.sdk.client import MaestroClient
from maestro_ml.sdk.errors import MaestroError


@dataclass
class RunTransfer:
    """One run on its way."""

    source: Source
    target: MaestroClient | None
    experiment: ExperimentId
    run: SourceRun
    known: RunContents | None

    def outcome(self) -> tuple[Counts, Counts, list[str]]:
        """What is there, what is here now, and what did not arrive."""
        failures: list[str] = []
        there, here = Counts(runs=1), Counts()
        try:
            files = list_files(self.source, self.run.artifact_uri, there, failures)
            with spooled(self._body()) as spool:
                self._read(spool, there)
                if self.target is not None:
                    here = self._send(self.target, spool, files, there, failures)
        except MaestroError as error:
            failures.append(error.message)
        except Exception as error:  # noqa: BLE001 - whatever MLflow raises; one run stops no import
            failures.append(brief(error))
        return there, here, failures

    def _body(self) -> RunImport:
        return self.run.body.model_copy(update={"experiment_id": self.experiment})

    def _read(self, spool: Spool, there: Counts) -> None:
        for metric in self.run.metrics:
            spool.add(metric, self.source.points(self.run, metric))
        body = self.run.body
        there.add(
            Counts(
                deleted_runs=self.run.lifecycle is Lifecycle.DELETED,
                params=len(body.params),
                tags=len(body.tags),
                metrics=spool.metrics,
                points=spool.points,
                inputs=len(body.datasets) + len(body.read_models),
                outputs=len(body.written_models),
            )
        )

    def _send(
        self,
        target: MaestroClient,
        spool: Spool,
        files: list[FileSize],
        there: Counts,
        failures: list[str],
    ) -> Counts:
        found = self.known
        if found is None or not self._complete(found, there):
            spool.file.seek(0)
            target.imports.run(spool.file)
            run = target.runs.get(self.run.body.id)
            here = {each.path: each.size for each in run.artifacts()}
            lacking = [file for file in files if here.get(file[0]) != file[1]]
            copy_files(self.source, self.run.artifact_uri, lacking, run.log_artifact, failures)
            if self.run.lifecycle is Lifecycle.DELETED:
                target.runs.delete(self.run.body.id)
            found = target.imports.contents([self.run.body.id])[self.run.body.id]
        return counted(found)

    def _complete(self, found: RunContents, there: Counts) -> bool:
        same = (found.status, found.lifecycle) == (self.run.body.status, self.run.lifecycle)
        return same and counted(found) == there


def counted(run: RunContents) -> Counts:
    """What a run holds here."""
    return Counts(
        runs=1,
        deleted_runs=run.lifecycle is Lifecycle.DELETED,
        params=run.params,
        metrics=run.metrics,
        points=run.points,
        tags=run.tags,
        inputs=run.inputs,
        outputs=run.outputs,
        artifacts=run.artifacts,
        artifact_bytes=run.artifact_bytes,
    )
