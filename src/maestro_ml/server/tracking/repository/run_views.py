"""Views of run tables as rows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.server.tracking.tables import RunViewRow


class RunViewRepository:
    """Views of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: RunViewRow) -> bool:
        """Store a view; False if the experiment has one of that name."""
        if await self.named(row.experiment_id, row.name):
            return False
        self._session.add(row)
        await self._session.flush()
        return True

    async def find(self, view_id: UUID) -> RunViewRow | None:
        """The view, if there is one."""
        found: RunViewRow | None = await self._session.scalar(
            select(RunViewRow).where(RunViewRow.id == view_id)
        )
        return found

    async def named(self, experiment_id: int, name: str) -> bool:
        """Whether the experiment has a view of this name."""
        found = await self._session.scalar(
            select(RunViewRow.id).where(
                RunViewRow.experiment_id == experiment_id, RunViewRow.name == name
            )
        )
        return found is not None

    async def list(self, experiment_id: int) -> list[RunViewRow]:
        """The views of an experiment, by name."""
        query = select(RunViewRow).where(RunViewRow.experiment_id == experiment_id)
        return [*await self._session.scalars(query.order_by(RunViewRow.name))]
