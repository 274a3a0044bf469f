"""Models: create, find, change and delete them, their aliases, stages and history."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.registry import (
    Model,
    ModelComparison,
    ModelCreate,
    ModelEventKind,
    ModelHistory,
    ModelId,
    ModelOrder,
    ModelUpdate,
    ModelVersion,
    Stage,
    StageTransition,
)
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.kernel.paging import decode_cursor, to_page
from maestro_ml.server.registry.errors import (
    AliasNotFound,
    ModelNameTaken,
    ModelNotFound,
    VersionNotFound,
)
from maestro_ml.server.registry.files import VersionFiles
from maestro_ml.server.registry.history import note
from maestro_ml.server.registry.repository import RegistryRepository
from maestro_ml.server.registry.repository_events import EventRepository
from maestro_ml.server.registry.rules import (
    check_alias,
    check_model_name,
    compare,
    parse_reference,
    parse_version,
    standing_after,
)


class ModelService:
    """The registered models of the caller's tenant; a model is named by its name or its id."""

    def __init__(self, files: VersionFiles) -> None:
        self._files = files

    async def create(self, unit: UnitOfWork, body: ModelCreate) -> Model:
        """A model without versions. Raises ModelNameInvalid, ModelNameTaken."""
        name = check_model_name(body.name)
        repository = RegistryRepository(unit.session)
        if await repository.find_model(name):
            raise ModelNameTaken(_taken(name))
        model = Model(
            id=ModelId(new_id()),
            name=name,
            description=body.description,
            tags=body.tags,
            latest_version=None,
            aliases={},
            created_at=now(),
            created_by=unit.context.actor.name,
            updated_at=now(),
        )
        repository.add_model(model)
        await unit.session.flush()
        note(unit, model, ModelEventKind.MODEL_CREATED)
        return model

    async def get(self, unit: UnitOfWork, reference: str, *, lock: bool = False) -> Model:
        """The model with this name or id. Raises ModelNotFound."""
        model = await RegistryRepository(unit.session).find_model(reference, lock=lock)
        if model is None:
            raise ModelNotFound(
                f"There is no model {reference!r}. `maestro models list` shows those there are."
            )
        return model

    async def update(self, unit: UnitOfWork, reference: str, body: ModelUpdate) -> Model:
        """Rename or describe a model. Raises ModelNotFound, ModelNameInvalid, ModelNameTaken."""
        model = await self.get(unit, reference, lock=True)
        changes = body.model_dump(exclude_none=True)
        name = changes["name"] = check_model_name(body.name or model.name)
        repository = RegistryRepository(unit.session)
        if name != model.name and await repository.find_model(name):
            raise ModelNameTaken(_taken(name))
        await repository.change_model(model.id, **changes, updated_at=now())
        changed = await self.get(unit, str(model.id))
        if name != model.name:
            note(unit, changed, ModelEventKind.MODEL_RENAMED, previous=model.name)
        else:
            before = model.model_dump(include=set(changes))
            unit.record("registry.model.updated", "model", model.id, before=before, after=changes)
        return changed

    async def delete(self, unit: UnitOfWork, reference: str) -> None:
        """Delete a model with all versions and their files. Raises ModelNotFound, VersionInUse."""
        model = await self.get(unit, reference, lock=True)
        repository = RegistryRepository(unit.session)
        versions = await repository.version_ids(model.id)
        await repository.delete_model(model.id)
        note(unit, model, ModelEventKind.MODEL_DELETED)
        await unit.commit()
        for version_id in versions:
            await self._files.delete(unit.context.tenant_id, version_id)

    # One version of a model

    async def get_version(
        self, unit: UnitOfWork, reference: str, version: int | str
    ) -> ModelVersion:
        """Version 3, "3" or "v3" of a model. Raises ModelNotFound, VersionInvalid, VersionNotFound."""
        number = parse_version(version)
        model = await self.get(unit, reference)
        found = await RegistryRepository(unit.session).find_version(model.id, number)
        if found is None:
            raise VersionNotFound(
                f"The model {model.name!r} has no version {number}. "
                f"`maestro models versions {model.name}` shows those there are."
            )
        return found

    async def get_aliased(self, unit: UnitOfWork, reference: str, alias: str) -> ModelVersion:
        """The version that an alias names. Raises ModelNotFound, AliasNotFound."""
        model = await self.get(unit, reference)
        found = await RegistryRepository(unit.session).find_version_by_alias(model.id, alias)
        if found is None:
            known = ", ".join(model.aliases) or "none"
            raise AliasNotFound(
                f"The model {model.name!r} has no alias {alias!r}; its aliases: {known}. Set it with "
                f"PUT /api/v1/models/{model.name}/aliases/{alias}."
            )
        return found

    async def get_latest(self, unit: UnitOfWork, reference: str) -> ModelVersion:
        """The newest ready version. Raises ModelNotFound, VersionNotFound."""
        model = await self.get(unit, reference)
        found = await RegistryRepository(unit.session).find_latest_version(model.id)
        if found is None:
            raise VersionNotFound(
                f"The model {model.name!r} has no version yet. Register one first."
            )
        return found

    async def resolve(self, unit: UnitOfWork, text: str) -> ModelVersion:
        """The version behind `name/3`, `name/v3` or `name@alias`. Raises ReferenceInvalid, NotFound."""
        reference = parse_reference(text)
        if reference.alias is not None:
            return await self.get_aliased(unit, reference.name, reference.alias)
        assert reference.version is not None
        return await self.get_version(unit, reference.name, reference.version)

    # Aliases and stages

    async def set_alias(
        self, unit: UnitOfWork, reference: str, alias: str, version: int
    ) -> ModelVersion:
        """Point `alias` at a version, from wherever it pointed. Raises AliasInvalid, NotFound."""
        check_alias(alias)
        model = await self.get(unit, reference, lock=True)
        target = await self.get_version(unit, str(model.id), version)
        before = model.aliases.get(alias)
        if before == target.version:
            return target
        repository = RegistryRepository(unit.session)
        await repository.set_alias(model.id, alias, target.id)
        note(
            unit,
            model,
            ModelEventKind.ALIAS_SET,
            version=target.version,
            alias=alias,
            previous=None if before is None else str(before),
        )
        return await self.get_version(unit, str(model.id), version)

    async def delete_alias(self, unit: UnitOfWork, reference: str, alias: str) -> None:
        """Remove an alias. Raises ModelNotFound, AliasNotFound."""
        model = await self.get(unit, reference, lock=True)
        target = await self.get_aliased(unit, str(model.id), alias)
        await RegistryRepository(unit.session).delete_alias(model.id, alias)
        note(
            unit,
            model,
            ModelEventKind.ALIAS_REMOVED,
            version=target.version,
            alias=alias,
            previous=str(target.version),
        )

    async def transition_stage(
        self, unit: UnitOfWork, reference: str, version: int | str, body: StageTransition
    ) -> ModelVersion:
        """Move a version to a stage. Raises ModelNotFound, VersionNotFound."""
        model = await self.get(unit, reference, lock=True)
        target = await self.get_version(unit, str(model.id), version)
        if body.archive_existing and body.stage in (Stage.STAGING, Stage.PRODUCTION):
            repository = RegistryRepository(unit.session)
            for other in await repository.list_versions_in_stage(model.id, body.stage):
                if other.id != target.id:
                    await self._move(unit, model, other, Stage.ARCHIVED)
        if target.stage is not body.stage:
            await self._move(unit, model, target, body.stage)
        return await self.get_version(unit, str(model.id), target.version)

    async def _move(
        self, unit: UnitOfWork, model: Model, version: ModelVersion, stage: Stage
    ) -> None:
        repository = RegistryRepository(unit.session)
        moment = now()
        await repository.change_version(version.id, stage=stage.value, updated_at=moment)
        await repository.change_model(model.id, updated_at=moment)
        note(
            unit,
            model,
            ModelEventKind.STAGE_CHANGED,
            version=version.version,
            stage=stage,
            previous=version.stage.value,
        )

    # Reading several

    async def compare(
        self, unit: UnitOfWork, reference: str, versions: list[str]
    ) -> ModelComparison:
        """Versions side by side. Raises ModelNotFound, VersionNotFound."""
        return compare([await self.get_version(unit, reference, each) for each in versions])

    async def history(
        self,
        unit: UnitOfWork,
        reference: str,
        *,
        at: datetime | None,
        limit: int,
        cursor: str | None,
    ) -> ModelHistory:
        """How a model stood at a time (by default now), even if it is gone since.

        Raises ModelNotFound when no model ever had this name.
        """
        key = decode_cursor(cursor, parts=1)
        repository = EventRepository(unit.session)
        model = await RegistryRepository(unit.session).find_model(reference)
        model_id = model.id if model else await repository.find_model_id(reference)
        if model_id is None:
            raise ModelNotFound(f"No model was ever named {reference!r}. Check the spelling.")
        moment = at or now()
        events = await repository.events_until(model_id, moment)
        standing = standing_after(events)
        before = [event for event in reversed(events) if not key or str(event.id) < key[0]]
        page = to_page(before[: limit + 1], limit, lambda event: [str(event.id)])
        return ModelHistory(
            at=moment,
            exists=standing.exists,
            versions=standing.versions,
            aliases=standing.aliases,
            stages=standing.stages,
            events=page.items,
            next_cursor=page.next_cursor,
        )

    async def list(
        self,
        unit: UnitOfWork,
        *,
        limit: int,
        cursor: str | None,
        order: ModelOrder = ModelOrder.NAME,
        search: str | None = None,
        tags: dict[str, str] | None = None,
    ) -> Page[Model]:
        """A page of models in `order`; `search` is a part of the name in any case.

        Raises CursorInvalid, also for a cursor of another order.
        """
        key = decode_cursor(cursor, parts=1 if order is ModelOrder.NAME else 2)
        after: str | tuple[datetime, UUID] | None = None
        if key:
            after = key[0] if len(key) == 1 else (datetime.fromisoformat(key[0]), UUID(key[1]))
        found = await RegistryRepository(unit.session).list_models(
            limit=limit + 1, after=after, order=order, search=search, tags=tags or {}
        )
        return to_page(found, limit, lambda model: _place(order, model))


def _place(order: ModelOrder, model: Model) -> list[str]:
    if order is ModelOrder.NAME:
        return [model.name]
    return [model.updated_at.isoformat(), str(model.id)]


def _taken(name: str) -> str:
    return f"There is a model {name!r} already. Add a version to it, or choose another name."
