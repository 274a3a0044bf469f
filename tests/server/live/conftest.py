"""A real server process, and followers of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from tests.support.live import live_server
from websockets.asyncio.client import ClientConnection, connect

from maestro_ml.server.installation import Installation


@dataclass
class Follower:
    """One connection, as a page holds it."""

    connection: ClientConnection

    async def send(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def hear(self, *types: str, seconds: float = 10) -> dict[str, Any]:
        """The next message, skipping those of other types if some are named."""
        async with asyncio.timeout(seconds):
            while True:
                message: dict[str, Any] = json.loads(await self.connection.recv())
                if not types or message["type"] in types:
                    return message

    async def follow(self, kind: str, target: str | int, **more: Any) -> None:
        await self.send(type="subscribe", id=f"{kind} {target}", kind=kind, target=target, **more)

    async def close_code(self, seconds: float = 10) -> tuple[int, str]:
        """How the server ends the connection."""
        async with asyncio.timeout(seconds):
            await self.connection.wait_closed()
        assert self.connection.close_code is not None
        return self.connection.close_code, self.connection.close_reason or ""


@dataclass(frozen=True)
class LiveAddress:
    """Where to follow."""

    url: str

    @asynccontextmanager
    async def open(self, token: str | None) -> AsyncIterator[Follower]:
        """A connection, logged in if there is a token."""
        async with connect(self.url, proxy=None) as connection:
            follower = Follower(connection)
            if token is not None:
                await follower.send(type="login", token=token)
                assert await follower.hear() == {"type": "ready"}
            yield follower


@pytest.fixture(scope="session")
def address(installation: Installation) -> Iterator[LiveAddress]:
    """The WebSocket of a server that is not the process that the tests log in."""
    with live_server(installation, MAESTRO_AUTH_CACHE_SECONDS="0") as server:
        yield LiveAddress(server.url.replace("http", "ws") + "/api/v1/ws")
