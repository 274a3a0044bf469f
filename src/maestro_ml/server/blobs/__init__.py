"""The object store: bytes under keys, in a local folder or in S3, GCS or Azure; owns no rows.

A domain writes its blobs before the row that names them, and deletes them after the row is gone. What
a crash leaves without a row is found by `purge_orphans`.
"""

from maestro_ml.server.blobs.errors import (
    BlobKeyInvalid,
    BlobNotFound,
    BlobsUnavailable,
    MultipartInvalid,
    RangeNotSatisfiable,
    disk_failures,
)
from maestro_ml.server.blobs.keys import BlobKey, blob_key
from maestro_ml.server.blobs.multipart import MultipartUploads, Part
from maestro_ml.server.blobs.store import BlobInfo, BlobStat, BlobStore, OpenBlob

__all__ = [
    "BlobInfo",
    "BlobKey",
    "BlobKeyInvalid",
    "BlobNotFound",
    "BlobStat",
    "BlobStore",
    "BlobsUnavailable",
    "MultipartInvalid",
    "MultipartUploads",
    "OpenBlob",
    "Part",
    "RangeNotSatisfiable",
    "blob_key",
    "disk_failures",
]
