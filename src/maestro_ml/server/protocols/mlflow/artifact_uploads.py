"""Uploads in parts and downloads at signed addresses: clients talk to the object store themselves."""

from __future__ import annotations

from pathlib import PurePosixPath

from maestro_ml.contracts.identity import Permission
from maestro_ml.server.blobs import BlobStore, MultipartUploads, Part
from maestro_ml.server.kernel.db import UnitOfWork, UnitsOfWork
from maestro_ml.server.kernel.http import HotRequest, HotResponse
from maestro_ml.server.protocols.mlflow.artifact_paths import safe_file, safe_path
from maestro_ml.server.protocols.mlflow.artifacts import PREFIXES, ClientTree, refuse_version
from maestro_ml.server.protocols.mlflow.errors import InvalidParameter, NotImplementedHere
from maestro_ml.server.protocols.mlflow.outcomes import run_folder
from maestro_ml.server.protocols.mlflow.routes import Endpoint
from maestro_ml.server.protocols.mlflow.wire import EMPTY, Fields, json_response, read
from maestro_ml.server.tracking import ArtifactTree, path_in_tree

_SECONDS = 900
_LONGEST = 604_800
"""A week: clouds take no signature that is to hold longer."""
_MOST_PARTS = 10_000
_NO_PARTS = "Multipart upload is not supported for the current artifact repository"
_NO_ADDRESS = "Multipart download is not supported for the current artifact repository"
_PROXIED = (
    "is not supported for proxied artifact storage (artifact URI scheme: mlflow-artifacts). This "
    "endpoint requires a direct cloud storage artifact URI."
)


class _Direct:
    def __init__(
        self, units: UnitsOfWork, tree: ArtifactTree, client_tree: ClientTree, blobs: BlobStore
    ) -> None:
        self._units = units
        self._tree = tree
        self._client_tree = client_tree
        self._blobs = blobs

    async def create(self, request: HotRequest) -> HotResponse:
        """Begin an upload: an address for each of `num_parts` parts."""
        uploads = self._uploads()
        fields = await read(request)
        path, amount = _target(request, fields), fields.whole("num_parts", 1) or 1
        if not 1 <= amount <= _MOST_PARTS:
            raise InvalidParameter(f"num_parts must be between 1 and {_MOST_PARTS}, got {amount}.")
        async with self._units.tenant(request.context) as unit:
            key = await self._tree.reserve(unit, path)
        upload_id = await uploads.create(key)
        credentials = [
            {
                "url": uploads.part_url(key, upload_id, number, seconds=_LONGEST),
                "part_number": number,
                "headers": {},
            }
            for number in range(1, amount + 1)
        ]
        return json_response({"upload_id": upload_id, "credentials": credentials})

    async def complete(self, request: HotRequest) -> HotResponse:
        """Put the parts together; from then on the file is there."""
        uploads = self._uploads()
        fields = await read(request)
        path, upload_id = _target(request, fields), fields.required_text("upload_id")
        parts = [
            Part(part.required_whole("part_number"), part.required_text("etag"))
            for part in fields.messages("parts")
        ]
        async with self._units.tenant(request.context) as unit:
            key = await self._tree.reserve(unit, path)
            await unit.commit()
            await uploads.complete(key, upload_id, parts)
            await self._tree.save(unit, path, size=(await self._blobs.stat(key)).size)
        return EMPTY

    async def abort(self, request: HotRequest) -> HotResponse:
        """Give an upload up."""
        uploads = self._uploads()
        fields = await read(request)
        path, upload_id = _target(request, fields), fields.required_text("upload_id")
        async with self._units.tenant(request.context) as unit:
            key = await self._tree.reserve(unit, path)
        await uploads.abort(key, upload_id)
        return EMPTY

    async def address(self, request: HotRequest) -> HotResponse:
        """A signed address for a file of the tree."""
        if not self._blobs.signs:
            raise NotImplementedHere(_NO_ADDRESS)
        path = safe_file(request.path["path"])
        async with self._units.tenant(request.context) as unit:
            url, size = await self._sign(unit, path, _SECONDS)
        return json_response({"url": url, "headers": {}, "file_size": size})

    async def run_address(self, request: HotRequest) -> HotResponse:
        """A signed address for a file of a run."""
        fields = await read(request)
        run_id, path = fields.required_text("run_id"), safe_file(fields.required_text("path"))
        seconds = fields.whole("expiration", _SECONDS) or 0
        if not 1 <= seconds <= _LONGEST:
            raise InvalidParameter(
                f"expiration must be between 1 and {_LONGEST} seconds (got {seconds})."
            )
        async with self._units.tenant(request.context) as unit:
            root = path_in_tree((await run_folder(self._tree, unit, run_id)).uri)
            if root is None or not self._blobs.signs:
                raise InvalidParameter(f"Presigned download {_PROXIED}")
            url, size = await self._sign(unit, f"{root}/{path}", seconds)
        return json_response({"presigned_url": url, "headers": {}, "file_size": size})

    async def upload_address(self, request: HotRequest) -> HotResponse:
        """Refused: what arrives without the server would never be listed."""
        fields = await read(request)
        safe_file(fields.required_text("path"))
        if fields.has("run_id") == fields.has("model_id"):
            raise InvalidParameter("Exactly one of run_id and model_id must be provided.")
        raise InvalidParameter(f"Presigned upload {_PROXIED}")

    async def _sign(self, unit: UnitOfWork, path: str, seconds: int) -> tuple[str, int]:
        file = await self._client_tree.get(unit, path)
        return await self._blobs.download_url(file.key, seconds=seconds), file.size

    def _uploads(self) -> MultipartUploads:
        if self._blobs.multipart is None:
            raise NotImplementedHere(_NO_PARTS)
        return self._blobs.multipart


def _target(request: HotRequest, fields: Fields) -> str:
    """The file that is uploaded: in the folder of the address, under the name of the local file."""
    folder = safe_path(request.path.get("path", ""))
    name = PurePosixPath(fields.required_text("path")).name
    return refuse_version(safe_file(f"{folder}/{name}" if folder else name))


def direct_endpoints(
    units: UnitsOfWork, tree: ArtifactTree, client_tree: ClientTree, blobs: BlobStore
) -> list[Endpoint]:
    """`mpu/…` and `presigned/…` of the proxy, and the addresses of runs' files."""
    direct = _Direct(units, tree, client_tree, blobs)
    get, write = Permission.EXPERIMENT_READ, Permission.EXPERIMENT_WRITE
    mpu = (("create", direct.create), ("complete", direct.complete), ("abort", direct.abort))
    address = "presigned/{path:path}"
    return [
        *(
            Endpoint("POST", f"mpu/{step}{path}", handler, write, prefixes=PREFIXES)
            for step, handler in mpu
            for path in ("", "/{path:path}")
        ),
        Endpoint("GET", address, direct.address, get, prefixes=PREFIXES),
        Endpoint("POST", "artifacts/presigned-download-url", direct.run_address, get),
        Endpoint("POST", "artifacts/presigned-upload-url", direct.upload_address, write),
    ]
