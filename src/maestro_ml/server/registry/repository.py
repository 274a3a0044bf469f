"""All SQL of models and versions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, literal, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.registry import (
    Model,
    ModelOrder,
    ModelVersion,
    Stage,
    VersionState,
)
from maestro_ml.server.registry.errors import VersionInUse
from maestro_ml.server.registry.repository_rows import to_model, to_version
from maestro_ml.server.registry.tables import AliasRow, ModelRow, VersionRow

VersionRows = Select[VersionRow, str]


class RegistryRepository:
    """The models of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    # Models

    def add_model(self, model: Model) -> None:
        """Insert a model without versions."""
        self._session.add(
            ModelRow(
                id=model.id,
                name=model.name,
                description=model.description,
                tags=model.tags,
                last_version=0,
                created_at=model.created_at,
                created_by=model.created_by,
                updated_at=model.updated_at,
            )
        )

    async def find_model(self, reference: str, *, lock: bool = False) -> Model | None:
        """The model with this name, or else with this id; locked against other changes."""
        row = await self._find_row(ModelRow.name == reference, lock)
        if row is None and (id := _as_uuid(reference)) is not None:
            row = await self._find_row(ModelRow.id == id, lock)
        return None if row is None else (await self._to_models([row]))[0]

    async def _find_row(self, condition: Any, lock: bool) -> ModelRow | None:
        query = select(ModelRow).where(condition)
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        found: ModelRow | None = await self._session.scalar(query)
        return found

    async def list_models(
        self,
        *,
        limit: int,
        after: str | tuple[datetime, UUID] | None,
        order: ModelOrder,
        search: str | None,
        tags: dict[str, str],
    ) -> list[Model]:
        """Models in order; `after` is the last one's name, or its time and id."""
        query = select(ModelRow).limit(limit)
        if order is ModelOrder.NAME:
            query = query.order_by(ModelRow.name)
        else:
            query = query.order_by(ModelRow.updated_at.desc(), ModelRow.id.desc())
        if isinstance(after, str):
            query = query.where(ModelRow.name > after)
        elif after is not None:
            last = tuple_(literal(after[0]), literal(after[1]))
            query = query.where(tuple_(ModelRow.updated_at, ModelRow.id) < last)
        if search:
            query = query.where(ModelRow.name.icontains(search, autoescape=True))
        if tags:
            query = query.where(ModelRow.tags.contains(tags))
        return await self._to_models([*await self._session.scalars(query)])

    async def change_model(self, id: UUID, **changes: object) -> None:
        """Set columns of a model."""
        row = await self._session.get_one(ModelRow, self._key(id))
        for column, value in changes.items():
            setattr(row, column, value)
        await self._session.flush()

    async def take_number(self, id: UUID) -> int:
        """The next version number of a locked model; it never comes again."""
        row = await self._session.get_one(ModelRow, self._key(id))
        row.last_version += 1
        await self._session.flush()
        return row.last_version

    async def delete_model(self, id: UUID) -> None:
        """Delete a model with its versions and aliases. Raises VersionInUse."""
        await self._delete(delete(ModelRow).where(ModelRow.id == id))

    # Versions

    def add_version(self, version: ModelVersion, model_id: UUID) -> None:
        """Insert a version."""
        named = version.model_dump(
            mode="json",
            include={"tags", "signature", "input_example", "metrics", "params", "files"},
        )
        self._session.add(
            VersionRow(
                id=version.id,
                model_id=model_id,
                number=version.version,
                state=version.state.value,
                stage=version.stage.value,
                description=version.description,
                source_run_id=version.source_run_id,
                source=version.source,
                run_link=version.run_link,
                logged_model_id=version.logged_model_id,
                flavor=version.flavor,
                size_bytes=version.size_bytes,
                sha256=version.sha256,
                created_at=version.created_at,
                created_by=version.created_by,
                updated_at=version.updated_at,
                **named,
            )
        )

    async def find_version(self, model_id: UUID, number: int) -> ModelVersion | None:
        """A version by its number."""
        return await self._one(
            _versions().where(VersionRow.model_id == model_id, VersionRow.number == number)
        )

    async def find_version_by_id(self, id: UUID) -> ModelVersion | None:
        """A version by its id, of whichever model."""
        return await self._one(_versions().where(VersionRow.id == id))

    async def find_version_by_alias(self, model_id: UUID, alias: str) -> ModelVersion | None:
        """The version that an alias names."""
        return await self._one(
            _versions()
            .join(AliasRow, AliasRow.version_id == VersionRow.id)
            .where(AliasRow.model_id == model_id, AliasRow.alias == alias)
        )

    async def find_latest_version(self, model_id: UUID) -> ModelVersion | None:
        """The ready version with the highest number."""
        return await self._one(
            _versions()
            .where(VersionRow.model_id == model_id, VersionRow.state == VersionState.READY.value)
            .order_by(VersionRow.number.desc())
            .limit(1)
        )

    async def list_versions(
        self, model_id: UUID, *, limit: int, before: int | None
    ) -> list[ModelVersion]:
        """Versions, newest first."""
        query = _versions().where(VersionRow.model_id == model_id)
        if before is not None:
            query = query.where(VersionRow.number < before)
        return await self._to_versions(query.order_by(VersionRow.number.desc()).limit(limit))

    async def list_versions_in_stage(self, model_id: UUID, stage: Stage) -> list[ModelVersion]:
        """The versions that hold `stage` now."""
        return await self._to_versions(
            _versions().where(VersionRow.model_id == model_id, VersionRow.stage == stage.value)
        )

    async def list_versions_by_id(self, ids: Collection[UUID]) -> list[ModelVersion]:
        """Versions of whichever models."""
        return await self._to_versions(_versions().where(VersionRow.id.in_(ids))) if ids else []

    async def list_versions_of_run(self, run_id: UUID, *, limit: int) -> list[ModelVersion]:
        """Versions that came from a run, whose id clients spell with dashes or without."""
        query = _versions().where(VersionRow.source_run_id.in_([run_id.hex, str(run_id)]))
        return await self._to_versions(query.order_by(VersionRow.created_at.desc()).limit(limit))

    async def version_ids(self, model_id: UUID) -> list[UUID]:
        """The ids of all versions of a model."""
        found = await self._session.scalars(
            select(VersionRow.id).where(VersionRow.model_id == model_id)
        )
        return [*found]

    async def change_version(self, id: UUID, **changes: object) -> None:
        """Set columns of a version."""
        row = await self._session.get_one(VersionRow, self._key(id))
        for column, value in changes.items():
            setattr(row, column, value)
        await self._session.flush()

    async def delete_version(self, id: UUID) -> None:
        """Delete a version and the aliases on it. Raises VersionInUse."""
        await self._delete(delete(VersionRow).where(VersionRow.id == id))

    # Aliases

    async def set_alias(self, model_id: UUID, alias: str, version_id: UUID) -> None:
        """Point an alias of a locked model at a version."""
        row = await self._session.scalar(_alias(model_id, alias))
        if row is None:
            self._session.add(AliasRow(model_id=model_id, alias=alias, version_id=version_id))
        else:
            row.version_id = version_id
        await self._session.flush()

    async def delete_alias(self, model_id: UUID, alias: str) -> None:
        """Remove an alias of a locked model."""
        await self._session.execute(
            delete(AliasRow).where(AliasRow.model_id == model_id, AliasRow.alias == alias)
        )

    # Mapping

    def _key(self, id: UUID) -> tuple[UUID, UUID]:
        return self._session.info["tenant_id"], id

    async def _delete(self, statement: Any) -> None:
        try:
            await self._session.execute(statement)
        except IntegrityError as error:
            raise VersionInUse(
                "A deployment serves this model. Switch the deployment to another version or delete "
                "it (`maestro deployments list` shows which), then try again."
            ) from error

    async def _one(self, query: VersionRows) -> ModelVersion | None:
        found = await self._to_versions(query)
        return found[0] if found else None

    async def _to_versions(self, query: VersionRows) -> list[ModelVersion]:
        found = (await self._session.execute(query)).all()
        aliases = await self._aliases_of([row.id for row, _ in found])
        return [to_version(row, name, aliases.get(row.id, [])) for row, name in found]

    async def _aliases_of(self, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
        query = select(AliasRow).where(AliasRow.version_id.in_(ids)).order_by(AliasRow.alias)
        aliases: dict[UUID, list[str]] = {}
        for row in await self._session.scalars(query) if ids else ():
            aliases.setdefault(row.version_id, []).append(row.alias)
        return aliases

    async def _newest_of(self, ids: Sequence[UUID]) -> dict[UUID, int]:
        found = await self._session.execute(
            select(VersionRow.model_id, func.max(VersionRow.number))
            .where(VersionRow.model_id.in_(ids))
            .group_by(VersionRow.model_id)
        )
        return {row.model_id: row[1] for row in found}

    async def _to_models(self, rows: Sequence[ModelRow]) -> list[Model]:
        ids = [row.id for row in rows]
        newest = await self._newest_of(ids)
        aliases: dict[UUID, dict[str, int]] = {}
        query = (
            select(AliasRow.model_id, AliasRow.alias, VersionRow.number)
            .join(VersionRow, VersionRow.id == AliasRow.version_id)
            .where(AliasRow.model_id.in_(ids))
            .order_by(AliasRow.alias)
        )
        for id, alias, number in await self._session.execute(query):
            aliases.setdefault(id, {})[alias] = number
        return [to_model(row, newest.get(row.id), aliases.get(row.id, {})) for row in rows]


def _versions() -> VersionRows:
    return select(VersionRow, ModelRow.name).join(ModelRow, ModelRow.id == VersionRow.model_id)


def _alias(model_id: UUID, alias: str) -> Select[AliasRow]:
    return select(AliasRow).where(AliasRow.model_id == model_id, AliasRow.alias == alias)


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
