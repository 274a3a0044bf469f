"""The bytes behind versions: a local Parquet file, pages of rows, downloads, and purging orphans."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from maestro_ml.contracts.datasets import (
    DatasetPreview,
    DatasetVersion,
    DownloadFormat,
    TableFormat,
)
from maestro_ml.contracts.identity import TenantId
from maestro_ml.server.blobs import BlobKey, BlobStore, blob_key, disk_failures
from maestro_ml.server.datasets.ingest import preview
from maestro_ml.server.datasets.repository import DatasetRepository
from maestro_ml.server.datasets.rules import KIND, ORPHANED_AFTER, table_key, version_of
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork


@dataclass(frozen=True, slots=True)
class Download:
    """A table on its way out; `size` in bytes, None where it is not known before the end."""

    filename: str
    media_type: str
    size: int | None
    chunks: AsyncIterator[bytes]


class TableService:
    """Reads the tables of versions, which the caller was shown by DatasetService."""

    def __init__(self, blobs: BlobStore, cache: Path) -> None:
        self._blobs = blobs
        self._cache = cache

    async def materialize(self, tenant_id: TenantId, version: DatasetVersion, folder: Path) -> Path:
        """The version's table as a Parquet file in `folder`, copied there unless it is already.

        The file is named by its content's hash and appears whole or not at all; the caller owns it.
        Raises BlobNotFound when the dataset has been deleted, StorageFull, BlobsUnavailable.
        """
        path = folder / f"{version.content_sha256}.parquet"
        if not path.exists():
            _make(folder)
            await self._blobs.download(table_key(tenant_id, version.id), path)
        return path

    async def preview(
        self, tenant_id: TenantId, version: DatasetVersion, *, offset: int, limit: int
    ) -> DatasetPreview:
        """At most `limit` rows from row `offset` on. Raises BlobNotFound."""
        path = await self._local(tenant_id, version)
        page = await asyncio.to_thread(preview, path, offset, limit)
        return DatasetPreview(**asdict(page))

    async def download(
        self, tenant_id: TenantId, version: DatasetVersion, format: DownloadFormat
    ) -> Download:
        """The whole table, streamed. Raises BlobNotFound."""
        filename = f"{version.dataset_name}-v{version.number}.{format.value}"
        if format is TableFormat.PARQUET:
            blob = await self._blobs.open(table_key(tenant_id, version.id))
            return Download(filename, "application/vnd.apache.parquet", blob.size, blob.chunks)
        path = await self._local(tenant_id, version)
        return Download(filename, "text/csv; charset=utf-8", None, _in_thread(_csv(path)))

    async def _local(self, tenant_id: TenantId, version: DatasetVersion) -> Path:
        """The table as a file to read: the store's own, or a copy in the cache."""
        key = table_key(tenant_id, version.id)
        await self._blobs.stat(key)
        return self._blobs.local_path(key) or await self.materialize(
            tenant_id, version, self._cache
        )

    async def purge_orphans(self, unit: UnitOfWork) -> int:
        """Delete what no version of the tenant names and a day has passed over; the bytes freed.

        For a periodic job. Copies in the cache that nobody has made again for a day go too.
        """

        async def named(keys: list[BlobKey]) -> set[BlobKey]:
            ids = {key: version_of(key) for key in keys}
            wanted = [id_ for id_ in ids.values() if id_ is not None]
            kept = await DatasetRepository(unit.session).existing_versions(wanted)
            return {key for key, id_ in ids.items() if id_ in kept}

        before = now() - ORPHANED_AFTER
        _delete_old(self._cache, before)
        prefix = blob_key(unit.context.tenant_id, KIND)
        return await self._blobs.purge_orphans(prefix, named, before=before)


def _make(folder: Path) -> None:
    with disk_failures():
        folder.mkdir(parents=True, exist_ok=True)


def _delete_old(folder: Path, before: datetime) -> None:
    for copy in folder.glob("*.parquet"):
        if copy.stat().st_mtime < before.timestamp():
            copy.unlink(missing_ok=True)


def _csv(path: Path) -> Generator[bytes, None, None]:
    """A Parquet file as CSV, a row group's worth of rows at a time; missing values are empty."""
    import pyarrow as pa  # noqa: PLC0415 - heavy; only those who download CSV pay
    import pyarrow.csv as pa_csv  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    with pq.ParquetFile(path) as file:
        for number, batch in enumerate(file.iter_batches(batch_size=8192)):
            sink = pa.BufferOutputStream()
            pa_csv.write_csv(batch, sink, pa_csv.WriteOptions(include_header=number == 0))
            yield sink.getvalue().to_pybytes()


async def _in_thread(chunks: Generator[bytes, None, None]) -> AsyncIterator[bytes]:
    try:
        while chunk := await asyncio.to_thread(next, chunks, b""):
            yield chunk
    finally:
        await asyncio.to_thread(chunks.close)
