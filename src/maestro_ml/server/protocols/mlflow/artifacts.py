"""MLflow's artifact proxy: one tree of files per tenant, and the files of registered versions in it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from uuid import UUID

from maestro_ml.contracts.identity import Permission
from maestro_ml.server.blobs import BlobStore
from maestro_ml.server.kernel.db import UnitOfWork, UnitsOfWork
from maestro_ml.server.kernel.errors import InvalidInput
from maestro_ml.server.kernel.http import HotRequest, HotResponse
from maestro_ml.server.protocols.mlflow.artifact_paths import safe_file, safe_path
from maestro_ml.server.protocols.mlflow.artifact_responses import StoredFile, send_file
from maestro_ml.server.protocols.mlflow.errors import DoesNotExist, InvalidParameter
from maestro_ml.server.protocols.mlflow.routes import Endpoint
from maestro_ml.server.protocols.mlflow.wire import EMPTY, json_response
from maestro_ml.server.registry import RegistryService
from maestro_ml.server.tracking import (
    ArtifactInterrupted,
    ArtifactNotFound,
    ArtifactTree,
    FolderEntry,
)

PREFIXES = ("/api/2.0/mlflow-artifacts/", "/ajax-api/2.0/mlflow-artifacts/")
_VERSIONS = "registered-models"
_IN_VERSION = re.compile(_VERSIONS + r"/(?P<version>[0-9a-f]{32})(?:/(?P<path>.*))?\Z")


def version_uri(version_id: UUID) -> str:
    """Where clients find the files of a registered version."""
    return f"mlflow-artifacts:/{_VERSIONS}/{version_id.hex}"


def version_in_tree(path: str) -> UUID | None:
    """The registered version whose folder `path` is, if it is one's."""
    match = _IN_VERSION.match(path)
    return UUID(match["version"]) if match is not None and not match["path"] else None


class ClientTree:
    """What clients see behind `mlflow-artifacts:/`: the tenant's tree, and registered versions."""

    def __init__(self, tree: ArtifactTree, registry: RegistryService) -> None:
        self._tree = tree
        self._registry = registry

    async def get(self, unit: UnitOfWork, path: str) -> StoredFile:
        """The file at `path`. Raises NotFound, or PermissionMissing for a version's."""
        match = _IN_VERSION.match(path)
        if match is None:
            return await self._get(unit, path)
        unit.context.require(Permission.MODEL_READ)
        version = await self._registry.get_version_by_id(unit, UUID(match["version"]))
        inside = match["path"] or ""
        file = self._registry.get_file(version, inside)
        return StoredFile(
            path=path,
            size=file.size,
            sha256=file.sha256,
            modified_at=version.created_at,
            key=self._registry.file_key(unit.context.tenant_id, version, inside),
        )

    async def _get(self, unit: UnitOfWork, path: str) -> StoredFile:
        try:
            found = await self._tree.get(unit, path)
        except ArtifactNotFound:
            if await self._tree.list_folder(unit, path):
                raise InvalidParameter(
                    f"Artifact path refers to a directory, not a file: '{path}'"
                ) from None
            raise DoesNotExist(f"No such artifact: '{path}'") from None
        return StoredFile(
            path=path,
            size=found.size,
            sha256=found.sha256,
            modified_at=found.modified_at,
            key=await self._tree.key(unit, path),
        )

    async def list_folder(self, unit: UnitOfWork, path: str) -> list[FolderEntry]:
        """What lies in the folder `path` itself, by name."""
        match = _IN_VERSION.match(path)
        if match is None:
            return await self._tree.list_folder(unit, path)
        unit.context.require(Permission.MODEL_READ)
        version = await self._registry.get_version_by_id(unit, UUID(match["version"]))
        start = f"{match['path']}/" if match["path"] else ""
        entries: dict[str, FolderEntry] = {}
        for file in version.files:
            if file.path.startswith(start):
                name, slash, _ = file.path[len(start) :].partition("/")
                entries[name] = FolderEntry(name, None if slash else file.size)
        return [entries[name] for name in sorted(entries)]


def refuse_version(path: str) -> str:
    """`path`, unless it is a registered version's, whose files never change."""
    if path == _VERSIONS or path.startswith(f"{_VERSIONS}/"):
        raise InvalidParameter(
            "Invalid path: the files of a registered version never change. Register another version."
        )
    return path


def file_infos(entries: list[FolderEntry], folder: str = "") -> list[dict[str, object]]:
    """`entries` as MLflow lists them; `folder` comes before their names."""
    start = f"{folder}/" if folder else ""
    return [
        {"path": start + each.name, "is_dir": True}
        if each.size is None
        else {"path": start + each.name, "is_dir": False, "file_size": each.size}
        for each in entries
    ]


class _Proxy:
    def __init__(
        self, units: UnitsOfWork, tree: ArtifactTree, client_tree: ClientTree, blobs: BlobStore
    ) -> None:
        self._units = units
        self._tree = tree
        self._client_tree = client_tree
        self._blobs = blobs

    async def upload(self, request: HotRequest) -> HotResponse:
        sent = request.path["path"]
        path = refuse_version(safe_file(sent))
        if sent.endswith("/"):
            raise InvalidParameter("Artifact path must include a filename (cannot end with '/').")
        async with self._units.tenant(request.context) as unit:
            await self._tree.put(unit, path, body_of(request))
        return EMPTY

    async def download(self, request: HotRequest) -> HotResponse:
        path = safe_file(request.path["path"])
        async with self._units.tenant(request.context) as unit:
            file = await self._client_tree.get(unit, path)
        return await send_file(request, file, self._blobs)

    async def list_folder(self, request: HotRequest) -> HotResponse:
        path = safe_path(request.query.get("path", ""))
        async with self._units.tenant(request.context) as unit:
            entries = await self._client_tree.list_folder(unit, path)
        return json_response({"files": file_infos(entries)} if entries else {})

    async def delete(self, request: HotRequest) -> HotResponse:
        path = refuse_version(safe_file(request.path["path"]))
        async with self._units.tenant(request.context) as unit:
            await self._tree.delete(unit, path)
        return EMPTY


async def body_of(request: HotRequest) -> AsyncIterator[bytes]:
    """The body as it comes. Raises ArtifactInterrupted when the client goes away."""
    try:
        async for chunk in request.stream():
            yield chunk
    except InvalidInput as error:
        raise ArtifactInterrupted(
            "The connection broke before the end; nothing was stored. Send the file again."
        ) from error


def artifact_endpoints(
    units: UnitsOfWork, tree: ArtifactTree, client_tree: ClientTree, blobs: BlobStore
) -> list[Endpoint]:
    """The proxy, below `/api/2.0/mlflow-artifacts/`."""
    proxy = _Proxy(units, tree, client_tree, blobs)
    read, write = Permission.EXPERIMENT_READ, Permission.EXPERIMENT_WRITE
    one = "artifacts/{path:path}"
    return [
        Endpoint("PUT", one, proxy.upload, write, prefixes=PREFIXES),
        Endpoint("GET", one, proxy.download, read, prefixes=PREFIXES),
        Endpoint("HEAD", one, proxy.download, read, prefixes=PREFIXES),
        Endpoint("DELETE", one, proxy.delete, Permission.EXPERIMENT_DELETE, prefixes=PREFIXES),
        Endpoint("GET", "artifacts", proxy.list_folder, read, prefixes=PREFIXES),
    ]
