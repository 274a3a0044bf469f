"""Many requests with one credential cost one look-up, and a revoked one is forgotten at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from tests.support.tenant import TenantFactory

from maestro_ml.server.identity.errors import TokenInvalid
from maestro_ml.server.wiring import Platform


@contextmanager
def statements(platform: Platform) -> Iterator[list[str]]:
    """What is asked of the database inside the block."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    engine = platform.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def test_a_hundred_requests_at_once_look_a_key_up_once(
    platform: Platform, tenants: TenantFactory
) -> None:
    bearer = f"Bearer {await (await tenants.create()).token()}"
    authenticator = platform.edge.authenticator
    with statements(platform) as seen:
        first = asyncio.create_task(authenticator.authenticate(bearer, "first"))
        await asyncio.sleep(0)
        first.cancel()
        found = await asyncio.gather(
            *(authenticator.authenticate(bearer, f"request-{n}") for n in range(100))
        )
    assert {context.request_id for context in found} == {f"request-{n}" for n in range(100)}
    assert len([each for each in seen if each.startswith("SELECT user_account")]) == 1


async def test_a_wrong_key_fails_everybody_who_waits(
    platform: Platform, tenants: TenantFactory
) -> None:
    authenticator = platform.edge.authenticator
    found = await asyncio.gather(
        *(authenticator.authenticate("Bearer mml_nothing", "r") for _ in range(10)),
        return_exceptions=True,
    )
    assert [type(each) for each in found] == [TokenInvalid] * 10
    with pytest.raises(TokenInvalid):
        await authenticator.authenticate("Bearer mml_nothing", "r")


async def test_what_is_looked_up_while_all_is_forgotten_is_not_remembered(
    platform: Platform, tenants: TenantFactory
) -> None:
    bearer = f"Bearer {await (await tenants.create()).token()}"
    authenticator = platform.authenticator
    looking = asyncio.create_task(authenticator.authenticate(bearer, "before"))
    await asyncio.sleep(0)
    authenticator.forget()
    await looking
    with statements(platform) as seen:
        await authenticator.authenticate(bearer, "after")
    assert seen
