"""How numeric columns move together: Pearson's correlation over rows that have both values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from maestro_ml.engine.profile.figures import ColumnProfile, Correlations

MAX_COLUMNS = 50
MAX_ROWS = 20_000
_MIN_ROWS = 3
_NUMERIC = {"integer", "float", "boolean"}


def correlations(file: pq.ParquetFile, columns: Sequence[ColumnProfile]) -> Correlations | None:
    """The correlation of every pair of numeric columns that vary; None where there is no pair.

    Of wide tables the first 50 such columns are taken, of long ones 20,000 rows at even distances:
    constant time and memory. A value is None where fewer than three rows have both, or one of the
    two does not vary among these.
    """
    varying = [c.name for c in columns if c.type in _NUMERIC and c.distinct > 1]
    names = varying[:MAX_COLUMNS]
    if len(names) < 2:
        return None
    table = _sample(file, names)
    found: dict[tuple[str, str], float | None] = {
        pair: _pearson(table[pair[0]], table[pair[1]]) for pair in combinations(names, 2)
    }

    def value(first: str, second: str) -> float | None:
        return 1.0 if first == second else found.get((first, second), found.get((second, first)))

    return Correlations(
        columns=names,
        values=[[value(first, second) for second in names] for first in names],
        rows=len(table[names[0]]),
        omitted=len(varying) - len(names),
    )


def _sample(file: pq.ParquetFile, names: list[str]) -> dict[str, pa.Array]:
    """At most MAX_ROWS rows at even distances, as float64; what is infinite counts as missing."""
    step = math.ceil(file.metadata.num_rows / MAX_ROWS)
    chunks: dict[str, list[pa.Array]] = {name: [] for name in names}
    first = 0
    for group in range(file.num_row_groups):
        table = file.read_row_group(group, columns=names)
        rows = pa.array(range(first, table.num_rows, step), pa.int64())
        first = (first - table.num_rows) % step
        for name in names:
            chunks[name].append(_numbers(table[name].combine_chunks().take(rows)))
    return {name: pa.concat_arrays(parts) for name, parts in chunks.items()}


def _numbers(values: pa.Array) -> pa.Array:
    if pa.types.is_boolean(values.type):
        values = values.cast(pa.int64())
    numbers = values.cast(pa.float64(), safe=False)
    return pc.if_else(pc.is_finite(numbers), numbers, pa.scalar(None, pa.float64()))


def _pearson(first: pa.Array, second: pa.Array) -> float | None:
    both = pc.and_(pc.is_valid(first), pc.is_valid(second))
    x, y = first.filter(both), second.filter(both)
    if len(x) < _MIN_ROWS:
        return None
    dx, dy = pc.subtract(x, pc.mean(x)), pc.subtract(y, pc.mean(y))
    spread = math.sqrt(_dot(dx, dx)) * math.sqrt(_dot(dy, dy))
    if spread == 0 or not math.isfinite(spread):
        return None
    return max(-1.0, min(1.0, _dot(dx, dy) / spread))


def _dot(first: pa.Array, second: pa.Array) -> float:
    total: float = pc.sum(pc.multiply(first, second)).as_py()
    return total
