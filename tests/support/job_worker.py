"""A worker for tests, impatient and with the jobs of `job_child`: `python -m tests.support.job_worker`."""

from __future__ import annotations

import asyncio
import sys

from maestro_ml.server.audit import AuditTrail
from maestro_ml.server.jobs.worker import JobWorker, Timing
from maestro_ml.server.kernel.db import Database, UnitsOfWork
from maestro_ml.server.kernel.process import stop_on_signal
from maestro_ml.server.kernel.settings import read_settings
from maestro_ml.server.kernel.telemetry import configure_logging

TIMING = Timing(pulse=0.1, beat=0.3, grace=1.5, silent=3.0, reap="* * * * * *")


async def main() -> None:
    settings = read_settings()
    configure_logging(settings, "worker")
    assert settings.database.url is not None
    database = Database(settings.database.url.get_secret_value(), pool_size=2)
    worker = JobWorker(
        settings,
        database,
        UnitsOfWork(database, AuditTrail()),
        command=[sys.executable, "-m", "tests.support.job_child"],
        timing=TIMING,
    )
    await worker.run(stop_on_signal())
    await database.close()


if __name__ == "__main__":
    asyncio.run(main())
