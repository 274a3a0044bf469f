"""The worker's side of jobs: takes deliveries, runs attempts in child processes, finds lost jobs."""

from maestro_ml.server.jobs.worker.periodic import Periodic
from maestro_ml.server.jobs.worker.timing import Timing
from maestro_ml.server.jobs.worker.upkeep import JobUpkeep
from maestro_ml.server.jobs.worker.worker import JobWorker

__all__ = ["JobUpkeep", "JobWorker", "Periodic", "Timing"]
