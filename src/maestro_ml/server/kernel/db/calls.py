"""One statement, with its own arguments: how the SQL functions of a domain are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.server.kernel.context import Context


class Calls(Protocol):
    """Runs one statement with its `$1` arguments; `PreparedCalls` does, for itself alone."""

    async def rows(self, statement: str, *arguments: Any) -> Sequence[Any]:
        """All rows of `statement`."""


class SessionCalls:
    """Calls inside the transaction of a unit of work."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def rows(self, statement: str, *arguments: Any) -> Sequence[Any]:
        """All rows of `statement`."""
        await self._session.flush()
        connection = await self._session.connection()
        return (await connection.exec_driver_sql(statement, arguments)).all()


def actor_columns(context: Context) -> tuple[str, UUID | None, str, str]:
    """Who acts, as the functions take it for the audit log: kind, id, name and request."""
    return context.actor.kind.value, context.actor.id, context.actor.name, context.request_id
