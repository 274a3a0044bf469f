"""Searches for experiments as SQL; `e` is the experiment, `b` the tenant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from maestro_ml.contracts.tracking import Experiment, ExperimentId, Lifecycle, View
from maestro_ml.server.kernel.db import Calls
from maestro_ml.server.search import (
    Arguments,
    Condition,
    Entity,
    Kind,
    Order,
    SearchInvalid,
    SortKey,
    after,
    compare,
    compare_time,
    from_token,
    order_by,
    tag_clause,
    to_token,
)
from maestro_ml.server.tracking.rules import artifact_location

_COLUMNS = (
    "e.id, e.name, e.artifact_location, e.tags::text, e.created_at, e.updated_at, e.deleted_at"
)
_WIDTH = 7
# Clients see whole milliseconds, so only those decide.
_PLACES: dict[str, tuple[str, Kind]] = {
    "name": ('e.name COLLATE "C"', "text"),
    "experiment_id": ("e.id", "bigint"),
    "creation_time": ("date_trunc('milliseconds', e.created_at)", "timestamptz"),
    "last_update_time": ("date_trunc('milliseconds', e.updated_at)", "timestamptz"),
}
_TIMES = {"creation_time": "e.created_at", "last_update_time": "e.updated_at"}


@dataclass(frozen=True, slots=True)
class ExperimentQuery:
    """Which experiments, and in which order; the newest comes first by default."""

    view: View = View.ACTIVE
    conditions: tuple[Condition, ...] = ()
    orders: tuple[Order, ...] = ()


class ExperimentSearchRepository:
    """Finds experiments on behalf of one tenant."""

    def __init__(self, calls: Calls, tenant_id: UUID) -> None:
        self._calls = calls
        self._tenant_id = tenant_id

    async def page(
        self, query: ExperimentQuery, *, limit: int, token: str | None
    ) -> tuple[list[Experiment], str | None]:
        """A page, and the token of the next. Raises SearchInvalid for a token of no page."""
        arguments = Arguments(self._tenant_id)
        keys = _keys(query.orders)
        clauses = ["e.tenant_id = b.tenant", *_of_view(query.view)]
        clauses += [_clause(each, arguments) for each in query.conditions]
        if token is not None:
            clauses.append(after(keys, from_token(keys, token), arguments))
        places = ", ".join(key.expression for key in keys)
        # Made of our own words alone: whatever a caller sent is among the arguments.
        text = f"""
            SELECT p.* FROM (
              SELECT set_config('app.tenant_id', $1::uuid::text, true)::uuid AS tenant OFFSET 0
            ) b
            CROSS JOIN LATERAL (
              SELECT {_COLUMNS}, {places} FROM experiment e WHERE {" AND ".join(clauses)}
              ORDER BY {order_by(keys)} LIMIT {arguments.add(limit + 1, "bigint")}
            ) p
            """  # noqa: S608
        rows = await self._calls.rows(text, *arguments.values)
        shown = [_to_experiment(row) for row in rows[:limit]]
        more = len(rows) > limit
        return shown, to_token(keys, rows[limit - 1][_WIDTH:]) if more else None


def _keys(orders: tuple[Order, ...]) -> list[SortKey]:
    chosen = [(each.key, each.ascending) for each in orders]
    if not chosen:
        chosen = [("creation_time", False), ("experiment_id", True)]
    if all(key != "experiment_id" for key, _ in chosen):
        chosen.append(("experiment_id", False))
    return [SortKey(*_PLACES[key], ascending) for key, ascending in chosen]


def _of_view(view: View) -> list[str]:
    if view is View.ALL:
        return []
    return [f"e.deleted_at IS {'NOT ' if view is View.DELETED else ''}NULL"]


def _clause(condition: Condition, arguments: Arguments) -> str:
    if condition.entity is Entity.TAG:
        return tag_clause("e.tags", condition, arguments)
    if condition.key in _TIMES:
        return compare_time(_TIMES[condition.key], condition, arguments)
    if condition.key == "experiment_id":
        return _id_clause(condition, arguments)
    return compare("e.name", condition, arguments)


def _id_clause(condition: Condition, arguments: Arguments) -> str:
    value = condition.value
    spelled = value if isinstance(value, tuple) else (value,)
    try:
        ids = [number for each in spelled if abs(number := int(each or "")) < 2**63]
    except ValueError as error:
        raise SearchInvalid(
            f"Invalid experiment ID {value!r}. Experiment ID must be a valid integer."
        ) from error
    among = "= ANY" if condition.comparator in ("=", "IN") else "<> ALL"
    return f"e.id {among}({arguments.add(ids, 'bigint[]')})"


def _to_experiment(row: Any) -> Experiment:
    id, name, location, tags, created_at, updated_at, deleted_at, *_ = row
    return Experiment(
        id=ExperimentId(id),
        name=name,
        artifact_location=artifact_location(id, location),
        lifecycle=Lifecycle.ACTIVE if deleted_at is None else Lifecycle.DELETED,
        tags=orjson.loads(tags),
        created_at=created_at,
        updated_at=updated_at,
    )
