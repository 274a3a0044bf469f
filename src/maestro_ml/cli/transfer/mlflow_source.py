"""Reads an MLflow server, database or folder of runs through MLflow's own client."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any

from maestro_ml.cli.transfer.mlflow_address import tracking_uri
from maestro_ml.cli.transfer.mlflow_entities import (
    to_experiment,
    to_logged_model,
    to_points,
    to_run,
)
from maestro_ml.cli.transfer.mlflow_models import to_model
from maestro_ml.cli.transfer.source import (
    FileSize,
    SourceExperiment,
    SourceLoggedModel,
    SourceModel,
    SourceRun,
)
from maestro_ml.cli.transfer.spool import Point
from maestro_ml.sdk.errors import ConfigurationError, MaestroError

_ALL = 3
"""MLflow's number for what is deleted and what is not."""

_ADVICE = (
    "Check the address and the token. If MLflow's client here does not understand that store, start "
    "`mlflow server` on it with the version that wrote it, and give its address."
)
_POINTS_PER_PAGE = 25_000
# A folder of runs is read whole for every page, a server is asked for what a page needs.
_RUNS_PER_PAGE = {"file": 10_000}


class MlflowSource:
    """A Source behind MLflow's client, which is imported here and nowhere else."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self._uri = tracking_uri(address)
        self._kind = self._uri.partition(":")[0]
        mlflow = _import_mlflow(token)
        self._refusal: type[Exception] = mlflow.exceptions.MlflowException
        self._client = self._ask(mlflow.MlflowClient, self._uri, self._uri)
        registry = import_module("mlflow.store.artifact.artifact_repository_registry")
        self._repository = registry.get_artifact_repository

    def experiments(self, names: frozenset[str]) -> Iterator[SourceExperiment]:
        """Those with one of `names`, or all if there are none, deleted ones included."""
        search = self._client.search_experiments
        for each in self._pages(search, view_type=_ALL, max_results=1000):
            if not names or each.name in names:
                yield SourceExperiment(each.experiment_id, to_experiment(each))

    def runs(self, experiment: SourceExperiment) -> Iterator[list[SourceRun]]:
        """All runs in the order of their start, deleted ones included, some at a time."""
        token = None
        while True:
            # The oldest first: what is logged meanwhile comes last, and shifts no page.
            page = self._ask(
                self._client.search_runs,
                [experiment.id],
                run_view_type=_ALL,
                max_results=_RUNS_PER_PAGE.get(self._kind, 500),
                order_by=["attributes.start_time ASC"],
                page_token=token,
            )
            yield [to_run(each) for each in page]
            token = page.token
            if not token:
                return

    def points(self, run: SourceRun, metric: str) -> Iterator[Point]:
        """Every point of a metric, each once."""
        history = self._client._tracking_client.store.get_metric_history  # noqa: SLF001 - it pages
        if self._kind == "file":
            # A file holds what was logged twice twice, and is read whole in any case.
            yield from dict.fromkeys(to_points(self._ask(history, run.id, metric)))
            return
        pages = self._pages(history, run.id, metric, max_results=_POINTS_PER_PAGE)
        yield from (point for point, _ in groupby(to_points(pages)))

    def logged_models(self, experiment: SourceExperiment) -> Iterator[SourceLoggedModel]:
        """Those that are not deleted."""
        search = self._client.search_logged_models
        for each in self._pages(search, [experiment.id], max_results=100):
            yield SourceLoggedModel(to_logged_model(each), each.artifact_location)

    def models(self) -> Iterator[SourceModel]:
        """All registered models."""
        for each in self._pages(self._client.search_registered_models, max_results=100):
            # A search leaves out which aliases there are.
            model = self._ask(self._client.get_registered_model, each.name)
            quote = '"' if "'" in model.name else "'"
            found = self._pages(
                self._client.search_model_versions,
                f"name={quote}{model.name}{quote}",
                max_results=1000,
                order_by=["version_number ASC"],
            )
            yield to_model(model, found)

    def files(self, artifact_uri: str) -> Iterator[FileSize]:
        """Every file below a place, however deep."""
        place = self._ask(self._repository, artifact_uri, tracking_uri=self._uri)
        folders = [""]
        while folders:
            for each in self._ask(place.list_artifacts, folders.pop() or None):
                if each.is_dir:
                    folders.append(each.path)
                else:
                    yield each.path, int(each.file_size or 0)

    def fetch(self, artifact_uri: str, path: str, folder: Path) -> Path:
        """Copy a file below a place into `folder`; where it is then."""
        place = self._ask(self._repository, artifact_uri, tracking_uri=self._uri)
        return Path(self._ask(place.download_artifacts, path, str(folder)))

    def _ask(self, call: Any, *arguments: Any, **named: Any) -> Any:
        try:
            return call(*arguments, **named)
        except self._refusal as error:
            told = str(error).splitlines()[0][:500]
            raise MaestroError(f"MLflow at {self._uri} answered: {told}", _ADVICE) from error

    def _pages(self, search: Any, *arguments: Any, **named: Any) -> Iterator[Any]:
        token = None
        while True:
            page = self._ask(search, *arguments, **named, page_token=token)
            yield from page
            token = page.token
            if not token:
                return


def _import_mlflow(token: str | None) -> Any:
    os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    if token:
        os.environ["MLFLOW_TRACKING_TOKEN"] = token
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what MLflow itself will change one day
            import mlflow  # noqa: PLC0415 - takes a second, and only an import needs it
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"Importing needs MLflow's client, which is not installed here ({error.name}).",
            "Install it with: pip install mlflow-skinny",
        ) from error
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    return mlflow
