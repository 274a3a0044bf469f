"""A tenant for a test: real tokens, real roles, requests through the whole application."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

import httpx
from starlette.types import ASGIApp

from maestro_ml.contracts.identity import Role
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.wiring import Platform


def open_client(app: ASGIApp, token: str | None) -> httpx.AsyncClient:
    """A client of `app` that sends `token`, or nothing."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        base_url="http://maestro.test",
        headers={} if token is None else {"Authorization": f"Bearer {token}"},
        timeout=60,
    )


@dataclass
class TenantHandle:
    """A fresh tenant; nobody else is in it."""

    name: str
    platform: Platform
    factory: TenantFactory

    async def token(self, role: Role = Role.TENANT_ADMIN) -> str:
        """An API key with `role`."""
        return await self.platform.tenants.issue_token(self.name, role)

    async def client(self, role: Role = Role.TENANT_ADMIN) -> httpx.AsyncClient:
        """A client with a token of `role`; closed with the test."""
        return self.factory.open(await self.token(role))

    async def context(self, role: Role = Role.TENANT_ADMIN) -> Context:
        """The context that a request with `role` would get."""
        bearer = f"Bearer {await self.token(role)}"
        return await self.platform.edge.authenticator.authenticate(bearer, "test-request")

    async def unit(self, role: Role = Role.TENANT_ADMIN) -> UnitOfWork:
        """A unit of work of `role`."""
        return self.platform.units.tenant(await self.context(role))


@dataclass
class TenantFactory:
    """Makes tenants and closes what they opened."""

    platform: Platform
    app: ASGIApp
    _clients: list[httpx.AsyncClient] = field(default_factory=list)

    async def create(self) -> TenantHandle:
        """A tenant with a random name."""
        name = f"tenant-{secrets.token_hex(6)}"
        await self.platform.tenants.create(name)
        return TenantHandle(name, self.platform, self)

    def open(self, token: str | None = None) -> httpx.AsyncClient:
        """A client with `token`, or an anonymous one."""
        client = open_client(self.app, token)
        self._clients.append(client)
        return client

    async def close(self) -> None:
        """Close every client."""
        for client in self._clients:
            await client.aclose()
