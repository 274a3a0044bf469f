"""How datasets, their versions and their blobs are named."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from maestro_ml.contracts.datasets import Dataset, DatasetOrder, DatasetVersionId
from maestro_ml.server.blobs import BlobKey, blob_key
from maestro_ml.server.datasets.errors import DatasetVersionNotFound
from maestro_ml.server.kernel.paging import CursorInvalid

KIND = "datasets"
ORPHANED_AFTER = timedelta(days=1)
"""What no row names by then never will be: an upload takes less, and its blob only its last seconds."""
PARTS_KIND = "uploads"
PARTS_KEPT = timedelta(days=3)
"""How long an upload in parts waits for somebody to go on with it."""
_SUFFIX = ".parquet"


def id_of(ref: str) -> UUID | None:
    """The id in a reference to a dataset, None if it is a name."""
    try:
        return UUID(ref)
    except ValueError:
        return None


def split_ref(ref: str) -> tuple[str, int | Literal["latest"]]:
    """A dataset's id or name, and a version, from `titanic`, `titanic@3` or `titanic@latest`.

    Raises DatasetVersionNotFound when what follows the @ is no version.
    """
    dataset, _, version = ref.partition("@")
    if version in ("", "latest"):
        return dataset, "latest"
    if not version.isascii() or not version.isdigit():
        raise DatasetVersionNotFound(
            f"{version!r} is no version. Write {dataset}@3 for version 3, or {dataset} for the latest."
        )
    return dataset, int(version)


def table_key(tenant_id: UUID, version_id: DatasetVersionId) -> BlobKey:
    """Where the table of a version is."""
    return blob_key(tenant_id, KIND, f"{version_id}{_SUFFIX}")


def version_of(key: BlobKey) -> DatasetVersionId | None:
    """The version whose table is at `key`; None for a blob that is no table."""
    found = id_of(key.rpartition("/")[2].removesuffix(_SUFFIX))
    return None if found is None else DatasetVersionId(found)


def place_of(order: DatasetOrder, dataset: Dataset) -> list[str | int]:
    """Where a dataset stands in a list of this order, as a cursor holds it."""
    values: dict[DatasetOrder, str | int] = {
        DatasetOrder.CREATED: dataset.created_at.isoformat(),
        DatasetOrder.UPDATED: dataset.updated_at.isoformat(),
        DatasetOrder.NAME: dataset.name,
        DatasetOrder.ROWS: -1 if dataset.rows is None else dataset.rows,
        DatasetOrder.BYTES: -1 if dataset.bytes is None else dataset.bytes,
    }
    return [order.value, values[order], str(dataset.id)]


def place_after(order: DatasetOrder, key: list[Any] | None) -> tuple[Any, UUID] | None:
    """The value and id that a cursor holds. Raises CursorInvalid for one of another order."""
    if key is None:
        return None
    made_for, value, id_ = key
    if made_for != order.value:
        raise CursorInvalid(f"This cursor is of a list by {made_for}. Begin at the first page.")
    timed = order in (DatasetOrder.CREATED, DatasetOrder.UPDATED)
    return datetime.fromisoformat(value) if timed else value, UUID(id_)
