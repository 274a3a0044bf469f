"""The profile of a Parquet file, read a few columns at a time so that memory stays bounded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import combinations

import pyarrow as pa
import pyarrow.parquet as pq

from maestro_ml.engine.profile.column import ColumnProfiler
from maestro_ml.engine.profile.correlation import correlations
from maestro_ml.engine.profile.figures import ColumnProfile, TableProfile
from maestro_ml.engine.profile.findings import warnings

_CELLS_IN_HAND = 2**22
_MIN_COLUMNS = 4


def profile_parquet(file: pq.ParquetFile) -> TableProfile:
    """Profiles columns of int64, float64, bool, date32, timestamp and string.

    Quantiles and histograms are exact up to 2^19 rows and rest on a uniform sample beyond; the number
    of distinct values is exact up to 2^17 and an estimate beyond. Each column tells which it is.
    """
    rows = file.metadata.num_rows
    with ThreadPoolExecutor(pa.cpu_count()) as pool:
        columns = [
            column
            for fields in _groups(file.schema_arrow, rows)
            for column in _profile_group(file, fields, pool)
        ]
    together = correlations(file, columns)
    found = warnings(columns, list(_duplicates(file, columns)), together)
    return TableProfile(rows, columns, found, together)


def _groups(schema: pa.Schema, rows: int) -> Iterator[list[pa.Field]]:
    """Columns to hold in memory at once: many where there are few rows."""
    fields = [*schema]
    size = max(_MIN_COLUMNS, _CELLS_IN_HAND // max(rows, 1))
    for start in range(0, len(fields), size):
        yield fields[start : start + size]


def _profile_group(
    file: pq.ParquetFile, fields: list[pa.Field], pool: Executor
) -> list[ColumnProfile]:
    profilers = {field.name: ColumnProfiler(field.name, field.type) for field in fields}
    for group in range(file.num_row_groups):
        table = file.read_row_group(group, columns=[*profilers])

        def take(name: str, table: pa.Table = table) -> None:
            profilers[name].add(table[name].combine_chunks())

        list(pool.map(take, profilers))
    return list(pool.map(ColumnProfiler.profile, profilers.values()))


def _duplicates(file: pq.ParquetFile, columns: list[ColumnProfile]) -> Iterator[tuple[str, str]]:
    """Pairs equal in every row: those with equal figures are compared cell by cell."""
    alike: dict[object, list[str]] = defaultdict(list)
    for column in columns:
        if column.distinct > 1:
            figures = (
                column.type,
                column.missing,
                column.distinct,
                column.min,
                column.max,
                column.mean,
            )
            key = (*figures, tuple((top.value, top.count) for top in column.top_values))
            alike[key].append(column.name)
    for names in alike.values():
        repeated: set[str] = set()
        for first, second in combinations(names, 2):
            if not {first, second} & repeated and _equal(file, first, second):
                repeated.add(second)
                yield first, second


def _equal(file: pq.ParquetFile, first: str, second: str) -> bool:
    for group in range(file.num_row_groups):
        table = file.read_row_group(group, columns=[first, second])
        if not table[first].equals(table[second]):
            return False
    return True
