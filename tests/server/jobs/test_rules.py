"""What becomes of a job when an attempt is over."""

from __future__ import annotations

import signal

import pytest

from maestro_ml.contracts.jobs import JobError, JobLimits, JobState
from maestro_ml.server.jobs.channel import Outcome
from maestro_ml.server.jobs.rules import Chances, Stop, judge

LIMITS = JobLimits(seconds=60, memory_mb=512)
FIRST_OF_TWO = Chances(1, 2, 10.0)
LAST_OF_TWO = Chances(2, 2, 10.0)
DONE = Outcome(result={"best": 1})
REFUSED = Outcome(error=JobError(code="data.bad", message="No."))
FLAKY = Outcome(error=JobError(code="net.down", message="Later."), retryable=True)


@pytest.mark.parametrize(
    ("stop", "outcome", "exit_code", "chances", "state", "code"),
    [
        (None, DONE, 0, FIRST_OF_TWO, JobState.SUCCEEDED, None),
        # The result was there before the process was in the way of the worker's end.
        (Stop.SHUTDOWN, DONE, -signal.SIGKILL, LAST_OF_TWO, JobState.SUCCEEDED, None),
        (None, REFUSED, 0, FIRST_OF_TWO, JobState.FAILED, "data.bad"),
        (None, FLAKY, 0, FIRST_OF_TWO, JobState.QUEUED, "net.down"),
        (None, FLAKY, 0, LAST_OF_TWO, JobState.FAILED, "net.down"),
        (None, None, -signal.SIGSEGV, FIRST_OF_TWO, JobState.FAILED, "job.crashed"),
        (None, None, -signal.SIGKILL, FIRST_OF_TWO, JobState.FAILED, "job.crashed"),
        (Stop.TIME, None, -signal.SIGKILL, FIRST_OF_TWO, JobState.FAILED, "job.timed_out"),
        (Stop.MEMORY, None, -signal.SIGKILL, FIRST_OF_TWO, JobState.FAILED, "job.memory_exceeded"),
        (Stop.CANCELLED, None, -signal.SIGTERM, FIRST_OF_TWO, JobState.CANCELLED, None),
        (Stop.CANCELLED, FLAKY, 0, FIRST_OF_TWO, JobState.CANCELLED, None),
        (Stop.SHUTDOWN, None, -signal.SIGKILL, FIRST_OF_TWO, JobState.QUEUED, None),
        (Stop.SHUTDOWN, None, -signal.SIGKILL, LAST_OF_TWO, JobState.LOST, "job.lost"),
    ],
)
def test_the_verdict(
    stop: Stop | None,
    outcome: Outcome | None,
    exit_code: int,
    chances: Chances,
    state: JobState,
    code: str | None,
) -> None:
    verdict = judge(stop, outcome, exit_code, chances, LIMITS)
    assert verdict.state is state
    assert (verdict.error.code if verdict.error else None) == code


def test_a_cancelled_job_keeps_what_it_returned() -> None:
    assert judge(Stop.CANCELLED, DONE, 0, LAST_OF_TWO, LIMITS).result == {"best": 1}


def test_the_wait_before_another_attempt_doubles_up_to_an_hour() -> None:
    delays = [Chances(attempt, 99, 10.0).delay for attempt in (1, 2, 3, 20)]
    assert delays == [10.0, 20.0, 40.0, 3600.0]
