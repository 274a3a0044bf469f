"""Whether this process lives, whether its parts answer, and its metrics."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from importlib.metadata import version

import structlog
from prometheus_client import generate_latest
from sqlalchemy import text
from starlette.responses import JSONResponse, Response

from maestro_ml.contracts.health import About, Component, Health
from maestro_ml.server.kernel.http import PUBLIC, MaestroRouter, Tier
from maestro_ml.server.wiring import Platform

log = structlog.get_logger()
_PATIENCE = 3.0


def health_routes(platform: Platform) -> MaestroRouter:
    """Probes and metrics; they need no credentials and reveal no data."""
    router = MaestroRouter(tag="health")

    @router.get("/", permission=PUBLIC, tier=Tier.PROBE)
    async def about() -> About:
        """Name, version and state of this server."""
        return About(name="maestro-ml", version=version("maestro-ml"), status="ok")

    @router.get("/health/live", permission=PUBLIC, tier=Tier.PROBE)
    async def live() -> Health:
        """Whether the process answers at all."""
        return Health(status="ok", components={})

    @router.get("/health", permission=PUBLIC, tier=Tier.PROBE)
    @router.get("/health/ready", permission=PUBLIC, tier=Tier.PROBE)
    async def ready() -> Response:
        """Whether every part that a request needs answers; 503 if one does not."""
        health = await check_health(platform)
        return JSONResponse(health.model_dump(), status_code=200 if health.status == "ok" else 503)

    @router.get("/metrics", permission=PUBLIC, tier=Tier.PROBE)
    async def metrics() -> Response:
        """Prometheus metrics of this process."""
        return Response(generate_latest(platform.metrics), media_type="text/plain; version=0.0.4")

    return router


async def check_health(platform: Platform) -> Health:
    """Ask every part, each for at most three seconds."""
    probes: dict[str, Callable[[], Awaitable[None]]] = {
        "database": lambda: _database(platform),
        "blobs": platform.blobs.check,
    }
    states = await asyncio.gather(*(_timed(name, probe) for name, probe in probes.items()))
    components = dict(zip(probes, states, strict=True))
    whole = all(component.status == "ok" for component in states)
    return Health(status="ok" if whole else "unavailable", components=components)


async def _timed(name: str, probe: Callable[[], Awaitable[None]]) -> Component:
    started = time.perf_counter()
    try:
        await asyncio.wait_for(probe(), _PATIENCE)
        status = "ok"
    except Exception as error:  # noqa: BLE001 - whatever fails, the part is unavailable
        log.warning("health.component_failed", component=name, error=repr(error))
        status = "unavailable"
    return Component(status=status, milliseconds=round((time.perf_counter() - started) * 1000, 2))


async def _database(platform: Platform) -> None:
    async with platform.database.engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
