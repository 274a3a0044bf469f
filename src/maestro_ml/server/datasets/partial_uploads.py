"""Uploads in parts, which a cut connection or a closed page only interrupts.

The parts and a manifest are blobs below the caller's own id: any node can take any part, and nobody
else sees them. No row is written before the parts have become a version.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from maestro_ml.contracts.datasets import (
    DatasetCreate,
    PartialUpload,
    PartialUploadFinish,
    UploadedVersion,
)
from maestro_ml.server.blobs import BlobKey, BlobNotFound, BlobStore, blob_key
from maestro_ml.server.datasets.errors import (
    UploadIncomplete,
    UploadInterrupted,
    UploadNotFound,
    UploadPartInvalid,
)
from maestro_ml.server.datasets.rules import PARTS_KEPT, PARTS_KIND
from maestro_ml.server.datasets.upload_service import Upload, UploadService
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.ids import new_id

PART_BYTES = 8 * 2**20
_MANIFEST = "manifest"


class _Manifest(BaseModel):
    """What the upload will be, and what became of it."""

    model_config = ConfigDict(frozen=True)

    size: int
    done: UploadedVersion | None = None


class PartialUploads:
    """The uploads in parts of the caller; the last step is an ordinary upload of all bytes."""

    def __init__(
        self, blobs: BlobStore, uploads: UploadService, part_bytes: int = PART_BYTES
    ) -> None:
        self._blobs = blobs
        self._uploads = uploads
        self._part_bytes = part_bytes

    async def create(self, context: Context, size: int) -> PartialUpload:
        """Begin an upload of `size` bytes. Raises UploadTooLarge."""
        self._uploads.require_room(size)
        upload_id = new_id()
        await self._write_manifest(context, upload_id, _Manifest(size=size))
        return self._describe(upload_id, size, [])

    async def get(self, context: Context, upload_id: UUID) -> PartialUpload:
        """How far an upload is. Raises UploadNotFound."""
        manifest = await self._manifest(context, upload_id)
        prefix = _key(context, upload_id, "parts")
        found = [int(blob.key.rpartition("/")[2]) async for blob in self._blobs.list(prefix)]
        return self._describe(upload_id, manifest.size, sorted(found))

    async def put_part(
        self, context: Context, upload_id: UUID, number: int, chunks: AsyncIterator[bytes]
    ) -> None:
        """Store a part, in place of what was sent as that part before.

        Raises UploadNotFound, UploadPartInvalid, and whatever `chunks` raises; nothing stays then.
        """
        size = (await self._manifest(context, upload_id)).size
        parts = math.ceil(size / self._part_bytes)
        if not 1 <= number <= parts:
            raise UploadPartInvalid(
                f"There is no part {number}: the upload has parts 1 to {parts}."
            )
        expected = min(self._part_bytes, size - (number - 1) * self._part_bytes)
        key = _key(context, upload_id, "parts", str(number))
        await self._blobs.put_stream(key, _of_size(chunks, number, expected))

    async def finish(
        self, unit: UnitOfWork, upload_id: UUID, body: PartialUploadFinish
    ) -> UploadedVersion:
        """Make the parts a version; asked again, it answers the same.

        Raises UploadNotFound, UploadIncomplete, and what an upload at once raises; the parts stay then,
        so that finishing can be asked again with another encoding.
        """
        context = unit.context
        manifest = await self._manifest(context, upload_id)
        if manifest.done is not None:
            return manifest.done
        upload = await self.get(context, upload_id)
        if len(upload.received) < upload.parts:
            missing = upload.parts - len(upload.received)
            raise UploadIncomplete(
                f"{missing} of {upload.parts} parts are missing. Send them, then finish the upload."
            )
        version = await self._uploads.receive(
            unit, _upload(body, manifest.size), self._bytes(context, upload)
        )
        await self._write_manifest(context, upload_id, _Manifest(size=upload.size, done=version))
        await self._blobs.delete(_key(context, upload_id, "parts"))
        return version

    async def delete(self, context: Context, upload_id: UUID) -> None:
        """Give an upload up, and free its bytes. Raises UploadNotFound."""
        await self._manifest(context, upload_id)
        await self._blobs.delete(_key(context, upload_id))

    async def purge_abandoned(self, unit: UnitOfWork) -> int:
        """Delete what nobody has gone on with for three days; the bytes freed. For a periodic job."""

        async def none(keys: list[BlobKey]) -> set[BlobKey]:  # noqa: ARG001
            return set()

        prefix = blob_key(unit.context.tenant_id, PARTS_KIND)
        return await self._blobs.purge_orphans(prefix, none, before=now() - PARTS_KEPT)

    def _describe(self, upload_id: UUID, size: int, received: list[int]) -> PartialUpload:
        return PartialUpload(
            id=upload_id,
            size=size,
            part_bytes=self._part_bytes,
            parts=math.ceil(size / self._part_bytes),
            received=received,
        )

    async def _bytes(self, context: Context, upload: PartialUpload) -> AsyncIterator[bytes]:
        for number in range(1, upload.parts + 1):
            part = await self._blobs.open(_key(context, upload.id, "parts", str(number)))
            async for chunk in part.chunks:
                yield chunk

    async def _manifest(self, context: Context, upload_id: UUID) -> _Manifest:
        try:
            blob = await self._blobs.open(_key(context, upload_id, _MANIFEST))
        except BlobNotFound as error:
            raise UploadNotFound(
                f"There is no upload {upload_id} of yours. Begin a new one with POST /api/v1/uploads."
            ) from error
        return _Manifest.model_validate_json(b"".join([chunk async for chunk in blob.chunks]))

    async def _write_manifest(self, context: Context, upload_id: UUID, manifest: _Manifest) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            yield manifest.model_dump_json().encode()

        await self._blobs.put_stream(_key(context, upload_id, _MANIFEST), chunks())


def _key(context: Context, upload_id: UUID, *path: str) -> BlobKey:
    owner = str(context.actor.id)
    return blob_key(context.tenant_id, PARTS_KIND, owner, str(upload_id), *path)


def _upload(body: PartialUploadFinish, size: int) -> Upload:
    if body.name is not None:
        dataset: str | DatasetCreate = DatasetCreate(name=body.name, description=body.description)
    else:
        assert body.dataset is not None
        dataset = body.dataset
    return Upload(dataset, body.filename, body.format, body.encoding, body.git_commit, size)


async def _of_size(
    chunks: AsyncIterator[bytes], number: int, expected: int
) -> AsyncIterator[bytes]:
    """The bytes of a part, which are as many as its place has."""
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > expected:
            raise UploadPartInvalid(f"Part {number} has {expected:,} bytes; more came.")
        yield chunk
    if size < expected:
        raise UploadInterrupted(
            f"Part {number} has {expected:,} bytes; only {size:,} came. Send it again."
        )
