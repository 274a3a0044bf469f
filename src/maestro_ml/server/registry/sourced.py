"""Versions that are registered from where their files already are: a run, a logged model, a version.

The files are copied, which costs a store no bytes where it can link them: a version stays what it was
registered as, whatever becomes of its source.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from maestro_ml.server.blobs import BlobKey, BlobKeyInvalid, BlobStore
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import Calls, UnitOfWork, UnitsOfWork
from maestro_ml.server.kernel.errors import NotFound
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.registry.errors import ModelNotFound, PackageInvalid
from maestro_ml.server.registry.files import SourceFile, VersionFiles
from maestro_ml.server.registry.package import (
    DESCRIPTION_FILE,
    MAX_DESCRIPTION,
    MAX_EXAMPLE,
    MAX_FILES,
    Package,
    describe,
    example_file,
    parse_description,
)
from maestro_ml.server.registry.repository import RegistryRepository
from maestro_ml.server.registry.repository_functions import (
    NewVersion,
    RegistryFunctions,
    VersionRecord,
    created_record,
)
from maestro_ml.server.tracking import ArtifactTree

ELSEWHERE = "external"
"""The flavor of a version whose files are not here; without a readable MLmodel, nobody knows it."""


@dataclass(frozen=True, slots=True)
class VersionRequest:
    """What is to be registered, from `source` as it was given.

    The files are those below `path` in the tenant's tree, or those of `version_id`; else they are not
    here.
    """

    model: str
    source: str
    run_id: str = ""
    run_link: str = ""
    logged_model_id: str | None = None
    description: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    path: str | None = None
    version_id: UUID | None = None


class SourcedVersions:
    """Registers versions from sources, in one statement where there is nothing to copy."""

    def __init__(
        self,
        calls: Calls,
        units: UnitsOfWork,
        blobs: BlobStore,
        files: VersionFiles,
        tree: ArtifactTree,
    ) -> None:
        self._calls = calls
        self._units = units
        self._blobs = blobs
        self._files = files
        self._tree = tree

    async def register(self, context: Context, request: VersionRequest) -> VersionRecord:
        """Register the next version of a model. Raises ModelNotFound."""
        version = NewVersion(
            id=new_id(),
            model=request.model,
            source=request.source,
            run_id=request.run_id,
            run_link=request.run_link,
            logged_model_id=request.logged_model_id,
            description=request.description,
            tags=request.tags,
            created_at=now(),
        )
        functions = RegistryFunctions(self._calls, context.tenant_id)
        found = await self._find(context, request)
        if found and await functions.find_model(request.model) is None:
            raise model_not_found(request.model)
        try:
            package = await self._package(context.tenant_id, version.id, found)
            number = await functions.create_version(version, package, context)
            if number is None:
                raise model_not_found(request.model)
        except BaseException:
            if found:
                await asyncio.shield(self._files.delete(context.tenant_id, version.id))
            raise
        return created_record(version, number, held=bool(package.files))

    async def pack(self, context: Context, version_id: UUID, request: VersionRequest) -> Package:
        """Copies of the files that `request` names, for a version whose row comes later."""
        found = await self._find(context, request)
        return await self._package(context.tenant_id, version_id, found)

    async def discard(self, context: Context, version_id: UUID) -> None:
        """Delete the copies of a version whose row never came."""
        await self._files.delete(context.tenant_id, version_id)

    async def _find(self, context: Context, request: VersionRequest) -> list[SourceFile]:
        if request.path is None and request.version_id is None:
            return []
        async with self._units.tenant(context) as unit:
            if request.version_id is not None:
                repository = RegistryRepository(unit.session)
                version = await repository.find_version_by_id(request.version_id)
                return [] if version is None else self._files.sources(context.tenant_id, version)
            try:
                return await self._find_below(unit, request.path or "")
            except (NotFound, BlobKeyInvalid):
                return []

    async def _find_below(self, unit: UnitOfWork, path: str) -> list[SourceFile]:
        folder = await self._tree.key(unit, path)
        files = await self._tree.list_files(unit, path, limit=MAX_FILES + 1)
        return [
            SourceFile(each.path, each.size, each.sha256, BlobKey(f"{folder}/{each.path}"))
            for each in files
        ]

    async def _package(
        self, tenant_id: UUID, version_id: UUID, found: Sequence[SourceFile]
    ) -> Package:
        """What `found` is as a model, copied; an empty one for nothing, and for too many files."""
        if not 0 < len(found) <= MAX_FILES:
            return Package(ELSEWHERE, None, None, [])
        files = await self._files.copy(tenant_id, version_id, found)
        contents = {each.path: each for each in found}
        try:
            said = parse_description(
                await self._read(contents.get(DESCRIPTION_FILE), MAX_DESCRIPTION)
            )
            example = contents.get(example_file(said) or "")
            content = await self._read(example, MAX_EXAMPLE) if example else None
            return describe(said, example=content or None, files=files)
        except PackageInvalid:
            return Package(ELSEWHERE, None, None, files)

    async def _read(self, file: SourceFile | None, most: int) -> bytes:
        if file is None or file.size > most:
            return b""
        blob = await self._blobs.open(file.key)
        return b"".join([chunk async for chunk in blob.chunks])


def model_not_found(name: str) -> ModelNotFound:
    """There is no such model for this caller."""
    return ModelNotFound(f"Registered Model with name={name} not found")
