"""From the bytes of a request to a new version: spool, ingest, blob, and one transaction at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from maestro_ml.contracts.dataset_profile import IngestedTable
from maestro_ml.contracts.datasets import (
    Dataset,
    DatasetCreate,
    DatasetVersion,
    DatasetVersionId,
    TableFormat,
    UploadedVersion,
)
from maestro_ml.server.blobs import BlobStore
from maestro_ml.server.datasets.errors import UploadRejected
from maestro_ml.server.datasets.ingest import IngestError, IngestLimits, ingest_file
from maestro_ml.server.datasets.repository import DatasetRepository
from maestro_ml.server.datasets.rules import ORPHANED_AFTER, table_key
from maestro_ml.server.datasets.service import dataset_not_found, new_dataset, record_created
from maestro_ml.server.datasets.spool import Spool
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import UnitOfWork, UnitsOfWork
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.kernel.settings import UploadSettings

MIB = 2**20
_CONVERSIONS_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Upload:
    """What is said about the bytes of an upload.

    dataset: the id or name of an existing one, or what to create if there is none of that name.
    filename: where the bytes come from. declared_bytes: their number, if the sender tells.
    """

    dataset: str | DatasetCreate
    filename: str
    format: TableFormat | None = None
    encoding: str | None = None
    git_commit: str | None = None
    declared_bytes: int | None = None

    @property
    def ref(self) -> str:
        """The id or name of the dataset."""
        return self.dataset if isinstance(self.dataset, str) else self.dataset.name


class UploadService:
    """Takes uploads in constant memory; whatever goes wrong, nothing of them stays."""

    def __init__(
        self, units: UnitsOfWork, blobs: BlobStore, spool: Path, limits: UploadSettings
    ) -> None:
        self._units = units
        self._blobs = blobs
        self._spool = Spool(spool, max_bytes=limits.max_bytes)
        self._limits = IngestLimits(
            max_expanded_bytes=limits.max_expanded_bytes,
            memory_bytes=limits.memory_mb * MIB,
            seconds=limits.seconds,
        )
        # Each conversion may take the whole of `limits.memory_mb`; further ones wait for their turn.
        self._conversions = asyncio.Semaphore(_CONVERSIONS_AT_ONCE)

    def require_room(self, declared_bytes: int) -> None:
        """Raise UploadTooLarge for more bytes than the installation takes."""
        self._spool.require_room(declared_bytes)

    async def receive(
        self, unit: UnitOfWork, upload: Upload, chunks: AsyncIterator[bytes]
    ) -> UploadedVersion:
        """Store the table in `chunks` as the dataset's next version.

        A table that equals the latest version's makes no new one: that version is the answer, with
        `created` False. `unit` is not touched before the table is stored, so that no connection
        waits for the sender.

        Raises DatasetNotFound, UploadTooLarge, UploadRejected, StorageFull, BlobsUnavailable.
        """
        self._spool.require_room(upload.declared_bytes)
        await self._require_dataset(unit.context, upload)
        async with self._spool.received(chunks) as source:
            target = source.with_name("table.parquet")
            table = await self._ingest(upload, source, target)
            return await self._keep(unit, upload, table, target)

    def purge_spool(self) -> None:
        """Delete what killed processes left in the spool a day ago; for a periodic job."""
        self._spool.purge(before=now() - ORPHANED_AFTER)

    async def _require_dataset(self, context: Context, upload: Upload) -> None:
        """Refuse before the upload what would be refused after it."""
        if isinstance(upload.dataset, DatasetCreate):
            return
        async with self._units.tenant(context) as unit:
            if await DatasetRepository(unit.session).find(upload.dataset) is None:
                raise dataset_not_found(upload.dataset)

    async def _ingest(self, upload: Upload, source: Path, target: Path) -> IngestedTable:
        try:
            async with self._conversions:
                return await ingest_file(
                    source,
                    target,
                    format=upload.format,
                    encoding=upload.encoding,
                    limits=self._limits,
                )
        except IngestError as error:
            raise UploadRejected(error) from error

    async def _keep(
        self, unit: UnitOfWork, upload: Upload, table: IngestedTable, path: Path
    ) -> UploadedVersion:
        version_id = DatasetVersionId(new_id())
        key = table_key(unit.context.tenant_id, version_id)
        await self._blobs.put_file(key, path)
        version: DatasetVersion | None = None
        try:
            version = await self._add_version(unit, upload, table, version_id)
        finally:
            if version is None or version.id != version_id:
                await asyncio.shield(self._blobs.delete(key))
        # A commit that breaks off may have happened: its blob is left to `purge_orphans`.
        await unit.commit()
        return UploadedVersion(**dict(version), created=version.id == version_id)

    async def _add_version(
        self,
        unit: UnitOfWork,
        upload: Upload,
        table: IngestedTable,
        version_id: DatasetVersionId,
    ) -> DatasetVersion:
        """The version that holds `table`: a new one, or the latest if that is equal."""
        repository = DatasetRepository(unit.session)
        dataset = await self._locked_dataset(unit, upload)
        latest = await repository.find_version(dataset, "latest")
        if latest is not None and latest.content_sha256 == table.content_sha256:
            return latest
        actor = unit.context.actor
        version = await repository.add_version(
            dataset,
            table,
            id=version_id,
            source=upload.filename,
            git_commit=upload.git_commit,
            at=now(),
            by=(actor.id, actor.name),
        )
        unit.record(
            "datasets.version.created",
            "dataset_version",
            version.id,
            after={"dataset": dataset.name, "number": version.number, "rows": version.rows},
        )
        return version

    async def _locked_dataset(self, unit: UnitOfWork, upload: Upload) -> Dataset:
        """The dataset of the upload, made if asked for; locked, so that uploads follow one another."""
        repository = DatasetRepository(unit.session)
        if isinstance(upload.dataset, DatasetCreate):
            dataset = new_dataset(unit.context, upload.dataset)
            if await repository.add(dataset):
                record_created(unit, dataset)
                return dataset
        found = await repository.find(upload.ref)
        if found is None or not await repository.lock(found.id):
            raise dataset_not_found(upload.ref)
        return found
