"""Brings everything of a Source into Maestro, and counts both sides.

Nothing is remembered between two calls: what is here already is found by its id and left alone, so an
import that was cut off goes on where it was when it is started again.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from maestro_ml.cli.transfer.counts import Counts, Report
from maestro_ml.cli.transfer.logged_model_transfer import LoggedModelTransfer
from maestro_ml.cli.transfer.run_transfer import RunTransfer
from maestro_ml.cli.transfer.source import Source, SourceExperiment, SourceModel, SourceRun
from maestro_ml.contracts.imports import MAX_CONTENTS, RunContents
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
        if not names:
            for model in self.source.models():
                self._model(model, report)
        return report

    def _experiment(self, experiment: SourceExperiment, report: Report) -> None:
        report.source.add(Counts(experiments=1, experiment_tags=len(experiment.body.tags)))
        here = self._put(experiment, Lifecycle.ACTIVE)
        number = ExperimentId(0) if here is None else here.id
        with ThreadPoolExecutor(_RUNS_AT_ONCE) as threads:
            for page in self.source.runs(experiment):
                known = self._known(page)
                transfers = [
                    RunTransfer(self.source, self.target, number, run, known.get(run.id))
                    for run in page
                ]
                for run, outcome in zip(
                    page, threads.map(RunTransfer.outcome, transfers), strict=True
                ):
                    report.add(f"{experiment.body.name}, run {run.id}", *outcome)
                    self.progress(report.source.runs, experiment.body.name)
        for model in self.source.logged_models(experiment):
            outcome = LoggedModelTransfer(self.source, self.target, number, model).outcome()
            report.add(f"{experiment.body.name}, logged model {model.body.id}", *outcome)
        # Only now: an experiment in the trash takes no runs.
        here = self._put(experiment, experiment.body.lifecycle)
        if here is not None:
            tags = experiment.body.tags.items() & here.tags.items()
            report.target.add(Counts(experiments=1, experiment_tags=len(tags)))

    def _model(self, model: SourceModel, report: Report) -> None:
        aliases = sum(len(version.aliases) for version in model.versions)
        there = Counts(models=1, versions=len(model.versions), aliases=aliases)
        here, failures = Counts(), []
        try:
            if self.target is not None:
                self.target.imports.model(model.body)
                here.add(Counts(models=1))
                for version in model.versions:
                    found = self.target.imports.model_version(version)
                    here.add(Counts(versions=1, aliases=len(found.aliases)))
        except MaestroError as error:
            failures.append(error.message)
        report.add(f"model {model.body.name}", there, here, failures)

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
