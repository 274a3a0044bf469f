"""What can go wrong with datasets; what can be wrong inside an uploaded file is in `ingest.errors`."""

from __future__ import annotations

from maestro_ml.server.datasets.ingest import IngestError
from maestro_ml.server.kernel.errors import Conflict, InvalidInput, NotFound, TooLarge


class DatasetNotFound(NotFound):
    """No such dataset in the caller's tenant."""

    code = "dataset.not_found"


class DatasetVersionNotFound(NotFound):
    """The dataset has no such version."""

    code = "dataset.version_not_found"


class DatasetNameTaken(Conflict):
    """Another dataset of the tenant has this name."""

    code = "dataset.name_taken"


class UploadTooLarge(TooLarge):
    """The upload has more bytes than the installation takes."""

    code = "dataset.upload_too_large"


class UploadInterrupted(InvalidInput):
    """The sender was gone before the last byte."""

    code = "dataset.upload_interrupted"


class UploadNotFound(NotFound):
    """No such upload of the caller's; those that nobody goes on with for three days are deleted."""

    code = "dataset.upload_not_found"


class UploadPartInvalid(InvalidInput):
    """The part has no place in the upload, or not the size of its place."""

    code = "dataset.upload_part_invalid"


class UploadIncomplete(Conflict):
    """Parts of the upload are not here yet."""

    code = "dataset.upload_incomplete"


_STATUS = {
    "dataset.expands_too_far": 413,
    "dataset.memory_limit": 413,
    "dataset.time_limit": 413,
    "dataset.storage_full": 507,
    "dataset.ingest_failed": 500,
}


class UploadRejected(InvalidInput):
    """The uploaded file is no table that can be kept; code, row and column are the ingestion's."""

    code = "dataset.ingest_failed"
    title = "The file cannot be used as a table"

    def __init__(self, error: IngestError) -> None:
        super().__init__(str(error))
        # One class answers for all of the ingestion's codes.
        self.code = error.code  # type: ignore[misc]
        self.status = _STATUS.get(error.code, InvalidInput.status)  # type: ignore[misc]
