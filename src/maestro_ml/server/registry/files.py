"""The files of model versions: in the object store, and as verified local copies."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from maestro_ml.contracts.registry import ModelFile, ModelVersion
from maestro_ml.server.blobs import BlobKey, BlobStore, OpenBlob, blob_key
from maestro_ml.server.kernel.settings import UploadSettings
from maestro_ml.server.registry.archive import unpack, zip_stream
from maestro_ml.server.registry.errors import (
    FilesDamaged,
    ModelFileNotFound,
    PackageTooLarge,
)
from maestro_ml.server.registry.package import Package

_KIND = "models"
_AT_ONCE = 8
"""Files that are copied at once."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to copy; `path` is relative to the model's folder, `sha256` None where nobody knows it."""

    path: str
    size: int
    sha256: str | None
    key: BlobKey


class VersionFiles:
    """Stores, deletes, copies and packs the files of versions.

    `folder` holds the local copies and what is being unpacked; it can be deleted at any time.
    """

    def __init__(self, blobs: BlobStore, folder: Path, limits: UploadSettings) -> None:
        self._blobs = blobs
        self._copies = folder / "models"
        self._scratch = folder / "scratch"
        self._limits = limits

    async def store(
        self, tenant_id: UUID, version_id: UUID, folder: Path, package: Package
    ) -> None:
        """Copy the files of `package` from `folder` into the object store, all or none."""
        try:
            for file in package.files:
                stored = await self._blobs.put_file(
                    _key(tenant_id, version_id, file.path), folder / file.path
                )
                if stored.sha256 != file.sha256:
                    raise FilesDamaged(
                        f"{file.path} changed while it was registered. Register the model again."
                    )
        except BaseException:
            await asyncio.shield(self.delete(tenant_id, version_id))
            raise

    async def delete(self, tenant_id: UUID, version_id: UUID) -> int:
        """Delete the files of a version and its local copy; the bytes freed in the store."""
        await asyncio.to_thread(shutil.rmtree, self._copies / str(version_id), ignore_errors=True)
        return await self._blobs.delete(_key(tenant_id, version_id))

    async def copy(
        self, tenant_id: UUID, version_id: UUID, sources: Sequence[SourceFile]
    ) -> list[ModelFile]:
        """Make copies of `sources` the files of a version; what came without a hash gets one."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def copy(source: SourceFile) -> ModelFile:
            async with gate:
                target = _key(tenant_id, version_id, source.path)
                await self._blobs.copy(source.key, target)
                sha256 = source.sha256 or await self._hash(target)
                return ModelFile(path=source.path, size=source.size, sha256=sha256)

        try:
            async with asyncio.TaskGroup() as group:
                copies = [group.create_task(copy(source)) for source in sources]
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from failed
        return [task.result() for task in copies]

    async def _hash(self, key: BlobKey) -> str:
        digest = hashlib.sha256()
        async for chunk in (await self._blobs.open(key)).chunks:
            digest.update(chunk)
        return digest.hexdigest()

    def sources(self, tenant_id: UUID, version: ModelVersion) -> list[SourceFile]:
        """The files of a version, for copies of them."""
        return [
            SourceFile(file.path, file.size, file.sha256, _key(tenant_id, version.id, file.path))
            for file in version.files
        ]

    def key(self, tenant_id: UUID, version_id: UUID, path: str) -> BlobKey:
        """Where the object store keeps a file."""
        return _key(tenant_id, version_id, path)

    async def list_versions(self, tenant_id: UUID) -> set[UUID]:
        """The versions that have files in the store."""
        prefix = blob_key(tenant_id, _KIND)
        start = len(prefix) + 1
        return {UUID(blob.key[start:].partition("/")[0]) async for blob in self._blobs.list(prefix)}

    async def open(self, tenant_id: UUID, version: ModelVersion, path: str) -> OpenBlob:
        """One file of a version. Raises ModelFileNotFound."""
        find_file(version, path)
        return await self._blobs.open(_key(tenant_id, version.id, path))

    def zip(self, tenant_id: UUID, version: ModelVersion) -> AsyncIterator[bytes]:
        """All files of a version as a zip, packed while it is read."""

        async def files() -> AsyncIterator[tuple[ModelFile, AsyncIterator[bytes]]]:
            for file in version.files:
                blob = await self._blobs.open(_key(tenant_id, version.id, file.path))
                yield file, blob.chunks

        return zip_stream(files())

    async def materialize(self, tenant_id: UUID, version: ModelVersion) -> Path:
        """The folder of a local copy whose every byte was checked. Raises FilesDamaged.

        Several processes may do this at once: the first whole copy wins.
        """
        copy = self._copies / str(version.id)
        if await asyncio.to_thread(_damaged, copy, version.files) is None:
            return copy
        async with self._scratch_folder() as scratch:
            for file in version.files:
                path = scratch / file.path
                path.parent.mkdir(parents=True, exist_ok=True)
                await self._blobs.download(_key(tenant_id, version.id, file.path), path)
            damaged = await asyncio.to_thread(_damaged, scratch, version.files)
            if damaged is not None:
                raise FilesDamaged(
                    f"The stored file {damaged} of {version.model}/{version.version} is not the one "
                    "that was registered. Restore the object store from a backup, or register the "
                    "model again."
                )
            await asyncio.to_thread(_replace, scratch, copy, version.files)
        return copy

    @asynccontextmanager
    async def received(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[Path]:
        """The model's folder in an uploaded archive, for as long as the block lasts.

        Raises ArchiveInvalid, PackageTooLarge.
        """
        async with self._scratch_folder() as scratch:
            archive = scratch / "archive"
            await self._spool(chunks, archive)
            unpacked = scratch / "unpacked"
            unpacked.mkdir()
            yield await asyncio.to_thread(
                unpack, archive, unpacked, max_bytes=self._limits.max_expanded_bytes
            )

    async def _spool(self, chunks: AsyncIterator[bytes], path: Path) -> None:
        size = 0
        with path.open("wb") as file:
            async for chunk in chunks:
                size += len(chunk)
                if size > self._limits.max_bytes:
                    raise PackageTooLarge(
                        f"An uploaded model has at most {self._limits.max_bytes:,} bytes. Send less, or "
                        "raise MAESTRO_UPLOAD_MAX_BYTES on the server."
                    )
                await asyncio.to_thread(file.write, chunk)

    @asynccontextmanager
    async def _scratch_folder(self) -> AsyncIterator[Path]:
        self._scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._copies.mkdir(parents=True, exist_ok=True, mode=0o700)
        with TemporaryDirectory(dir=self._scratch, ignore_cleanup_errors=True) as name:
            yield Path(name)


def find_file(version: ModelVersion, path: str) -> ModelFile:
    """The file of a version at `path`. Raises ModelFileNotFound."""
    for file in version.files:
        if file.path == path:
            return file
    raise ModelFileNotFound(
        f"{version.model}/{version.version} has no file {path!r}. Its `files` list them."
    )


def _key(tenant_id: UUID, version_id: UUID, *path: str) -> BlobKey:
    return blob_key(tenant_id, _KIND, str(version_id), *path)


def _damaged(folder: Path, files: list[ModelFile]) -> str | None:
    """The first file that is missing or not the one it should be."""
    for file in files:
        try:
            with (folder / file.path).open("rb") as content:
                if hashlib.file_digest(content, "sha256").hexdigest() != file.sha256:
                    return file.path
        except OSError:
            return file.path
    return None


def _replace(scratch: Path, copy: Path, files: list[ModelFile]) -> None:
    """Put the checked `scratch` in the place of `copy`, unless another process was faster."""
    if _damaged(copy, files) is None:
        return
    shutil.rmtree(copy, ignore_errors=True)
    try:
        scratch.rename(copy).chmod(0o700)
    except OSError:
        if _damaged(copy, files) is not None:
            raise
