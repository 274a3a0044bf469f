"""Prepared calls for hot paths: one SQL function, one round trip, no session.

A small stack of plain asyncpg connections; the statement cache of each keeps the function prepared.
`asyncpg.Pool` would send a reset with every release, which doubles the cost of a read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import asyncpg

from maestro_ml.server.kernel.db.database import SERVER_SETTINGS
from maestro_ml.server.kernel.errors import Overloaded, Unavailable

DISCONNECTED = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # What a connection says that died between two statements.
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    OSError,
)


class PreparedCalls:
    """At most `size` connections, used last-in first-out so that the busiest stay warm.

    With `most_waiting`, whoever comes when so many wait for one is sent away at once; `settings` are
    PostgreSQL's, for these connections.
    """

    def __init__(
        self,
        dsn: str,
        *,
        size: int,
        most_waiting: int | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._dsn = dsn
        self._settings = {**SERVER_SETTINGS, **settings}
        self._idle: list[asyncpg.Connection] = []
        self._slots = asyncio.Semaphore(size)
        self._most_waiting = most_waiting
        self._waiting = 0

    async def rows(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        """All rows of `statement`.

        The statement must bind its tenant itself (`app.tenant_id` by set_config). Raises Unavailable
        when PostgreSQL is away, Overloaded when too many wait, and asyncpg.PostgresError for what the
        statement itself raises.
        """
        if self._slots.locked():
            await self._wait()
        else:
            await self._slots.acquire()
        try:
            return await self._run(statement, arguments)
        finally:
            self._slots.release()

    async def _wait(self) -> None:
        if self._most_waiting is not None and self._waiting >= self._most_waiting:
            raise Overloaded(
                "More of this kind is asked of the server than it can answer at the moment. Try again "
                "in a second.",
                retry_after=1,
            )
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1

    async def _run(self, statement: str, arguments: tuple[Any, ...]) -> list[asyncpg.Record]:
        connection = None
        try:
            connection = self._idle.pop() if self._idle else await self._connect()
            found: list[asyncpg.Record] = await connection.fetch(statement, *arguments)
        except DISCONNECTED as error:
            if connection is not None:
                connection.terminate()
            self._drop_idle()
            raise Unavailable(
                "The database does not answer at the moment. Try again in a second."
            ) from error
        except asyncio.CancelledError:
            if connection is not None:
                connection.terminate()
            raise
        except BaseException:
            if connection is not None:
                self._idle.append(connection)
            raise
        self._idle.append(connection)
        return found

    async def value(self, statement: str, *arguments: Any) -> Any:
        """The first column of the first row, or None."""
        found = await self.rows(statement, *arguments)
        return found[0][0] if found else None

    async def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            await self._idle.pop().close()

    async def _connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(self._dsn, server_settings=self._settings, timeout=10)

    def _drop_idle(self) -> None:
        # After a restart of PostgreSQL every other connection is dead as well.
        while self._idle:
            self._idle.pop().terminate()
