"""Files of runs, and files at paths of their own: streamed to and from the object store, listed here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.tracking import RunArtifact
from maestro_ml.server.blobs import BlobKey, BlobStore, OpenBlob, blob_key
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.paging import decode_cursor, to_page
from maestro_ml.server.tracking import outcomes
from maestro_ml.server.tracking.errors import (
    ArtifactNotFound,
    ArtifactPathTaken,
    ArtifactTooLarge,
)
from maestro_ml.server.tracking.repository import ArtifactRepository, RunHome, find_run_home

FILES_IN_RUNS = "runs"
LOOSE_FILES = "files"
"""The kinds of blobs, below which each run has its folder, and every other file its path."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file or folder is: below a run, or at a path of its own; an empty path means all."""

    run_id: UUID | None
    path: str


class ArtifactFiles:
    """The bytes and the rows of files, whoever owns them; a file has at most `max_bytes`."""

    def __init__(self, blobs: BlobStore, *, max_bytes: int) -> None:
        self._blobs = blobs
        self._max_bytes = max_bytes

    def key(self, unit: UnitOfWork, place: Place) -> BlobKey:
        """Where the object store keeps `place`. Raises BlobKeyInvalid."""
        parts = [] if place.run_id is None else [str(place.run_id)]
        kind = LOOSE_FILES if place.run_id is None else FILES_IN_RUNS
        return blob_key(unit.context.tenant_id, kind, *parts, *([place.path] if place.path else []))

    async def reserve(self, unit: UnitOfWork, place: Place) -> BlobKey:
        """The key for a new file at `place`. Raises BlobKeyInvalid, ArtifactPathTaken."""
        key = self.key(unit, place)
        obstacle = await _rows(unit, place).find_obstacle(place.path)
        if obstacle is not None:
            raise ArtifactPathTaken(
                f"{place.path} would be a file and a folder at once: there is {obstacle}. Choose "
                "another path."
            )
        return key

    async def put(
        self, unit: UnitOfWork, place: Place, chunks: AsyncIterator[bytes]
    ) -> RunArtifact:
        """Store the bytes of `chunks` at `place`, in place of what was there.

        The unit commits first, so that no connection waits for the sender. Raises BlobKeyInvalid,
        ArtifactPathTaken, ArtifactTooLarge.
        """
        key = await self.reserve(unit, place)
        await unit.commit()
        stored = await self._blobs.put_stream(key, self._bounded(chunks))
        return await self.save(unit, place, size=stored.size, sha256=stored.sha256)

    async def save(
        self, unit: UnitOfWork, place: Place, *, size: int, sha256: str | None
    ) -> RunArtifact:
        """Tell of the bytes that the object store has at `place`."""
        artifact = RunArtifact(path=place.path, size=size, sha256=sha256, modified_at=now())
        await _rows(unit, place).save(artifact)
        return artifact

    async def find(self, unit: UnitOfWork, place: Place) -> RunArtifact | None:
        """The file at `place`."""
        return await _rows(unit, place).find(place.path)

    async def open(self, unit: UnitOfWork, place: Place) -> OpenBlob:
        """The bytes of the file at `place`; the unit commits first."""
        await unit.commit()
        return await self._blobs.open(self.key(unit, place))

    async def delete(self, unit: UnitOfWork, place: Place) -> int:
        """Delete a file, or a folder with all below it; how many files there were."""
        key = self.key(unit, place)
        files = await _rows(unit, place).delete(place.path)
        if files:
            subject = ("artifact", place.path) if place.run_id is None else ("run", place.run_id)
            before = {"path": place.path, "files": files}
            unit.record("tracking.artifact.deleted", *subject, before=before)
        await unit.commit()
        if files:
            await self._blobs.delete(key)
        return files

    async def list(
        self, unit: UnitOfWork, place: Place, *, limit: int, after: str | None = None
    ) -> list[RunArtifact]:
        """The files below `place`, by path."""
        return await _rows(unit, place).list(folder=place.path, limit=limit, after=after)

    async def _bounded(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in chunks:
            size += len(chunk)
            if size > self._max_bytes:
                raise ArtifactTooLarge(
                    f"A file has at most {self._max_bytes:,} bytes. Send it in parts, or raise "
                    "MAESTRO_UPLOAD_MAX_BYTES on the server."
                )
            yield chunk


class RunArtifactService:
    """The artifacts of runs."""

    def __init__(self, files: ArtifactFiles) -> None:
        self._files = files

    async def put(
        self, unit: UnitOfWork, run_id: UUID, path: str, chunks: AsyncIterator[bytes]
    ) -> RunArtifact:
        """Store the bytes of `chunks` at `path`, in place of what was there.

        Raises RunNotFound, RunDeleted, BlobKeyInvalid, ArtifactPathTaken, ArtifactTooLarge.
        """
        self._files.key(unit, Place(run_id, path))
        await get_live_home(unit, run_id)
        return await self._files.put(unit, Place(run_id, path), chunks)

    async def open(self, unit: UnitOfWork, run_id: UUID, path: str) -> tuple[RunArtifact, OpenBlob]:
        """A file and its bytes. Raises RunNotFound or ArtifactNotFound."""
        await get_home(unit, run_id)
        place = Place(run_id, path)
        artifact = await self._files.find(unit, place)
        if artifact is None:
            raise _not_found(run_id, path)
        return artifact, await self._files.open(unit, place)

    async def delete(self, unit: UnitOfWork, run_id: UUID, path: str) -> None:
        """Delete a file, or a folder with all below it. Raises RunNotFound or ArtifactNotFound."""
        place = Place(run_id, path)
        self._files.key(unit, place)
        await get_home(unit, run_id)
        if await self._files.delete(unit, place) == 0:
            raise _not_found(run_id, path)

    async def list(
        self, unit: UnitOfWork, run_id: UUID, *, folder: str, limit: int, cursor: str | None
    ) -> Page[RunArtifact]:
        """The files below `folder`, by path. Raises RunNotFound."""
        await get_home(unit, run_id)
        after = decode_cursor(cursor, parts=1)
        found = await self._files.list(
            unit,
            Place(run_id, folder.strip("/")),
            limit=limit + 1,
            after=str(after[0]) if after else None,
        )
        return to_page(found, limit, lambda artifact: [artifact.path])


async def get_home(unit: UnitOfWork, run_id: UUID) -> RunHome:
    """Where the files of a run belong, in the trash or not. Raises RunNotFound."""
    home = await find_run_home(unit.session, run_id)
    if home is None:
        raise outcomes.run_not_found(run_id)
    return home


async def get_live_home(unit: UnitOfWork, run_id: UUID) -> RunHome:
    """Where the files of a run belong that takes some. Raises RunNotFound, RunDeleted."""
    home = await get_home(unit, run_id)
    if home.deleted_at is not None:
        raise outcomes.run_deleted(run_id)
    return home


def _rows(unit: UnitOfWork, place: Place) -> ArtifactRepository:
    return ArtifactRepository(unit.session, place.run_id)


def _not_found(run_id: UUID, path: str) -> ArtifactNotFound:
    return ArtifactNotFound(
        f"The run {run_id} has no file {path[:200]!r}. GET /api/v1/runs/{run_id}/artifacts lists them."
    )
