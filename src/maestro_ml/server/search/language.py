"""Reads filters and orders with MLflow's own parser, which is loaded when the first one comes."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from maestro_ml.server.search.conditions import (
    Condition,
    Entity,
    Order,
    SearchInvalid,
    Subject,
)

_ML_LIBRARIES = ("numpy", "pandas", "polars", "pyarrow", "scipy", "sklearn", "matplotlib")
_REMEMBERED = 1000
_LONGEST = 20_000
_INT64 = 2**63
_NUMBERS = ("=", "!=", ">", ">=", "<", "<=")
_TEXTS = ("=", "!=", "LIKE", "ILIKE")
_LISTS = ("IN", "NOT IN")
_PRESENCE = ("IS NULL", "IS NOT NULL")
_WRONG_COMPARATOR = "Invalid comparator '{comparator}' not one of {allowed} for {entity} '{key}'"
_WRONG_COMPARATORS = {
    Subject.MODELS: "Invalid comparator for {entity}: {comparator}, not one of {allowed}",
    Subject.VERSIONS: "Invalid comparator for {entity} {key}: {comparator}, not one of {allowed}",
    Subject.LOGGED_MODELS: (
        "Invalid comparison operator for {entity}s.{key}: '{comparator}'. Expected one of {allowed}."
    ),
}
_READERS_OF_ORDERS = {
    Subject.RUNS: "parse_order_by_for_search_runs",
    Subject.EXPERIMENTS: "parse_order_by_for_search_experiments",
    Subject.MODELS: "parse_order_by_for_search_registered_models",
    Subject.VERSIONS: "parse_order_by_for_search_model_versions",
}
_MORE_OF_LOGGED_MODELS = {"experiment_id", "artifact_location"}
_NO_ALIASES: dict[str, str] = {}
_ALIASES = {
    Subject.RUNS: {
        "created": "start_time",
        "Created": "start_time",
        "run name": "run_name",
        "Run name": "run_name",
        "Run Name": "run_name",
    },
    Subject.EXPERIMENTS: _NO_ALIASES,
    Subject.MODELS: _NO_ALIASES,
    Subject.VERSIONS: _NO_ALIASES,
    Subject.LOGGED_MODELS: {
        "creation_time": "creation_timestamp",
        "last_updated_time": "last_updated_timestamp",
    },
}


class SearchLanguage:
    """Parses, and remembers what it parsed: the same few filters come again and again.

    A text that is new is parsed in a thread, because loading the parser takes more than a second.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[Any, ...], tuple[Any, ...]] = OrderedDict()

    async def conditions(self, subject: Subject, text: str) -> tuple[Condition, ...]:
        """The comparisons of the filter `text`, all of which must hold. Raises SearchInvalid."""
        if not text:
            return ()
        return await self._remembered(_read_filter, subject, text)

    async def orders(self, subject: Subject, clauses: Sequence[str]) -> tuple[Order, ...]:
        """The keys of an order, such as `metrics.loss ASC`. Raises SearchInvalid."""
        if not clauses:
            return ()
        return await self._remembered(_read_orders, subject, tuple(clauses))

    async def _remembered(self, read: Callable[..., Any], *asked: Any) -> tuple[Any, ...]:
        key = (read, *asked)
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        text = "".join(asked[1])
        if len(text) > _LONGEST or "\x00" in text:
            raise SearchInvalid(
                f"A filter or order has at most {_LONGEST:,} characters, and none of them is NUL."
            )
        found: tuple[Any, ...] = await asyncio.to_thread(read, *asked)
        self._known[key] = found
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return found


def _parser(subject: Subject) -> Any:
    search_utils = _load()
    return {
        Subject.RUNS: search_utils.SearchUtils,
        Subject.EXPERIMENTS: search_utils.SearchExperimentsUtils,
        Subject.MODELS: search_utils.SearchModelUtils,
        Subject.VERSIONS: search_utils.SearchModelVersionUtils,
        Subject.LOGGED_MODELS: _logged_models(search_utils.SearchLoggedModelsUtils),
    }[subject]


def _logged_models(base: Any) -> Any:
    """MLflow's client-side parser, taught what its server takes beyond: more keys, and lists."""

    class LoggedModels(base):  # type: ignore[misc]
        VALID_SEARCH_ATTRIBUTE_KEYS = base.VALID_SEARCH_ATTRIBUTE_KEYS | _MORE_OF_LOGGED_MODELS

        @classmethod
        def _get_value(cls, identifier_type: str, key: str, token: Any) -> Any:
            listed = identifier_type in (cls._PARAM_IDENTIFIER, cls._TAG_IDENTIFIER)
            if listed and token.value.startswith("("):
                return cls._parse_list_from_sql_token(token)
            return super()._get_value(identifier_type, key, token)

    return LoggedModels


