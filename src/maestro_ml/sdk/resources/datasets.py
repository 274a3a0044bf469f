"""Datasets: upload tables, look at them, get them back."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from maestro_ml.contracts.dataset_profile import TableProfile
from maestro_ml.contracts.datasets import (
    Dataset,
    DatasetCreate,
    DatasetDeleted,
    DatasetId,
    DatasetPreview,
    DatasetUpdate,
    DatasetVersion,
    DownloadFormat,
    TableFormat,
    UploadedVersion,
)
from maestro_ml.sdk.errors import InvalidRequest
from maestro_ml.sdk.pages import Pages
from maestro_ml.sdk.streams import Progress
from maestro_ml.sdk.transport import Transport
from maestro_ml.sdk.wire import api

Ref = str | DatasetId
"""A dataset's name or id."""

Number = int | Literal["latest"]
"""A version's number, or the newest one."""


@runtime_checkable
class PandasFrame(Protocol):
    """What pandas' DataFrame can do; this package does not import pandas."""

    def to_parquet(self, path: Path) -> None: ...


@runtime_checkable
class PolarsFrame(Protocol):
    """What polars' DataFrame can do."""

    def write_parquet(self, file: Path) -> None: ...


Table = str | PathLike[str] | PandasFrame | PolarsFrame
"""A CSV, Parquet or JSON-lines file (plain, gzip, zstd or zip), or a data frame."""


class Datasets:
    """`client.datasets`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self, name: str, *, description: str = "", tags: Mapping[str, str] | None = None
    ) -> Dataset:
        """A dataset without a version yet. Raises Conflict."""
        body = DatasetCreate(name=name, description=description, tags=dict(tags or {}))
        return self._transport.request("POST", api("datasets"), Dataset, body=body)

    def upload(
        self,
        table: Table,
        name: str | None = None,
        *,
        description: str = "",
        format: TableFormat | None = None,
        encoding: str | None = None,
        git_commit: str | None = None,
        on_progress: Progress | None = None,
    ) -> UploadedVersion:
        """Upload a file or a data frame as the next version of `name`, made if there is none.

        `name` is the file's name by default. `description` is for a dataset that is made now.
        `on_progress` is called with bytes sent and bytes in all; when all are sent, the server still
        reads the table. A table that equals the latest version's makes no new version: the answer is
        that version, with `created` False. An index of a data frame is kept by pandas' own rules.

        Raises InvalidRequest, which names the row and the column where a file is wrong.

        >>> client.datasets.upload("titanic.csv").rows           # doctest: +SKIP
        891
        """
        options = {
            "description": description or None,
            "format": format,
            "encoding": encoding,
            "git_commit": git_commit,
        }
        if isinstance(table, str | PathLike):
            path = Path(table)
            return self._send(path, {"name": name or default_name(path), **options}, on_progress)
        if name is None:
            raise InvalidRequest(
                "A data frame has no name to go by. Pass name=…",
                code="request.malformed",
                status=422,
            )
        with tempfile.TemporaryDirectory(prefix="maestro-") as folder:
            path = Path(folder, "data-frame.parquet")
            _write(table, path)
            return self._send(path, {"name": name, **options}, on_progress)

    def _send(
        self, path: Path, params: Mapping[str, object], on_progress: Progress | None
    ) -> UploadedVersion:
        return self._transport.upload(
            "POST",
            api("datasets", "upload"),
            path,
            UploadedVersion,
            params={"filename": path.name, **params},
            idempotent=False,
            progress=on_progress,
        )

    def get(self, dataset: Ref) -> Dataset:
        """One dataset. Raises NotFound."""
        return self._transport.request("GET", api("datasets", dataset), Dataset)

    def update(
        self,
        dataset: Ref,
        *,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Dataset:
        """Change the description, or replace all tags. Raises NotFound."""
        body = DatasetUpdate(description=description, tags=None if tags is None else dict(tags))
        return self._transport.request("PATCH", api("datasets", dataset), Dataset, body=body)

    def delete(self, dataset: Ref, *, purge: bool = False) -> DatasetDeleted:
        """Put a dataset with all versions in the trash for a week; with `purge`, end it for good.

        Tells the bytes that this freed: none, unless it was for good. Raises NotFound.
        """
        path, params = api("datasets", dataset), {"purge": purge}
        return self._transport.request("DELETE", path, DatasetDeleted, params=params)

    def restore(self, dataset: Ref) -> Dataset:
        """Take a dataset out of the trash. Raises NotFound, Conflict if its name is taken by now."""
        return self._transport.request("POST", api("datasets", dataset, "restore"), Dataset)

    def versions(self, dataset: Ref) -> Pages[DatasetVersion]:
        """All versions, the newest first."""
        return Pages(self._transport, api("datasets", dataset, "versions"), DatasetVersion)

    def version(self, dataset: Ref, number: Number = "latest") -> DatasetVersion:
        """One version. Raises NotFound."""
        return self._transport.request(
            "GET", api("datasets", dataset, "versions", number), DatasetVersion
        )

    def profile(self, dataset: Ref, version: Number = "latest") -> TableProfile:
        """The distribution of every column, and what to look at first. Raises NotFound."""
        path = api("datasets", dataset, "versions", version, "profile")
        return self._transport.request("GET", path, TableProfile)

    def preview(
        self, dataset: Ref, version: Number = "latest", *, offset: int = 0, limit: int = 100
    ) -> DatasetPreview:
        """Rows from `offset` on, at most 1,000. Raises NotFound."""
        path = api("datasets", dataset, "versions", version, "preview")
        params = {"offset": offset, "limit": limit}
        return self._transport.request("GET", path, DatasetPreview, params=params)

    def download(
        self,
        dataset: Ref,
        path: str | PathLike[str],
        *,
        version: Number = "latest",
        format: DownloadFormat | None = None,
        on_progress: Progress | None = None,
    ) -> Path:
        """Write the table to the file `path`, which appears whole or not at all. Raises NotFound.

        `format` follows the ending of `path` by default: `.csv` is CSV, everything else Parquet.
        """
        target = Path(path)
        if format is None:
            format = TableFormat.CSV if target.suffix == ".csv" else TableFormat.PARQUET
        return self._transport.download(
            api("datasets", dataset, "versions", version, "download"),
            target,
            params={"format": format},
            progress=on_progress,
        )

    def list(
        self, *, search: str | None = None, tag: str | None = None, deleted: bool = False
    ) -> Pages[Dataset]:
        """Datasets, the newest first: `search` is a part of the name, `tag` is `key` or `key=value`.

        With `deleted`, those in the trash instead.
        """
        filters = {"search": search, "tag": tag, "deleted": deleted}
        return Pages(self._transport, api("datasets"), Dataset, filters)


def default_name(path: Path) -> str:
    """The name of a file's dataset: `my data.csv.gz` is `my data`, what names cannot hold is a dash."""
    stem = path.name.lstrip(".").partition(".")[0]
    return re.sub(r"[^A-Za-z0-9 _-]+", "-", stem).strip(" _-")[:120] or "table"


def _write(table: PandasFrame | PolarsFrame, path: Path) -> None:
    if isinstance(table, PandasFrame):
        table.to_parquet(path)
    else:
        table.write_parquet(path)
