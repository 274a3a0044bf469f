"""Explanations as rows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.server.explain.tables import ExplanationRow


class ExplanationRepository:
    """Explanations of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: ExplanationRow, tenant_id: UUID) -> bool:
        """Store a question; False if it has been asked already."""
        values = {
            column.key: getattr(row, column.key)
            for column in ExplanationRow.__table__.columns
            if column.key != "tenant_id"
        }
        query = insert(ExplanationRow).values(tenant_id=tenant_id, **values)
        added = await self._session.execute(
            query.on_conflict_do_nothing().returning(ExplanationRow.id)
        )
        return added.scalar() is not None

    async def find(self, id: UUID) -> ExplanationRow | None:
        """The explanation, if there is one."""
        found: ExplanationRow | None = await self._session.scalar(
            select(ExplanationRow)
            .where(ExplanationRow.id == id)
            .execution_options(populate_existing=True)
        )
        return found

    async def find_asked(self, version_id: UUID, digest: str) -> ExplanationRow | None:
        """The answer to a question that was asked before, or is being answered."""
        found: ExplanationRow | None = await self._session.scalar(
            select(ExplanationRow).where(
                ExplanationRow.version_id == version_id, ExplanationRow.digest == digest
            )
        )
        return found

    async def set_job(self, id: UUID, job_id: UUID) -> None:
        """Note which job makes it."""
        await self._session.execute(
            update(ExplanationRow).where(ExplanationRow.id == id).values(job_id=job_id)
        )

    async def finish(self, id: UUID, at: datetime) -> bool:
        """Its contents are stored; False if it has been deleted with its version."""
        done = await self._session.execute(
            update(ExplanationRow)
            .where(ExplanationRow.id == id)
            .values(finished_at=at)
            .returning(ExplanationRow.id)
        )
        return done.scalar() is not None

    async def existing(self, ids: Collection[UUID]) -> set[UUID]:
        """Those of `ids` that there are."""
        return {
            *await self._session.scalars(
                select(ExplanationRow.id).where(ExplanationRow.id.in_(ids))
            )
        }
