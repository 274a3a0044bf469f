"""The carrier: procrastinate on the same PostgreSQL, kept behind two small classes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import psycopg
import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ProcrastinateException

from maestro_ml.server.jobs.repository.queue import QUEUE, TASK
from maestro_ml.server.jobs.worker.periodic import Periodic
from maestro_ml.server.kernel.db.database import APP_ROLE

log = structlog.get_logger()
_UPKEEP = "upkeep"
_SESSION = f"-c role={APP_ROLE} -c search_path=public,queue -c timezone=UTC"
_PAUSE = 1.0

Deliver = Callable[[UUID, UUID], Awaitable[None]]


def connector(dsn: str) -> PsycopgConnector:
    """A small pool under the application's role."""
    return PsycopgConnector(
        conninfo=dsn,
        min_size=1,
        max_size=4,
        kwargs={"options": _SESSION, "application_name": "maestro-queue"},
    )


def deliveries(connect: PsycopgConnector, deliver: Deliver) -> App:
    """Calls `deliver` for each queued job."""
    app = App(connector=connect)

    @app.task(name=TASK, queue=QUEUE)
    async def run_job(tenant_id: str, job_id: str) -> None:
        await deliver(UUID(tenant_id), UUID(job_id))

    return app


def recurring(connect: PsycopgConnector, periodics: Sequence[Periodic]) -> App:
    """Calls each of `periodics` at its times; the database lets one worker do it."""
    app = App(connector=connect)
    for periodic in periodics:
        _add(app, periodic)
    return app


def _add(app: App, periodic: Periodic) -> None:
    @app.periodic(cron=periodic.cron)
    @app.task(name=periodic.name, queue=_UPKEEP, queueing_lock=periodic.name)
    async def run(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
        await periodic.run()


async def keep_delivering(app: App, *, concurrency: int) -> None:
    """Take jobs until cancelled, whatever happens to PostgreSQL meanwhile."""
    await _keep(app, [QUEUE], concurrency=concurrency, listen=True, poll=5.0)


async def keep_recurring(app: App) -> None:
    """Do the recurring work until cancelled; a second of delay is no harm, a connection would be."""
    await _keep(app, [_UPKEEP], concurrency=1, listen=False, poll=1.0)


async def _keep(
    app: App, queues: list[str], *, concurrency: int, listen: bool, poll: float
) -> None:
    while True:
        try:
            await app.run_worker_async(
                queues=queues,
                concurrency=concurrency,
                listen_notify=listen,
                fetch_job_polling_interval=poll,
                # Attempts outlive a lost connection: the job's own row says what runs.
                shutdown_graceful_timeout=0,
                install_signal_handlers=False,
                delete_jobs="always",
            )
        except (ProcrastinateException, psycopg.Error, OSError) as error:
            log.warning("jobs.queue.disconnected", error=repr(error), retry_seconds=_PAUSE)
        await asyncio.sleep(_PAUSE)
