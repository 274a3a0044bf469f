"""Entries are sealed in groups after their commit: nobody waits, nothing is lost, the chain is whole."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from tests.support.tenant import TenantFactory

from maestro_ml.server.audit import AuditSealing
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import UnitsOfWork

DEADLINE = 20.0
APPEND = text(
    "SELECT audit_append(:tenant, 'system', NULL, 'x', 'test.changed', 'thing', n::text, NULL, NULL, "
    "'r') FROM generate_series(1, :times) n"
)


@dataclass
class Writer:
    """A tenant with one token for everything: the making of a token is a change as well."""

    context: Context
    client: httpx.AsyncClient
    units: UnitsOfWork

    async def record(self, subject: object) -> None:
        async with self.units.tenant(self.context) as unit:
            unit.record("test.changed", "thing", subject)

    async def waiting(self) -> int:
        async with self.units.tenant(self.context) as unit:
            count = text("SELECT count(*) FROM unsealed_audit_entry")
            return int(await unit.session.scalar(count) or 0)

    async def changes(self) -> list[str]:
        """The subjects of the changes that these tests made, the oldest first."""
        found = await self.client.get("/api/v1/audit?action=test.changed&limit=1000")
        return [event["subject_id"] for event in reversed(found.json()["items"])]

    async def verified(self) -> dict[str, Any]:
        answer = await self.client.get("/api/v1/audit/verification")
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
async def writer(tenants: TenantFactory) -> Writer:
    tenant = await tenants.create()
    return Writer(await tenant.context(), await tenant.client(), tenant.platform.units)


async def test_a_writer_does_not_wait_for_the_commit_of_another(writer: Writer) -> None:
    async with writer.units.tenant(writer.context) as slow:
        await slow.session.execute(APPEND, {"tenant": writer.context.tenant_id, "times": 1})
        async with asyncio.timeout(DEADLINE):
            await writer.record("fast")
            await AuditSealing(writer.units).run()
            assert await writer.changes() == ["fast"]
    # What was written first and committed last has its place behind what was sealed meanwhile.
    assert await writer.changes() == ["fast", "1"]
    assert (await writer.verified())["broken_at"] is None


async def test_the_log_shows_a_change_at_once(writer: Writer) -> None:
    for number in range(3):
        await writer.record(number)
        assert await writer.changes() == [str(earlier) for earlier in range(number + 1)]


async def test_verification_seals_first(writer: Writer) -> None:
    before = (await writer.verified())["events"]
    await writer.record("late")
    after = await writer.verified()
    assert (after["events"], after["broken_at"]) == (before + 1, None)


async def test_what_a_transaction_takes_back_is_not_in_the_log(writer: Writer) -> None:
    async with writer.units.tenant(writer.context) as unit:
        await unit.session.execute(APPEND, {"tenant": writer.context.tenant_id, "times": 1})
        await unit.session.rollback()
    assert await writer.changes() == []


async def test_many_writers_and_sealers_make_one_chain(writer: Writer) -> None:
    writing = set(range(4))

    async def write(name: int) -> None:
        for number in range(25):
            await writer.record(f"{name}-{number}")
        writing.remove(name)

    async def seal() -> None:
        while writing:
            await AuditSealing(writer.units).run()

    await asyncio.gather(*map(write, tuple(writing)), seal(), seal())
    await AuditSealing(writer.units).run()
    assert await writer.waiting() == 0
    found = await writer.changes()
    assert len(found) == 100
    for name in range(4):
        own = [subject for subject in found if subject.startswith(f"{name}-")]
        assert own == [f"{name}-{number}" for number in range(25)]
    assert (await writer.verified())["broken_at"] is None


async def test_sealing_goes_on_until_nothing_waits(writer: Writer) -> None:
    before = (await writer.verified())["events"]
    async with writer.units.tenant(writer.context) as unit:
        await unit.session.execute(APPEND, {"tenant": writer.context.tenant_id, "times": 2500})
    assert await writer.waiting() == 2500
    await AuditSealing(writer.units).run()
    assert await writer.waiting() == 0
    assert (await writer.verified())["events"] == before + 2500
