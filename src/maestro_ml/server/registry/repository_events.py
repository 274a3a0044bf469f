"""All SQL that reads the history of models."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.registry import ModelEvent, ModelEventKind, Stage
from maestro_ml.server.registry.tables import ModelEventRow


class EventRepository:
    """The events of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find_model_id(self, name: str) -> UUID | None:
        """The model that bore `name` last; it may be deleted or renamed by now."""
        found: UUID | None = await self._session.scalar(
            select(ModelEventRow.model_id)
            .where(ModelEventRow.model == name)
            .order_by(ModelEventRow.id.desc())
            .limit(1)
        )
        return found

    async def events_until(self, model_id: UUID, at: datetime) -> list[ModelEvent]:
        """Everything that had happened by `at`, the oldest first."""
        rows = await self._session.scalars(
            select(ModelEventRow)
            .where(ModelEventRow.model_id == model_id, ModelEventRow.at <= at)
            .order_by(ModelEventRow.id)
        )
        return [_to_event(row) for row in rows]


def _to_event(row: ModelEventRow) -> ModelEvent:
    return ModelEvent(
        id=row.id,
        at=row.at,
        actor=row.actor,
        kind=ModelEventKind(row.kind),
        model=row.model,
        version=row.version,
        alias=row.alias,
        stage=None if row.stage is None else Stage(row.stage),
        previous=row.previous,
    )
