"""Pages of a stored table's rows, ready for JSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Preview:
    """Rows `offset` to `offset + len(rows)` of a table of `total` rows, cells in the order of `columns`."""

    columns: list[str]
    rows: list[list[Any]]
    offset: int
    total: int


def preview(path: Path, offset: int, limit: int) -> Preview:
    """Reads at most `limit` rows from row `offset` on, touching only the row groups that hold them.

    Missing values are None, dates and times ISO 8601 texts, infinite numbers "Infinity" and "-Infinity"
    (JSON knows neither); whole numbers stay numbers, also beyond 2^53.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy; only those who page through tables pay

    with pq.ParquetFile(path) as file:
        total = file.metadata.num_rows
        groups, skipped = _groups_holding(file.metadata, offset, limit)
        table = file.read_row_groups(groups, use_threads=False)
        page = table.slice(offset - skipped, limit)
        columns = [[_plain(value) for value in column.to_pylist()] for column in page.columns]
        rows = [list(row) for row in zip(*columns, strict=True)]
        return Preview(file.schema_arrow.names, rows, offset, total)


def _groups_holding(metadata: Any, offset: int, limit: int) -> tuple[list[int], int]:
    """The row groups with rows of the page, and the number of rows before the first of them."""
    groups: list[int] = []
    start = skipped = 0
    for group in range(metadata.num_row_groups):
        end = start + metadata.row_group(group).num_rows
        if start < offset + limit and end > offset:
            groups.append(group)
        elif end <= offset:
            skipped = end
        start = end
    return groups, min(skipped, offset)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if abs(value) != float("inf") else ("Infinity" if value > 0 else "-Infinity")
    return value.isoformat()
