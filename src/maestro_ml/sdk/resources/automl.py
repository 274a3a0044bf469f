"""AutoML: from a table to a leaderboard and a registered model."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload
from uuid import UUID

from maestro_ml.contracts.automl import (
    AutoMLProgress,
    AutoMLRequest,
    AutoMLResults,
    AutoMLSubmitted,
    BestModel,
    DeployRequest,
    LeaderboardEntry,
    TaskType,
)
from maestro_ml.contracts.jobs import JobState
from maestro_ml.contracts.serving import Deployment
from maestro_ml.contracts.value_ledger import PastSearch, ValueLedger
from maestro_ml.sdk.errors import JobFailed, Timeout
from maestro_ml.sdk.pages import Pages
from maestro_ml.sdk.resources.datasets import Datasets, Table
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api

if TYPE_CHECKING:
    import pandas as pd

Watcher = Callable[[AutoMLProgress], object]
_POLL_SECONDS = 0.5
_COLUMNS = ("rank", "name", "family", "score", "standard_error", "fit_seconds", "status")


class Leaderboard(Sequence[LeaderboardEntry]):
    """What was evaluated, best first; prints as a table, and shows as one in a notebook."""

    def __init__(self, entries: Sequence[LeaderboardEntry]) -> None:
        self._entries = entries

    @overload
    def __getitem__(self, index: int) -> LeaderboardEntry: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[LeaderboardEntry]: ...

    def __getitem__(self, index: int | slice) -> LeaderboardEntry | Sequence[LeaderboardEntry]:
        return self._entries[index]

    def __len__(self) -> int:
        return len(self._entries)

    def to_frame(self) -> pd.DataFrame:
        """All columns as a pandas DataFrame; needs pandas."""
        import pandas as pd  # noqa: PLC0415 - the client itself does not need it

        return pd.DataFrame([entry.model_dump() for entry in self._entries])

    def __repr__(self) -> str:
        rows = [_COLUMNS, *(_cells(entry) for entry in self._entries)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{column}</th>" for column in _COLUMNS)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in _cells(entry)) + "</tr>"
            for entry in self._entries
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(entry: LeaderboardEntry) -> tuple[str, ...]:
    return (
        str(entry.rank),
        entry.name,
        entry.family,
        *("-" if each is None else f"{each:.4f}" for each in (entry.score, entry.standard_error)),
        f"{entry.fit_seconds:.1f}",
        entry.status,
    )


class AutoMLJob:
    """A search on the server; closing the program does not end it."""

    def __init__(self, transport: Transport, job_id: UUID) -> None:
        self._transport = transport
        self.id = job_id

    @property
    def progress(self) -> AutoMLProgress:
        """How far it is, asked anew each time."""
        return self._transport.request("GET", api("automl", "jobs", self.id), AutoMLProgress)

    @property
    def status(self) -> JobState:
        """Where it stands, asked anew each time."""
        return self.progress.status

    @property
    def results(self) -> AutoMLResults:
        """What it found. Raises Conflict while it runs."""
        return self._transport.request(
            "GET", api("automl", "jobs", self.id, "results"), AutoMLResults
        )

    @property
    def leaderboard(self) -> Leaderboard:
        """What was evaluated, best first. Raises Conflict while it runs."""
        return Leaderboard(self.results.leaderboard)

    @property
    def best(self) -> BestModel:
        """The registered winner. Raises Conflict while it runs."""
        return self.results.best_model

    def wait(
        self, *, timeout: float | None = None, on_progress: Watcher | None = None
    ) -> AutoMLJob:
        """Wait for the end, for at most `timeout` seconds; the search goes on after a time-out.

        Raises JobFailed when it ended without results, Timeout.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            progress = self.progress
            if on_progress is not None:
                on_progress(progress)
            if progress.status.final:
                break
            if deadline is not None and time.monotonic() >= deadline:
                raise Timeout(
                    f"The search {self.id} is not finished after {timeout:g} s.",
                    "It goes on: wait again, or cancel it.",
                )
            time.sleep(_POLL_SECONDS)
        if progress.status is not JobState.SUCCEEDED:
            raise JobFailed(self.id, progress.status, progress.error)
        return self

    def cancel(self) -> AutoMLProgress:
        """End it; what it has found by then is kept."""
        return self._transport.request(
            "POST", api("automl", "jobs", self.id, "cancel"), AutoMLProgress
        )

    def deploy(self, name: str | None = None) -> Deployment:
        """Serve the winner under `name`, by default the model's. Raises Conflict while it runs."""
        return self._transport.request(
            "POST",
            api("automl", "jobs", self.id, "deploy"),
            Deployment,
            body=DeployRequest(name=name),
            idempotent=False,
        )

    def __repr__(self) -> str:
        return f"AutoMLJob({str(self.id)!r})"


