"""How datasets, their versions and their blobs are named."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal
from uuid import UUID

from maestro_ml.contracts.datasets import DatasetVersionId
from maestro_ml.server.blobs import BlobKey, blob_key
from maestro_ml.server.datasets.errors import DatasetVersionNotFound

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
