"""The worker process: background jobs, each in a child process of its own."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys

from maestro_ml.server.jobs.worker import JobWorker
from maestro_ml.server.kernel.process import stop_on_signal
from maestro_ml.server.kernel.settings import Settings
from maestro_ml.server.processes import process_settings
from maestro_ml.server.recurring import recurring_work
from maestro_ml.server.wiring import wire

_CHILD = [sys.executable, "-P", "-m", "maestro_ml.server.jobrun"]
# The worker keeps the books of its attempts and does upkeep; what a job needs, its child connects for.
_CONNECTIONS = 2
# A lost connection fills pages there, and is told in one line of ours.
_TALKATIVE = ("procrastinate", "psycopg.pool")


def main() -> None:
    """Run jobs until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="maestro worker", description="Run jobs.")
    parser.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    with process_settings("worker", supervised=arguments.supervised) as settings:
        asyncio.run(run_worker(settings))


async def run_worker(settings: Settings) -> None:
    """The worker on a complete installation's settings."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    pool = settings.database.model_copy(update={"pool_size": _CONNECTIONS})
    platform = wire(settings.model_copy(update={"database": pool}))
    async with platform.running():
        worker = JobWorker(
            settings,
            platform.database,
            platform.units,
            command=_CHILD,
            periodics=recurring_work(platform),
        )
        await worker.run(stop_on_signal())


if __name__ == "__main__":
    main()
