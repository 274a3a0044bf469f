"""`/api/v1/uploads`: files in parts."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from maestro_ml.contracts.datasets import (
    PartialUpload,
    PartialUploadCreate,
    PartialUploadFinish,
    UploadedVersion,
)
from maestro_ml.contracts.identity import Permission
from maestro_ml.server.datasets.bodies import body_of
from maestro_ml.server.datasets.partial_uploads import PartialUploads
from maestro_ml.server.kernel.errors import MaestroError
from maestro_ml.server.kernel.http import MaestroRouter, Tier, Unit

_WRITE = Permission.DATASET_WRITE
_PART: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def upload_routes(uploads: PartialUploads) -> MaestroRouter:
    """Begin, go on with, and finish uploads in parts; everybody sees their own alone."""
    router = MaestroRouter(prefix="/uploads", tag="datasets")

    @router.post("", permission=_WRITE, status_code=201)
    async def create_upload(unit: Unit, body: PartialUploadCreate) -> PartialUpload:
        """Begin an upload in parts; one that nobody goes on with for three days is deleted."""
        return await uploads.create(unit.context, body.size)

    @router.get("/{upload_id}", permission=_WRITE)
    async def get_upload(unit: Unit, upload_id: UUID) -> PartialUpload:
        """Which parts are here: after a cut, send the others."""
        return await uploads.get(unit.context, upload_id)

    @router.put(
        "/{upload_id}/parts/{number}",
        permission=_WRITE,
        tier=Tier.INGEST,
        streams=True,
        status_code=204,
        openapi_extra=_PART,
    )
    async def put_part(
        unit: Unit,
        request: Request,
        upload_id: UUID,
        number: Annotated[int, Path(ge=1, description="parts count from 1")],
    ) -> None:
        """Send a part; sending it again replaces it."""
        try:
            await uploads.put_part(unit.context, upload_id, number, body_of(request))
        except MaestroError as error:
            error.headers["Connection"] = "close"
            raise

    @router.post(
        "/{upload_id}/finish",
        permission=_WRITE,
        status_code=201,
        # It is repeatable by itself: the answer is kept with the upload, not with a key.
        idempotent=False,
        responses={200: {"model": UploadedVersion, "description": "equal to the latest version"}},
    )
    async def finish_upload(
        unit: Unit, response: Response, upload_id: UUID, body: PartialUploadFinish
    ) -> UploadedVersion:
        """Make the parts the next version of a dataset, as an upload at once does."""
        version = await uploads.finish(unit, upload_id, body)
        response.status_code = 201 if version.created else 200
        return version

    @router.delete("/{upload_id}", permission=_WRITE, status_code=204)
    async def delete_upload(unit: Unit, upload_id: UUID) -> None:
        """Give an upload up; its bytes are free at once."""
        await uploads.delete(unit.context, upload_id)

    return router
