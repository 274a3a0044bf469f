"""Why a job cannot be found or cancelled, and the codes of jobs that did not succeed."""

from __future__ import annotations

from typing import Final

from maestro_ml.server.kernel.errors import Conflict, NotFound

CANCELLED: Final = "job.cancelled"
CRASHED: Final = "job.crashed"
FAILED: Final = "job.failed"
LOST: Final = "job.lost"
MEMORY_EXCEEDED: Final = "job.memory_exceeded"
PAYLOAD_INVALID: Final = "job.payload_invalid"
TIMED_OUT: Final = "job.timed_out"
UNKNOWN_KIND: Final = "job.unknown_kind"


class JobNotFound(NotFound):
    """There is no such job in the caller's tenant."""

    code = "job.not_found"


class JobFinished(Conflict):
    """The job has ended already, other than by cancellation."""

    code = "job.finished"


class JobNotRetryable(Conflict):
    """The job succeeded or goes on, or its kind cannot be done again."""

    code = "job.not_retryable"


class AttemptSuperseded(Conflict):
    """This attempt lost its job to a newer one; nothing it writes is kept."""

    code = "job.attempt_superseded"


class RetryableFailure(Exception):
    """Raise it in a handler for what may succeed later: the job runs again, if it may."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
