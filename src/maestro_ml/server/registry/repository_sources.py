"""All SQL that asks where versions come from."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.server.registry.tables import ModelRow, VersionRow


class SourcedVersion(NamedTuple):
    """A version, and where it says it comes from."""

    model: str
    version: int
    dataset: str | None
    source_run_id: str | None
    created_at: datetime
    created_by: str


class SourceRepository:
    """The sources of the versions of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def runs_behind_versions(self, run_ids: list[UUID]) -> set[UUID]:
        """Those of some runs that a version comes from; ids are kept with dashes or without."""
        spelled = {text: run_id for run_id in run_ids for text in (run_id.hex, str(run_id))}
        found = await self._session.scalars(
            select(VersionRow.source_run_id).where(VersionRow.source_run_id.in_([*spelled]))
        )
        return {spelled[text] for text in found if text is not None}

    async def versions_trained_on(
        self, dataset: str, run_ids: list[UUID], limit: int
    ) -> list[SourcedVersion]:
        """Versions whose param `dataset` is `dataset@…`, or that come from a run; newest first."""
        named = VersionRow.params["dataset"].astext
        spelled = [text for run_id in run_ids for text in (run_id.hex, str(run_id))]
        found = await self._session.execute(
            select(
                ModelRow.name,
                VersionRow.number,
                named,
                VersionRow.source_run_id,
                VersionRow.created_at,
                VersionRow.created_by,
            )
            .join(ModelRow, VersionRow.model_id == ModelRow.id)
            .where(
                or_(
                    named.startswith(f"{dataset}@", autoescape=True),
                    VersionRow.source_run_id.in_(spelled),
                )
            )
            .order_by(VersionRow.id.desc())
            .limit(limit)
        )
        return [SourcedVersion(*row) for row in found]
