"""All SQL of logged models: functions that make, change and get them, and their search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import Calls, actor_columns
from maestro_ml.server.search import (
    Arguments,
    Condition,
    Entity,
    SortKey,
    after,
    compare,
    compare_time,
    order_by,
)
from maestro_ml.server.tracking.repository.locations import below_location
from maestro_ml.server.tracking.rules import NewLoggedModel

_GET = "SELECT * FROM tracking_logged_models($1, $2)"
_CREATE = (
    "SELECT tracking_create_logged_model($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
)
_CHANGE = "SELECT tracking_change_logged_model($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
_LOG_METRICS = "SELECT tracking_log_model_metrics($1, $2, $3, $4, $5, $6, $7, $8, $9)"
_ARTIFACT_URI = below_location("'models/' || l.id || '/artifacts'")
_ATTRIBUTES = {
    "name": "l.name",
    "model_id": "l.id",
    "model_type": "l.model_type",
    "status": "l.status",
    "source_run_id": "l.source_run_id",
    "experiment_id": "l.experiment_id::text",
    "artifact_location": (
        f"(SELECT {_ARTIFACT_URI} FROM experiment e "  # noqa: S608
        "WHERE e.tenant_id = l.tenant_id AND e.id = l.experiment_id)"
    ),
}
_TIMES = {"creation_timestamp": "l.created_at", "last_updated_timestamp": "l.updated_at"}


@dataclass(frozen=True, slots=True)
class LoggedModelRecord:
    """A logged model with its metrics by column; `params` and `tags` are JSON text."""

    id: str
    experiment_id: int
    name: str
    model_type: str
    status: str
    source_run_id: str
    params: str
    tags: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    artifact_location: str | None
    keys: list[str] | None
    values: list[float] | None
    timestamps: list[int] | None
    steps: list[int] | None
    run_ids: list[UUID] | None
    dataset_names: list[str | None] | None
    dataset_digests: list[str | None] | None


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a metric was measured on: any version without a digest, any of this digest without a name."""

    name: str | None
    digest: str | None


@dataclass(frozen=True, slots=True)
class LoggedModelOrder:
    """A key of an order: an attribute, or a metric on any dataset or on one."""

    entity: Entity
    key: str
    ascending: bool
    dataset: Dataset | None = None


@dataclass(frozen=True, slots=True)
class LoggedModelSelection:
    """What a search asks for: all conditions hold, a metric's on one of `datasets` if there are any."""

    experiment_ids: tuple[int, ...]
    conditions: tuple[Condition, ...] = ()
    datasets: tuple[Dataset, ...] = ()
    orders: tuple[LoggedModelOrder, ...] = ()


class LoggedModelFunctions:
    """The functions on behalf of one tenant; writers return the word of what is wrong, or None."""

    def __init__(self, calls: Calls, tenant_id: UUID) -> None:
        self._calls = calls
        self._tenant_id = tenant_id

    async def create(self, model: NewLoggedModel, auditor: Context) -> str | None:
        """Store a logged model; experiment_missing or experiment_deleted."""
        return await self._word(
            _CREATE,
            model.id,
            model.experiment_id,
            model.name,
            model.model_type,
            model.source_run_id,
            _json(model.params),
            _json(model.tags),
            model.created_at,
            *actor_columns(auditor),
        )

    async def change(
        self,
        model_id: str,
        *,
        moment: datetime,
        auditor: Context,
        status: str | None = None,
        params: dict[str, str] | None = None,
        tags: dict[str, str] | None = None,
        delete_tag: str | None = None,
        delete: bool = False,
    ) -> str | None:
        """Change what is given; model_missing, tag_missing or param_changed."""
        return await self._word(
            _CHANGE,
            model_id,
            status,
            _json(params or {}),
            _json(tags or {}),
            delete_tag,
            delete,
            moment,
            *actor_columns(auditor),
        )

    async def log_metrics(
        self,
        run_id: UUID,
        model_ids: Sequence[str],
        points: tuple[Sequence[str], Sequence[float], Sequence[int], Sequence[int]],
        datasets: tuple[Sequence[str | None], Sequence[str | None]],
    ) -> None:
        """Store what a run measured of models: keys, values, times and steps; names and digests."""
        await self._word(_LOG_METRICS, run_id, model_ids, *points, *datasets)

    async def search(
        self, chosen: LoggedModelSelection, *, limit: int, place: Sequence[Any] | None
    ) -> list[tuple[Any, ...]]:
        """The ids of what fits, each with its sort keys (see `sort_keys`) after it."""
        arguments = Arguments(self._tenant_id, list(chosen.experiment_ids))
        keys = sort_keys(chosen, arguments)
        clauses = [
            "l.tenant_id = $1::uuid",
            "l.experiment_id = ANY($2::bigint[])",
            "l.deleted_at IS NULL",
            *(_clause(each, chosen.datasets, arguments) for each in chosen.conditions),
        ]
        if chosen.datasets and not any(c.entity is Entity.METRIC for c in chosen.conditions):
            clauses.append(_measured(_on(chosen.datasets, arguments)))
        if place is not None:
            clauses.append(after(keys, place, arguments))
        statement = (
            f"SELECT l.id, {', '.join(key.expression for key in keys)} FROM logged_model l "  # noqa: S608
            f"WHERE {' AND '.join(clauses)} ORDER BY {order_by(keys)} LIMIT {limit}"
        )
        return [tuple(row) for row in await self._calls.rows(statement, *arguments.values)]

    async def list(self, ids: Sequence[str]) -> list[LoggedModelRecord]:
        """Those of `ids` that there are, deleted or not, in this order."""
        rows = await self._calls.rows(_GET, self._tenant_id, list(ids))
        return [LoggedModelRecord(*row) for row in rows]

    async def _word(self, statement: str, *arguments: Any) -> str | None:
        rows = await self._calls.rows(statement, self._tenant_id, *arguments)
        word: str | None = rows[0][0]
        return word


