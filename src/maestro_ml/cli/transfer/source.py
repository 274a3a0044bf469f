"""What an import reads: experiments, their runs with every point, and files, from any MLflow store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from maestro_ml.cli.transfer.spool import Point
from maestro_ml.contracts.imports import ExperimentImport, LoggedModelImport, RunImport
from maestro_ml.contracts.model_imports import ModelImport, VersionImport
from maestro_ml.contracts.tracking import Lifecycle

FileSize = tuple[str, int]
"""A path with slashes, and bytes."""


@dataclass(frozen=True, slots=True)
class SourceExperiment:
    """An experiment under the id that it has in the source."""

    id: str
    body: ExperimentImport


@dataclass(frozen=True, slots=True)
class SourceRun:
    """A run as it will be, but for the number of its experiment; `id` is the source's."""

    id: str
    body: RunImport
    lifecycle: Lifecycle
    metrics: tuple[str, ...]
    artifact_uri: str


@dataclass(frozen=True, slots=True)
class SourceLoggedModel:
    """A logged model as it will be, but for the number of its experiment."""

    body: LoggedModelImport
    artifact_uri: str


@dataclass(frozen=True, slots=True)
class SourceModel:
    """A registered model; each of its versions names the aliases that point at it."""

    body: ModelImport
    versions: tuple[VersionImport, ...]


class Source(Protocol):
    """A place where runs are; safe to share between threads."""

    def experiments(self, names: frozenset[str]) -> Iterator[SourceExperiment]:
        """Those with one of `names`, or all if there are none, deleted ones included."""

    def runs(self, experiment: SourceExperiment) -> Iterator[list[SourceRun]]:
        """All runs in the order of their start, deleted ones included, some at a time."""

    def logged_models(self, experiment: SourceExperiment) -> Iterator[SourceLoggedModel]:
        """Those that are not deleted."""

    def models(self) -> Iterator[SourceModel]:
        """All registered models."""

    def points(self, run: SourceRun, metric: str) -> Iterator[Point]:
        """Every point of a metric, each once."""

    def files(self, artifact_uri: str) -> Iterator[FileSize]:
        """Every file below a place, however deep."""

    def fetch(self, artifact_uri: str, path: str, folder: Path) -> Path:
        """Copy a file below a place into `folder`; where it is then."""
