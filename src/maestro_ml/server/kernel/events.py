"""Hints that something changed, from any process to any other, over PostgreSQL's LISTEN/NOTIFY.

A hint carries ids only: whoever gets one reads the rows again in a session of its own, under
row-level security. Hints may be lost or come twice; a subscriber therefore also looks now and then.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import structlog
from sqlalchemy import text

from maestro_ml.server.kernel.db import UnitOfWork

log = structlog.get_logger()
CHANNEL = "maestro_events"
_NOTIFY = text(f"SELECT pg_notify('{CHANNEL}', :payload)")
_LONGEST_PAUSE = 5.0

Topic = tuple[str, str, str]


async def notify(unit: UnitOfWork, kind: str, id: object, *, tenant_id: UUID | None = None) -> None:
    """Hint, when `unit` commits, that the thing changed.

    Commits with a hint are serialised by PostgreSQL: at most some five a second per thing.
    """
    tenant = tenant_id or unit.context.tenant_id
    hint = orjson.dumps({"t": str(tenant), "k": kind, "id": str(id)}).decode()
    await unit.session.execute(_NOTIFY, {"payload": hint})


class Subscription:
    """Whether there were hints about one thing since the last look; how many says nothing."""

    def __init__(self) -> None:
        self._news = asyncio.Event()

    def put(self) -> None:
        """Add a hint."""
        self._news.set()

    async def wait(self, seconds: float) -> bool:
        """Wait for a hint, at most so long: whether there was one."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)
        came = self._news.is_set()
        self._news.clear()
        return came


class EventHub:
    """One connection of this process listens for all its subscribers; opened by the first of them."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._subscriptions: defaultdict[Topic, set[Subscription]] = defaultdict(set)
        self._listener: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def subscribe(
        self, tenant_id: UUID, kind: str, id: object
    ) -> AsyncIterator[Subscription]:
        """Hints about one thing, while the block lasts; the first tells to look at its state now."""
        topic = (str(tenant_id), kind, str(id))
        subscription = Subscription()
        subscription.put()
        self._subscriptions[topic].add(subscription)
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen(), name="event hub")
        try:
            yield subscription
        finally:
            self._subscriptions[topic].discard(subscription)
            if not self._subscriptions[topic]:
                del self._subscriptions[topic]

    async def close(self) -> None:
        """Stop listening."""
        if self._listener is not None:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener
            self._listener = None

    async def _listen(self) -> None:
        pause = 0.1
        while True:
            try:
                await self._listen_once()
                pause = 0.1
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("events.disconnected", error=repr(error), retry_seconds=pause)
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 2)

    async def _listen_once(self) -> None:
        """Listen until the connection is lost."""
        lost = asyncio.Event()
        connection = await asyncpg.connect(
            self._dsn, timeout=10, server_settings={"application_name": "maestro-events"}
        )
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, self._deliver)
            # Whatever happened while nobody listened is found by looking.
            for subscriptions in self._subscriptions.values():
                for subscription in subscriptions:
                    subscription.put()
            await lost.wait()
        finally:
            connection.terminate()

    def _deliver(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        try:
            hint = orjson.loads(payload)
            topic = (hint["t"], hint["k"], hint["id"])
        except (ValueError, KeyError, TypeError):
            log.warning("events.unreadable", payload=payload[:200])
            return
        for subscription in self._subscriptions.get(topic, ()):
            subscription.put()
