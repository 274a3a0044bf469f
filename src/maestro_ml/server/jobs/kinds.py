"""What a kind of job is, and what its handler is given: the extension point of this room."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel

from maestro_ml.contracts.jobs import JobLimits, JobProgress
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import UnitOfWork, UnitsOfWork

Payload = TypeVar("Payload", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a job may start, and how long it waits after its first failure (then twice that).

    A start counts when its worker vanished or its handler raised RetryableFailure; every other
    failure is final at once.
    """

    max_attempts: int = 1
    backoff_seconds: float = 10.0


@dataclass(frozen=True)
class JobContext:
    """One attempt, as its handler sees it. What the handler prints becomes the job's log.

    context: the submitting user's, acting as a job.
    units: commit only while this attempt is the job's current one, else AttemptSuperseded.
    """

    job_id: UUID
    attempt: int
    limits: JobLimits
    context: Context
    units: UnitsOfWork
    send_progress: Callable[[JobProgress], None]
    stop_requested: Callable[[], bool]

    @property
    def should_stop(self) -> bool:
        """Whether the user has cancelled: a graceful handler then returns what it has, within 7 s."""
        return self.stop_requested()

    def unit(self) -> UnitOfWork:
        """A unit of work of the submitting user's tenant."""
        return self.units.tenant(self.context)

    def report(
        self, fraction: float | None, message: str = "", data: dict[str, Any] | None = None
    ) -> None:
        """Tell how far the job is, from any thread; the last report of a quarter second is kept."""
        self.send_progress(JobProgress(fraction=fraction, message=message, data=data or {}))

    async def progress(
        self, fraction: float | None, message: str = "", data: dict[str, Any] | None = None
    ) -> None:
        """`report`, for handlers that await."""
        self.report(fraction, message, data)


@dataclass(frozen=True)
class JobKind(Generic[Payload]):
    """A kind of background work; `run` gets the payload that was submitted and returns the result.

    run: bound to its services by a closure; it executes in a process of its own, so it may block
    and load what it wants. A MaestroError fails the job with its code and message, anything else
    with job.failed and the traceback in the log.
    graceful: on cancellation the handler finds `should_stop` true and has 7 s to return what it has;
    others are ended at once.
    """

    name: str
    payload: type[Payload]
    run: Callable[[JobContext, Payload], Awaitable[dict[str, Any] | None]]
    graceful: bool = False
