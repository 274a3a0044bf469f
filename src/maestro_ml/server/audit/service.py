"""Writes, lists and verifies the audit log."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.audit import AuditEvent, AuditVerification
from maestro_ml.contracts.base import Page
from maestro_ml.server.audit.repository import AuditRepository
from maestro_ml.server.kernel.db import AuditEntry, UnitOfWork
from maestro_ml.server.kernel.paging import decode_cursor, to_page


class AuditTrail:
    """The AuditSink of every unit of work."""

    async def write(self, session: AsyncSession, entries: list[AuditEntry]) -> None:
        """Append `entries` to their tenants' chains, tenants in a fixed order against deadlocks."""
        repository = AuditRepository(session)
        for entry in sorted(entries, key=lambda entry: entry.tenant_id):
            await repository.append(entry)


class AuditService:
    """Reads the audit log of a tenant."""

    async def verify(self, unit: UnitOfWork) -> list[AuditVerification]:
        """Whether each visible tenant's chain is whole."""
        return await AuditRepository(unit.session).verify()

    async def list(
        self,
        unit: UnitOfWork,
        *,
        limit: int,
        cursor: str | None,
        action: str | None = None,
        subject_id: str | None = None,
    ) -> Page[AuditEvent]:
        """A page of events, newest first."""
        key = decode_cursor(cursor, parts=1)
        found = await AuditRepository(unit.session).list(
            limit=limit + 1, before=key[0] if key else None, action=action, subject_id=subject_id
        )
        return to_page(found, limit, lambda event: [event.seq])
