"""How many rows PostgreSQL looked at, from what EXPLAIN (ANALYZE, FORMAT JSON) tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def rows_touched(plan: dict[str, Any]) -> int:
    """Rows of tables that were looked at, those that a filter dropped included."""
    return sum(_touched(node) for node in _nodes(plan))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _touched(node: dict[str, Any]) -> int:
    if "Relation Name" not in node:
        return 0
    rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return int(rows * node["Actual Loops"])
