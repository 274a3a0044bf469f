"""The trash of datasets: what is deleted can be brought back for a week."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from maestro_ml.contracts.datasets import Dataset, DatasetDeleted, DatasetId, DatasetVersionId
from maestro_ml.server.blobs import BlobStore
from maestro_ml.server.datasets.errors import DatasetNameTaken
from maestro_ml.server.datasets.repository import DatasetRepository
from maestro_ml.server.datasets.rules import table_key
from maestro_ml.server.datasets.service import dataset_not_found
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.errors import MaestroError

log = structlog.get_logger()
KEPT = timedelta(days=7)


class DatasetTrash:
    """Deletes the tenant's datasets, restores them and frees their bytes; `ref` is an id or a name."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    async def delete(self, unit: UnitOfWork, ref: str) -> DatasetDeleted:
        """Put a dataset in the trash; its name is free at once. Raises DatasetNotFound.

        A job that has materialized a version already goes on with its own copy.
        """
        repository = DatasetRepository(unit.session)
        dataset = await repository.find(ref)
        if dataset is None:
            raise dataset_not_found(ref)
        await repository.set_deleted(dataset.id, now())
        unit.record("datasets.dataset.deleted", "dataset", dataset.id, before=_shown(dataset))
        return _deleted(dataset, freed=0)

    async def restore(self, unit: UnitOfWork, ref: str) -> Dataset:
        """Take a dataset out of the trash. Raises DatasetNotFound, DatasetNameTaken."""
        repository = DatasetRepository(unit.session)
        dataset = await repository.find(ref, deleted=True)
        if dataset is None:
            raise dataset_not_found(ref, place="in the trash")
        if await repository.find(dataset.name) is not None:
            raise DatasetNameTaken(
                f"There is another dataset {dataset.name!r} by now. Delete that one first, then "
                "restore this one by its id."
            )
        await repository.set_deleted(dataset.id, None)
        unit.record("datasets.dataset.restored", "dataset", dataset.id, after=_shown(dataset))
        return dataset.model_copy(update={"deleted_at": None})

    async def purge(self, unit: UnitOfWork, ref: str) -> DatasetDeleted:
        """Delete a dataset for good, wherever it is, and free its bytes. Raises DatasetNotFound."""
        repository = DatasetRepository(unit.session)
        dataset = await repository.find(ref) or await repository.find(ref, deleted=True)
        if dataset is None:
            raise dataset_not_found(ref)
        versions = await repository.delete(dataset.id)
        unit.record("datasets.dataset.purged", "dataset", dataset.id, before=_shown(dataset))
        await unit.commit()
        return _deleted(dataset, freed=await self._free(unit, dataset.id, versions))

    async def purge_expired(self, unit: UnitOfWork, before: datetime | None = None) -> int:
        """Delete for good what was in the trash then, by default a week ago; the bytes freed."""
        repository = DatasetRepository(unit.session)
        expired = await repository.deleted_before(before or now() - KEPT)
        versions = {dataset_id: await repository.delete(dataset_id) for dataset_id in expired}
        for dataset_id in expired:
            unit.record("datasets.dataset.purged", "dataset", dataset_id)
        await unit.commit()
        return sum([await self._free(unit, *each) for each in versions.items()])

    async def _free(
        self, unit: UnitOfWork, dataset_id: DatasetId, versions: list[DatasetVersionId]
    ) -> int:
        freed = 0
        try:
            for version_id in versions:
                freed += await self._blobs.delete(table_key(unit.context.tenant_id, version_id))
        except MaestroError as error:  # the rows are gone; purging orphans frees what is left
            log.warning("datasets.dataset.bytes_left", dataset_id=dataset_id, error=error.detail)
        return freed


def _shown(dataset: Dataset) -> dict[str, object]:
    return {"name": dataset.name, "versions": dataset.latest_version or 0}


def _deleted(dataset: Dataset, *, freed: int) -> DatasetDeleted:
    # Versions go with their dataset alone, so the number of the last one counts them.
    versions = dataset.latest_version or 0
    return DatasetDeleted(id=dataset.id, name=dataset.name, versions=versions, bytes_freed=freed)
