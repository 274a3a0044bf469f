"""The files of model versions: in the object store, and as verified local copies."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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

    async def open(self, tenant_id: UUID, version: ModelVersion, path: str) -> OpenBlob:
        """One file of a version. Raises ModelFileNotFound."""
        if not any(file.path == path for file in version.files):
            raise ModelFileNotFound(
                f"{version.model}/{version.version} has no file {path!r}. Its `files` list them."
            )
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
