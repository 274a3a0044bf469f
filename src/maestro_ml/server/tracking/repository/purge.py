"""What lies in the trash, and taking it out of the database for good."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, delete, literal_column, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.server.tracking.logged_model_tables import LoggedModelRow, LooseArtifactRow
from maestro_ml.server.tracking.rules import model_artifact_uri
from maestro_ml.server.tracking.tables import (
    ExperimentRow,
    MetricOverviewRow,
    RunArtifactRow,
    RunMetricRow,
    RunRow,
    UncompactedRunRow,
)

# The size of whole rows, as PostgreSQL stores them: compressed, without what indexes need.
_DELETE_POINTS = text(
    """
    WITH gone AS (DELETE FROM metric_point p WHERE p.series_id = ANY(:series)
                  RETURNING pg_column_size(p.*) AS size)
    SELECT count(*), coalesce(sum(size), 0) FROM gone
    """
)
_DELETE_CHUNKS = text(
    """
    WITH gone AS (DELETE FROM metric_chunk c WHERE c.series_id = ANY(:series)
                  RETURNING cardinality(c.steps) AS points,
                    64 + pg_column_size(c.steps) + pg_column_size(c.ats) + pg_column_size(c.vals)
                    AS size)
    SELECT coalesce(sum(points), 0), coalesce(sum(size), 0) FROM gone
    """
)


class DeletedModel(NamedTuple):
    """A logged model that was deleted, and where its files are."""

    id: str
    name: str
    artifact_uri: str


class PurgeRepository:
    """The trash of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def deleted_runs(self, *, before: datetime, limit: int, after: UUID | None) -> list[UUID]:
        """Runs that were in the trash then already, by id."""
        query = select(RunRow.id).where(RunRow.deleted_at <= before)
        query = query.where(RunRow.id > after) if after is not None else query
        return [*await self._session.scalars(query.order_by(RunRow.id).limit(limit))]

    async def deleted_experiments(self, *, before: datetime) -> list[int]:
        """Experiments that were in the trash then already."""
        query = select(ExperimentRow.id).where(ExperimentRow.deleted_at <= before)
        return [*await self._session.scalars(query.order_by(ExperimentRow.id))]

    async def runs_of(self, experiment_id: int, *, limit: int, after: UUID | None) -> list[UUID]:
        """The runs of an experiment, in the trash or not, by id."""
        query = select(RunRow.id).where(RunRow.experiment_id == experiment_id)
        query = query.where(RunRow.id > after) if after is not None else query
        return [*await self._session.scalars(query.order_by(RunRow.id).limit(limit))]

    async def delete_runs_of(self, experiment_id: int, at: datetime) -> None:
        """Move the active runs of an experiment to the trash, where they take no more points."""
        await self._session.execute(
            update(RunRow)
            .where(RunRow.experiment_id == experiment_id, RunRow.deleted_at.is_(None))
            .values(deleted_at=at, ver=RunRow.ver + 1)
        )

    async def lock_deleted(self, run_ids: list[UUID]) -> dict[UUID, str]:
        """Those of some runs that are in the trash, held until the commit, with their names."""
        found = await self._session.execute(
            select(RunRow.id, RunRow.name)
            .where(RunRow.id.in_(run_ids), RunRow.deleted_at.is_not(None))
            .order_by(RunRow.id)
            .with_for_update()
        )
        return {row.id: row.name for row in found}

    async def delete_runs(self, run_ids: list[UUID]) -> tuple[int, int]:
        """Delete runs with all that belongs to them: how many points, and bytes of rows."""
        series = [
            *await self._session.scalars(
                select(RunMetricRow.series_id).where(RunMetricRow.run_id.in_(run_ids))
            )
        ]
        points = size = 0
        for statement in (_DELETE_POINTS, _DELETE_CHUNKS):
            found = (await self._session.execute(statement, {"series": series})).one()
            points, size = points + int(found[0]), size + int(found[1])
        size += await self._delete(MetricOverviewRow, MetricOverviewRow.series_id.in_(series))
        size += await self._delete(RunMetricRow, RunMetricRow.run_id.in_(run_ids))
        size += await self._delete(RunArtifactRow, RunArtifactRow.run_id.in_(run_ids))
        await self._delete(UncompactedRunRow, UncompactedRunRow.run_id.in_(run_ids))
        size += await self._delete(RunRow, RunRow.id.in_(run_ids))
        return points, size

    async def delete_experiment(self, experiment_id: int) -> int:
        """Delete an experiment in the trash with its logged models; how many bytes it was."""
        size = await self._delete(
            ExperimentRow,
            (ExperimentRow.id == experiment_id) & ExperimentRow.deleted_at.is_not(None),
        )
        if size == 0:
            return 0
        return size + await self.delete_loose_files(str(experiment_id))

    async def delete_loose_files(self, folder: str) -> int:
        """Delete the rows of all files of no run below `folder`; how many bytes they were."""
        path = LooseArtifactRow.path
        # The character after the slash: what lies below `1/` sorts from `1/` up to `10`.
        below = (path >= f"{folder}/") & (path < f"{folder}0")
        return await self._delete(LooseArtifactRow, below)

    async def deleted_models(self, *, before: datetime, limit: int) -> list[DeletedModel]:
        """Logged models that were deleted then already, held until the commit."""
        location = (
            select(ExperimentRow.artifact_location)
            .where(ExperimentRow.id == LoggedModelRow.experiment_id)
            .scalar_subquery()
        )
        model = LoggedModelRow
        found = await self._session.execute(
            select(model.id, model.name, model.experiment_id, location)
            .where(model.deleted_at <= before)
            .order_by(model.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=model)
        )
        return [
            DeletedModel(id, name, model_artifact_uri(experiment_id, place, id))
            for id, name, experiment_id, place in found
        ]

    async def delete_models(self, ids: list[str]) -> int:
        """Delete logged models with their metrics; how many bytes they were."""
        return await self._delete(LoggedModelRow, LoggedModelRow.id.in_(ids))

    async def existing_files(self, files: list[tuple[UUID, str]]) -> set[tuple[UUID, str]]:
        """Those of some files, by run and path, that a row names."""
        place = tuple_(RunArtifactRow.run_id, RunArtifactRow.path)
        found = await self._session.execute(
            select(RunArtifactRow.run_id, RunArtifactRow.path).where(place.in_(files))
        )
        return {(run_id, path) for run_id, path in found}

    async def existing_loose_files(self, paths: list[str]) -> set[str]:
        """Those of some files of no run, by path, that a row names."""
        query = select(LooseArtifactRow.path).where(LooseArtifactRow.path.in_(paths))
        return {*await self._session.scalars(query)}

    async def _delete(self, table: Any, chosen: ColumnElement[bool]) -> int:
        row: ColumnElement[int] = literal_column(f"pg_column_size({table.__tablename__}.*)")
        gone = await self._session.execute(delete(table).where(chosen).returning(row))
        return sum(size for (size,) in gone)
