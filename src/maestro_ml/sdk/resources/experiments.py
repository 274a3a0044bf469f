"""Experiments: where runs that are compared with each other live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from maestro_ml.contracts import jobs
from maestro_ml.contracts import tracking as contracts
from maestro_ml.contracts.live import ReadAgain, RunsChanged, Subscribe
from maestro_ml.contracts.purge import ExperimentPurge
from maestro_ml.contracts.selections import Note, NoteUpdate
from maestro_ml.contracts.tracking import (
    ExperimentCreate,
    ExperimentId,
    ExperimentUpdate,
    SortDirection,
    View,
)
from maestro_ml.sdk.errors import Conflict, NotFound
from maestro_ml.sdk.live import LiveFeed
from maestro_ml.sdk.pages import Pages
from maestro_ml.sdk.resources.jobs import Job
from maestro_ml.sdk.resources.runs import Run, Runs
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api

ExperimentRef = int | str
"""An experiment's number or name."""
RunsEvent = RunsChanged | ReadAgain
"""Runs as they are now, or: there are too many, read again what you show of them."""


class Experiment:
    """One experiment; `info` is what the server last said of it."""

    def __init__(self, transport: Transport, info: contracts.Experiment) -> None:
        self._transport = transport
        self.info = info

    @property
    def id(self) -> ExperimentId:
        """The experiment's number."""
        return self.info.id

    @property
    def name(self) -> str:
        """The experiment's name."""
        return self.info.name

    def start_run(
        self,
        name: str | None = None,
        *,
        params: Mapping[str, object] | None = None,
        tags: Mapping[str, object] | None = None,
    ) -> Run:
        """Start a run here; use it in a `with` block, or end it with `finish()`.

        >>> with experiment.start_run() as run:              # doctest: +SKIP
        ...     run.log_params({"lr": 0.001})
        ...     run.log_metrics({"accuracy": 0.95})
        """
        return Runs(self._transport).create(self.id, name=name, params=params, tags=tags)

    def runs(
        self, *, metric: str | None = None, direction: SortDirection = SortDirection.DESC
    ) -> Pages[contracts.Run]:
        """The runs by start, or by the latest value of `metric`."""
        return Runs(self._transport).list(self.id, metric=metric, direction=direction)

    def __repr__(self) -> str:
        return f"<Experiment {self.name} {self.id}>"


class Experiments:
    """`client.experiments`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        name: str,
        *,
        tags: Mapping[str, str] | None = None,
        artifact_location: str | None = None,
    ) -> Experiment:
        """A new experiment. Raises Conflict when the name is taken."""
        body = ExperimentCreate(
            name=name, tags=dict(tags or {}), artifact_location=artifact_location
        )
        info = self._transport.request("POST", api("experiments"), contracts.Experiment, body=body)
        return Experiment(self._transport, info)

    def get(self, experiment: ExperimentRef) -> Experiment:
        """The experiment with this number or name, in the trash or not. Raises NotFound."""
        if isinstance(experiment, int):
            path, params = api("experiments", experiment), {}
        else:
            path, params = api("experiments", "by-name"), {"name": experiment}
        info = self._transport.request("GET", path, contracts.Experiment, params=params)
        return Experiment(self._transport, info)

    def get_or_create(self, name: str) -> Experiment:
        """The experiment with this name, made when there is none."""
        try:
            return self.get(name)
        except NotFound:
            pass
        try:
            return self.create(name)
        except Conflict:  # somebody was faster
            return self.get(name)

    def update(
        self,
        experiment: ExperimentRef,
        *,
        name: str | None = None,
        tags: Mapping[str, str | None] | None = None,
    ) -> Experiment:
        """Rename an experiment; set tags, or remove those that are None. Raises NotFound, Conflict."""
        body = ExperimentUpdate(name=name, tags=dict(tags or {}))
        info = self._transport.request(
            "PATCH", self._path(experiment), contracts.Experiment, body=body
        )
        return Experiment(self._transport, info)

    def delete(self, experiment: ExperimentRef) -> None:
        """Move an experiment to the trash, where it keeps its name and its runs. Raises NotFound."""
        self._transport.request("DELETE", self._path(experiment))

    def restore(self, experiment: ExperimentRef) -> Experiment:
        """Take an experiment out of the trash. Raises NotFound."""
        path = self._path(experiment) + "/restore"
        return Experiment(
            self._transport, self._transport.request("POST", path, contracts.Experiment)
        )

    def purge(
        self, experiments: Iterable[ExperimentRef] = (), *, older_than_days: int | None = None
    ) -> Job:
        """Take experiments in the trash, with all their runs, out of everything for good.

        Those named, or all of that age; the job's result is a PurgeReport. Raises NotFound, Conflict for
        an experiment that is not in the trash.
        """
        numbers = [
            ExperimentId(each) if isinstance(each, int) else self.get(each).id
            for each in experiments
        ]
        body = ExperimentPurge(experiment_ids=numbers, older_than_days=older_than_days)
        job = self._transport.request("POST", api("experiments", "purge"), jobs.Job, body=body)
        return Job(self._transport, job.id)

    def watch(self, experiment: ExperimentRef) -> Iterator[RunsEvent]:
        """What happens to the runs of an experiment, without end and at most once a second.

        First an empty message: read runs after that, and nothing is missed in between. A cut is
        healed. Raises NotFound, and ConnectionFailed when there is no server for five minutes.
        """
        number = self.get(experiment).id
        wanted = Subscribe(type="subscribe", id="experiment", kind="experiment", target=number)
        for message in LiveFeed(self._transport, wanted, lambda: self.get(number)).messages():
            if isinstance(message, RunsChanged | ReadAgain):
                yield message

    def note(self, experiment: ExperimentRef) -> str:
        """The experiment's note, a text in Markdown; empty if it has none. Raises NotFound."""
        path = self._path(experiment) + "/note"
        return self._transport.request("GET", path, Note).content

    def set_note(self, experiment: ExperimentRef, content: str) -> None:
        """Write the experiment's note; an empty text removes it. Raises NotFound, Conflict."""
        body = NoteUpdate(content=content)
        self._transport.request("PUT", self._path(experiment) + "/note", body=body)

    def list(
        self, *, name: str | None = None, view: View = View.ACTIVE
    ) -> Pages[contracts.Experiment]:
        """The experiments, the newest first; `name` is a part of the name."""
        filters = {"name": name, "view": view}
        return Pages(self._transport, api("experiments"), contracts.Experiment, filters)

    def _path(self, experiment: ExperimentRef) -> str:
        number = experiment if isinstance(experiment, int) else self.get(experiment).id
        return api("experiments", number)
