"""What versions come from, for rooms that would delete it."""

from __future__ import annotations

from uuid import UUID

from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.registry.repository_sources import SourceRepository


async def runs_behind_versions(unit: UnitOfWork, run_ids: list[UUID]) -> set[UUID]:
    """Those of some runs that a registered version comes from: its files may be the run's."""
    return await SourceRepository(unit.session).runs_behind_versions(run_ids)
