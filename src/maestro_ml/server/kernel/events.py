"""Hints that something changed, from any process to any other, over PostgreSQL's LISTEN/NOTIFY.

A hint carries ids only: whoever gets one reads the rows again in a session of its own, under
row-level security. Hints may be lost or come twice; a subscriber therefore also looks now and then.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import structlog
from sqlalchemy import text

from maestro_ml.server.kernel.db import Calls, UnitOfWork
from maestro_ml.server.kernel.errors import Unavailable

log = structlog.get_logger()
CHANNEL = "maestro_events"
_NOTIFY = text("SELECT pg_notify(:channel, p) FROM unnest(cast(:payloads AS text[])) p")
_NOTIFY_TOGETHER = "SELECT pg_notify($1, p) FROM unnest($2::text[]) p"
_LONGEST_PAUSE = 5.0
_BETWEEN_HINTS = 0.2
_MOST_HINTS = 100
_MOST_REMEMBERED = 1000
ANY = "*"
"""In the place of an id: all things of a kind."""

Topic = tuple[str, str, str]


async def notify(unit: UnitOfWork, kind: str, *ids: object, tenant_id: UUID | None = None) -> None:
    """Hint, when `unit` commits, that the things changed.

    Commits with a hint are serialised by PostgreSQL: at most some five a second per thing.
    """
    tenant = str(tenant_id or unit.context.tenant_id)
    hints = [_hint((tenant, kind, str(id))) for id in ids]
    if hints:
        await unit.session.execute(_NOTIFY, {"channel": CHANNEL, "payloads": hints})


def _hint(topic: Topic) -> str:
    return orjson.dumps(dict(zip(("t", "k", "id"), topic, strict=True))).decode()


class HintSender:
    """Hints from hot paths, which have no unit of work: together, and at most five times a second.

    They go out after the commit, so that they never make one wait. Many things that change at once
    become one hint about everything of their kind in the tenant.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._changed: dict[tuple[UUID, str], set[object]] = {}
        self._sending: asyncio.Task[None] | None = None

    def changed(self, tenant_id: UUID, kind: str, ids: Iterable[object]) -> None:
        """Remember that the things changed, and send a hint about it soon."""
        self._changed.setdefault((tenant_id, kind), set()).update(ids)
        if self._sending is None:
            self._sending = asyncio.create_task(self._send(), name="hints")

    async def _send(self) -> None:
        try:
            while self._changed:
                hints, self._changed = _hints(self._changed), {}
                try:
                    await self._calls.rows(_NOTIFY_TOGETHER, CHANNEL, hints)
                except (Unavailable, asyncpg.PostgresError):
                    log.warning("events.hints_lost", hints=len(hints))
                await asyncio.sleep(_BETWEEN_HINTS)
        finally:
            self._sending = None


def _hints(changed: dict[tuple[UUID, str], set[object]]) -> list[str]:
    few = sum(map(len, changed.values())) <= _MOST_HINTS
    return [
        _hint((str(tenant_id), kind, str(id)))
        for (tenant_id, kind), ids in changed.items()
        for id in (ids if few else [ANY])
    ]


class Subscription:
    """Whether there were hints since the last look, and about what; how many says nothing."""

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self._ids: set[str] | None = set()

    def put(self, id: str | None = None) -> None:
        """Add a hint about one thing, or about all that this follows."""
        if id is None or (self._ids is not None and len(self._ids) >= _MOST_REMEMBERED):
            self._ids = None
        elif self._ids is not None:
            self._ids.add(id)
        self._news.set()

    def take(self) -> set[str] | None:
        """What the hints since the last call were about: None if it may be anything."""
        taken, self._ids = self._ids, set()
        self._news.clear()
        return taken

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
        """Hints about one thing, or about ANY of a kind, while the block lasts.

        The first tells to look at its state now.
        """
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
        tenant, kind, id = topic
        named = None if id == ANY else id
        topics = self._of_kind(topic) if named is None else [topic, (tenant, kind, ANY)]
        for each in topics:
            for subscription in self._subscriptions.get(each, ()):
                subscription.put(named)

    def _of_kind(self, topic: Topic) -> list[Topic]:
        return [each for each in self._subscriptions if each[:2] == topic[:2]]
