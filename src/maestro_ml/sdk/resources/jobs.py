"""Background work: watch it, wait for it, read what it prints, end it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from maestro_ml.contracts import jobs as contracts
from maestro_ml.contracts.jobs import JobProgress, JobState
from maestro_ml.sdk.errors import JobFailed, Timeout
from maestro_ml.sdk.pages import Pages
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api

Watcher = Callable[[contracts.Job], object]
"""Called with each state of the job that was seen, the final one included."""

_POLL_SECONDS = 0.5
_CHUNKS = 1000


class Job:
    """A job on the server; closing the program does not end it."""

    def __init__(self, transport: Transport, job_id: UUID | str) -> None:
        self._transport = transport
        self.id = UUID(str(job_id))

    @property
    def details(self) -> contracts.Job:
        """All that is known about it, asked anew each time. Raises NotFound."""
        return self._transport.request("GET", api("jobs", self.id), contracts.Job)

    @property
    def status(self) -> JobState:
        """Where it stands, asked anew each time."""
        return self.details.state

    @property
    def progress(self) -> JobProgress:
        """How far it is, asked anew each time."""
        return self.details.progress

    @property
    def result(self) -> dict[str, Any] | None:
        """What it returned; None before its end."""
        return self.details.result

    def wait(self, *, timeout: float | None = None, on_progress: Watcher | None = None) -> Job:
        """Wait for its end, for at most `timeout` seconds; the job goes on after a time-out.

        Raises JobFailed when it ended without success, Timeout.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            job = self.details
            if on_progress is not None:
                on_progress(job)
            if job.state.final:
                break
            if deadline is not None and time.monotonic() >= deadline:
                raise Timeout(
                    f"The job {self.id} is not finished after {timeout:g} s.",
                    "It goes on: wait again, or cancel it.",
                )
            time.sleep(_POLL_SECONDS)
        if job.state is not JobState.SUCCEEDED:
            raise JobFailed(self.id, job.state, job.error)
        return self

    def logs(self, *, follow: bool = False) -> Iterator[str]:
        """The lines of its output so far; with `follow` until its end, as they come."""
        if follow:
            yield from self._transport.lines(api("jobs", self.id, "logs"), params={"follow": True})
            return
        rest, after, more = "", 0, True
        while more:
            page = self._transport.request(
                "GET",
                api("jobs", self.id, "logs"),
                contracts.JobLog,
                params={"after": after, "limit": _CHUNKS},
            )
            *lines, rest = (rest + "".join(chunk.text for chunk in page.chunks)).split("\n")
            yield from lines
            after, more = page.next, len(page.chunks) == _CHUNKS
        if rest:
            yield rest

    def cancel(self) -> contracts.Job:
        """End it, within 10 s if it runs. Raises Conflict when it has ended otherwise."""
        return self._transport.request("POST", api("jobs", self.id, "cancel"), contracts.Job)

    def retry(self) -> Job:
        """Submit its work anew, if it did not succeed; the new job. Raises Conflict."""
        path = api("jobs", self.id, "retry")
        return Job(self._transport, self._transport.request("POST", path, contracts.Job).id)

    def __repr__(self) -> str:
        return f"Job({str(self.id)!r})"


class Jobs:
    """`client.jobs`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, job_id: UUID | str) -> contracts.Job:
        """All that is known about a job. Raises NotFound."""
        return self.attach(job_id).details

    def attach(self, job_id: UUID | str) -> Job:
        """A handle on a job that exists; nothing is sent yet."""
        return Job(self._transport, job_id)

    def wait(
        self,
        job_id: UUID | str,
        *,
        timeout: float | None = None,
        on_progress: Watcher | None = None,
    ) -> contracts.Job:
        """Wait for a job's end, for at most `timeout` seconds. Raises JobFailed, Timeout, NotFound."""
        return self.attach(job_id).wait(timeout=timeout, on_progress=on_progress).details

    def logs(self, job_id: UUID | str, *, follow: bool = False) -> Iterator[str]:
        """The lines of a job's output; with `follow` until its end. Raises NotFound."""
        return self.attach(job_id).logs(follow=follow)

    def cancel(self, job_id: UUID | str) -> contracts.Job:
        """End a job, within 10 s if it runs. Raises NotFound, Conflict."""
        return self.attach(job_id).cancel()

    def retry(self, job_id: UUID | str) -> contracts.Job:
        """Submit anew what failed, was cancelled or lost; the new job. Raises NotFound, Conflict."""
        return self.attach(job_id).retry().details

    def list(
        self, *, kind: str | None = None, state: JobState | None = None
    ) -> Pages[contracts.Job]:
        """Jobs, the newest first."""
        return Pages(self._transport, api("jobs"), contracts.Job, {"kind": kind, "state": state})
