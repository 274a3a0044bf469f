"""Many runs at once: find, compare, tag, trash, purge and export them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel

from maestro_ml.contracts import jobs, selections, tracking
from maestro_ml.contracts.base import Page
from maestro_ml.contracts.purge import RunPurge
from maestro_ml.contracts.selections import (
    MAX_SELECTED,
    MetricHistories,
    Note,
    NoteUpdate,
    RunComparison,
    RunSearch,
    RunsTagging,
    RunsToCompare,
    SelectionChange,
)
from maestro_ml.contracts.tracking import ExperimentId, RunId, View
from maestro_ml.sdk.pages import Pages
from maestro_ml.sdk.resources.jobs import Job
from maestro_ml.sdk.run_tables import write_runs
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api

Value = TypeVar("Value")
RunRef = RunId | UUID | str
"""A run's id, with or without dashes."""


class FoundRuns(Pages[tracking.Run]):
    """What a search finds, page by page."""

    def __init__(self, transport: Transport, search: RunSearch) -> None:
        super().__init__(transport, api("runs", "search"), tracking.Run)
        self._search = search

    def page(self, cursor: str | None = None, *, limit: int | None = None) -> Page[tracking.Run]:
        """One page: the first, or the one that `next_cursor` of another page points to."""
        change = {"cursor": cursor, "limit": limit or self._search.limit}
        body = self._search.model_copy(update=change)
        return self._transport.request("POST", self._path, self._answer, body=body)


class RunSelections:
    """What `client.runs` can do with more than one run."""

    _transport: Transport

    def search(
        self,
        experiment_ids: int | Sequence[int] = 0,
        filter: str = "",
        *,
        order_by: str | Sequence[str] = (),
        view: View = View.ACTIVE,
    ) -> FoundRuns:
        """Runs that meet a filter, in MLflow's language; the latest start comes first by default.

        >>> client.runs.search(1, "metrics.auc > 0.8", order_by="metrics.auc DESC")  # doctest: +SKIP
        """
        numbers = [experiment_ids] if isinstance(experiment_ids, int) else experiment_ids
        search = RunSearch(
            experiment_ids=[ExperimentId(number) for number in numbers],
            filter=filter,
            order_by=[order_by] if isinstance(order_by, str) else [*order_by],
            view=view,
        )
        return FoundRuns(self._transport, search)

    def compare(self, runs: Iterable[RunRef]) -> RunComparison:
        """Runs beside each other: the params, metrics and tags that differ come first. Raises NotFound."""
        body = RunsToCompare(run_ids=_ids(runs))
        return self._transport.request("POST", api("runs", "compare"), RunComparison, body=body)

    def histories(
        self, run: RunRef, metrics: Sequence[str] = (), *, max_points: int = 1000
    ) -> list[tracking.MetricHistory]:
        """The extremes of several metrics at once, for charts; the first 50 if none are named."""
        params = {"key": [*metrics], "max_points": max_points}
        path = api("runs", run, "metrics")
        return self._transport.request("GET", path, MetricHistories, params=params).items

    def tag(self, runs: Iterable[RunRef], tags: Mapping[str, object]) -> int:
        """Set tags of runs, and remove those that are None; all of up to 1000 runs, or none.

        How many were changed. Raises NotFound, Conflict.
        """
        texts = {key: None if value is None else str(value) for key, value in tags.items()}
        bodies = [RunsTagging(run_ids=part, tags=texts) for part in _parts(_ids(runs))]
        return self._change("bulk-tag", bodies)

    def delete_all(self, runs: Iterable[RunRef]) -> int:
        """Move runs to the trash; all of up to 1000, or none. How many were not there. Raises NotFound."""
        return self._change("bulk-delete", _selections(runs))

    def restore_all(self, runs: Iterable[RunRef]) -> int:
        """Take runs out of the trash; all of up to 1000, or none. Raises NotFound."""
        return self._change("bulk-restore", _selections(runs))

    def purge(self, runs: Iterable[RunRef] = (), *, older_than_days: int | None = None) -> Job:
        """Take runs in the trash out of everything for good: those named, or all of that age.

        The job's result is a PurgeReport. Raises NotFound, Conflict for a run that is not in the trash.
        """
        body = RunPurge(run_ids=_ids(runs), older_than_days=older_than_days)
        job = self._transport.request("POST", api("runs", "purge"), jobs.Job, body=body)
        return Job(self._transport, job.id)

    def note(self, run: RunRef) -> str:
        """The run's note, a text in Markdown; empty if it has none. Raises NotFound."""
        return self._transport.request("GET", api("runs", run, "note"), Note).content

    def set_note(self, run: RunRef, content: str) -> None:
        """Write the run's note; an empty text removes it. Raises NotFound, Conflict."""
        body = NoteUpdate(content=content)
        self._transport.request("PUT", api("runs", run, "note"), body=body)

    def export(self, runs: Iterable[tracking.Run], target: str | PathLike[str]) -> int:
        """Write runs as a table, to a file that ends in `.csv` or `.parquet`; how many there were.

        >>> client.runs.export(client.runs.search(1), "runs.csv")           # doctest: +SKIP
        """
        return write_runs(runs, Path(target))

    def _change(self, verb: str, bodies: Sequence[BaseModel]) -> int:
        path = api("runs", verb)
        return sum(
            self._transport.request("POST", path, SelectionChange, body=body).changed
            for body in bodies
        )


def _ids(runs: Iterable[RunRef]) -> list[RunId]:
    return [RunId(UUID(str(run))) for run in runs]


def _selections(runs: Iterable[RunRef]) -> list[BaseModel]:
    return [selections.RunSelection(run_ids=part) for part in _parts(_ids(runs))]


def _parts(values: Iterable[Value]) -> Iterator[list[Value]]:
    walk = iter(values)
    while part := [*islice(walk, MAX_SELECTED)]:
        yield part
