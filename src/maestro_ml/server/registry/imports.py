"""Brings in models and versions from another registry; what is here already stays as it is."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from uuid import UUID

from maestro_ml.contracts.model_imports import ImportedVersion, ModelImport, VersionImport
from maestro_ml.contracts.registry import (
    Model,
    ModelCreate,
    ModelEventKind,
    ModelVersion,
    ModelVersionId,
    Stage,
)
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.registry.errors import VersionElsewhere
from maestro_ml.server.registry.history import note
from maestro_ml.server.registry.package import Package
from maestro_ml.server.registry.repository import RegistryRepository
from maestro_ml.server.registry.repository_imports import RegistryImportRepository
from maestro_ml.server.registry.sourced import SourcedVersions, VersionRequest
from maestro_ml.server.registry.versions import RegistryService
from maestro_ml.server.tracking import (
    ArtifactTree,
    LoggedModelNotFound,
    LoggedModelService,
    RunNotFound,
    model_artifact_uri,
    path_in_tree,
)

_OF_RUN = re.compile(r"(?:runs:/+|.*/)(?P<id>[0-9a-f]{32})(?:/artifacts)?(?:/(?P<path>.*))?\Z")
_OF_MODEL = re.compile(
    r"(?:models:/+|.*/models/)(?P<id>m-[0-9a-f]{32})(?:/artifacts)?/?(?P<path>.*)\Z"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where files came from: inside a run, or inside a logged model with an id such as `m-…`."""

    owner: str
    path: str


def read_source(source: str) -> Place | None:
    """Which run or logged model a foreign source means; None for a place that is neither's."""
    for pattern in (_OF_MODEL, _OF_RUN):
        if (match := pattern.match(source)) is not None:
            return Place(match["id"], (match["path"] or "").strip("/"))
    return None


class RegistryImportService:
    """What an import of models calls, each call in one unit of work."""

    def __init__(
        self,
        registry: RegistryService,
        sourced: SourcedVersions,
        tree: ArtifactTree,
        models: LoggedModelService,
    ) -> None:
        self._registry = registry
        self._sourced = sourced
        self._tree = tree
        self._models = models

    async def put_model(self, unit: UnitOfWork, body: ModelImport) -> Model:
        """The model with this name, made if there is none. Raises ModelNameInvalid."""
        repository = RegistryRepository(unit.session)
        found = await repository.find_model(body.name, lock=True)
        if found is None:
            new = ModelCreate.model_construct(
                name=body.name, description=body.description, tags=body.tags
            )
            found = await self._registry.create(unit, new)
            await repository.change_model(
                found.id, created_at=body.created_at, updated_at=body.updated_at
            )
        elif not body.tags.items() <= found.tags.items():
            await repository.change_model(found.id, tags={**body.tags, **found.tags})
        return await self._registry.get(unit, str(found.id))

    async def put_version(self, unit: UnitOfWork, body: VersionImport) -> ImportedVersion:
        """The version with this number, made if there is none.

        Raises ModelNotFound, and VersionElsewhere if the number was given to another version here.
        """
        model = await self._registry.get(unit, body.model)
        repository = RegistryRepository(unit.session)
        found = await repository.find_version(model.id, body.version)
        if found is None:
            found = await self._create(unit, model, body)
        if found.created_at != body.created_at:
            raise VersionElsewhere(
                f"The model {model.name!r} has a version {body.version} of its own, and numbers are "
                "never given twice. Rename one of the two models."
            )
        mine = [alias for alias in body.aliases if alias in found.aliases]
        return ImportedVersion(version=found.version, aliases=mine, files=len(found.files))

    async def _create(self, unit: UnitOfWork, model: Model, body: VersionImport) -> ModelVersion:
        version_id = new_id()
        source, path = await self._resolve(unit, body.source)
        request = VersionRequest(body.model, source, path=path)
        try:
            # The copies are made before anything is locked, so that nobody waits for them.
            package = await self._sourced.pack(unit.context, version_id, request)
            locked = await self._registry.get(unit, str(model.id), lock=True)
            await self._add(unit, locked, _to_version(version_id, body, source, package))
        except BaseException:
            await asyncio.shield(self._sourced.discard(unit.context, version_id))
            raise
        for alias in body.aliases:
            if alias not in locked.aliases:
                await self._registry.set_alias(unit, str(model.id), alias, body.version)
        return await self._registry.get_version(unit, str(model.id), body.version)

    async def _add(self, unit: UnitOfWork, model: Model, version: ModelVersion) -> None:
        RegistryRepository(unit.session).add_version(version, model.id)
        await unit.session.flush()
        await RegistryImportRepository(unit.session).give_away(model.id, version.version)
        note(unit, model, ModelEventKind.VERSION_REGISTERED, version=version.version)
        if version.stage is not Stage.NONE:
            note(
                unit,
                model,
                ModelEventKind.STAGE_CHANGED,
                version=version.version,
                stage=version.stage,
                previous=Stage.NONE.value,
            )

    async def _resolve(self, unit: UnitOfWork, source: str) -> tuple[str, str | None]:
        """Our own address of the source, and its path in the tree; the source itself if not ours."""
        place = read_source(source)
        if place is None:
            return source, None
        try:
            if place.owner.startswith("m-"):
                model = await self._models.get(unit.context, place.owner)
                root = model_artifact_uri(model.experiment_id, model.artifact_location, model.id)
            else:
                root = (await self._tree.run_folder(unit, place.owner)).uri
        except (RunNotFound, LoggedModelNotFound):
            return source, None
        address = f"{root}/{place.path}".rstrip("/")
        # Clients follow `models:/m-…` to the logged model, which is here under the same id.
        kept = source if source.startswith("models:/") else address
        return kept, path_in_tree(address)


def _to_version(id: UUID, body: VersionImport, source: str, package: Package) -> ModelVersion:
    return ModelVersion(
        id=ModelVersionId(id),
        aliases=[],
        source_run_id=body.run_id or None,
        source=source,
        flavor=package.flavor,
        signature=package.signature,
        input_example=package.input_example,
        metrics={},
        params={},
        files=package.files,
        size_bytes=package.size_bytes,
        sha256=package.sha256,
        **body.model_dump(
            include={
                "model",
                "version",
                "state",
                "stage",
                "description",
                "tags",
                "run_link",
                "logged_model_id",
                "created_by",
                "created_at",
                "updated_at",
            }
        ),
    )
