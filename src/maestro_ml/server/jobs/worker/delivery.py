"""The carrier: procrastinate on the same PostgreSQL, kept behind these few functions."""

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


def _connector(dsn: str) -> PsycopgConnector:
    """A small pool under the application's role."""
    return PsycopgConnector(
        conninfo=dsn,
        min_size=1,
        max_size=4,
        kwargs={"options": _SESSION, "application_name": "maestro-queue"},
    )


def carrier(dsn: str, deliver: Deliver, periodics: Sequence[Periodic]) -> App:
    """Calls `deliver` for each queued job, and each of `periodics` at its times.

    Deliveries and recurring work are taken by separate loops, so that neither waits for the other.
    One App for both: procrastinate notices a lost connection only in loops that have periodics.
    """
    app = App(connector=_connector(dsn))

    @app.task(name=TASK, queue=QUEUE)
    async def run_job(tenant_id: str, job_id: str) -> None:
        await deliver(UUID(tenant_id), UUID(job_id))

    for periodic in periodics:
        _add(app, periodic)
    return app


def _add(app: App, periodic: Periodic) -> None:
    @app.periodic(cron=periodic.cron)
    @app.task(name=periodic.name, queue=_UPKEEP, queueing_lock=periodic.name)
    async def run(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
        try:
            await periodic.run()
        except Exception as error:
            log.error("jobs.periodic.failed", name=periodic.name, exc_info=error)


async def keep_delivering(app: App, *, concurrency: int) -> None:
    """Take jobs until cancelled, whatever happens to PostgreSQL meanwhile."""
    await _keep(app, [QUEUE], concurrency=concurrency, listen=True, poll=5.0)


async def keep_recurring(app: App) -> None:
    """Do the recurring work until cancelled; a second of delay is no harm, a connection would be.

    What takes a while must not keep the search for lost jobs waiting.
    """
    await _keep(app, [_UPKEEP], concurrency=3, listen=False, poll=1.0)


async def _keep(
    app: App, queues: list[str], *, concurrency: int, listen: bool, poll: float
) -> None:
    while True:
        reason = "a connection of the queue was lost"
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
            reason = repr(error)
        log.warning("jobs.queue.disconnected", queues=queues, reason=reason, retry_seconds=_PAUSE)
        await asyncio.sleep(_PAUSE)
