"""Brings everything of a Source into Maestro, and counts both sides.

Nothing is remembered between two calls: what is here already is found by its id and left alone, so an
import that was cut off goes on where it was when it is started again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from maestro_ml.cli.transfer.counts import Counts, Report
from maestro_ml.cli.transfer.source import FileSize, Source, SourceExperiment, SourceRun
from maestro_ml.cli.transfer.spool import Spool, spooled
from maestro_ml.contracts.imports import MAX_CONTENTS, RunContents, RunImport
from maestro_ml.contracts.tracking import Experiment, ExperimentId, Lifecycle
from maestro_ml.sdk.client import MaestroClient
from maestro_ml.sdk.errors import MaestroError

_RUNS_AT_ONCE = 4

Progress = Callable[[int, str], None]
"""Called with the runs done so far and the name of the experiment."""


@dataclass(frozen=True)
class Importer:
    """From `source` to `target`; without a target it only counts."""

    source: Source
    target: MaestroClient | None
    progress: Progress

    def run(self, names: frozenset[str] = frozenset()) -> Report:
        """Import the experiments with these names, or all."""
        report = Report()
        for experiment in self.source.experiments(names):
            self._experiment(experiment, report)
        return report

    def _experiment(self, experiment: SourceExperiment, report: Report) -> None:
        report.source.add(Counts(experiments=1, experiment_tags=len(experiment.body.tags)))
        here = self._put(experiment, Lifecycle.ACTIVE)
        number = ExperimentId(0) if here is None else here.id
        with ThreadPoolExecutor(_RUNS_AT_ONCE) as threads:
            for page in self.source.runs(experiment):
                known = self._known(page)
                transfers = [
                    _Transfer(self.source, self.target, number, run, known.get(run.id))
                    for run in page
                ]
                for run, outcome in zip(
                    page, threads.map(_Transfer.outcome, transfers), strict=True
                ):
                    there, arrived, failures = outcome
                    report.source.add(there)
                    report.target.add(arrived)
                    for failure in failures:
                        report.fail(f"{experiment.body.name}, run {run.id}: {failure}")
                    self.progress(report.source.runs, experiment.body.name)
        # Only now: an experiment in the trash takes no runs.
        here = self._put(experiment, experiment.body.lifecycle)
        if here is not None:
            tags = experiment.body.tags.items() & here.tags.items()
            report.target.add(Counts(experiments=1, experiment_tags=len(tags)))

    def _put(self, experiment: SourceExperiment, lifecycle: Lifecycle) -> Experiment | None:
        if self.target is None:
            return None
        body = experiment.body.model_copy(update={"lifecycle": lifecycle})
        return self.target.imports.experiment(body)

    def _known(self, page: list[SourceRun]) -> dict[str, RunContents]:
        if self.target is None:
            return {}
        found: dict[str, RunContents] = {}
        for start in range(0, len(page), MAX_CONTENTS):
            ids = [run.body.id for run in page[start : start + MAX_CONTENTS]]
            found |= {id.hex: each for id, each in self.target.imports.contents(ids).items()}
        return found


@dataclass
class _Transfer:
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
            files = self._files(there, failures)
            with spooled(self._body()) as spool:
                self._read(spool, there)
                if self.target is not None:
                    here = self._send(self.target, spool, files, there, failures)
        except MaestroError as error:
            failures.append(error.message)
        except Exception as error:  # noqa: BLE001 - whatever MLflow raises; one run stops no import
            failures.append(_brief(error))
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
            )
        )

    def _files(self, there: Counts, failures: list[str]) -> list[FileSize]:
        try:
            files = [*self.source.files(self.run)]
        except Exception as error:  # noqa: BLE001 - a store that is gone must not keep the rest back
            failures.append(f"its files cannot be listed: {_brief(error)}")
            return []
        there.add(Counts(artifacts=len(files), artifact_bytes=sum(size for _, size in files)))
        return files

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
            self._copy(target, files, failures)
            if self.run.lifecycle is Lifecycle.DELETED:
                target.runs.delete(self.run.body.id)
            found = target.imports.contents([self.run.body.id])[self.run.body.id]
        return _counted(found)

    def _complete(self, found: RunContents, there: Counts) -> bool:
        same = (found.status, found.lifecycle) == (self.run.body.status, self.run.lifecycle)
        return same and _counted(found) == there

    def _copy(self, target: MaestroClient, files: Iterable[FileSize], failures: list[str]) -> None:
        run = target.runs.get(self.run.body.id)
        here = {each.path: each.size for each in run.artifacts()}
        for path, size in files:
            if here.get(path) == size:
                continue
            try:
                with tempfile.TemporaryDirectory(prefix="maestro-import-") as folder:
                    run.log_artifact(self.source.fetch(self.run, path, Path(folder)), path)
            except MaestroError as error:
                failures.append(f"file {path}: {error.message}")
            except Exception as error:  # noqa: BLE001 - as above
                failures.append(f"file {path}: {_brief(error)}")


def _counted(run: RunContents) -> Counts:
    return Counts(
        runs=1,
        deleted_runs=run.lifecycle is Lifecycle.DELETED,
        params=run.params,
        metrics=run.metrics,
        points=run.points,
        tags=run.tags,
        artifacts=run.artifacts,
        artifact_bytes=run.artifact_bytes,
    )


def _brief(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:300]
