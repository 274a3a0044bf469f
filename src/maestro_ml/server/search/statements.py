"""Comparisons as SQL; what a caller sent never gets into the text of a statement."""

from __future__ import annotations

from typing import Any

from maestro_ml.server.search.conditions import Condition


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


def _texts(value: Any) -> tuple[str, ...]:
    assert isinstance(value, tuple)
    return value
