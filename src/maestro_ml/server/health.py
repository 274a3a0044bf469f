"""Whether this process lives, whether its parts answer, and its metrics."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from importlib.metadata import version

import structlog
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text
from starlette.responses import JSONResponse, Response

from maestro_ml.contracts.health import About, Component, Health
from maestro_ml.contracts.jobs import JobState
from maestro_ml.server.jobs import queue_status
from maestro_ml.server.kernel.http import PUBLIC, MaestroRouter, Tier
from maestro_ml.server.wiring import Platform

log = structlog.get_logger()
_PATIENCE = 3.0

Figures = dict[str, float | bool | None]
Probe = Callable[[], Awaitable[Figures | None]]


def health_routes(platform: Platform) -> MaestroRouter:
    """Probes and metrics; they need no credentials and reveal no data."""
    router = MaestroRouter(tag="health")
    queue = QueueMetrics(platform.metrics)

    @router.get("/", permission=PUBLIC, tier=Tier.PROBE)
    async def about() -> About:
        """Name, version and state of this server."""
        return About(name="maestro-ml", version=version("maestro-ml"), status="ok")

    @router.get("/health/live", permission=PUBLIC, tier=Tier.PROBE)
    async def live() -> Health:
        """Whether the process answers at all."""
        return Health(status="ok", components={})

    @router.get("/health/ready", permission=PUBLIC, tier=Tier.PROBE)
    async def ready() -> Response:
        """Whether every part that a request needs answers; 503 if one does not."""
        health = await check_health(platform)
        return JSONResponse(health.model_dump(), status_code=200 if health.status == "ok" else 503)

    @router.get("/metrics", permission=PUBLIC, tier=Tier.PROBE)
    async def metrics() -> Response:
        """Prometheus metrics of this process, and of the queue that all share."""
        await queue.refresh(platform)
        return Response(generate_latest(platform.metrics), media_type="text/plain; version=0.0.4")

    return router


async def check_health(platform: Platform) -> Health:
    """Ask every part, each for at most three seconds."""
    probes: dict[str, Probe] = {
        "database": lambda: _database(platform),
        "blobs": platform.blobs.check,
        "queue": lambda: _queue(platform),
    }
    states = await asyncio.gather(*(_timed(name, probe) for name, probe in probes.items()))
    components = dict(zip(probes, states, strict=True))
    whole = all(component.status == "ok" for component in states)
    return Health(status="ok" if whole else "unavailable", components=components)


async def _timed(name: str, probe: Probe) -> Component:
    started = time.perf_counter()
    figures: Figures | None = None
    try:
        figures = await asyncio.wait_for(probe(), _PATIENCE)
        status = "ok"
    except Exception as error:  # noqa: BLE001 - whatever fails, the part is unavailable
        log.warning("health.component_failed", component=name, error=repr(error))
        status = "unavailable"
    spent = round((time.perf_counter() - started) * 1000, 2)
    return Component(status=status, milliseconds=spent, figures=figures)


async def _database(platform: Platform) -> None:
    async with platform.database.engine.connect() as connection:
        await connection.execute(text("SELECT 1"))


async def _queue(platform: Platform) -> Figures:
    """A queue without a worker is told, but requests do not need one."""
    status = await queue_status(platform.units)
    return {
        "queued": status.jobs[JobState.QUEUED],
        "running": status.jobs[JobState.RUNNING],
        "oldest_queued_seconds": status.oldest_queued_seconds,
        "worker_alive": status.worker_alive,
    }


class QueueMetrics:
    """Gauges of the queue, read when somebody scrapes."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._jobs = Gauge("maestro_jobs", "Jobs by state", ["state"], registry=registry)
        self._oldest = Gauge(
            "maestro_jobs_oldest_queued_seconds",
            "How long the first job in the queue has waited",
            registry=registry,
        )
        self._worker = Gauge(
            "maestro_jobs_worker_alive", "Whether any worker lives", registry=registry
        )

    async def refresh(self, platform: Platform) -> None:
        """Look now; while PostgreSQL is away, what was seen last stays."""
        try:
            status = await asyncio.wait_for(queue_status(platform.units), _PATIENCE)
        except Exception as error:  # noqa: BLE001 - the other metrics are needed most just then
            log.warning("health.queue_unknown", error=repr(error))
            return
        for state, count in status.jobs.items():
            self._jobs.labels(state.value).set(count)
        self._oldest.set(status.oldest_queued_seconds or 0)
        self._worker.set(status.worker_alive)
