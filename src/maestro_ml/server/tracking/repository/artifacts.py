"""The files of runs and those at paths of their own, as far as the database knows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, delete, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.tracking import RunArtifact
from maestro_ml.server.tracking.logged_model_tables import LooseArtifactRow
from maestro_ml.server.tracking.tables import ExperimentRow, RunArtifactRow, RunRow

# The character after the slash: what lies below `a/` sorts from `a/` up to `a0`.
_AFTER_SLASH = "0"


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """A file or a folder in a folder; `size` is in bytes and None for a folder."""

    name: str
    size: int | None


@dataclass(frozen=True, slots=True)
class RunHome:
    """Where the files of a run belong, and whether it takes any."""

    run_id: UUID
    experiment_id: int
    artifact_location: str | None
    deleted_at: datetime | None


async def find_run_home(session: AsyncSession, run_id: UUID) -> RunHome | None:
    """Where the files of a run belong; nothing else of the run is read."""
    found = await session.execute(
        select(RunRow.id, RunRow.experiment_id, ExperimentRow.artifact_location, RunRow.deleted_at)
        .join(ExperimentRow, ExperimentRow.id == RunRow.experiment_id)
        .where(RunRow.id == run_id)
    )
    row = found.first()
    return None if row is None else RunHome(*row)


async def experiments_with_files(session: AsyncSession) -> list[int]:
    """The experiments that keep the files of runs where all do by default, and have some."""
    found = await session.scalars(
        select(ExperimentRow.id).where(
            ExperimentRow.artifact_location.is_(None),
            _files_of(RunRow.experiment_id == ExperimentRow.id),
        )
    )
    return [*found]


async def runs_with_files(session: AsyncSession, experiment_id: int) -> list[UUID]:
    """The runs of such an experiment that have files."""
    found = await session.scalars(
        select(RunRow.id)
        .join(ExperimentRow, ExperimentRow.id == RunRow.experiment_id)
        .where(
            RunRow.experiment_id == experiment_id,
            ExperimentRow.artifact_location.is_(None),
            exists().where(RunArtifactRow.run_id == RunRow.id),
        )
    )
    return [*found]


def _files_of(runs: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(runs, RunArtifactRow.run_id == RunRow.id)


class ArtifactRepository:
    """The artifacts of one run of the session's tenant, or its files that belong to no run."""

    def __init__(self, session: AsyncSession, run_id: UUID | None) -> None:
        self._session = session
        self._row: Any = LooseArtifactRow if run_id is None else RunArtifactRow
        self._scope = {} if run_id is None else {"run_id": run_id}

    async def save(self, artifact: RunArtifact) -> None:
        """Insert a file, or replace what had its path."""
        values = {**self._scope, **artifact.model_dump()}
        changed = {key: values[key] for key in ("size", "sha256", "modified_at")}
        await self._session.execute(
            insert(self._row)
            .values(values)
            .on_conflict_do_update(constraint=self._row.__table__.primary_key, set_=changed)
        )

    async def find(self, path: str) -> RunArtifact | None:
        """The file at `path`."""
        row = await self._session.scalar(self._rows().where(self._row.path == path))
        return None if row is None else _to_artifact(row)

    async def find_obstacle(self, path: str) -> str | None:
        """A file that stands where `path` needs a folder, or below `path` itself."""
        parts = path.split("/")
        above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
        in_the_way = or_(self._row.path.in_(above), self._below(path))
        return await self._session.scalar(
            select(self._row.path).where(self._own(), in_the_way).limit(1)
        )

    async def delete(self, path: str) -> int:
        """Delete the file at `path`, or all below the folder `path`; how many there were."""
        within = or_(self._row.path == path, self._below(path))
        gone = await self._session.scalars(
            delete(self._row).where(self._own(), within).returning(self._row.path)
        )
        return len(gone.all())

    async def list_folder(self, folder: str) -> list[FolderEntry]:
        """What lies in `folder` itself, by name."""
        rest = func.substr(self._row.path, len(folder) + 2 if folder else 1)
        name = func.split_part(rest, "/", 1).label("name")
        # One row for each name, so that a folder of a million files costs no memory here.
        size = func.max(case((func.strpos(rest, "/") == 0, self._row.size)))
        query = select(name, size).where(self._own(), self._below(folder)).group_by(name)
        found = await self._session.execute(query.order_by(name))
        return [FolderEntry(*row) for row in found]

    async def list(self, *, folder: str, limit: int, after: str | None) -> list[RunArtifact]:
        """Files below `folder` (all for an empty one) by path."""
        query = self._rows().order_by(self._row.path).limit(limit).where(self._below(folder))
        query = query.where(self._row.path > after) if after is not None else query
        return [_to_artifact(row) for row in await self._session.scalars(query)]

    def _own(self) -> ColumnElement[bool]:
        run_id = self._scope.get("run_id")
        return true() if run_id is None else self._row.run_id == run_id

    def _rows(self) -> Select[Any]:
        return select(self._row).where(self._own())

    def _below(self, folder: str) -> ColumnElement[bool]:
        path = self._row.path
        return (path >= f"{folder}/") & (path < folder + _AFTER_SLASH) if folder else true()


def _to_artifact(row: Any) -> RunArtifact:
    return RunArtifact(path=row.path, size=row.size, sha256=row.sha256, modified_at=row.modified_at)
