"""Datasets and their versions as they cross the wire.

A dataset is named in a path by its id or its name. No name has the form of an id, so which one is
meant is never in doubt.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal, NewType, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from maestro_ml.contracts.base import Contract, Name, Request, Tags, Timestamp
from maestro_ml.contracts.dataset_profile import Column

DatasetId = NewType("DatasetId", UUID)
DatasetVersionId = NewType("DatasetVersionId", UUID)


def _no_id(name: str) -> str:
    try:
        UUID(name)
    except ValueError:
        return name
    raise ValueError("a dataset's name cannot have the form of an id")


DatasetName = Annotated[Name, AfterValidator(_no_id)]
Description = Annotated[str, StringConstraints(max_length=10_000)]
GitCommit = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{7,64}$")]

VersionNumber = Annotated[int, Field(ge=1, lt=2**31)] | Literal["latest"]
"""Versions count from 1 and keep their number for ever."""


class TableFormat(StrEnum):
    """How a table is written down: what can be uploaded, and (without jsonl) downloaded."""

    CSV = "csv"
    PARQUET = "parquet"
    JSONL = "jsonl"


DownloadFormat = Literal[TableFormat.CSV, TableFormat.PARQUET]


class DatasetCreate(Request):
    """A dataset without a version; its name is unique in the tenant."""

    name: DatasetName
    description: Description = ""
    tags: Tags = Field(default_factory=dict)


class DatasetUpdate(Request):
    """What is None stays as it is; `tags` replaces all tags."""

    description: Description | None = None
    tags: Tags | None = None


class DatasetOrder(StrEnum):
    """The order of a list; by name it ascends, otherwise what is newest or largest comes first."""

    CREATED = "created"
    UPDATED = "updated"
    NAME = "name"
    ROWS = "rows"
    BYTES = "bytes"


class Dataset(Contract):
    """A named table; `rows`, `column_count` and `bytes` are those of its latest version, if any.

    `updated_at` is when that version came, or the dataset itself; `deleted_at`, when it went to
    the trash, from where it is gone for good after a week.
    """

    id: DatasetId
    name: str
    description: str
    tags: dict[str, str]
    created_at: Timestamp
    created_by: UUID | None
    created_by_name: str
    updated_at: Timestamp
    latest_version: int | None
    rows: int | None
    column_count: int | None
    bytes: int | None
    deleted_at: Timestamp | None = None


class DatasetVersion(Contract):
    """An immutable state of a dataset, stored as typed Parquet."""

    id: DatasetVersionId
    dataset_id: DatasetId
    dataset_name: str
    number: int
    rows: int
    columns: list[Column]
    bytes: int
    """Of the stored Parquet file."""
    content_sha256: str
    """Of the stored Parquet file: equal tables have equal hashes."""
    source: str
    """The name of the uploaded file, or the address it came from."""
    source_format: TableFormat
    source_bytes: int
    source_sha256: str
    """Of the upload as it arrived, compressed or not."""
    git_commit: str | None
    created_at: Timestamp
    created_by: UUID | None
    created_by_name: str


class UploadedVersion(DatasetVersion):
    """The version that holds an upload; `created` is False when the latest version already did."""

    created: bool


class PartialUploadCreate(Request):
    """A file of `size` bytes that will come in parts."""

    size: Annotated[int, Field(ge=1)]


class PartialUpload(Contract):
    """A file that comes in parts, in any order: part n holds the bytes from (n - 1) * `part_bytes` on.

    Every part but the last has `part_bytes` bytes. `received`: the numbers of those that are here.
    """

    id: UUID
    size: int
    part_bytes: int
    parts: int
    received: list[int]


class PartialUploadFinish(Request):
    """What the parts are together: the next version of `dataset`, or of the dataset `name`.

    Exactly one of the two is given; a dataset of that `name` is made if there is none.
    """

    dataset: str | None = None
    name: DatasetName | None = None
    filename: Annotated[str, StringConstraints(max_length=1000)] = ""
    description: Description = ""
    format: TableFormat | None = None
    encoding: Annotated[str, StringConstraints(max_length=40)] | None = None
    git_commit: GitCommit | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.dataset is None) == (self.name is None):
            raise ValueError("give either dataset (an existing one) or name")
        return self


class DatasetPreview(Contract):
    """Rows `offset` to `offset + len(rows)` of `total`, cells in the order of `columns`.

    Dates and times are ISO 8601 texts, infinite numbers "Infinity" and "-Infinity".
    """

    columns: list[str]
    rows: list[list[Any]]
    offset: int
    total: int


class DatasetDeleted(Contract):
    """What a deletion took away; one that can be undone frees nothing yet."""

    id: DatasetId
    name: str
    versions: int
    bytes_freed: int
