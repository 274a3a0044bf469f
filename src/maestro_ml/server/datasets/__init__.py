"""Datasets: named tables with immutable, typed and profiled versions; owns their rows and blobs.

Turning an uploaded file into a table is the work of the `ingest` package, in a process of its own.
Other domains name a version as `name`, `name@3` or `name@latest` (or by id), get it from
`DatasetService.get_version`, and its table as a local Parquet file from `TableService.materialize`.
"""

from maestro_ml.server.datasets.errors import (
    DatasetNameTaken,
    DatasetNotFound,
    DatasetVersionNotFound,
    UploadInterrupted,
    UploadRejected,
    UploadTooLarge,
)
from maestro_ml.server.datasets.service import DatasetService
from maestro_ml.server.datasets.table_service import TableService
from maestro_ml.server.datasets.upload_service import UploadService

__all__ = [
    "DatasetNameTaken",
    "DatasetNotFound",
    "DatasetService",
    "DatasetVersionNotFound",
    "TableService",
    "UploadInterrupted",
    "UploadRejected",
    "UploadService",
    "UploadTooLarge",
]
