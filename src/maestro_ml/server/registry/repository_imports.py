"""What only an import writes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.server.registry.tables import ModelRow


class RegistryImportRepository:
    """The models of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def give_away(self, model_id: UUID, number: int) -> None:
        """See to it that `number`, and every number below, is never given to a version."""
        await self._session.execute(
            update(ModelRow)
            .where(ModelRow.id == model_id)
            .values(last_version=func.greatest(ModelRow.last_version, number))
        )