class AutoML:
    """`client.automl`."""

    def __init__(self, transport: Transport, datasets: Datasets) -> None:
        self._transport = transport
        self._datasets = datasets

    def train(
        self,
        table: Table,
        target: str,
        *,
        time_budget: int = 60,
        task_type: TaskType | str = TaskType.AUTO,
        metric: str | None = None,
        model_name: str | None = None,
        dataset_name: str | None = None,
        version: int | Literal["latest"] = "latest",
        seed: int = 0,
        max_trials: int | None = None,
        group_column: str | None = None,
        time_column: str | None = None,
        warm_start: bool = True,
        refine: bool = False,
    ) -> AutoMLJob:
        """Start a search for the best model of `target`, within `time_budget` seconds.

        `table` is a file or a data frame, which is uploaded first (as `dataset_name`), or the name or
        id of a data set. The winner becomes a version of the model `model_name`. Rows of one value of
        `group_column` are validated together; rows are validated by earlier ones in `time_column`.
        With `warm_start` it begins with what the team's earlier searches found, unless it is drawn
        to start cold (see `ledger`). With `refine` it uses all of its time: when the list of
        configurations is through, Optuna and FLAML vary the best.
        Raises InvalidRequest when the target cannot be learned, NotFound for an unknown data set.

        >>> client.automl.train("titanic.csv", target="survived").wait().leaderboard  # doctest: +SKIP
        """
        dataset = table if isinstance(table, str) else None
        if not isinstance(table, str) or _is_file(table):
            uploaded = self._datasets.upload(table, dataset_name)
            dataset, version = str(uploaded.dataset_id), uploaded.number
        request = AutoMLRequest(
            dataset_id=str(dataset),
            version=version,
            target=target,
            task_type=TaskType(task_type),
            time_budget=time_budget,
            metric=metric,
            model_name=model_name,
            seed=seed,
            max_trials=max_trials,
            group_column=group_column,
            time_column=time_column,
            warm_start=warm_start,
            refine=refine,
        )
        return self._submit(request)

    def _submit(self, request: AutoMLRequest) -> AutoMLJob:
        submitted = self._transport.request(
            "POST", api("automl", "jobs"), AutoMLSubmitted, body=request
        )
        return AutoMLJob(self._transport, submitted.job_id)

    def get(self, job_id: UUID | str) -> AutoMLJob:
        """A search by its id. Raises NotFound."""
        job = AutoMLJob(self._transport, UUID(str(job_id)))
        _ = job.progress
        return job

    def ledger(self) -> ValueLedger:
        """What starting from past searches is worth: warm against cold starts, or that it is too early."""
        return self._transport.request("GET", api("automl", "ledger"), ValueLedger)

    def history(self) -> Pages[PastSearch]:
        """The searches that later ones learn from, the newest first."""
        return Pages(self._transport, api("automl", "history"), PastSearch)

    def forget(self, job_id: UUID | str) -> None:
        """Erase what a search left, so that no other learns from it. Raises NotFound."""
        self._transport.request("DELETE", api("automl", "history", UUID(str(job_id))))

    def list(self, *, state: JobState | None = None) -> Pages[AutoMLProgress]:
        """Searches, the newest first."""
        return Pages(self._transport, api("automl", "jobs"), AutoMLProgress, {"state": state})


def _is_file(name: str | PathLike[str]) -> bool:
    """A path if there is such a file, or if it looks like one; else a data set's name."""
    path = Path(name)
    return path.is_file() or path.suffix.lower() in {".csv", ".parquet", ".jsonl", ".gz"}