def _load() -> Any:
    """MLflow's parser, alone.

    Its package loads the ML libraries that it finds, which would double the memory of a process that
    never uses them: while it is imported, it finds none.
    """
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    modules: dict[str, Any] = sys.modules
    hidden = [name for name in _ML_LIBRARIES if name not in modules]
    modules.update(dict.fromkeys(hidden))
    try:
        # A second of imports, which a process that never searches is spared.
        from mlflow.utils import search_utils  # noqa: PLC0415
    finally:
        for name in hidden:
            modules.pop(name, None)
    return search_utils


def _read_filter(subject: Subject, text: str) -> tuple[Condition, ...]:
    parser = _parser(subject)
    try:
        parsed = _guarded(f"filter {text!r}", parser.parse_search_filter, text)
        return tuple(_condition(parser, subject, each) for each in parsed)
    except SearchInvalid as error:
        if subject is not Subject.LOGGED_MODELS:
            raise
        # MLflow's server reads these in another way, and begins so what it says of them.
        raise SearchInvalid(f"Invalid filter string: {text!r}. {error.detail}") from error


def _read_orders(subject: Subject, clauses: tuple[str, ...]) -> tuple[Order, ...]:
    parser = _parser(subject)
    read = getattr(parser, _READERS_OF_ORDERS[subject])
    if subject is Subject.MODELS:
        # Its own reader does not know the key that MLflow's server calls `timestamp`.
        clauses = tuple(re.sub(r"^\s*timestamp\b", "last_updated_timestamp", c) for c in clauses)
    orders = []
    for clause in clauses:
        try:
            kind, key, ascending = _guarded(f"order_by clause {clause!r}", read, clause)
        except SearchInvalid as error:
            if subject is not Subject.MODELS:
                raise
            raise SearchInvalid(error.detail.replace("attribute key", "order by key")) from error
        orders.append(Order(_entity(kind), _ALIASES[subject].get(key, key), ascending))
    named = [(order.entity, order.key) for order in orders]
    if len(set(named)) < len(named) and subject is not Subject.EXPERIMENTS:
        raise SearchInvalid(f"`order_by` contains duplicate fields: {list(clauses)}")
    unordered = Entity.DATASET if subject is Subject.RUNS else Entity.TAG
    if any(order.entity is unordered for order in orders):
        raise SearchInvalid(f"Invalid order_by entity: {unordered}")
    return tuple(orders)


def _guarded(what: str, read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except Exception as error:
        # Whatever the parser stumbles over, the text was at fault.
        told = str(error) if type(error).__name__ == "MlflowException" else ""
        raise SearchInvalid(told or f"Error on parsing {what}") from error


def _entity(kind: str) -> Entity:
    return Entity.PARAM if kind == "parameter" else Entity(kind)


def _condition(parser: Any, subject: Subject, parsed: dict[str, Any]) -> Condition:
    entity, key = _entity(parsed["type"]), parsed["key"]
    comparator = " ".join(parsed["comparator"].upper().split())
    if entity is Entity.ATTRIBUTE:
        key = _ALIASES[subject].get(key, key)
    numeric = entity is Entity.METRIC or (
        entity is Entity.ATTRIBUTE and key in parser.NUMERIC_ATTRIBUTES
    )
    allowed = _NUMBERS if numeric else _comparators(subject, entity, key)
    if comparator not in allowed:
        told = _WRONG_COMPARATORS.get(subject, _WRONG_COMPARATOR)
        raise SearchInvalid(
            told.format(entity=entity, key=key, comparator=comparator, allowed=allowed)
        )
    value = _number(entity, key, parsed["value"]) if numeric else parsed["value"]
    if (comparator in _LISTS) != isinstance(value, tuple):
        raise SearchInvalid(
            f"The {entity} '{key}' needs a list of quoted strings with IN and NOT IN, and a single "
            "value with every other comparator."
        )
    return Condition(entity, key, comparator, value)


def _comparators(subject: Subject, entity: Entity, key: str) -> tuple[str, ...]:
    if entity in (Entity.PARAM, Entity.TAG):
        present = subject in (Subject.RUNS, Subject.EXPERIMENTS)
        if present:
            return (*_TEXTS, *_PRESENCE)
        return (*_TEXTS, *_LISTS) if subject is Subject.LOGGED_MODELS else _TEXTS
    if subject is Subject.EXPERIMENTS:
        return ("=", "!=", *_LISTS) if key == "experiment_id" else _TEXTS
    return (*_TEXTS, *_LISTS)


def _number(entity: Entity, key: str, value: Any) -> float | int:
    try:
        if entity is Entity.METRIC or isinstance(value, float):
            return float(value)
        return min(max(int(value), -_INT64), _INT64 - 1)
    except (TypeError, ValueError) as error:
        raise SearchInvalid(f"Invalid value for numeric {entity} '{key}': {value!r}") from error
