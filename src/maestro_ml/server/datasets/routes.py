"""`/api/v1/datasets`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.dataset_profile import TableProfile
from maestro_ml.contracts.datasets import (
    Dataset,
    DatasetCreate,
    DatasetDeleted,
    DatasetName,
    DatasetOrder,
    DatasetPreview,
    DatasetUpdate,
    DatasetVersion,
    Description,
    DownloadFormat,
    GitCommit,
    TableFormat,
    UploadedVersion,
    VersionNumber,
)
from maestro_ml.contracts.identity import Permission
from maestro_ml.server.datasets.bodies import body_of
from maestro_ml.server.datasets.service import DatasetService
from maestro_ml.server.datasets.table_service import TableService
from maestro_ml.server.datasets.trash import DatasetTrash
from maestro_ml.server.datasets.upload_service import Upload, UploadService
from maestro_ml.server.kernel.errors import MaestroError
from maestro_ml.server.kernel.http import Cursor, Limit, MaestroRouter, Unit

Ref = Annotated[str, Path(description="the dataset's id or name")]
Number = Annotated[VersionNumber, Path(description="the version's number, or `latest`")]
Filename = Annotated[str, Query(max_length=1000, description="where the bytes come from")]
Format = Annotated[TableFormat | None, Query(description="found out when left out")]
Purge = Annotated[bool, Query(description="for good, with no way back")]
Encoding = Annotated[str | None, Query(max_length=40, description="of CSV and JSON lines")]

_FILE: dict[str, Any] = {
    "requestBody": {
        "description": "The file as it is: CSV, Parquet or JSON lines, plain, gzip, zstd or zip.",
        "required": True,
        "content": {
            media_type: {"schema": {"type": "string", "format": "binary"}}
            for media_type in ("application/octet-stream", "text/csv")
        },
    }
}
_UPLOAD: dict[str, Any] = {
    "permission": Permission.DATASET_WRITE,
    "status_code": 201,
    "streams": True,
    "openapi_extra": _FILE,
    "responses": {200: {"model": UploadedVersion, "description": "equal to the latest version"}},
}


def dataset_routes(
    datasets: DatasetService, trash: DatasetTrash, uploads: UploadService, tables: TableService
) -> MaestroRouter:
    """The endpoints of datasets and their versions."""
    router = MaestroRouter(prefix="/datasets", tag="datasets")
    _catalogue_routes(router, datasets)
    _trash_routes(router, trash)
    _upload_routes(router, uploads)
    _version_routes(router, datasets)
    _table_routes(router, datasets, tables)
    return router


def _catalogue_routes(router: MaestroRouter, datasets: DatasetService) -> None:
    @router.post("", permission=Permission.DATASET_WRITE, status_code=201)
    async def create_dataset(unit: Unit, body: DatasetCreate) -> Dataset:
        """Add a dataset; upload a version to it next."""
        return await datasets.create(unit, body)

    @router.get("", permission=Permission.DATASET_READ)
    async def list_datasets(
        unit: Unit,
        limit: Limit = 100,
        cursor: Cursor = None,
        search: Annotated[str | None, Query(description="a part of the name")] = None,
        tag: Annotated[str | None, Query(description="`key`, or `key=value`")] = None,
        order: DatasetOrder = DatasetOrder.CREATED,
        deleted: Annotated[bool, Query(description="those in the trash")] = False,
    ) -> Page[Dataset]:
        """The datasets of the tenant, by default newest first."""
        return await datasets.list(
            unit, limit=limit, cursor=cursor, order=order, search=search, tag=tag, deleted=deleted
        )

    @router.get("/{dataset}", permission=Permission.DATASET_READ)
    async def get_dataset(unit: Unit, dataset: Ref) -> Dataset:
        """One dataset, with the size of its latest version."""
        return await datasets.get(unit, dataset)

    @router.patch("/{dataset}", permission=Permission.DATASET_WRITE)
    async def update_dataset(unit: Unit, dataset: Ref, body: DatasetUpdate) -> Dataset:
        """Change the description or the tags."""
        return await datasets.update(unit, dataset, body)


def _trash_routes(router: MaestroRouter, trash: DatasetTrash) -> None:
    @router.delete("/{dataset}", permission=Permission.DATASET_DELETE)
    async def delete_dataset(unit: Unit, dataset: Ref, purge: Purge = False) -> DatasetDeleted:
        """Put a dataset with all its versions in the trash, where it stays for a week.

        With `purge` it is gone at once, from the trash, too; the answer tells the bytes freed.
        """
        return await (trash.purge if purge else trash.delete)(unit, dataset)

    @router.post("/{dataset}/restore", permission=Permission.DATASET_WRITE)
    async def restore_dataset(unit: Unit, dataset: Ref) -> Dataset:
        """Take a dataset out of the trash; by its name, the one that was deleted last."""
        return await trash.restore(unit, dataset)


def _upload_routes(router: MaestroRouter, uploads: UploadService) -> None:
    async def take(
        unit: Unit, upload: Upload, request: Request, response: Response
    ) -> UploadedVersion:
        try:
            version = await uploads.receive(unit, upload, body_of(request))
        except MaestroError as error:
            # Otherwise the connection would be kept, and a useless upload read to its end.
            error.headers["Connection"] = "close"
            raise
        response.status_code = 201 if version.created else 200
        return version

    @router.post("/upload", **_UPLOAD)
    async def upload_dataset(
        unit: Unit,
        request: Request,
        response: Response,
        name: Annotated[DatasetName, Query()],
        filename: Filename = "",
        description: Annotated[Description, Query()] = "",
        format: Format = None,
        encoding: Encoding = None,
        git_commit: Annotated[GitCommit | None, Query()] = None,
    ) -> UploadedVersion:
        """Upload a file as the next version of the dataset `name`, which is made if there is none.

        A table that equals the latest version's makes no new one: 200, and `created` is false.
        """
        dataset = DatasetCreate(name=name, description=description)
        sent = _declared(request)
        upload = Upload(dataset, filename, format, encoding, git_commit, sent)
        return await take(unit, upload, request, response)

    @router.post("/{dataset}/versions", **_UPLOAD)
    async def upload_version(
        unit: Unit,
        request: Request,
        response: Response,
        dataset: Ref,
        filename: Filename = "",
        format: Format = None,
        encoding: Encoding = None,
        git_commit: Annotated[GitCommit | None, Query()] = None,
    ) -> UploadedVersion:
        """Upload a file as the next version of an existing dataset.

        A table that equals the latest version's makes no new one: 200, and `created` is false.
        """
        sent = _declared(request)
        upload = Upload(dataset, filename, format, encoding, git_commit, sent)
        return await take(unit, upload, request, response)


def _version_routes(router: MaestroRouter, datasets: DatasetService) -> None:
    @router.get("/{dataset}/versions", permission=Permission.DATASET_READ)
    async def list_versions(
        unit: Unit, dataset: Ref, limit: Limit = 100, cursor: Cursor = None
    ) -> Page[DatasetVersion]:
        """The versions of a dataset, newest first."""
        return await datasets.list_versions(unit, dataset, limit=limit, cursor=cursor)

    @router.get("/{dataset}/versions/{version}", permission=Permission.DATASET_READ)
    async def get_version(unit: Unit, dataset: Ref, version: Number) -> DatasetVersion:
        """One version with its columns."""
        return await datasets.get_version(unit, dataset, version)

    @router.get("/{dataset}/versions/{version}/profile", permission=Permission.DATASET_READ)
    async def get_profile(unit: Unit, dataset: Ref, version: Number) -> TableProfile:
        """The distribution of every column, and what to look at first."""
        return await datasets.get_profile(unit, dataset, version)


def _table_routes(router: MaestroRouter, datasets: DatasetService, tables: TableService) -> None:
    @router.get("/{dataset}/versions/{version}/preview", permission=Permission.DATASET_READ)
    async def preview_version(
        unit: Unit,
        dataset: Ref,
        version: Number,
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Limit = 100,
    ) -> DatasetPreview:
        """A page of rows."""
        found = await datasets.get_version(unit, dataset, version)
        await unit.commit()  # gives the connection back while the store is read
        tenant_id = unit.context.tenant_id
        return await tables.preview(tenant_id, found, offset=offset, limit=limit)

    @router.get(
        "/{dataset}/versions/{version}/download",
        permission=Permission.DATASET_EXPORT,
        response_class=StreamingResponse,
    )
    async def download_version(
        unit: Unit, dataset: Ref, version: Number, format: DownloadFormat = TableFormat.PARQUET
    ) -> StreamingResponse:
        """The whole table as a file."""
        found = await datasets.get_version(unit, dataset, version)
        await unit.commit()
        file = await tables.download(unit.context.tenant_id, found, format)
        headers = {"Content-Disposition": f'attachment; filename="{file.filename}"'}
        if file.size is not None:
            headers["Content-Length"] = str(file.size)
        return StreamingResponse(file.chunks, media_type=file.media_type, headers=headers)


def _declared(request: Request) -> int | None:
    declared = request.headers.get("content-length", "")
    return int(declared) if declared.isdigit() else None
