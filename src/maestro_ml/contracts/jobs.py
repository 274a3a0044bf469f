"""Background jobs as they cross the wire: state, progress, outcome, log."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from pydantic import Field

from maestro_ml.contracts.base import Contract, Timestamp
from maestro_ml.contracts.identity import UserId

JobId = NewType("JobId", UUID)


class JobState(StrEnum):
    """Where a job stands; the last four are final.

    `lost`: its worker vanished and the job may not run again.
    """

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def final(self) -> bool:
        """Whether nothing will change any more."""
        return self not in (JobState.QUEUED, JobState.RUNNING)


class JobProgress(Contract):
    """How far a job is: `fraction` from 0 to 1 (None while unknown), a line for people, figures."""

    fraction: float | None = None
    message: str = ""
    data: dict[str, Any] = Field(default_factory=dict)


class JobError(Contract):
    """Why a job failed: a stable code, and a sentence that ends with what to do next."""

    code: str
    message: str


class JobLimits(Contract):
    """What one attempt may use; more ends it."""

    seconds: int
    memory_mb: int


class JobUsage(Contract):
    """What the last attempt used, all of its processes together; None before it was measured."""

    peak_memory_mb: float | None = None
    cpu_seconds: float | None = None


class Job(Contract):
    """A piece of background work.

    `attempts` counts the starts, the running one included. `retry_of` is the job whose work this one
    does again; `created_by_name` is for people. A cancelled job may have a `result`: the
    best it had when it was stopped.
    """

    id: JobId
    kind: str
    payload: dict[str, Any]
    state: JobState
    progress: JobProgress
    result: dict[str, Any] | None
    error: JobError | None
    attempts: int
    max_attempts: int
    retry_of: JobId | None = None
    limits: JobLimits
    usage: JobUsage
    worker: str | None
    created_by: UserId | None
    created_by_name: str = ""
    created_at: Timestamp
    started_at: Timestamp | None
    finished_at: Timestamp | None
    cancel_requested_at: Timestamp | None


class JobLogChunk(Contract):
    """A piece of a job's output, as it was written; it may end in the middle of a line."""

    seq: int
    at: Timestamp
    stream: str
    text: str


class JobLog(Contract):
    """A range of a job's output. Pass `next` as `after` to go on; `complete`: nothing will follow."""

    chunks: list[JobLogChunk]
    next: int
    complete: bool
