"""All SQL of jobs: what callers see, what an attempt writes, and the queue underneath."""

from maestro_ml.server.jobs.repository.attempts import Assignment, AttemptRepository, Beat
from maestro_ml.server.jobs.repository.jobs import JobRepository, NewJob
from maestro_ml.server.jobs.repository.queue import QueueRepository
from maestro_ml.server.jobs.repository.upkeep import UpkeepRepository, Vanished

__all__ = [
    "Assignment",
    "AttemptRepository",
    "Beat",
    "JobRepository",
    "NewJob",
    "QueueRepository",
    "UpkeepRepository",
    "Vanished",
]
