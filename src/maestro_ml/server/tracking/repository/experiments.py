"""Experiments off the hot path."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.tracking import Experiment, ExperimentId, Lifecycle
from maestro_ml.server.tracking.rules import artifact_location
from maestro_ml.server.tracking.tables import ExperimentCounterRow, ExperimentRow, RunRow


class ExperimentRepository:
    """The experiments of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def create(
        self, name: str, *, location: str | None, tags: dict[str, str]
    ) -> Experiment | None:
        """Insert an experiment with the next id; None when the name is taken."""
        taken = await self._session.scalar(
            select(ExperimentRow.id).where(ExperimentRow.name == name)
        )
        if taken is not None:
            return None
        # The counter's row lock lets the creators of a tenant in one by one.
        number = await self._session.scalar(
            update(ExperimentCounterRow)
            .values(last_id=ExperimentCounterRow.last_id + 1)
            .returning(ExperimentCounterRow.last_id)
        )
        row = await self._session.scalar(
            insert(ExperimentRow)
            .values(id=number, name=name, artifact_location=location, tags=tags)
            .on_conflict_do_nothing()
            .returning(ExperimentRow)
        )
        return None if row is None else to_experiment(row)

    async def find(
        self, *, id: int | None = None, name: str | None = None, lock: bool = False
    ) -> Experiment | None:
        """The experiment with this id or name, in the trash or not."""
        query = select(ExperimentRow)
        query = query.where(ExperimentRow.id == id) if id is not None else query
        query = query.where(ExperimentRow.name == name) if name is not None else query
        query = query.with_for_update(key_share=True) if lock else query
        row = await self._session.scalar(query)
        return None if row is None else to_experiment(row)

    async def save(self, experiment: Experiment, *, deleted_at: datetime | None) -> None:
        """Write what can change of an experiment."""
        await self._session.execute(
            update(ExperimentRow)
            .where(ExperimentRow.id == experiment.id)
            .values(
                name=experiment.name,
                tags=experiment.tags,
                updated_at=experiment.updated_at,
                deleted_at=deleted_at,
            )
        )

    async def delete_runs(self, experiment_id: int, deleted_at: datetime) -> None:
        """Move the runs that are not in the trash there, together with their experiment."""
        await self._session.execute(
            update(RunRow)
            .where(RunRow.experiment_id == experiment_id, RunRow.deleted_at.is_(None))
            .values(deleted_at=deleted_at, ver=RunRow.ver + 1)
        )

    async def restore_runs(self, experiment_id: int) -> None:
        """Take out of the trash the runs that went there with the experiment, before it is restored."""
        together = (
            select(ExperimentRow.deleted_at)
            .where(ExperimentRow.id == experiment_id)
            .scalar_subquery()
        )
        await self._session.execute(
            update(RunRow)
            .where(RunRow.experiment_id == experiment_id, RunRow.deleted_at == together)
            .values(deleted_at=None, ver=RunRow.ver + 1)
        )


def to_experiment(row: ExperimentRow) -> Experiment:
    """The contract of a row."""
    return Experiment(
        id=ExperimentId(row.id),
        name=row.name,
        artifact_location=artifact_location(row.id, row.artifact_location),
        lifecycle=Lifecycle.ACTIVE if row.deleted_at is None else Lifecycle.DELETED,
        tags=row.tags,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
