"""Comparisons as SQL; what a caller sent never gets into the text of a statement."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from maestro_ml.server.search.conditions import Condition

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST, _LATEST = (
    -(2**45),
    (datetime.max.replace(tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1),
)


class Arguments:
    """The values of a statement, and their places in it."""

    def __init__(self, *values: Any) -> None:
        self.values = list(values)

    def add(self, value: Any, kind: str = "text") -> str:
        """The place of `value`, which PostgreSQL is to take for a `kind`."""
        self.values.append(value)
        return f"${len(self.values)}::{kind}"


def compare(column: str, condition: Condition, arguments: Arguments, kind: str = "text") -> str:
    """`condition` for the expression `column`, which has the type `kind`.

    A missing value satisfies no comparison, != included, as in MLflow.
    """
    comparator, value = condition.comparator, condition.value
    match comparator:
        case "IS NULL" | "IS NOT NULL":
            return f"{column} {comparator}"
        case "IN":
            return f"{column} = ANY({arguments.add(list(_texts(value)), f'{kind}[]')})"
        case "NOT IN":
            return f"{column} <> ALL({arguments.add(list(_texts(value)), f'{kind}[]')})"
        case "LIKE" | "ILIKE":
            # A backslash is a character as any other.
            return f"{column} {comparator} {arguments.add(value)} ESCAPE ''"
        case _:
            return f"{column} {comparator} {arguments.add(value, kind)}"


def tag_clause(tags: str, condition: Condition, arguments: Arguments) -> str:
    """`condition` for a key of the JSON object `tags`, whose values are texts."""
    return compare(f"({tags} ->> {arguments.add(condition.key)})", condition, arguments)


def compare_time(column: str, condition: Condition, arguments: Arguments) -> str:
    """`condition`, in milliseconds since 1970, for the timestamptz `column`.

    The column counts by its whole milliseconds, which is all that a client sees of it.
    """
    value: Any = condition.value
    if condition.comparator in ("<", ">="):
        return f"{column} {condition.comparator} {_moment(math.ceil(value), arguments)}"
    following = _moment(math.floor(value) + 1, arguments)
    if condition.comparator in ("<=", ">"):
        return f"{column} {'<' if condition.comparator == '<=' else '>='} {following}"
    within = f"({column} >= {_moment(math.ceil(value), arguments)} AND {column} < {following})"
    return within if condition.comparator == "=" else f"NOT {within}"


def _moment(milliseconds: int, arguments: Arguments) -> str:
    # Beyond the calendar nothing is stored, so its ends stand for all that lies there.
    bounded = min(max(milliseconds, _EARLIEST), _LATEST)
    return arguments.add(EPOCH + timedelta(milliseconds=bounded), "timestamptz")


def _texts(value: Any) -> tuple[str, ...]:
    assert isinstance(value, tuple)
    return value
