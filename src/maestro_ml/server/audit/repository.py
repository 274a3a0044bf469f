"""All SQL of the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.audit import AuditEvent, AuditFilter, AuditVerification
from maestro_ml.server.audit.tables import AuditEventRow
from maestro_ml.server.kernel.db import AuditEntry

_APPEND = text(
    """
    SELECT audit_append(:tenant, :kind, :actor, :name, :action, :subject, :subject_id,
                        cast(:before as jsonb), cast(:after as jsonb), :request)
    """
)
_TENANTS_WAITING = text("SELECT DISTINCT tenant_id FROM unsealed_audit_entry")
_SEAL = text("SELECT audit_seal(:tenant, :most)")
_VERIFY = text(
    """
    SELECT t.name, count(e.seq), min(e.seq) FILTER (WHERE e.broken)
    FROM tenant t LEFT JOIN (
      SELECT a.tenant_id, a.seq,
        a.hash <> audit_hash(a)
        OR a.previous_hash <> coalesce(lag(a.hash) OVER chain, '\\x'::bytea)
        OR a.seq <> coalesce(lag(a.seq) OVER chain, 0) + 1 AS broken
      FROM audit_event a WINDOW chain AS (PARTITION BY a.tenant_id ORDER BY a.seq)
    ) e ON e.tenant_id = t.id
    GROUP BY t.id, t.name ORDER BY t.name
    """
)


class AuditRepository:
    """The audit events of the session's tenant, or of all tenants in a system session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def append(self, entry: AuditEntry) -> None:
        """Store `entry`; it gets its place in its tenant's chain once it is committed."""
        await self._session.execute(
            _APPEND,
            {
                "tenant": entry.tenant_id,
                "kind": entry.actor.kind.value,
                "actor": entry.actor.id,
                "name": entry.actor.name,
                "action": entry.action,
                "subject": entry.subject_type,
                "subject_id": entry.subject_id,
                "before": _json(entry.before),
                "after": _json(entry.after),
                "request": entry.request_id,
            },
        )

    async def tenants_waiting(self) -> list[UUID]:
        """The visible tenants with entries that are not sealed."""
        return [*await self._session.scalars(_TENANTS_WAITING)]

    async def seal(self, tenant_id: UUID, *, most: int) -> int:
        """Seal the oldest entries of a tenant, and tell how many; locks the chain until the commit.

        Only the system role may: the application's can add entries, and take none away.
        """
        sealed = await self._session.scalar(_SEAL, {"tenant": tenant_id, "most": most})
        return int(sealed or 0)

    async def verify(self) -> list[AuditVerification]:
        """Recompute every seal of every visible tenant."""
        found = await self._session.execute(_VERIFY)
        return [
            AuditVerification(tenant=name, events=events, broken_at=broken)
            for name, events, broken in found
        ]

    async def list(
        self, wanted: AuditFilter, *, limit: int, before: int | None
    ) -> list[AuditEvent]:
        """Events that fit, before `before`, newest first."""
        query = select(AuditEventRow).order_by(AuditEventRow.seq.desc()).limit(limit)
        if before is not None:
            query = query.where(AuditEventRow.seq < before)
        for condition in _conditions(wanted):
            query = query.where(condition)
        return [_to_event(row) for row in await self._session.scalars(query)]


def _conditions(wanted: AuditFilter) -> Iterator[ColumnElement[bool]]:
    row = AuditEventRow
    if wanted.action is not None:
        whole, part = row.action == wanted.action, f"{wanted.action.rstrip('.')}."
        yield or_(whole, row.action.startswith(part, autoescape=True))
    if wanted.actor is not None:
        yield row.actor_name == wanted.actor
    if wanted.subject_type is not None:
        yield row.subject_type == wanted.subject_type
    if wanted.subject_id is not None:
        yield row.subject_id == wanted.subject_id
    if wanted.since is not None:
        yield row.at >= wanted.since
    if wanted.until is not None:
        yield row.at < wanted.until


def _json(value: dict[str, object] | None) -> str | None:
    return None if value is None else orjson.dumps(value, default=str).decode()


def _to_event(row: AuditEventRow) -> AuditEvent:
    return AuditEvent(
        seq=row.seq,
        at=row.at,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        action=row.action,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        before=row.before,
        after=row.after,
        request_id=row.request_id,
        hash=row.hash.hex(),
    )
