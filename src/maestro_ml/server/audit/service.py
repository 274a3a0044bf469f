"""Writes, lists and verifies the audit log."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.audit import AuditEvent, AuditFilter, AuditVerification
from maestro_ml.contracts.base import Page
from maestro_ml.server.audit.repository import AuditRepository
from maestro_ml.server.kernel.db import AuditEntry, UnitOfWork
from maestro_ml.server.kernel.paging import decode_cursor, to_page

_ALL = 2**31 - 1
_ANY = AuditFilter()


class AuditTrail:
    """The AuditSink of every unit of work."""

    async def write(self, session: AsyncSession, entries: list[AuditEntry]) -> None:
        """Store `entries`, to be sealed after the commit."""
        repository = AuditRepository(session)
        for entry in entries:
            await repository.append(entry)


class AuditService:
    """Reads the audit log of a tenant; what waits for its seal is sealed before."""

    async def verify(self, unit: UnitOfWork) -> list[AuditVerification]:
        """Whether each visible tenant's chain is whole."""
        await _seal(unit)
        return await AuditRepository(unit.session).verify()

    async def list(
        self, unit: UnitOfWork, *, limit: int, cursor: str | None, wanted: AuditFilter = _ANY
    ) -> Page[AuditEvent]:
        """A page of the events that fit, newest first."""
        key = decode_cursor(cursor, parts=1)
        await _seal(unit)
        found = await AuditRepository(unit.session).list(
            wanted, limit=limit + 1, before=key[0] if key else None
        )
        return to_page(found, limit, lambda event: [event.seq])


async def _seal(unit: UnitOfWork) -> None:
    repository = AuditRepository(unit.session)
    for tenant_id in await repository.tenants_waiting():
        if unit.maybe_context is None:
            await repository.seal(tenant_id, most=_ALL)
        else:
            async with unit.elevated(reason="entries leave the table that only takes them in"):
                await repository.seal(tenant_id, most=_ALL)
