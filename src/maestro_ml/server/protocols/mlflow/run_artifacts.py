"""Files by the run, logged model or registered version they belong to."""

from __future__ import annotations

from collections.abc import AsyncIterator

from maestro_ml.contracts.identity import Permission
from maestro_ml.server.blobs import BlobStore
from maestro_ml.server.kernel.db import UnitsOfWork
from maestro_ml.server.kernel.http import HotRequest, HotResponse
from maestro_ml.server.protocols.mlflow.artifact_paths import safe_file, safe_path
from maestro_ml.server.protocols.mlflow.artifact_responses import send_file
from maestro_ml.server.protocols.mlflow.artifacts import ClientTree, file_infos, version_uri
from maestro_ml.server.protocols.mlflow.errors import (
    BadRequest,
    InvalidParameter,
    NotImplementedHere,
)
from maestro_ml.server.protocols.mlflow.outcomes import run_folder
from maestro_ml.server.protocols.mlflow.registry_rules import version_missing
from maestro_ml.server.protocols.mlflow.routes import Endpoint
from maestro_ml.server.protocols.mlflow.wire import json_response, read, refuse_nul
from maestro_ml.server.registry import ModelNotFound, RegistryService, VersionNotFound
from maestro_ml.server.tracking import (
    ArtifactTree,
    LoggedModelService,
    model_artifact_uri,
    path_in_tree,
)

AJAX = ("/ajax-api/2.0/mlflow/",)
ROOT = ("/", "//")
"""Clients put the path behind an address that may end with a slash."""
_MOST = 10 * 1024**2


class _Owned:
    def __init__(
        self,
        units: UnitsOfWork,
        tree: ArtifactTree,
        client_tree: ClientTree,
        models: LoggedModelService,
        registry: RegistryService,
        blobs: BlobStore,
    ) -> None:
        self._units = units
        self._tree = tree
        self._files = client_tree
        self._models = models
        self._registry = registry
        self._blobs = blobs

    async def list_of_run(self, request: HotRequest) -> HotResponse:
        """A folder of a run; the paths are relative to the run."""
        fields = await read(request)
        path = safe_path(fields.text("path"))
        async with self._units.tenant(request.context) as unit:
            folder = await run_folder(self._tree, unit, fields.run_id(), path)
        return _listing(folder.uri, file_infos(folder.entries, path))

    async def get_of_run(self, request: HotRequest) -> HotResponse:
        """A file of a run."""
        fields = await read(request)
        path = safe_file(fields.required_text("path"))
        async with self._units.tenant(request.context) as unit:
            folder = await run_folder(self._tree, unit, fields.run_id())
            file = await self._files.get(unit, f"{_inside(folder.uri)}/{path}")
        return await send_file(request, file, self._blobs)

    async def upload_to_run(self, request: HotRequest) -> HotResponse:
        """A file of at most 10 MB, as MLflow's own pages upload them."""
        query = request.query
        for name in ("run_uuid", "path"):
            if not query.get(name):
                raise InvalidParameter(f"Request must specify {name}.")
        path = safe_file(query["path"])
        body = await request.body()
        if not body:
            raise InvalidParameter("Request must specify data.")
        if len(body) > _MOST:
            raise InvalidParameter("Artifact size is too large. Max size is 10MB.")
        async with self._units.tenant(request.context) as unit:
            folder = await run_folder(self._tree, unit, query["run_uuid"])
            await self._tree.put(unit, f"{_inside(folder.uri)}/{path}", _once(body))
        return HotResponse(b"")

    async def get_of_version(self, request: HotRequest) -> HotResponse:
        """A file of a registered version."""
        fields = await read(request)
        path = safe_file(fields.required_text("path"))
        name, number = fields.required_text("name"), fields.required_text("version")
        async with self._units.tenant(request.context) as unit:
            try:
                version = await self._registry.get_version(unit, name, number)
            except (ModelNotFound, VersionNotFound) as error:
                raise version_missing(name, number) from error
            uri = version_uri(version.id) if version.files else version.source or ""
            file = await self._files.get(unit, f"{_inside(uri)}/{path}")
        return await send_file(request, file, self._blobs)

    async def list_of_model(self, request: HotRequest) -> HotResponse:
        """A folder of a logged model; the paths are relative to the model."""
        path = safe_path((await read(request)).text("artifact_directory_path"))
        uri = await self._model_uri(request)
        inside = "/".join(filter(None, (_inside(uri), path)))
        async with self._units.tenant(request.context) as unit:
            entries = await self._tree.list_folder(unit, inside)
        return _listing(uri, file_infos(entries, path))

    async def get_of_model(self, request: HotRequest) -> HotResponse:
        """A file of a logged model."""
        path = request.query.get("artifact_file_path")
        if not path:
            raise BadRequest('Request must include the "artifact_file_path" query parameter.')
        inside = f"{_inside(await self._model_uri(request))}/{safe_file(path)}"
        async with self._units.tenant(request.context) as unit:
            file = await self._files.get(unit, inside)
        return await send_file(request, file, self._blobs)

    async def _model_uri(self, request: HotRequest) -> str:
        model_id = refuse_nul("model_id", request.path["model_id"])
        model = await self._models.get(request.context, model_id)
        return model_artifact_uri(model.experiment_id, model.artifact_location, model.id)


def _listing(uri: str, files: list[dict[str, object]]) -> HotResponse:
    return json_response({"root_uri": uri, **({"files": files} if files else {})})


def _inside(uri: str) -> str:
    path = path_in_tree(uri)
    if path is None:
        raise NotImplementedHere(f"These files are not kept here. Ask for them at {uri}.")
    return path


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body


def run_artifact_endpoints(
    units: UnitsOfWork,
    tree: ArtifactTree,
    client_tree: ClientTree,
    models: LoggedModelService,
    registry: RegistryService,
    blobs: BlobStore,
) -> list[Endpoint]:
    """Files by their owner."""
    owned = _Owned(units, tree, client_tree, models, registry, blobs)
    get, write = Permission.EXPERIMENT_READ, Permission.EXPERIMENT_WRITE
    model = "logged-models/{model_id}/artifacts"
    version = "model-versions/get-artifact"
    return [
        Endpoint("GET", "artifacts/list", owned.list_of_run, get),
        Endpoint("GET", "get-artifact", owned.get_of_run, get, prefixes=ROOT),
        Endpoint("POST", "upload-artifact", owned.upload_to_run, write, prefixes=AJAX),
        Endpoint("GET", version, owned.get_of_version, Permission.MODEL_READ, prefixes=ROOT),
        Endpoint("GET", f"{model}/directories", owned.list_of_model, get),
        Endpoint("GET", f"{model}/files", owned.get_of_model, get, prefixes=AJAX),
    ]
