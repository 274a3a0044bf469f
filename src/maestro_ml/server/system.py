"""`/api/v1/system` and `/api/v1/limits`: the installation as its operator and its users see it."""

from __future__ import annotations

import asyncio
import platform as machine
import shutil
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import text

from maestro_ml.contracts.health import Limits, Space, SystemReport
from maestro_ml.contracts.identity import Permission
from maestro_ml.server.health import check_health
from maestro_ml.server.jobs import queue_status
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.http import ANYONE, MaestroRouter
from maestro_ml.server.kernel.settings import Settings
from maestro_ml.server.wiring import Platform

_DATABASE = text("SELECT pg_database_size(current_database()), current_setting('server_version')")


def system_routes(platform: Platform) -> MaestroRouter:
    """For administrators of the installation, but for the limits, which everybody meets."""
    router = MaestroRouter(tag="system")
    started_at = now()

    @router.get("/system", permission=Permission.SYSTEM_ADMIN)
    async def get_system() -> SystemReport:
        """Versions, parts, disk, queue and workers."""
        return await report(platform, started_at)

    @router.get("/limits", permission=ANYONE)
    async def get_limits() -> Limits:
        """The settings of the installation that its users meet."""
        return limits_of(platform.settings)

    return router


async def report(platform: Platform, started_at: datetime) -> SystemReport:
    """The installation now."""
    health, status = await asyncio.gather(check_health(platform), queue_status(platform.units))
    async with platform.database.engine.connect() as connection:
        size, postgres = (await connection.execute(_DATABASE)).one()
    home = platform.settings.home
    disk = await asyncio.to_thread(shutil.disk_usage, home)
    return SystemReport(
        version=version("maestro-ml"),
        python=machine.python_version(),
        platform=machine.platform(terse=True),
        postgres=postgres,
        environment=platform.settings.env,
        home=str(home),
        started_at=started_at,
        memory_bytes=await asyncio.to_thread(_memory),
        disk=Space(total=disk.total, free=disk.free),
        database_bytes=size,
        health=health,
        jobs={state.value: count for state, count in status.jobs.items()},
        workers=status.workers,
    )


def limits_of(settings: Settings) -> Limits:
    """What the settings allow."""
    return Limits(
        registration=settings.registration_open,
        access_minutes=settings.auth.access_minutes,
        refresh_days=settings.auth.refresh_days,
        login_per_minute=settings.limit.login_per_minute,
        api_per_minute=settings.limit.api_per_minute,
        ingest_per_minute=settings.limit.ingest_per_minute,
        automl_per_hour=settings.limit.automl_per_hour,
        automl_open=settings.automl.max_open,
        automl_seconds=settings.automl.max_seconds,
        automl_cold_share=settings.automl.cold_share,
        upload_bytes=settings.upload.max_bytes,
        job_seconds=settings.job.max_seconds,
        job_memory_mb=settings.job.memory_mb,
    )


def _memory() -> int:
    """Bytes of memory that this process holds; 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * 4096
