"""What becomes of a job when an attempt is over: pure decisions."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from enum import Enum
from typing import Any

from maestro_ml.contracts.jobs import JobError, JobLimits, JobState
from maestro_ml.server.jobs import errors
from maestro_ml.server.jobs.channel import Outcome


class Stop(Enum):
    """Why a worker ended an attempt."""

    CANCELLED = "cancelled"
    TIME = "time"
    MEMORY = "memory"
    SHUTDOWN = "shutdown"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The job's next state; queued again after `delay` seconds."""

    state: JobState
    result: dict[str, Any] | None = None
    error: JobError | None = None
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Chances:
    """Which attempt this is, of how many, and how long to wait before another."""

    attempt: int
    max_attempts: int
    backoff_seconds: float

    @property
    def left(self) -> bool:
        """Whether the job may start again."""
        return self.attempt < self.max_attempts

    @property
    def delay(self) -> float:
        """Seconds before the next attempt, doubling with each, at most an hour."""
        return float(min(3600.0, self.backoff_seconds * 2 ** (self.attempt - 1)))


def judge(
    stop: Stop | None, outcome: Outcome | None, exit_code: int, chances: Chances, limits: JobLimits
) -> Verdict:
    """The verdict on an attempt whose process has ended."""
    if stop is Stop.CANCELLED:
        return Verdict(JobState.CANCELLED, result=outcome.result if outcome else None)
    if stop is Stop.TIME:
        return _failed(
            errors.TIMED_OUT,
            f"The job ran longer than its limit of {limits.seconds} s. Give it less to do, or a "
            "longer limit.",
        )
    if stop is Stop.MEMORY:
        return _failed(
            errors.MEMORY_EXCEEDED,
            f"The job used more than its limit of {limits.memory_mb} MB of memory. Use less data, "
            "or raise MAESTRO_JOB_MEMORY_MB.",
        )
    if outcome is None:
        return after_loss(chances) if stop is Stop.SHUTDOWN else _crashed(exit_code)
    if outcome.error is None:
        return Verdict(JobState.SUCCEEDED, result=outcome.result)
    if outcome.retryable and chances.left:
        return Verdict(JobState.QUEUED, error=outcome.error, delay=chances.delay)
    return Verdict(JobState.FAILED, error=outcome.error)


def after_loss(chances: Chances) -> Verdict:
    """The verdict on an attempt whose worker ended under it."""
    times = "once" if chances.max_attempts == 1 else f"{chances.max_attempts} times"
    error = JobError(
        code=errors.LOST,
        message=f"The worker ended while it ran the job, which may start only {times}. Submit it "
        "again.",
    )
    return Verdict(JobState.QUEUED) if chances.left else Verdict(JobState.LOST, error=error)


def _crashed(exit_code: int) -> Verdict:
    if exit_code == -signal.SIGKILL:
        return _failed(
            errors.CRASHED,
            "The operating system killed the job's process, most likely because memory ran out. "
            "Use less data, or a machine with more memory.",
        )
    cause = f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"
    return _failed(
        errors.CRASHED,
        f"The job's process ended with {cause} before it had a result. The job's log may say why.",
    )


def _failed(code: str, message: str) -> Verdict:
    return Verdict(JobState.FAILED, error=JobError(code=code, message=message))
