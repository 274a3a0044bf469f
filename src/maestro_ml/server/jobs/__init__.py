"""Background work: queue, attempts, progress, logs, cancellation; owns no domain's work itself.

A domain declares a `JobKind` (payload, handler), adds it to `server/job_kinds.py`, and submits with
`JobService.submit(unit, "domain.verb", payload)` in the unit of work of its request. The handler runs
in a child process of a worker, see `JobContext` for what it is given.
"""

from maestro_ml.server.jobs.errors import (
    AttemptSuperseded,
    JobFinished,
    JobNotFound,
    JobNotRetryable,
    RetryableFailure,
)
from maestro_ml.server.jobs.kinds import JobContext, JobKind, Retry
from maestro_ml.server.jobs.queue_status import QueueStatus, queue_status
from maestro_ml.server.jobs.retries import Resubmission, RetryService
from maestro_ml.server.jobs.service import TOPIC as JOB_TOPIC
from maestro_ml.server.jobs.service import JobService

__all__ = [
    "JOB_TOPIC",
    "AttemptSuperseded",
    "JobContext",
    "JobFinished",
    "JobKind",
    "JobNotFound",
    "JobNotRetryable",
    "JobService",
    "QueueStatus",
    "Resubmission",
    "Retry",
    "RetryService",
    "RetryableFailure",
    "queue_status",
]
