"""The files of runs, as far as the database knows them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.tracking import RunArtifact
from maestro_ml.server.tracking.tables import RunArtifactRow

# The character after the slash: what lies below `a/` sorts from `a/` up to `a0`.
_AFTER_SLASH = "0"


class ArtifactRepository:
    """The artifacts of one run of the session's tenant."""

    def __init__(self, session: AsyncSession, run_id: UUID) -> None:
        self._session = session
        self._run_id = run_id

    async def save(self, artifact: RunArtifact) -> None:
        """Insert a file, or replace what had its path."""
        values = {"run_id": self._run_id, **artifact.model_dump()}
        changed = {key: values[key] for key in ("size", "sha256", "modified_at")}
        await self._session.execute(
            insert(RunArtifactRow)
            .values(values)
            .on_conflict_do_update(constraint="pk_run_artifact", set_=changed)
        )

    async def find(self, path: str) -> RunArtifact | None:
        """The file at `path`."""
        row = await self._session.scalar(self._rows().where(RunArtifactRow.path == path))
        return None if row is None else _to_artifact(row)

    async def find_obstacle(self, path: str) -> str | None:
        """A file that stands where `path` needs a folder, or below `path` itself."""
        parts = path.split("/")
        above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
        in_the_way = or_(RunArtifactRow.path.in_(above), _below(path))
        return await self._session.scalar(
            select(RunArtifactRow.path)
            .where(RunArtifactRow.run_id == self._run_id, in_the_way)
            .limit(1)
        )

    async def delete(self, path: str) -> int:
        """Delete the file at `path`, or all below the folder `path`; how many there were."""
        gone = await self._session.scalars(
            delete(RunArtifactRow)
            .where(
                RunArtifactRow.run_id == self._run_id,
                or_(RunArtifactRow.path == path, _below(path)),
            )
            .returning(RunArtifactRow.path)
        )
        return len(gone.all())

    async def list(self, *, folder: str, limit: int, after: str | None) -> list[RunArtifact]:
        """Files below `folder` (all for an empty one) by path."""
        query = self._rows().order_by(RunArtifactRow.path).limit(limit)
        query = query.where(_below(folder)) if folder else query
        query = query.where(RunArtifactRow.path > after) if after is not None else query
        return [_to_artifact(row) for row in await self._session.scalars(query)]

    def _rows(self) -> Select[RunArtifactRow]:
        return select(RunArtifactRow).where(RunArtifactRow.run_id == self._run_id)


def _below(folder: str) -> ColumnElement[bool]:
    return (RunArtifactRow.path >= f"{folder}/") & (RunArtifactRow.path < folder + _AFTER_SLASH)


def _to_artifact(row: RunArtifactRow) -> RunArtifact:
    return RunArtifact(path=row.path, size=row.size, sha256=row.sha256, modified_at=row.modified_at)
