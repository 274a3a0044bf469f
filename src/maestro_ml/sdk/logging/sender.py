"""Brings what a journal holds to the server; sending it twice stores it once."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from maestro_ml.contracts import tracking as contracts
from maestro_ml.contracts.tracking import RunArtifact, RunCreate, RunId, RunUpdate
from maestro_ml.sdk import errors
from maestro_ml.sdk.logging.journal import Header, Journal
from maestro_ml.sdk.logging.packing import Batch, moment, pack
from maestro_ml.sdk.resources.experiments import Experiments
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api


class ParentMissing(errors.MaestroError):
    """The run's parent is not on the server, or not yet: another process may be sending it."""


_PASSING = (
    ParentMissing,
    errors.ConnectionFailed,
    errors.Timeout,
    errors.ServerError,
    errors.RateLimited,
    errors.UnexpectedAnswer,
)
_VALUES = (errors.InvalidRequest, errors.Conflict)
_PORTION = 16
"""Chunks of one journal that go in a row: a busy run must not keep its children waiting."""

_WHOLE_RUN = frozenset({"tracking.run_deleted", "tracking.experiment_deleted"})


def passes(error: errors.MaestroError) -> bool:
    """Whether the same request may succeed later, with nothing changed but time."""
    return isinstance(error, _PASSING)


class Sender:
    """Repeatable at any point: the run's id is its journal's, points are a set, files replace files."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._created: set[str] = set()

    def send(self, journal: Journal) -> bool:
        """Send what is there now, files last; whether more than a good portion waits still.

        Raises a MaestroError when it cannot go on: `passes` tells whether to try again. What was
        sent until then stays acknowledged. Single values that the server refuses are set aside.
        """
        self._create(journal.header)
        for _ in range(_PORTION):
            chunk = journal.unsent()
            if chunk is None:
                break
            for request in pack(chunk.records, journal.refuse):
                if isinstance(request, RunUpdate):
                    self._send_files(journal)  # an ended run has its files
                    self._update(journal.header, request)
                else:
                    self._log(journal, request)
            journal.acknowledge(chunk, self._transport.url)
        self._send_files(journal)
        return journal.has_unsent()

    def end(self, journal: Journal, status: contracts.RunStatus, at: int) -> None:
        """End a run whose process could not say so itself; `at` is in milliseconds."""
        self._update(journal.header, RunUpdate(status=status, ended_at=moment(at)))

    def has_created(self, journal: Journal) -> bool:
        """Whether the server has the run."""
        return journal.header.id in self._created

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def _create(self, header: Header) -> None:
        if header.id in self._created:
            return
        experiment = Experiments(self._transport).get_or_create(header.experiment)
        body = RunCreate(
            id=RunId(UUID(header.id)),
            experiment_id=experiment.id,
            name=header.name,
            parent_run_id=RunId(UUID(header.parent_run_id)) if header.parent_run_id else None,
            started_at=moment(header.started_at),
        )
        try:
            self._transport.request("POST", api("runs"), contracts.Run, body=body)
        except errors.NotFound as error:
            if error.code != "tracking.run_not_found":
                raise
            raise ParentMissing(
                f"{header.name} is a child of {header.parent_run_id}, which the server does not have.",
                "Send the parent's log first.",
            ) from error
        self._created.add(header.id)

    def _log(self, journal: Journal, batch: Batch) -> None:
        path = api("runs", journal.header.id, "log-batch")
        try:
            self._transport.request("POST", path, body=batch.body())
        except _VALUES as error:
            if error.code in _WHOLE_RUN:
                raise
            if len(batch) == 1:
                journal.refuse(asdict(batch), error.message)
                return
            for part in batch.singles():
                self._log(journal, part)

    def _update(self, header: Header, change: RunUpdate) -> None:
        self._transport.request("PATCH", api("runs", header.id), body=change)

    def _send_files(self, journal: Journal) -> None:
        for path in journal.outbox.waiting():
            address = api("runs", journal.header.id, "artifacts", *path.split("/"))
            try:
                with journal.outbox.taken(path) as file:
                    self._transport.upload("PUT", address, file, RunArtifact)
            except _VALUES as error:
                if error.code in _WHOLE_RUN:
                    raise
                journal.outbox.refuse(path)
                journal.refuse({"file": path}, error.message)
