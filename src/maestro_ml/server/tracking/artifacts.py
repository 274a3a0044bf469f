"""Files of runs: streamed to and from the object store, listed from the database."""

from __future__ import annotations

from collections.abc import AsyncIterator
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
from maestro_ml.server.tracking.repository import (
    ArtifactRepository,
    RunRecord,
    SessionCalls,
    TrackingFunctions,
)

_KIND = "runs"


class RunArtifactService:
    """The artifacts of runs; a file has at most `max_bytes`."""

    def __init__(self, blobs: BlobStore, *, max_bytes: int) -> None:
        self._blobs = blobs
        self._max_bytes = max_bytes

    async def put(
        self, unit: UnitOfWork, run_id: UUID, path: str, chunks: AsyncIterator[bytes]
    ) -> RunArtifact:
        """Store the bytes of `chunks` at `path`, in place of what was there.

        The unit commits first, so that no connection waits for the sender. Raises RunNotFound,
        RunDeleted, BlobKeyInvalid, ArtifactPathTaken, ArtifactTooLarge.
        """
        key = _key(unit, run_id, path)
        run = await _find_run(unit, run_id)
        if run.deleted_at is not None:
            raise outcomes.run_deleted(run_id)
        repository = ArtifactRepository(unit.session, run_id)
        obstacle = await repository.find_obstacle(path)
        if obstacle is not None:
            raise ArtifactPathTaken(
                f"{path} would be a file and a folder at once: the run has {obstacle}. Choose another "
                "path."
            )
        await unit.commit()
        stored = await self._blobs.put_stream(key, self._bounded(chunks))
        artifact = RunArtifact(path=path, size=stored.size, sha256=stored.sha256, modified_at=now())
        await repository.save(artifact)
        return artifact

    async def open(self, unit: UnitOfWork, run_id: UUID, path: str) -> tuple[RunArtifact, OpenBlob]:
        """A file and its bytes. Raises RunNotFound or ArtifactNotFound."""
        await _find_run(unit, run_id)
        artifact = await ArtifactRepository(unit.session, run_id).find(path)
        if artifact is None:
            raise _not_found(run_id, path)
        await unit.commit()
        return artifact, await self._blobs.open(_key(unit, run_id, path))

    async def delete(self, unit: UnitOfWork, run_id: UUID, path: str) -> None:
        """Delete a file, or a folder with all below it. Raises RunNotFound or ArtifactNotFound."""
        key = _key(unit, run_id, path)
        await _find_run(unit, run_id)
        files = await ArtifactRepository(unit.session, run_id).delete(path)
        if files == 0:
            raise _not_found(run_id, path)
        unit.record(
            "tracking.artifact.deleted", "run", run_id, before={"path": path, "files": files}
        )
        await unit.commit()
        await self._blobs.delete(key)

    async def list(
        self, unit: UnitOfWork, run_id: UUID, *, folder: str, limit: int, cursor: str | None
    ) -> Page[RunArtifact]:
        """The files below `folder`, by path. Raises RunNotFound."""
        await _find_run(unit, run_id)
        after = decode_cursor(cursor, parts=1)
        found = await ArtifactRepository(unit.session, run_id).list(
            folder=folder.strip("/"), limit=limit + 1, after=str(after[0]) if after else None
        )
        return to_page(found, limit, lambda artifact: [artifact.path])

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


def _key(unit: UnitOfWork, run_id: UUID, path: str) -> BlobKey:
    return blob_key(unit.context.tenant_id, _KIND, str(run_id), path)


async def _find_run(unit: UnitOfWork, run_id: UUID) -> RunRecord:
    functions = TrackingFunctions(SessionCalls(unit.session), unit.context.tenant_id)
    run = await functions.find_run(run_id)
    if run is None:
        raise outcomes.run_not_found(run_id)
    return run


def _not_found(run_id: UUID, path: str) -> ArtifactNotFound:
    return ArtifactNotFound(
        f"The run {run_id} has no file {path[:200]!r}. GET /api/v1/runs/{run_id}/artifacts lists them."
    )
