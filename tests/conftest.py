"""Fixtures for every test: one real PostgreSQL for the run, one migrated database per worker."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from starlette.types import ASGIApp
from tests.support.postgres import session_server
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.server.app import create_app
from maestro_ml.server.installation import Installation, open_installation
from maestro_ml.server.kernel.postgres import LocalPostgres
from maestro_ml.server.kernel.settings import Settings
from maestro_ml.server.wiring import Platform, wire


@pytest.fixture(scope="session")
def postgres() -> Iterator[LocalPostgres]:
    """The run's server: the first worker starts it, the last one stops it."""
    with session_server() as server:
        yield server


@pytest.fixture(scope="session")
def database_url(postgres: LocalPostgres, worker_id: str) -> str:
    """A fresh database that is this worker's alone; migrated by whoever opens the installation."""
    return postgres.ensure_database(f"test_{worker_id}_{secrets.token_hex(4)}", "maestro")


@pytest.fixture(scope="session")
def installation(database_url: str) -> Iterator[Installation]:
    """A migrated database and a home, with limits that tests do not reach by accident."""
    home = Path(tempfile.mkdtemp(prefix="maestro-home-"))
    limits = {"login_per_minute": 0, "api_per_minute": 0, "automl_per_hour": 0}
    opened = open_installation(
        Settings(
            home=home,
            database={"url": database_url},  # type: ignore[arg-type]
            limit=limits,  # type: ignore[arg-type]
            log_level="error",
        )
    )
    yield opened
    opened.close()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
async def platform(installation: Installation) -> AsyncIterator[Platform]:
    """The wired platform of this worker."""
    wired = wire(installation.settings)
    async with wired.running():
        yield wired


@pytest.fixture(scope="session")
def app(platform: Platform) -> ASGIApp:
    """The whole API process's application."""
    return create_app(platform)


@pytest.fixture
async def tenants(platform: Platform, app: ASGIApp) -> AsyncIterator[TenantFactory]:
    """Makes tenants; a fresh tenant is a test's isolation, exactly as in production."""
    factory = TenantFactory(platform, app)
    yield factory
    await factory.close()


@pytest.fixture
async def tenant(tenants: TenantFactory) -> TenantHandle:
    """A fresh tenant."""
    return await tenants.create()


@pytest.fixture
async def client(tenant: TenantHandle) -> httpx.AsyncClient:
    """The client of the fresh tenant's administrator."""
    return await tenant.client()


@pytest.fixture
def owner_connection(database_url: str) -> Iterator[psycopg.Connection]:
    """A connection as the owner of the schema, for looking behind the curtain."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection
