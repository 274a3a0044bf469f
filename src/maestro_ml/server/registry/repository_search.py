"""The searches of models and versions: conditions in, ids and the next page's place out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.server.kernel.db import SessionCalls
from maestro_ml.server.registry.repository_functions import (
    ModelRecord,
    RegistryFunctions,
    VersionRecord,
)
from maestro_ml.server.search import (
    Arguments,
    Condition,
    Entity,
    Order,
    SearchInvalid,
    SortKey,
    Subject,
    after,
    compare,
    compare_time,
    from_token,
    order_by,
    tag_clause,
    to_token,
)

_MODEL_SORTS = {
    "name": SortKey("m.name", "text", ascending=True),
    "creation_timestamp": SortKey("m.created_at", "timestamptz", ascending=True),
    "last_updated_timestamp": SortKey("m.updated_at", "timestamptz", ascending=True),
}
_VERSION_SORTS = {
    "name": _MODEL_SORTS["name"],
    "version_number": SortKey("v.number", "bigint", ascending=True),
    "creation_timestamp": SortKey("v.created_at", "timestamptz", ascending=True),
    "last_updated_timestamp": SortKey("v.updated_at", "timestamptz", ascending=True),
}
_NEWEST = Order(Entity.ATTRIBUTE, "last_updated_timestamp", ascending=False)
_TEXTS = {
    "name": "m.name",
    "run_id": "coalesce(v.source_run_id, '')",
    "source_path": "coalesce(v.source, '')",
}
_TIMES = {"creation_timestamp": "v.created_at", "last_updated_timestamp": "v.updated_at"}


@dataclass(frozen=True, slots=True)
class RegistrySearch:
    """All conditions hold; `orders` come before the order that a page needs to be one."""

    conditions: tuple[Condition, ...] = ()
    orders: tuple[Order, ...] = ()
    limit: int = 100
    token: str | None = None


class RegistrySearchRepository:
    """Searches in the session's tenant; a page comes with the token of the next one."""

    def __init__(self, session: AsyncSession, tenant_id: UUID) -> None:
        self._calls = SessionCalls(session)
        self._tenant_id = tenant_id
        self._functions = RegistryFunctions(self._calls, tenant_id)

    async def models(self, asked: RegistrySearch) -> tuple[list[ModelRecord], str | None]:
        """A page of models. Raises SearchInvalid for a token of another search."""
        keys = _sort_keys(_MODEL_SORTS, asked.orders, ("name", True))
        source = "m.id, {} FROM registered_model m WHERE m.tenant_id = $1::uuid"
        ids, token = await self._page(Subject.MODELS, source, keys, asked)
        return await self._functions.list_models(ids), token

    async def versions(self, asked: RegistrySearch) -> tuple[list[VersionRecord], str | None]:
        """A page of versions. Raises SearchInvalid for a token of another search."""
        keys = _sort_keys(
            _VERSION_SORTS, asked.orders or (_NEWEST,), ("name", True), ("version_number", False)
        )
        source = (
            "v.id, {} FROM model_version v JOIN registered_model m "
            "ON m.tenant_id = v.tenant_id AND m.id = v.model_id WHERE v.tenant_id = $1::uuid"
        )
        ids, token = await self._page(Subject.VERSIONS, source, keys, asked)
        return await self._functions.list_versions(ids), token

    async def _page(
        self, subject: Subject, source: str, keys: Sequence[SortKey], asked: RegistrySearch
    ) -> tuple[list[UUID], str | None]:
        arguments = Arguments(self._tenant_id)
        clauses = [_clause(subject, each, arguments) for each in asked.conditions]
        if asked.token:
            clauses.append(after(keys, from_token(keys, asked.token), arguments))
        columns = source.format(", ".join(key.expression for key in keys))
        statement = " AND ".join([f"SELECT {columns}", *clauses])
        statement += f" ORDER BY {order_by(keys)} LIMIT {asked.limit + 1}"
        rows: list[tuple[Any, ...]] = [
            tuple(row) for row in await self._calls.rows(statement, *arguments.values)
        ]
        shown = rows[: asked.limit]
        more = len(rows) > asked.limit
        return [row[0] for row in shown], to_token(keys, shown[-1][1:]) if more else None


def _sort_keys(
    known: dict[str, SortKey], orders: Sequence[Order], *last: tuple[str, bool]
) -> list[SortKey]:
    wanted = [(order.key, order.ascending) for order in orders]
    wanted += [tail for tail in last if tail[0] not in {key for key, _ in wanted}]
    return [SortKey(known[key].expression, known[key].kind, up) for key, up in wanted]


def _clause(subject: Subject, condition: Condition, arguments: Arguments) -> str:
    if condition.entity is Entity.TAG:
        tags = "m.tags" if subject is Subject.MODELS else "v.tags"
        return tag_clause(tags, condition, arguments)
    if condition.key in _TIMES:
        return compare_time(_TIMES[condition.key], condition, arguments)
    if condition.key == "version_number":
        if isinstance(condition.value, float):
            raise SearchInvalid(
                f"Invalid value for numeric attribute 'version_number': {condition.value!r}"
            )
        return compare("v.number", condition, arguments, "numeric")
    return compare(_TEXTS[condition.key], condition, arguments)
