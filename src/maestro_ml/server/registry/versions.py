"""Versions: register, change, delete, download and load them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from pathlib import Path
from uuid import UUID

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.registry import (
    Model,
    ModelCreate,
    ModelEventKind,
    ModelFile,
    ModelVersion,
    ModelVersionId,
    Stage,
    VersionState,
    VersionUpdate,
)
from maestro_ml.server.blobs import BlobKey, OpenBlob
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.ids import made_at, new_id
from maestro_ml.server.kernel.paging import decode_cursor, to_page
from maestro_ml.server.registry.errors import VersionNotFound, VersionNotReady
from maestro_ml.server.registry.files import VersionFiles, find_file
from maestro_ml.server.registry.history import note
from maestro_ml.server.registry.package import Package, read_package
from maestro_ml.server.registry.repository import RegistryRepository
from maestro_ml.server.registry.rules import ORPHANED_AFTER, check_model_name, with_tag
from maestro_ml.server.registry.service import ModelService


class RegistryService(ModelService):
    """Models with their versions: the whole registry."""

    def __init__(self, files: VersionFiles) -> None:
        super().__init__(files)
        self._files = files

    async def register_version(
        self,
        unit: UnitOfWork,
        model_name: str,
        folder: Path,
        *,
        source_run_id: str | None = None,
        description: str = "",
        tags: Mapping[str, str] | None = None,
        metrics: Mapping[str, float] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> ModelVersion:
        """Register the MLflow model directory `folder` as the next version of a model.

        A model that does not exist yet is made. The files are stored before any row names them.
        Raises ModelNameInvalid, PackageInvalid, StorageFull.
        """
        name = check_model_name(model_name)
        package = await asyncio.to_thread(read_package, folder)
        version_id = new_id()
        tenant_id = unit.context.tenant_id
        await self._files.store(tenant_id, version_id, folder, package)
        try:
            model = await self._get_or_create(unit, name)
            repository = RegistryRepository(unit.session)
            version = _new_version(
                version_id, model, await repository.take_number(model.id), package, unit
            ).model_copy(
                update={
                    "source_run_id": source_run_id,
                    "description": description,
                    "tags": dict(tags or {}),
                    "metrics": dict(metrics or {}),
                    "params": dict(params or {}),
                }
            )
            repository.add_version(version, model.id)
            await unit.session.flush()
        except BaseException:
            await asyncio.shield(self._files.delete(tenant_id, version_id))
            raise
        note(unit, model, ModelEventKind.VERSION_REGISTERED, version=version.version)
        return version

    async def register_upload(
        self,
        unit: UnitOfWork,
        model_name: str,
        chunks: AsyncIterator[bytes],
        *,
        source_run_id: str | None = None,
        description: str = "",
    ) -> ModelVersion:
        """Register an uploaded zip or tar of a model directory.

        Raises what register_version raises, ArchiveInvalid and PackageTooLarge.
        """
        check_model_name(model_name)
        async with self._files.received(chunks) as folder:
            return await self.register_version(
                unit,
                model_name,
                folder,
                source_run_id=source_run_id,
                description=description,
            )

    async def get_version_by_id(self, unit: UnitOfWork, id: UUID) -> ModelVersion:
        """The version with this id. Raises VersionNotFound."""
        found = await RegistryRepository(unit.session).find_version_by_id(id)
        if found is None:
            raise VersionNotFound(f"There is no model version {id}. It may have been deleted.")
        return found

    async def list_versions_by_id(
        self, unit: UnitOfWork, ids: Collection[UUID]
    ) -> dict[UUID, ModelVersion]:
        """Versions of whichever models by their ids; those that do not exist are left out."""
        found = await RegistryRepository(unit.session).list_versions_by_id(ids)
        return {version.id: version for version in found}

    async def list_versions_of_run(
        self, unit: UnitOfWork, run_id: UUID, *, limit: int
    ) -> Sequence[ModelVersion]:
        """What was registered from a run, the newest first."""
        return await RegistryRepository(unit.session).list_versions_of_run(run_id, limit=limit)

    async def update_version(
        self, unit: UnitOfWork, reference: str, version: str, body: VersionUpdate
    ) -> ModelVersion:
        """Describe or tag a version. Raises ModelNotFound, VersionNotFound."""
        target = await self.get_version(unit, reference, version)
        changes = body.model_dump(exclude_none=True)
        repository = RegistryRepository(unit.session)
        await repository.change_version(target.id, **changes, updated_at=now())
        before = target.model_dump(include=set(changes))
        unit.record(
            "registry.version.updated", "model_version", target.id, before=before, after=changes
        )
        return await self.get_version(unit, reference, version)

    async def set_tag(self, unit: UnitOfWork, reference: str, key: str, value: str | None) -> None:
        """Set one tag of a model, or remove it with None. Raises ModelNotFound."""
        model = await self.get(unit, reference, lock=True)
        tags = with_tag(model.tags, key, value)
        await RegistryRepository(unit.session).change_model(model.id, tags=tags)
        before, after = {"tags": model.tags}, {"tags": tags}
        unit.record("registry.model.updated", "model", model.id, before=before, after=after)

    async def set_version_tag(
        self, unit: UnitOfWork, reference: str, version: int, key: str, value: str | None
    ) -> None:
        """Set one tag of a version, or remove it with None. Raises ModelNotFound, VersionNotFound."""
        model = await self.get(unit, reference, lock=True)
        target = await self.get_version(unit, str(model.id), version)
        tags = with_tag(target.tags, key, value)
        await RegistryRepository(unit.session).change_version(target.id, tags=tags)
        before, after = {"tags": target.tags}, {"tags": tags}
        unit.record(
            "registry.version.updated", "model_version", target.id, before=before, after=after
        )

    async def delete_version(self, unit: UnitOfWork, reference: str, version: str) -> None:
        """Delete a version and its files; its number stays taken.

        Raises ModelNotFound, VersionNotFound, VersionInUse.
        """
        model = await self.get(unit, reference, lock=True)
        target = await self.get_version(unit, str(model.id), version)
        repository = RegistryRepository(unit.session)
        await repository.delete_version(target.id)
        await repository.change_model(model.id, updated_at=now())
        note(unit, model, ModelEventKind.VERSION_DELETED, version=target.version)
        await unit.commit()
        await self._files.delete(unit.context.tenant_id, target.id)

    async def materialize(self, tenant_id: UUID, version: ModelVersion) -> Path:
        """A local folder with the verified files of a version; read it, never change it.

        Raises VersionNotReady, FilesDamaged.
        """
        return await self._files.materialize(tenant_id, _ready(version))

    async def open_file(
        self, unit: UnitOfWork, reference: str, version: str, path: str
    ) -> OpenBlob:
        """One file of a version. Raises NotFound, VersionNotReady."""
        found = _ready(await self.get_version(unit, reference, version))
        return await self._files.open(unit.context.tenant_id, found, path)

    def get_file(self, version: ModelVersion, path: str) -> ModelFile:
        """What a version says of one of its files. Raises ModelFileNotFound."""
        return find_file(version, path)

    def file_key(self, tenant_id: UUID, version: ModelVersion, path: str) -> BlobKey:
        """Where the object store keeps one file of a version."""
        return self._files.key(tenant_id, version.id, path)

    async def open_archive(
        self, unit: UnitOfWork, reference: str, version: str
    ) -> tuple[ModelVersion, AsyncIterator[bytes]]:
        """All files of a version as a zip. Raises NotFound, VersionNotReady."""
        found = _ready(await self.get_version(unit, reference, version))
        return found, self._files.zip(unit.context.tenant_id, found)

    async def purge_orphans(self, unit: UnitOfWork) -> int:
        """Delete the files of versions that were never finished, after a day; the bytes freed.

        A copy is as old as what it was copied from, so it is the version's own age that counts.
        """
        tenant_id, before = unit.context.tenant_id, now() - ORPHANED_AFTER
        old = [id for id in await self._files.list_versions(tenant_id) if made_at(id) < before]
        kept = await self.list_versions_by_id(unit, old)
        return sum([await self._files.delete(tenant_id, id) for id in old if id not in kept])

    async def list_versions(
        self, unit: UnitOfWork, reference: str, *, limit: int, cursor: str | None
    ) -> Page[ModelVersion]:
        """A page of versions, newest first. Raises ModelNotFound."""
        key = decode_cursor(cursor, parts=1)
        model = await self.get(unit, reference)
        found = await RegistryRepository(unit.session).list_versions(
            model.id, limit=limit + 1, before=key[0] if key else None
        )
        return to_page(found, limit, lambda version: [version.version])

    async def _get_or_create(self, unit: UnitOfWork, name: str) -> Model:
        if await RegistryRepository(unit.session).find_model(name) is None:
            await self.create(unit, ModelCreate(name=name))
        return await self.get(unit, name, lock=True)


def _new_version(
    id: UUID, model: Model, number: int, package: Package, unit: UnitOfWork
) -> ModelVersion:
    return ModelVersion(
        id=ModelVersionId(id),
        model=model.name,
        version=number,
        state=VersionState.READY,
        stage=Stage.NONE,
        aliases=[],
        description="",
        tags={},
        source_run_id=None,
        flavor=package.flavor,
        signature=package.signature,
        input_example=package.input_example,
        metrics={},
        params={},
        files=package.files,
        size_bytes=package.size_bytes,
        sha256=package.sha256,
        created_at=now(),
        created_by=unit.context.actor.name,
        updated_at=now(),
    )


def _ready(version: ModelVersion) -> ModelVersion:
    if version.state is not VersionState.READY:
        raise VersionNotReady(
            f"{version.model}/{version.version} is {version.state.value}. Choose a ready version."
        )
    if not version.files:
        raise VersionNotReady(
            f"The files of {version.model}/{version.version} are not here but at {version.source}. "
            "Register a version from a run, or upload its files."
        )
    return version
