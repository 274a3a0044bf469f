"""What an import reads: experiments, their runs with every point, and files, from any MLflow store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from maestro_ml.cli.transfer.spool import Point
from maestro_ml.contracts.imports import ExperimentImport, RunImport
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


class Source(Protocol):
    """A place where runs are; safe to share between threads."""

    def experiments(self, names: frozenset[str]) -> Iterator[SourceExperiment]:
        """Those with one of `names`, or all if there are none, deleted ones included."""

    def runs(self, experiment: SourceExperiment) -> Iterator[list[SourceRun]]:
        """All runs in the order of their start, deleted ones included, some at a time."""

    def points(self, run: SourceRun, metric: str) -> Iterator[Point]:
        """Every point of a metric, each once."""

    def files(self, run: SourceRun) -> Iterator[FileSize]:
        """Every file of a run, however deep."""

    def fetch(self, run: SourceRun, path: str, folder: Path) -> Path:
        """Copy a file of a run into `folder`; where it is then."""
