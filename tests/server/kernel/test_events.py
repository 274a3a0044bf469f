"""Hints over LISTEN/NOTIFY: to whom they go, and what happens when the connection breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from tests.support.jobs import eventually
from tests.support.tenant import TenantFactory

from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.events import ANY, EventHub, HintSender, Subscription, notify
from maestro_ml.server.wiring import Platform

LISTENERS = (
    "SELECT pid FROM pg_stat_activity "
    "WHERE application_name = 'maestro-events' AND datname = current_database()"
)


@pytest.fixture
async def hub(platform: Platform) -> AsyncIterator[EventHub]:
    hub = EventHub(platform.database.dsn)
    yield hub
    await hub.close()


@pytest.fixture
async def context(tenants: TenantFactory) -> Context:
    return await (await tenants.create()).context()


async def settle(subscription: Subscription) -> None:
    """Take the hints that every subscription begins with: on entry, and when listening starts."""
    assert await subscription.wait(5)
    assert await subscription.wait(5)


async def hint(platform: Platform, context: Context, kind: str, id: object) -> None:
    async with platform.units.tenant(context) as unit:
        await notify(unit, kind, id)


async def test_a_hint_reaches_who_subscribed_to_that_thing_alone(
    hub: EventHub, platform: Platform, context: Context, tenants: TenantFactory
) -> None:
    thing = uuid4()
    stranger = await (await tenants.create()).context()
    async with (
        hub.subscribe(context.tenant_id, "job", thing) as mine,
        hub.subscribe(context.tenant_id, "job", thing) as mine_too,
        hub.subscribe(context.tenant_id, "run", thing) as other_kind,
        hub.subscribe(stranger.tenant_id, "job", thing) as other_tenant,
    ):
        await settle(mine)
        for each in (mine_too, other_kind, other_tenant):
            assert await each.wait(0)
        await hint(platform, context, "job", thing)
        assert await mine.wait(5)
        assert await mine_too.wait(5)
        assert not await other_kind.wait(0.05)
        assert not await other_tenant.wait(0)


async def test_a_rolled_back_change_gives_no_hint(
    hub: EventHub, platform: Platform, context: Context
) -> None:
    async with hub.subscribe(context.tenant_id, "job", "1") as hints:
        await settle(hints)
        async with platform.units.tenant(context) as unit:
            await notify(unit, "job", "1")
            await unit.session.rollback()
        await hint(platform, context, "job", "2")
        assert not await hints.wait(0.1)


async def test_many_hints_are_one_look(hub: EventHub, platform: Platform, context: Context) -> None:
    async with hub.subscribe(context.tenant_id, "job", "1") as hints:
        await settle(hints)
        for _ in range(50):
            await hint(platform, context, "job", "1")
        await asyncio.sleep(0.2)
        assert await hints.wait(5)
        assert not await hints.wait(0.05)


async def test_who_follows_all_of_a_kind_hears_which_changed(
    hub: EventHub, platform: Platform, context: Context
) -> None:
    async with hub.subscribe(context.tenant_id, "run", ANY) as hints:
        await settle(hints)
        assert hints.take() is None, "listening has begun: anything may have changed before"
        async with platform.units.tenant(context) as unit:
            await notify(unit, "run", "1", "2")
            await notify(unit, "job", "3")
        assert await hints.wait(5)
        assert hints.take() == {"1", "2"}
        assert not await hints.wait(0.05)
        await hint(platform, context, "run", ANY)
        assert await hints.wait(5)
        assert hints.take() is None
        for each in range(1001):
            hints.put(str(each))
        assert hints.take() is None, "too many to remember"


async def test_a_broken_connection_is_replaced_and_everybody_looks_again(
    hub: EventHub,
    platform: Platform,
    context: Context,
    owner_connection: psycopg.Connection,
) -> None:
    async with hub.subscribe(context.tenant_id, "job", "1") as hints:
        await settle(hints)
        owner_connection.execute(f"SELECT pg_terminate_backend(pid) FROM ({LISTENERS}) l")
        assert await hints.wait(10), "the new connection tells to look again"
        await hint(platform, context, "job", "1")
        assert await hints.wait(5)


async def test_without_subscribers_there_is_no_connection(
    platform: Platform, context: Context, owner_connection: psycopg.Connection
) -> None:
    def listeners() -> set[int]:
        return {pid for (pid,) in owner_connection.execute(LISTENERS)}

    before = listeners()
    hub = EventHub(platform.database.dsn)
    assert listeners() == before
    async with hub.subscribe(context.tenant_id, "job", "1") as hints:
        await settle(hints)
        assert len(listeners() - before) == 1
    await hub.close()
    await eventually(lambda: not listeners() - before)


async def test_an_unreadable_hint_harms_nobody(
    hub: EventHub, platform: Platform, context: Context, owner_connection: psycopg.Connection
) -> None:
    async with hub.subscribe(context.tenant_id, "job", "1") as hints:
        await settle(hints)
        for payload in ("", "{", "[]", '{"t": 1}'):
            owner_connection.execute("SELECT pg_notify('maestro_events', %s)", [payload])
        await hint(platform, context, "job", "1")
        assert await hints.wait(5)


async def test_hints_of_hot_paths_go_together_and_many_become_one(
    hub: EventHub, platform: Platform, context: Context, tenants: TenantFactory
) -> None:
    sent: list[list[str]] = []

    class Counted:
        async def rows(self, statement: str, *arguments: Any) -> Sequence[Any]:
            sent.append(arguments[1])
            return await platform.calls.rows(statement, *arguments)

    sender = HintSender(Counted())
    mine, theirs = context.tenant_id, (await (await tenants.create()).context()).tenant_id
    ids = [uuid4() for _ in range(500)]
    async with (
        hub.subscribe(mine, "run", ids[0]) as first,
        hub.subscribe(mine, "run", ids[-1]) as last,
        hub.subscribe(theirs, "run", ids[0]) as stranger,
    ):
        await settle(first)
        for each in (last, stranger):
            assert await each.wait(0)
        sender.changed(mine, "run", ids[:1])
        sender.changed(mine, "run", ids[:1])
        assert await first.wait(5)
        assert not await last.wait(0)
        sender.changed(mine, "run", ids)
        assert await first.wait(5)
        assert await last.wait(5)
        assert not await stranger.wait(0)
    assert [len(hints) for hints in sent] == [1, 1]


async def test_a_unit_hints_about_many_things_at_once(
    hub: EventHub, platform: Platform, context: Context
) -> None:
    first, second = uuid4(), uuid4()
    async with (
        hub.subscribe(context.tenant_id, "run", first) as one,
        hub.subscribe(context.tenant_id, "run", second) as other,
    ):
        await settle(one)
        assert await other.wait(0)
        async with platform.units.tenant(context) as unit:
            await notify(unit, "run", first, second)
        assert await one.wait(5)
        assert await other.wait(5)
