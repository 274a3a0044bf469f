"""Writes everything that a tenant tracks into a folder of plain files, and counts both sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from maestro_ml.cli.transfer.counts import Counts, Report
from maestro_ml.cli.transfer.folder import Folder, Points
from maestro_ml.cli.transfer.importing import Progress
from maestro_ml.cli.transfer.run_transfer import counted
from maestro_ml.contracts.imports import RunExport
from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.contracts.tracking import Experiment, Lifecycle, Run, RunArtifact, View
from maestro_ml.sdk.client import MaestroClient
from maestro_ml.sdk.errors import MaestroError

_RUNS_PER_PAGE = 500


@dataclass(frozen=True)
class Exporter:
    """From `source` into `folder`; metrics go to `points`."""

    source: MaestroClient
    folder: Folder
    points: Points
    progress: Progress

    def run(self, names: frozenset[str] = frozenset()) -> Report:
        """Export the experiments with these names, or all; models only with all."""
        report = Report()
        for each in self.source.experiments.list(view=View.ALL):
            if not names or each.name in names:
                self._experiment(each, report)
                self._logged_models(each, report)
        if not names:
            self._models(report)
        return report

    def _experiment(self, experiment: Experiment, report: Report) -> None:
        self.folder.add_line("experiments.jsonl", experiment)
        mine = Counts(experiments=1, experiment_tags=len(experiment.tags))
        report.source.add(mine)
        report.target.add(mine)
        runs = iter(self.source.runs.list(experiment.id, view=View.ALL))
        while page := [*islice(runs, _RUNS_PER_PAGE)]:
            there = self.source.imports.contents([run.id for run in page])
            for run in page:
                here, failures = self._run(run)
                what = f"{experiment.name}, run {run.id.hex}"
                report.add(what, counted(there[run.id]), here, failures)
                self.progress(report.source.runs, experiment.name)

    def _run(self, run: Run) -> tuple[Counts, list[str]]:
        head, series = self.source.exports.run(run.id)
        self.folder.add_line("runs.jsonl", head)
        here = _head_counts(head)
        metrics = set()
        for each in series:
            self.points.write(run.id.hex, each)
            metrics.add(each.key)
            here.add(Counts(points=len(each.steps)))
        here.add(Counts(metrics=len(metrics)))
        return here, self._files(run, here)

    def _files(self, run: Run, here: Counts) -> list[str]:
        failures: list[str] = []
        remote = self.source.runs.get(run.id)
        for file in remote.artifacts():
            place = ("artifacts", run.id.hex, file.path)
            download = partial(remote.download_artifact, file.path)
            self._file(file, place, download, here, failures)
        return failures

    def _file(
        self,
        file: RunArtifact,
        place: tuple[str, ...],
        download: Callable[[Path], Path],
        here: Counts,
        failures: list[str],
    ) -> None:
        """Fetch a file to `place` in the folder, check it and count it."""
        try:
            path = self.folder.path(*place)
            digest = self.folder.note(download(path))
        except (MaestroError, OSError) as error:
            failures.append(f"file {file.path}: {error}")
            return
        if file.sha256 not in (None, digest):
            failures.append(f"file {file.path} is not the one that was stored")
        here.add(Counts(artifacts=1, artifact_bytes=path.stat().st_size))

    def _logged_models(self, experiment: Experiment, report: Report) -> None:
        for model in self.source.exports.logged_models(experiment.id):
            self.folder.add_line("logged_models.jsonl", model)
            size = sum(file.size for file in model.artifacts)
            there = Counts(logged_models=1, artifacts=len(model.artifacts), artifact_bytes=size)
            here, failures = Counts(logged_models=1), list[str]()
            location = model.artifact_location
            for file in model.artifacts:
                place = ("logged_models", model.id, file.path)
                self._file(
                    file,
                    place,
                    partial(self.source.exports.file, location, file.path),
                    here,
                    failures,
                )
            report.add(f"{experiment.name}, logged model {model.id}", there, here, failures)

    def _models(self, report: Report) -> None:
        for info in self.source.models.list():
            self.folder.add_line("models.jsonl", info)
            there, here = Counts(models=1, aliases=len(info.aliases)), Counts()
            here.add(there)
            failures: list[str] = []
            for version in self.source.models.get(info.name).versions():
                self.folder.add_line("versions.jsonl", version)
                mine = Counts(versions=1, artifacts=len(version.files))
                mine.add(Counts(artifact_bytes=version.size_bytes))
                there.add(mine)
                here.add(self._version(version, failures))
            report.add(f"model {info.name}", there, here, failures)

    def _version(self, version: ModelVersion, failures: list[str]) -> Counts:
        here = Counts(versions=1)
        if not version.files:
            return here
        place = self.folder.path("models", version.model, str(version.version))
        self.source.models.get(version.model, version=version.version).download(place)
        for file in version.files:
            if self.folder.note(place / file.path) != file.sha256:
                failures.append(f"file {file.path} of version {version.version} is damaged")
            here.add(Counts(artifacts=1, artifact_bytes=file.size))
        return here


def _head_counts(run: RunExport) -> Counts:
    return Counts(
        runs=1,
        deleted_runs=run.lifecycle is Lifecycle.DELETED,
        params=len(run.params),
        tags=len(run.tags),
        inputs=len(run.datasets) + len(run.read_models),
        outputs=len(run.written_models),
    )
