"""Runs: log params, metrics, tags and files, and read them back."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID

from maestro_ml.contracts import tracking as contracts
from maestro_ml.contracts.live import PointsAdded, ReadAgain, RunChanged, Subscribe
from maestro_ml.contracts.tracking import (
    MAX_BATCH_METRICS,
    MAX_BATCH_PARAMS,
    MAX_BATCH_TAGS,
    ExperimentId,
    Metric,
    MetricHistory,
    RunArtifact,
    RunBatch,
    RunCreate,
    RunId,
    RunStatus,
    RunUpdate,
    SortDirection,
    View,
)
from maestro_ml.sdk.live import LiveFeed
from maestro_ml.sdk.pages import Pages
from maestro_ml.sdk.resources.run_selections import RunRef, RunSelections
from maestro_ml.sdk.streams import Progress
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api

Value = TypeVar("Value")
RunEvent = RunChanged | PointsAdded | ReadAgain
"""The run as it is now, new points of it, or: there are too many, read the histories again."""


class Run:
    """One run; as a context manager it ends itself: finished, failed on an error, killed on Ctrl-C.

    `info` is what the server last said of it; `refresh()` asks again. Everything that logs returns
    after the server has stored it.
    """

    def __init__(self, transport: Transport, info: contracts.Run) -> None:
        self._transport = transport
        self._next_step = 0
        self.info = info

    @property
    def id(self) -> RunId:
        """The run's id."""
        return self.info.id

    @property
    def name(self) -> str:
        """The run's name, invented by the server if none was given."""
        return self.info.name

    @property
    def status(self) -> RunStatus:
        """Where the run stood when the server was last asked."""
        return self.info.status

    def refresh(self) -> contracts.Run:
        """The run as it is now, with the latest value of each metric. Raises NotFound."""
        self.info = self._transport.request("GET", api("runs", self.id), contracts.Run)
        return self.info

    # Logging

    def log(
        self,
        metrics: Mapping[str, float] | None = None,
        *,
        step: int | None = None,
        **more: float,
    ) -> None:
        """Log metrics of one step; without `step` each call is the next one, from 0 on.

        >>> run.log(loss=0.31, accuracy=0.87)                # doctest: +SKIP
        """
        chosen = self._next_step if step is None else step
        self.log_metrics({**(metrics or {}), **more}, step=chosen)
        self._next_step = chosen + 1

    def log_metrics(
        self, metrics: Mapping[str, float], *, step: int = 0, timestamp: int | None = None
    ) -> None:
        """Log one value of each metric; `timestamp` is in milliseconds since 1970, by default now."""
        # The time is fixed here, so that a batch that is sent twice is one batch.
        at = time.time_ns() // 1_000_000 if timestamp is None else timestamp
        for part in _parts(metrics.items(), MAX_BATCH_METRICS):
            points = [
                Metric(key=key, value=float(value), step=step, timestamp=at) for key, value in part
            ]
            self._log(RunBatch(metrics=points))

    def log_params(self, params: Mapping[str, object]) -> None:
        """Log params as text; a nested mapping gives `outer.inner`.

        Raises Conflict when a param has another value already: then none of these is stored.
        """
        for part in _parts(dict(flatten(params)).items(), MAX_BATCH_PARAMS):
            self._log(RunBatch(params={key: str(value) for key, value in part}))

    def set_tags(self, tags: Mapping[str, object]) -> None:
        """Set tags as text; a tag can be set again."""
        for part in _parts(tags.items(), MAX_BATCH_TAGS):
            self._log(RunBatch(tags={key: str(value) for key, value in part}))

    def _log(self, batch: RunBatch) -> None:
        self._transport.request("POST", api("runs", self.id, "log-batch"), body=batch)

    # Files

    def log_artifact(
        self,
        source: str | PathLike[str],
        path: str | None = None,
        *,
        on_progress: Progress | None = None,
    ) -> RunArtifact:
        """Store a file under `path` (its own name by default), in place of what was there."""
        file = Path(source)
        address = api("runs", self.id, "artifacts", *(path or file.name).split("/"))
        return self._transport.upload("PUT", address, file, RunArtifact, progress=on_progress)

    def artifacts(self, folder: str = "") -> Pages[RunArtifact]:
        """The run's files below `folder`, by path."""
        filters = {"path": folder or None}
        return Pages(self._transport, api("runs", self.id, "artifacts"), RunArtifact, filters)

    def download_artifact(self, path: str, target: str | PathLike[str]) -> Path:
        """Write the file at `path` to `target`, which appears whole or not at all. Raises NotFound."""
        address = api("runs", self.id, "artifacts", *path.split("/"))
        return self._transport.download(address, Path(target))

    def delete_artifact(self, path: str) -> None:
        """Delete a file, or a folder with all below it. Raises NotFound."""
        self._transport.request("DELETE", api("runs", self.id, "artifacts", *path.split("/")))

    # Reading

    def history(self, metric: str, *, max_points: int | None = None) -> MetricHistory:
        """Every point of a metric, or only the extremes of `max_points` / 2 stretches of it.

        Raises NotFound.
        """
        path = api("runs", self.id, "metrics", *metric.split("/"))
        return self._transport.request(
            "GET", path, MetricHistory, params={"max_points": max_points}
        )

    def children(self) -> Pages[contracts.Run]:
        """The child runs, the latest start first."""
        return Pages(self._transport, api("runs", self.id, "children"), contracts.Run)

    # Life

    def start_child(
        self, name: str | None = None, *, params: Mapping[str, object] | None = None
    ) -> Run:
        """A child run in the same experiment."""
        return Runs(self._transport).create(
            self.info.experiment_id, name=name, params=params, parent_run_id=self.id
        )

    def rename(self, name: str) -> None:
        """Give the run another name."""
        self._update(RunUpdate(name=name))

    def finish(self, status: RunStatus = RunStatus.FINISHED) -> None:
        """End the run now; one that has ended may still be logged to."""
        self._update(RunUpdate(status=status))

    def _update(self, change: RunUpdate) -> None:
        self.info = self._transport.request(
            "PATCH", api("runs", self.id), contracts.Run, body=change
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.finish()
        else:
            interrupted = isinstance(error, KeyboardInterrupt)
            self.finish(RunStatus.KILLED if interrupted else RunStatus.FAILED)

    def __repr__(self) -> str:
        return f"<Run {self.name} {self.id} {self.status.value}>"


class Runs(RunSelections):
    """`client.runs`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        experiment_id: int = 0,
        *,
        name: str | None = None,
        params: Mapping[str, object] | None = None,
        tags: Mapping[str, object] | None = None,
        parent_run_id: RunRef | None = None,
    ) -> Run:
        """Start a run, in the experiment `Default` unless told otherwise. Raises NotFound."""
        body = RunCreate(
            experiment_id=ExperimentId(experiment_id),
            name=name,
            params={key: str(value) for key, value in flatten(params or {})},
            tags={key: str(value) for key, value in (tags or {}).items()},
            parent_run_id=None if parent_run_id is None else RunId(UUID(str(parent_run_id))),
        )
        return Run(
            self._transport,
            self._transport.request("POST", api("runs"), contracts.Run, body=body),
        )

    def get(self, run_id: RunRef) -> Run:
        """The run, in the trash or not. Raises NotFound."""
        info = self._transport.request("GET", api("runs", run_id), contracts.Run)
        return Run(self._transport, info)

    def watch(self, run_id: RunRef) -> Iterator[RunEvent]:
        """What happens to a run, until it has ended; a cut is healed without missing anything.

        First the run as it is now: read histories after that, and nothing is missed in between.
        Raises NotFound, and ConnectionFailed when there is no server for five minutes.

        >>> for event in client.runs.watch(run.id):                          # doctest: +SKIP
        ...     if isinstance(event, PointsAdded):
        ...         print(event.series[0].key, event.series[0].values)
        """
        id = UUID(str(run_id))
        wanted = Subscribe(type="subscribe", id="run", kind="run", target=id)
        for message in LiveFeed(self._transport, wanted, lambda: self.get(id)).messages():
            if isinstance(message, RunChanged | PointsAdded | ReadAgain):
                yield message
            if isinstance(message, RunChanged) and message.run.status.final:
                return

    def delete(self, run_id: RunRef) -> None:
        """Move a run to the trash. Raises NotFound."""
        self._transport.request("DELETE", api("runs", run_id))

    def restore(self, run_id: RunRef) -> Run:
        """Take a run out of the trash. Raises NotFound."""
        info = self._transport.request("POST", api("runs", run_id, "restore"), contracts.Run)
        return Run(self._transport, info)

    def list(
        self,
        experiment_id: int = 0,
        *,
        metric: str | None = None,
        direction: SortDirection = SortDirection.DESC,
        status: RunStatus | None = None,
        name: str | None = None,
        view: View = View.ACTIVE,
    ) -> Pages[contracts.Run]:
        """The runs of an experiment by start, or by the latest value of `metric`.

        Sorted by a metric, runs that have no number for it are left out. `name` is a part of it.
        """
        filters = {
            "metric": metric,
            "direction": direction,
            "status": status,
            "name": name,
            "view": view,
        }
        path = api("experiments", experiment_id, "runs")
        return Pages(self._transport, path, contracts.Run, filters)


def _parts(items: Iterable[Value], size: int) -> Iterator[list[Value]]:
    walk = iter(items)
    while part := [*islice(walk, size)]:
        yield part


def flatten(values: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Pairs of `outer.inner` and what stands there."""
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
