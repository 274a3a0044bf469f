"""One request or job step is one transaction; `commit` and `rollback` appear nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.server.kernel.context import Actor, ActorKind, Context
from maestro_ml.server.kernel.db.database import APP_ROLE, SYSTEM_ROLE, Database
from maestro_ml.server.kernel.ids import new_id

SYSTEM_ACTOR = Actor(ActorKind.SYSTEM, None, "maestro")


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change: what was done (`registry.version.promoted`), to what, and how it looked around it."""

    tenant_id: UUID
    actor: Actor
    request_id: str
    action: str
    subject_type: str
    subject_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditSink(Protocol):
    """Writes the entries of a unit of work inside its transaction, as its last statements."""

    async def write(self, session: AsyncSession, entries: list[AuditEntry]) -> None:
        """Store `entries` in their order."""


@dataclass
class UnitOfWork:
    """An open transaction on behalf of `context`; leaving the block commits, an exception rolls back.

    `context` is None only in system units, which see every tenant and must name the tenant of
    whatever they record.
    """

    session: AsyncSession
    audit: AuditSink
    maybe_context: Context | None
    _entries: list[AuditEntry] = field(default_factory=list)

    @property
    def context(self) -> Context:
        """The caller's context; a RuntimeError in a system unit, which has none."""
        if self.maybe_context is None:
            raise RuntimeError("a system unit of work has no caller")
        return self.maybe_context

    def record(
        self,
        action: str,
        subject_type: str,
        subject_id: object,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        tenant_id: UUID | None = None,
        actor: Actor | None = None,
    ) -> None:
        """Add a change to the audit log; it is written just before the commit."""
        context = self.maybe_context
        tenant = tenant_id or (context.tenant_id if context else None)
        if tenant is None:
            raise RuntimeError("a system unit names the tenant of what it records")
        self._entries.append(
            AuditEntry(
                tenant_id=tenant,
                actor=actor or (context.actor if context else SYSTEM_ACTOR),
                request_id=context.request_id if context else str(new_id()),
                action=action,
                subject_type=subject_type,
                subject_id=str(subject_id),
                before=before,
                after=after,
            )
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                await self.commit()
        finally:
            # Closing an uncommitted session rolls it back.
            await self.session.close()

    @asynccontextmanager
    async def elevated(self, *, reason: str) -> AsyncIterator[None]:
        """Lift row-level security inside this transaction; the session's tenant filter stays.

        Only the files that tests/architecture lists may use it.
        """
        if not reason:
            raise ValueError("cross-tenant work states its reason")
        await self.session.execute(text(f"SET LOCAL ROLE {SYSTEM_ROLE}"))
        yield
        await self.session.flush()
        await self.session.execute(text(f"SET LOCAL ROLE {APP_ROLE}"))

    async def commit(self) -> None:
        """Write the audit entries and commit; the unit may go on with a new transaction."""
        if self._entries:
            await self.session.flush()
            await self.audit.write(self.session, self._entries)
            self._entries.clear()
        await self.session.commit()


class UnitsOfWork:
    """Opens units of work on one database."""

    def __init__(self, database: Database, audit: AuditSink) -> None:
        self._database = database
        self._audit = audit

    def tenant(self, context: Context) -> UnitOfWork:
        """A unit that sees and writes the rows of the context's tenant alone."""
        session = self._database.session(tenant_id=context.tenant_id)
        return UnitOfWork(session, self._audit, context)

    def system(self, *, reason: str) -> UnitOfWork:
        """A unit that crosses tenants. Only the files that tests/architecture lists may open one."""
        if not reason:
            raise ValueError("cross-tenant work states its reason")
        return UnitOfWork(self._database.session(system=True), self._audit, None)
