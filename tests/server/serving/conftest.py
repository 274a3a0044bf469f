"""A real gateway process beside the platform, and small models to serve."""

from __future__ import annotations

import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import cloudpickle
import pytest
import tests.support.gateway
from starlette.types import ASGIApp
from tests.support.gateway import TABLE, GatewayProcess, start_gateway
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.engine.inference.model import Predictor
from maestro_ml.engine.inference.packaging import save_model
from maestro_ml.server.app import create_app
from maestro_ml.server.installation import Installation
from maestro_ml.server.wiring import Platform, wire


@pytest.fixture(scope="session")
def gateway(installation: Installation) -> Iterator[GatewayProcess]:
    """The gateway that most tests share."""
    started = start_gateway(installation.settings)
    yield started
    assert started.end() in (0, -signal.SIGTERM)


@pytest.fixture(scope="session")
async def served(installation: Installation, gateway: GatewayProcess) -> AsyncIterator[Platform]:
    """A platform whose API knows the gateway."""
    settings = installation.settings
    serving = settings.serving.model_copy(update={"url": gateway.url})
    wired = wire(settings.model_copy(update={"serving": serving}))
    async with wired.running():
        yield wired


@pytest.fixture(scope="session")
def served_app(served: Platform) -> ASGIApp:
    """Its application."""
    return create_app(served)


@pytest.fixture
async def tenant(served: Platform, served_app: ASGIApp) -> AsyncIterator[TenantHandle]:
    """A tenant whose clients speak to the API with a gateway behind it."""
    factory = TenantFactory(served, served_app)
    yield await factory.create()
    await factory.close()


Register = Callable[[str, Path], Awaitable[ModelVersion]]


@pytest.fixture
def register(tenant: TenantHandle, served: Platform) -> Register:
    """Registers a model directory."""

    async def run(name: str, folder: Path) -> ModelVersion:
        async with await tenant.unit() as unit:
            return await served.registry.register_version(unit, name, folder)

    return run


@pytest.fixture
def pack(tmp_path: Path) -> Callable[[Predictor], Path]:
    """Packs a predictor whose class lives in the tests, so it travels by value."""

    def run(predictor: Predictor) -> Path:
        cloudpickle.register_pickle_by_value(tests.support.gateway)
        folder = tmp_path / f"model-{time.monotonic_ns()}"
        return save_model(folder, predictor, TABLE, optional=["rooms"])

    return run
