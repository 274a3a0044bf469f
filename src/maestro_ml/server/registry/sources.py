"""What versions come from, for rooms that would delete it."""

from __future__ import annotations

from uuid import UUID

from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.registry.repository_sources import SourcedVersion, SourceRepository


async def runs_behind_versions(unit: UnitOfWork, run_ids: list[UUID]) -> set[UUID]:
    """Those of some runs that a registered version comes from: its files may be the run's."""
    return await SourceRepository(unit.session).runs_behind_versions(run_ids)


async def versions_trained_on(
    unit: UnitOfWork, dataset: str, run_ids: list[UUID], *, limit: int
) -> list[SourcedVersion]:
    """Versions that name the data set as what they were trained on, or come from one of the runs."""
    return await SourceRepository(unit.session).versions_trained_on(dataset, run_ids, limit)
