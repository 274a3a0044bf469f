"""The SQL functions of the registry: each call is one statement that binds its own tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import Calls, actor_columns
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.registry.package import Package

_VERSIONS = "SELECT * FROM registry_versions($1, $2)"
_FIND_VERSION = "SELECT * FROM registry_find_version($1, $2, $3, $4)"
_MODELS = "SELECT * FROM registry_models($1, $2, $3)"
_CREATE_MODEL = "SELECT registry_create_model($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
_CREATE_VERSION = (
    "SELECT registry_create_version($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
    "$15, $16, $17)"
)
_SET_ALIAS = "SELECT registry_set_alias($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """A version without its files; `tags` is JSON text, `held` says whether the files are here.

    With a `problem` (model_missing, version_missing) there is nothing else.
    """

    problem: str | None
    id: UUID
    model: str
    number: int
    state: str
    stage: str
    description: str
    tags: str
    source: str | None
    run_id: str | None
    run_link: str | None
    created_at: datetime
    updated_at: datetime
    aliases: list[str]
    held: bool


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """A model with its aliases by column and the newest version of each stage; `tags` is JSON text."""

    id: UUID
    name: str
    description: str
    tags: str
    created_at: datetime
    updated_at: datetime
    aliases: list[str] | None
    numbers: list[int] | None
    latest: list[UUID]


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version that is about to be registered from `source`."""

    id: UUID
    model: str
    source: str
    run_id: str
    run_link: str
    logged_model_id: str | None
    description: str
    tags: dict[str, str]
    created_at: datetime


class RegistryFunctions:
    """The functions on behalf of one tenant."""

    def __init__(self, calls: Calls, tenant_id: UUID) -> None:
        self._calls = calls
        self._tenant_id = tenant_id

    async def find_version(
        self, model: str, *, number: int | None = None, alias: str | None = None
    ) -> VersionRecord:
        """The version by its number or alias, the newest without either; or the problem."""
        rows = await self._calls.rows(_FIND_VERSION, self._tenant_id, model, number, alias)
        return VersionRecord(*rows[0])

    async def list_versions(self, ids: Sequence[UUID]) -> list[VersionRecord]:
        """The versions that there are, in the order of `ids`."""
        rows = await self._calls.rows(_VERSIONS, self._tenant_id, list(ids)) if ids else ()
        return [VersionRecord(*row) for row in rows]

    async def find_model(self, name: str) -> ModelRecord | None:
        """The model with this name."""
        rows = await self._calls.rows(_MODELS, self._tenant_id, [], name)
        return ModelRecord(*rows[0]) if rows else None

    async def list_models(self, ids: Sequence[UUID]) -> list[ModelRecord]:
        """The models that there are, in the order of `ids`."""
        rows = await self._calls.rows(_MODELS, self._tenant_id, list(ids), None) if ids else ()
        return [ModelRecord(*row) for row in rows]

    async def create_model(
        self, name: str, description: str, tags: dict[str, str], auditor: Context
    ) -> datetime | None:
        """Make a model; when it was made, or None because its name is taken."""
        moment = now()
        taken = await self._value(
            _CREATE_MODEL,
            new_id(),
            new_id(),
            name,
            description,
            _json(tags),
            moment,
            *actor_columns(auditor),
        )
        return None if taken else moment

    async def create_version(
        self, version: NewVersion, package: Package, auditor: Context
    ) -> int | None:
        """Register a version with the files of `package`; its number, None without the model."""
        document = {
            "flavor": package.flavor,
            "signature": None if package.signature is None else package.signature.model_dump(),
            "input_example": package.input_example,
            "files": [file.model_dump() for file in package.files],
            "sha256": package.sha256,
        }
        number: int | None = await self._value(
            _CREATE_VERSION,
            version.id,
            new_id(),
            version.model,
            version.description,
            _json(version.tags),
            version.source,
            version.run_id,
            version.run_link,
            version.logged_model_id,
            _json(document),
            package.size_bytes,
            version.created_at,
            *actor_columns(auditor),
        )
        return number

    async def set_alias(self, model: str, alias: str, number: int, auditor: Context) -> bool:
        """Point an alias at a version; whether there is such a version."""
        problem = await self._value(
            _SET_ALIAS, new_id(), model, alias, number, now(), *actor_columns(auditor)
        )
        return problem is None

    async def _value(self, statement: str, *arguments: Any) -> Any:
        rows = await self._calls.rows(statement, self._tenant_id, *arguments)
        return rows[0][0]


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def created_record(version: NewVersion, number: int, *, held: bool) -> VersionRecord:
    """What was just registered, as it would be found."""
    return VersionRecord(
        problem=None,
        id=version.id,
        model=version.model,
        number=number,
        state="ready",
        stage="None",
        description=version.description,
        tags=_json(version.tags),
        source=version.source,
        run_id=version.run_id,
        run_link=version.run_link,
        created_at=version.created_at,
        updated_at=version.created_at,
        aliases=[],
        held=held,
    )
