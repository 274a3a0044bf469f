"""`maestro gateway`: the process that answers predictions; each model runs in a process below it."""

from __future__ import annotations

from datetime import timedelta

import orjson
from prometheus_client import CollectorRegistry, generate_latest
from starlette.types import ASGIApp, Receive, Scope, Send

from maestro_ml.server.audit import AuditTrail
from maestro_ml.server.blobs import BlobStore
from maestro_ml.server.identity import (
    AccessTokens,
    BasicCredentials,
    Passwords,
    TokenAuthenticator,
)
from maestro_ml.server.kernel.db import Database, UnitsOfWork
from maestro_ml.server.kernel.http import (
    Edge,
    HotRoutes,
    HttpMetrics,
    RequestMiddleware,
    WindowLimiter,
)
from maestro_ml.server.kernel.http.serve import serve
from maestro_ml.server.kernel.settings import Settings
from maestro_ml.server.processes import serving_process
from maestro_ml.server.registry import RegistryService, VersionFiles
from maestro_ml.server.serving import DeploymentReader, RunnerPool
from maestro_ml.server.serving.gateway import GatewayService


class Surroundings:
    """What the gateway answers besides its routes: probes, metrics, and the process's own life."""

    def __init__(self, pool: RunnerPool, database: Database, metrics: CollectorRegistry) -> None:
        self._pool = pool
        self._database = database
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._live(receive, send)
        if scope["path"] == "/metrics":
            return await _answer(
                send, 200, b"text/plain; version=0.0.4", generate_latest(self._metrics)
            )
        if scope["path"] in ("/health", "/health/live", "/health/ready"):
            said = {"status": "ok", "models_loaded": len(self._pool.pids)}
            return await _answer(send, 200, b"application/json", orjson.dumps(said))
        problem = {
            "type": "urn:maestro:error:http.no_such_route",
            "code": "http.no_such_route",
            "title": "Not Found",
            "status": 404,
            "detail": "The gateway answers predictions alone; everything else is at the server.",
        }
        return await _answer(send, 404, b"application/problem+json", orjson.dumps(problem))

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await self._database.close()
        await send({"type": "lifespan.shutdown.complete"})


async def _answer(send: Send, status: int, media_type: bytes, body: bytes) -> None:
    headers = [(b"content-type", media_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def create_gateway(settings: Settings) -> ASGIApp:
    """The ASGI application of the gateway, on a complete installation's settings."""
    url, secret = settings.database.url, settings.auth.secret_key
    if url is None or secret is None:
        raise ValueError("create_gateway() needs the settings of an opened installation")
    database = Database(url.get_secret_value(), pool_size=settings.database.pool_size)
    units = UnitsOfWork(database, AuditTrail())
    tokens = AccessTokens(
        secret.get_secret_value(), lifetime=timedelta(minutes=settings.auth.access_minutes)
    )
    authenticator = TokenAuthenticator(
        units,
        tokens,
        BasicCredentials(units, Passwords()),
        cache_seconds=settings.auth.cache_seconds,
    )
    edge = Edge(authenticator, WindowLimiter(settings.limit), units)
    blobs = BlobStore(settings.blob.url or (settings.home / "blobs").as_uri())
    registry = RegistryService(VersionFiles(blobs, settings.home / "cache", settings.upload))
    pool = RunnerPool(settings.serving, registry.materialize)
    gateway = GatewayService(units, registry, DeploymentReader(registry), pool)
    metrics = CollectorRegistry()
    routes = HotRoutes(gateway.routes(), edge, Surroundings(pool, database, metrics))
    return RequestMiddleware(routes, HttpMetrics(metrics))


def main() -> None:
    """`maestro gateway`: answer predictions until SIGTERM."""
    with serving_process("gateway", "Serve predictions.", port=5001) as (settings, sock):
        serve(create_gateway(settings), sock)


if __name__ == "__main__":
    main()
