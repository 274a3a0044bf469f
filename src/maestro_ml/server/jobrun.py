"""The child process of a worker: one attempt of one job, with the whole platform behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from maestro_ml.server.job_kinds import job_kinds
from maestro_ml.server.jobs.child import Runtime, run_child
from maestro_ml.server.kernel.settings import Settings
from maestro_ml.server.kernel.telemetry import configure_logging
from maestro_ml.server.wiring import wire


@asynccontextmanager
async def compose(settings: Settings) -> AsyncIterator[Runtime]:
    """The platform and every kind of job on it."""
    configure_logging(settings, "job")
    platform = wire(settings)
    async with platform.running():
        yield Runtime(platform.units, job_kinds(platform))


if __name__ == "__main__":
    run_child(compose)
