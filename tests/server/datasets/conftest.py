"""What an upload leaves behind, looked at from outside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest
from tests.support.tenant import TenantHandle, open_client

from maestro_ml.contracts.identity import Role
from maestro_ml.server.app import create_app
from maestro_ml.server.wiring import Platform, wire


@dataclass(frozen=True)
class Remains:
    """Files in the spool, and a tenant's blobs and rows."""

    home: Path
    connection: psycopg.Connection

    def of(self, tenant_id: str) -> dict[str, int]:
        """Everything that counts as something left behind."""
        count = "SELECT count(*) FROM {} WHERE tenant_id = %s"
        return {
            "spool": _files(self.home / "spool"),
            "blobs": _files(self.home / "blobs" / tenant_id),
            **{
                table: self._one(count.format(table), tenant_id)
                for table in ("dataset", "dataset_version")
            },
        }

    def _one(self, query: str, tenant_id: str) -> int:
        row = self.connection.execute(query.encode(), [tenant_id]).fetchone()
        assert row is not None
        return int(row[0])


def _files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


NOTHING = {"spool": 0, "blobs": 0, "dataset": 0, "dataset_version": 0}


@asynccontextmanager
async def installation_with(
    tenant: TenantHandle, **settings: object
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the tenant at the same installation with other settings."""
    platform = wire(tenant.platform.settings.model_copy(update=settings))
    token = await tenant.token(Role.ML_ENGINEER)
    try:
        async with open_client(create_app(platform), token) as client:
            yield client
    finally:
        await platform.close()


@pytest.fixture
def remains(platform: Platform, owner_connection: psycopg.Connection) -> Remains:
    """Looks at what is there, whatever the API says."""
    return Remains(platform.settings.home, owner_connection)


@pytest.fixture
async def client(tenant: TenantHandle) -> httpx.AsyncClient:
    """An ML engineer of the tenant: may do everything with datasets."""
    return await tenant.client(Role.ML_ENGINEER)


@pytest.fixture
async def tenant_id(tenant: TenantHandle) -> str:
    """The tenant's id, as it stands in keys and rows."""
    return str((await tenant.context()).tenant_id)
