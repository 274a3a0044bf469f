"""Conditions and places of runs as SQL; `r` is the run, `e` its experiment."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from maestro_ml.server.search import (
    Arguments,
    Condition,
    Entity,
    Kind,
    compare,
    compare_time,
    tag_clause,
)
from maestro_ml.server.tracking.repository.locations import below_location
from maestro_ml.server.tracking.rules import NAME_TAG, PARENT_TAG

_SPELLED_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\Z")
_CONTEXT_TAG = "mlflow.data.context"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands; texts are ordered by their bytes."""

    expression: str
    kind: Kind = "text"
    nullable: bool = False


_ARTIFACT_URI = below_location("replace(r.id::text, '-', '') || '/artifacts'")
_ATTRIBUTES = {
    "run_id": Place("r.id", "uuid"),
    "run_name": Place("r.name"),
    "status": Place("upper(r.status)"),
    "user_id": Place("r.user_name"),
    "artifact_uri": Place(_ARTIFACT_URI),
    "start_time": Place("r.started_at", "timestamptz"),
    "end_time": Place("r.ended_at", "timestamptz", nullable=True),
}


def place_of(entity: Entity, key: str, arguments: Arguments) -> Place:
    """Where the attribute, param or tag stands, for an order."""
    if entity is Entity.ATTRIBUTE:
        place = _ATTRIBUTES[key]
        return Place(f'{place.expression} COLLATE "C"') if place.kind == "text" else place
    if entity is Entity.TAG and key == NAME_TAG:
        return Place('r.name COLLATE "C"')
    column = "r.params" if entity is Entity.PARAM else "r.tags"
    return Place(f'({column} ->> {arguments.add(key)}) COLLATE "C"', nullable=True)


def has_index(condition: Condition) -> bool:
    """Whether few runs fit, and an index leads to them."""
    if condition.entity is Entity.TAG:
        return condition.key == PARENT_TAG and condition.comparator == "="
    return condition.key == "run_id" and condition.comparator in ("=", "IN")


def run_clause(condition: Condition, arguments: Arguments, among: Sequence[int] | None) -> str:
    """`condition` as SQL: for a run at a time, or for all runs of the experiments `among`."""
    write: Callable[[Condition, Arguments], str] = {
        Entity.ATTRIBUTE: _attribute,
        Entity.METRIC: lambda c, a: _metric(c, a, among),
        Entity.PARAM: lambda c, a: tag_clause("r.params", c, a),
        Entity.TAG: _tag,
        Entity.DATASET: _dataset,
    }[condition.entity]
    return write(condition, arguments)


def _attribute(condition: Condition, arguments: Arguments) -> str:
    place = _ATTRIBUTES[condition.key]
    if place.kind == "uuid":
        return _run_id(condition, arguments)
    if place.kind == "timestamptz":
        return compare_time(place.expression, condition, arguments)
    return compare(place.expression, condition, arguments)


def _run_id(condition: Condition, arguments: Arguments) -> str:
    comparator, value = condition.comparator, condition.value
    if comparator in ("LIKE", "ILIKE"):
        return compare("replace(r.id::text, '-', '')", condition, arguments)
    spelled = value if isinstance(value, tuple) else (value,)
    ids = [UUID(str(each)) for each in spelled if _SPELLED_ID.match(str(each))]
    among = "= ANY" if comparator in ("=", "IN") else "<> ALL"
    return f"r.id {among}({arguments.add(ids, 'uuid[]')})"


def _metric(condition: Condition, arguments: Arguments, among: Sequence[int] | None) -> str:
    # PostgreSQL holds NaN for greater than every number; for MLflow it is only unequal to all.
    number = " AND m.value < 'NaN'" if condition.comparator in (">", ">=") else ""
    fits = (
        f"m.tenant_id = $1::uuid AND m.key = {arguments.add(condition.key)} "
        f"AND {compare('m.value', condition, arguments, 'float8')}{number}"
    )
    # OFFSET keeps the planner from turning the one into the other: each run is looked up by its key, or
    # the values that fit are found once.
    if among is None:
        return f"EXISTS (SELECT FROM run_metric m WHERE m.run_id = r.id AND {fits} OFFSET 0)"
    theirs = f"m.experiment_id = ANY({arguments.add(list(among), 'bigint[]')})"
    return f"r.id IN (SELECT m.run_id FROM run_metric m WHERE {theirs} AND {fits} OFFSET 0)"  # noqa: S608


def _tag(condition: Condition, arguments: Arguments) -> str:
    if condition.key == NAME_TAG:
        return compare("r.name", condition, arguments)
    clause = tag_clause("r.tags", condition, arguments)
    parent = str(condition.value)
    if condition.key == PARENT_TAG and condition.comparator == "=" and _SPELLED_ID.match(parent):
        # The children of a run have an index.
        return f"r.parent_run_id = {arguments.add(UUID(parent), 'uuid')} AND {clause}"
    return clause


def _dataset(condition: Condition, arguments: Arguments) -> str:
    place = f"i.{condition.key}"
    if condition.key == "context":
        place = f"(d.tags ->> '{_CONTEXT_TAG}')"
    return (
        "EXISTS (SELECT FROM run_dataset d "
        "JOIN input_dataset i ON i.tenant_id = d.tenant_id AND i.id = d.dataset_id "
        "WHERE d.tenant_id = r.tenant_id AND d.run_id = r.id "
        f"AND {compare(place, condition, arguments)})"
    )
