"""A lane of prepared calls has so many connections, and may have so many who wait for one."""

from __future__ import annotations

import asyncio

import pytest

from maestro_ml.server.kernel.db import PreparedCalls
from maestro_ml.server.kernel.errors import Overloaded
from maestro_ml.server.wiring import Platform

SLOW = "SELECT pg_sleep(0.2)"


async def test_who_comes_when_too_many_wait_is_sent_away(platform: Platform) -> None:
    calls = PreparedCalls(platform.database.dsn, size=1, most_waiting=2)
    try:
        answers = await asyncio.gather(
            *(calls.rows(SLOW) for _ in range(5)), return_exceptions=True
        )
        refused = [each for each in answers if isinstance(each, Overloaded)]
        assert len(refused) == 2
        assert {each.headers["Retry-After"] for each in refused} == {"1"}
        assert len(await calls.rows("SELECT 1")) == 1
    finally:
        await calls.close()


async def test_who_stops_waiting_leaves_room(platform: Platform) -> None:
    calls = PreparedCalls(platform.database.dsn, size=1, most_waiting=1)
    try:
        running = asyncio.create_task(calls.rows(SLOW))
        waiting = asyncio.create_task(calls.rows(SLOW))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert len(await calls.rows("SELECT 1")) == 1
        await running
    finally:
        await calls.close()


async def test_long_reads_keep_nobody_else_waiting(platform: Platform) -> None:
    """The lanes have connections of their own."""
    long = [asyncio.create_task(platform.heavy.rows("SELECT pg_sleep(30)")) for _ in range(5)]
    try:
        await asyncio.wait_for(platform.calls.rows("SELECT 1"), 10)
        await asyncio.wait_for(platform.reads.rows("SELECT 1"), 10)
    finally:
        for task in long:
            task.cancel()
        await asyncio.gather(*long, return_exceptions=True)