def sort_keys(chosen: LoggedModelSelection, arguments: Arguments) -> list[SortKey]:
    """The whole order of a search: by what it names, then the newest first, then by id."""
    keys = [_sort_key(order, arguments) for order in chosen.orders]
    named = {order.key for order in chosen.orders if order.entity is Entity.ATTRIBUTE}
    if "creation_timestamp" not in named:
        keys.append(SortKey("l.created_at", "timestamptz", ascending=False))
    if "model_id" not in named:
        keys.append(SortKey("l.id", "text", ascending=True))
    return keys


def _sort_key(order: LoggedModelOrder, arguments: Arguments) -> SortKey:
    if order.entity is Entity.METRIC:
        on = () if order.dataset is None else (_on((order.dataset,), arguments),)
        wanted = " AND ".join([f"m.key = {arguments.add(order.key)}", *on])
        latest = (
            "(SELECT m.value FROM logged_model_metric m WHERE m.tenant_id = l.tenant_id "  # noqa: S608
            f"AND m.model_id = l.id AND {wanted} ORDER BY m.at DESC, m.step DESC, m.run_id LIMIT 1)"
        )
        return SortKey(latest, "float8", order.ascending, nullable=True)
    if order.key in _TIMES:
        return SortKey(_TIMES[order.key], "timestamptz", order.ascending)
    return SortKey(_ATTRIBUTES[order.key], "text", order.ascending)


def _clause(condition: Condition, datasets: tuple[Dataset, ...], arguments: Arguments) -> str:
    key = condition.key
    match condition.entity:
        case Entity.METRIC:
            fits = compare("m.value", condition, arguments, "float8")
            on = f" AND {_on(datasets, arguments)}" if datasets else ""
            return _measured(f"m.key = {arguments.add(key)} AND {fits}{on}")
        case Entity.PARAM | Entity.TAG:
            column = "params" if condition.entity is Entity.PARAM else "tags"
            return compare(f"(l.{column} ->> {arguments.add(key)})", condition, arguments)
        case _ if key in _TIMES:
            return compare_time(_TIMES[key], condition, arguments)
        case _:
            return compare(_ATTRIBUTES[key], condition, arguments)


def _measured(fits: str) -> str:
    return (
        "EXISTS (SELECT FROM logged_model_metric m WHERE m.tenant_id = l.tenant_id "
        f"AND m.model_id = l.id AND {fits})"
    )


def _on(datasets: tuple[Dataset, ...], arguments: Arguments) -> str:
    ways = []
    for dataset in datasets:
        told = {"m.dataset_name": dataset.name, "m.dataset_digest": dataset.digest}
        fits = (f"{column} = {arguments.add(value)}" for column, value in told.items() if value)
        ways.append(f"({' AND '.join(fits)})")
    return "(" + " OR ".join(ways) + ")"


def _json(value: dict[str, str]) -> str:
    return orjson.dumps(value).decode()
