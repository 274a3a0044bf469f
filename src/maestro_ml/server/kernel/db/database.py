"""The connection pool of a process, and the sessions that are bound to a tenant or to the system role.

Connections log in as the installation's database user and take the role `maestro_app` at once: it
owns nothing, so forced row-level security holds for it. `maestro_system` sees all tenants.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, with_loader_criteria

from maestro_ml.server.kernel.db.base import TenantScoped
from maestro_ml.server.kernel.dsn import plain_dsn

APP_ROLE = "maestro_app"
SYSTEM_ROLE = "maestro_system"
SEARCH_PATH = "public, queue"
SERVER_SETTINGS = {
    "role": APP_ROLE,
    "search_path": SEARCH_PATH,
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    "application_name": "maestro",
}


class TenantSession(Session):
    """A session that names its tenant to PostgreSQL at the start of every transaction."""


@event.listens_for(TenantSession, "after_begin")
def _bind(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    tenant = session.info.get("tenant_id")
    if session.info.get("system"):
        connection.exec_driver_sql(f"SET LOCAL ROLE {SYSTEM_ROLE}")
    elif tenant is None:
        raise RuntimeError("a session needs a tenant; cross-tenant work goes through `system`")
    if tenant is not None:
        connection.exec_driver_sql("SELECT set_config('app.tenant_id', $1, true)", (str(tenant),))


@event.listens_for(TenantSession, "do_orm_execute")
def _filter(state: ORMExecuteState) -> None:
    tenant = state.session.info.get("tenant_id")
    if tenant is not None and (state.is_select or state.is_update or state.is_delete):
        state.statement = state.statement.options(
            with_loader_criteria(
                TenantScoped, lambda table: table.tenant_id == tenant, include_aliases=True
            )
        )


@event.listens_for(TenantSession, "before_flush")
def _stamp(session: Session, _context: Any, _instances: Any) -> None:
    tenant = session.info.get("tenant_id")
    for row in session.new:
        if isinstance(row, TenantScoped) and row.__dict__.get("tenant_id") is None:
            if tenant is None:
                raise RuntimeError("cross-tenant work names the tenant of each new row")
            row.tenant_id = tenant


class Database:
    """The pool of one process; connects on first use."""

    def __init__(self, url: str, *, pool_size: int) -> None:
        self.dsn = plain_dsn(url)
        self.engine: AsyncEngine = create_async_engine(
            self.dsn.replace("postgresql", "postgresql+asyncpg", 1),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=10,
            connect_args={"server_settings": SERVER_SETTINGS, "timeout": 10},
        )

    def session(self, *, tenant_id: UUID | None = None, system: bool = False) -> AsyncSession:
        """A lazy session: it takes a connection at its first statement."""
        return AsyncSession(
            self.engine,
            sync_session_class=TenantSession,
            expire_on_commit=False,
            info={"tenant_id": tenant_id, "system": system},
        )

    async def close(self) -> None:
        """Return every connection."""
        await self.engine.dispose()
