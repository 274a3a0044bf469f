"""All SQL that asks where versions come from."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.server.registry.tables import VersionRow


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
