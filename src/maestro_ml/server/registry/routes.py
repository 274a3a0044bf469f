"""`/api/v1/models`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from starlette.requests import Request
from starlette.responses import StreamingResponse

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.registry import (
    AliasSet,
    Model,
    ModelComparison,
    ModelCreate,
    ModelHistory,
    ModelOrder,
    ModelUpdate,
    ModelVersion,
    StageTransition,
    VersionUpdate,
)
from maestro_ml.server.kernel.http import Cursor, Limit, MaestroRouter, Tier, Unit
from maestro_ml.server.registry.errors import ReferenceInvalid
from maestro_ml.server.registry.versions import RegistryService

Tag = Annotated[list[str] | None, Query(description="`key=value`; several must all fit")]
_ARCHIVE: dict[str, Any] = {
    "requestBody": {"content": {"application/zip": {}, "application/x-tar": {}}}
}


def model_routes(registry: RegistryService, *, max_upload: int) -> MaestroRouter:
    """The models of the tenant; `{name}` is a model's name or its id."""
    router = MaestroRouter(prefix="/models", tag="models")

    @router.post("", permission=Permission.MODEL_WRITE, status_code=201)
    async def create_model(unit: Unit, body: ModelCreate) -> Model:
        """Make a model without versions."""
        return await registry.create(unit, body)

    @router.get("", permission=Permission.MODEL_READ)
    async def list_models(
        unit: Unit,
        limit: Limit = 100,
        cursor: Cursor = None,
        search: str | None = None,
        tag: Tag = None,
        order: ModelOrder = ModelOrder.NAME,
    ) -> Page[Model]:
        """The models, by name if nothing else is asked for; `search` is a part of the name."""
        tags = _read_tags(tag or [])
        return await registry.list(
            unit, limit=limit, cursor=cursor, order=order, search=search, tags=tags
        )

    @router.get("/{name}", permission=Permission.MODEL_READ)
    async def get_model(unit: Unit, name: str) -> Model:
        """One model."""
        return await registry.get(unit, name)

    @router.patch("/{name}", permission=Permission.MODEL_WRITE)
    async def update_model(unit: Unit, name: str, body: ModelUpdate) -> Model:
        """Rename, describe or tag a model."""
        return await registry.update(unit, name, body)

    @router.delete("/{name}", permission=Permission.MODEL_DELETE, status_code=204)
    async def delete_model(unit: Unit, name: str) -> None:
        """Delete a model with all its versions and files; its history stays."""
        await registry.delete(unit, name)

    @router.get("/{name}/history", permission=Permission.MODEL_READ)
    async def get_history(
        unit: Unit,
        name: str,
        at: Annotated[datetime | None, Query(description="by default now")] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> ModelHistory:
        """What every alias and stage was at a time, and every change until then."""
        return await registry.history(unit, name, at=at, limit=limit, cursor=cursor)

    @router.get("/{name}/compare", permission=Permission.MODEL_READ)
    async def compare_versions(
        unit: Unit, name: str, version: Annotated[list[str], Query(min_length=2, max_length=20)]
    ) -> ModelComparison:
        """Versions side by side."""
        return await registry.compare(unit, name, version)

    _add_aliases(router, registry)
    _add_versions(router, registry, max_upload)
    return router


def _add_aliases(router: MaestroRouter, registry: RegistryService) -> None:
    @router.put("/{name}/aliases/{alias}", permission=Permission.MODEL_WRITE)
    async def set_alias(unit: Unit, name: str, alias: str, body: AliasSet) -> ModelVersion:
        """Point an alias at a version."""
        return await registry.set_alias(unit, name, alias, body.version)

    @router.get("/{name}/aliases/{alias}", permission=Permission.MODEL_READ)
    async def get_aliased(unit: Unit, name: str, alias: str) -> ModelVersion:
        """The version that an alias names."""
        return await registry.get_aliased(unit, name, alias)

    @router.delete("/{name}/aliases/{alias}", permission=Permission.MODEL_WRITE, status_code=204)
    async def delete_alias(unit: Unit, name: str, alias: str) -> None:
        """Remove an alias."""
        await registry.delete_alias(unit, name, alias)


def _add_versions(router: MaestroRouter, registry: RegistryService, max_upload: int) -> None:
    @router.post(
        "/{name}/versions",
        permission=Permission.MODEL_WRITE,
        tier=Tier.API,
        status_code=201,
        idempotent=False,
        max_body_size=max_upload,
        openapi_extra=_ARCHIVE,
    )
    async def register_version(
        unit: Unit,
        request: Request,
        name: str,
        source_run_id: str | None = None,
        description: Annotated[str, Query(max_length=5000)] = "",
    ) -> ModelVersion:
        """Register a zip or tar of an MLflow model directory as the next version."""
        return await registry.register_upload(
            unit, name, request.stream(), source_run_id=source_run_id, description=description
        )

    @router.get("/{name}/versions", permission=Permission.MODEL_READ)
    async def list_versions(
        unit: Unit, name: str, limit: Limit = 100, cursor: Cursor = None
    ) -> Page[ModelVersion]:
        """The versions of a model, newest first."""
        return await registry.list_versions(unit, name, limit=limit, cursor=cursor)

    @router.get("/{name}/versions/{version}", permission=Permission.MODEL_READ)
    async def get_version(unit: Unit, name: str, version: str) -> ModelVersion:
        """One version; `3` and `v3` are the same."""
        return await registry.get_version(unit, name, version)

    @router.patch("/{name}/versions/{version}", permission=Permission.MODEL_WRITE)
    async def update_version(
        unit: Unit, name: str, version: str, body: VersionUpdate
    ) -> ModelVersion:
        """Describe or tag a version."""
        return await registry.update_version(unit, name, version, body)

    @router.delete(
        "/{name}/versions/{version}", permission=Permission.MODEL_DELETE, status_code=204
    )
    async def delete_version(unit: Unit, name: str, version: str) -> None:
        """Delete a version and its files; its number is never used again."""
        await registry.delete_version(unit, name, version)

    @router.post("/{name}/versions/{version}/stage", permission=Permission.MODEL_WRITE)
    async def transition_stage(
        unit: Unit, name: str, version: str, body: StageTransition
    ) -> ModelVersion:
        """Move a version to a stage."""
        return await registry.transition_stage(unit, name, version, body)

    _add_files(router, registry)


def _add_files(router: MaestroRouter, registry: RegistryService) -> None:
    @router.get("/{name}/versions/{version}/download", permission=Permission.MODEL_READ)
    async def download_version(unit: Unit, name: str, version: str) -> StreamingResponse:
        """All files of a version as a zip."""
        found, chunks = await registry.open_archive(unit, name, version)
        named = f'attachment; filename="model-{found.version}.zip"'
        return StreamingResponse(
            chunks, media_type="application/zip", headers={"content-disposition": named}
        )

    @router.get("/{name}/versions/{version}/files/{path:path}", permission=Permission.MODEL_READ)
    async def download_file(unit: Unit, name: str, version: str, path: str) -> StreamingResponse:
        """One file of a version."""
        blob = await registry.open_file(unit, name, version, path)
        return StreamingResponse(
            blob.chunks,
            media_type="application/octet-stream",
            headers={"content-length": str(blob.size), "content-disposition": "attachment"},
        )


def _read_tags(pairs: list[str]) -> dict[str, str]:
    tags = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise ReferenceInvalid(f"{pair!r} is no tag. Write it as key=value.")
        tags[key] = value
    return tags
