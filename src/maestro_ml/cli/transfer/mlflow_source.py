"""Reads an MLflow server, database or folder of runs through MLflow's own client."""

from __future__ import annotations

import logging
import math
import os
import warnings
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

from maestro_ml.cli.transfer.mlflow_address import tracking_uri
from maestro_ml.cli.transfer.source import FileSize, SourceExperiment, SourceRun
from maestro_ml.cli.transfer.spool import Point
from maestro_ml.contracts.imports import ExperimentImport, RunImport
from maestro_ml.contracts.tracking import ExperimentId, Lifecycle, RunId, RunStatus
from maestro_ml.sdk.errors import ConfigurationError, MaestroError

_ALL = 3
"""MLflow's number for what is deleted and what is not."""

_ADVICE = (
    "Check the address and the token. If MLflow's client here does not understand that store, start "
    "`mlflow server` on it with the version that wrote it, and give its address."
)
_NAME_TAG = "mlflow.runName"
_PARENT_TAG = "mlflow.parentRunId"
_EPOCH = datetime.fromtimestamp(0, UTC)
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

    def experiments(self, names: frozenset[str]) -> Iterator[SourceExperiment]:
        """Those with one of `names`, or all if there are none, deleted ones included."""
        search = self._client.search_experiments
        for each in self._pages(search, view_type=_ALL, max_results=1000):
            if not names or each.name in names:
                yield SourceExperiment(each.experiment_id, _experiment(each))

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
            yield [_run(each) for each in page]
            token = page.token
            if not token:
                return

    def points(self, run: SourceRun, metric: str) -> Iterator[Point]:
        """Every point of a metric, each once."""
        history = self._client._tracking_client.store.get_metric_history  # noqa: SLF001 - it pages
        if self._kind == "file":
            # A file holds what was logged twice twice, and is read whole in any case.
            yield from dict.fromkeys(_points(self._ask(history, run.id, metric)))
            return
        pages = self._pages(history, run.id, metric, max_results=_POINTS_PER_PAGE)
        yield from (point for point, _ in groupby(_points(pages)))

    def files(self, run: SourceRun) -> Iterator[FileSize]:
        """Every file of a run, however deep."""
        folders = [""]
        while folders:
            found = self._ask(self._client.list_artifacts, run.id, folders.pop() or None)
            for each in found:
                if each.is_dir:
                    folders.append(each.path)
                else:
                    yield each.path, int(each.file_size or 0)

    def fetch(self, run: SourceRun, path: str, folder: Path) -> Path:
        """Copy a file of a run into `folder`; where it is then."""
        return Path(self._ask(self._client.download_artifacts, run.id, path, str(folder)))

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


def _experiment(found: Any) -> ExperimentImport:
    created = found.creation_time or found.last_update_time
    return ExperimentImport(
        name=found.name,
        tags=dict(found.tags),
        lifecycle=Lifecycle(found.lifecycle_stage),
        created_at=_time(created),
        updated_at=_time(found.last_update_time or created),
    )


def _run(found: Any) -> SourceRun:
    info, tags = found.info, dict(found.data.tags)
    name = tags.pop(_NAME_TAG, None) or info.run_name or info.run_id
    body = RunImport(
        id=RunId(UUID(info.run_id)),
        experiment_id=ExperimentId(0),
        name=name,
        status=RunStatus(str(info.status).lower()),
        user=info.user_id or tags.get("mlflow.user", ""),
        started_at=_time(info.start_time),
        ended_at=None if info.end_time is None else _time(info.end_time),
        parent_run_id=_parent(tags.get(_PARENT_TAG)),
        params=dict(found.data.params),
        tags=tags,
    )
    lifecycle = Lifecycle(info.lifecycle_stage)
    return SourceRun(info.run_id, body, lifecycle, tuple(sorted(found.data.metrics)))


def _points(metrics: Iterable[Any]) -> Iterator[Point]:
    for each in metrics:
        # One NaN for all: each is different from every other, and this one the same as itself.
        value = math.nan if math.isnan(each.value) else float(each.value)
        yield int(each.step), int(each.timestamp), value


def _parent(text: str | None) -> RunId | None:
    try:
        return None if text is None else RunId(UUID(text))
    except ValueError:
        return None


def _time(milliseconds: int | None) -> datetime:
    return _EPOCH if not milliseconds else datetime.fromtimestamp(milliseconds / 1000, UTC)
