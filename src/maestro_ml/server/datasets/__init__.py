"""Datasets: named tables with immutable, typed and profiled versions; owns their rows and blobs.

Turning an uploaded file into a table is the work of the `ingest` package, in a process of its own.
Other domains name a version as `name`, `name@3` or `name@latest` (or by id), get it from
`DatasetService.get_version`, and its table as a local Parquet file from `TableService.materialize`.

Names load when they are first used: the ingesting process, which imports this package on its way to
`ingest`, starts in a third of the time without the database libraries.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maestro_ml.server.datasets.errors import (
        DatasetNameTaken,
        DatasetNotFound,
        DatasetVersionNotFound,
        UploadInterrupted,
        UploadRejected,
        UploadTooLarge,
    )
    from maestro_ml.server.datasets.partial_uploads import PartialUploads
    from maestro_ml.server.datasets.service import DatasetService
    from maestro_ml.server.datasets.table_service import TableService
    from maestro_ml.server.datasets.trash import DatasetTrash
    from maestro_ml.server.datasets.upload_service import UploadService

__all__ = [
    "DatasetNameTaken",
    "DatasetNotFound",
    "DatasetService",
    "DatasetTrash",
    "DatasetVersionNotFound",
    "PartialUploads",
    "TableService",
    "UploadInterrupted",
    "UploadRejected",
    "UploadService",
    "UploadTooLarge",
]

_SERVICES = {
    "DatasetService": "service",
    "DatasetTrash": "trash",
    "PartialUploads": "partial_uploads",
    "TableService": "table_service",
    "UploadService": "upload_service",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_SERVICES.get(name, 'errors')}"), name)
