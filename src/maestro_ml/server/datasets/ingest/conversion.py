"""From a stream of loosely typed batches to one typed Parquet table."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from maestro_ml.server.datasets.ingest.errors import NoRows
from maestro_ml.server.datasets.ingest.kinds import Kind, arrow_type, convert, join, kind_of
from maestro_ml.server.datasets.ingest.table_writer import ROW_GROUP_ROWS, TableWriter

_LOOKAHEAD_BYTES = 32 * 2**20


class Source(Protocol):
    """A table as it was uploaded; `batches` may be called again and then begins anew."""

    numbers_in_text: bool

    def batches(self) -> Iterator[pa.RecordBatch]: ...


class TableConversion:
    """Finds the kind of every column over the whole table and writes it so typed.

    Usually one reading does: the first row group's kinds hold to the end. Where they do not, the rest is
    only looked at, and a second reading writes the table with the kinds that hold everywhere.
    """

    def __init__(self, source: Source, group_rows: int = ROW_GROUP_ROWS) -> None:
        self._source = source
        self._group_rows = group_rows
        self._kinds: dict[str, Kind] = {}

    def write(self, path: Path) -> None:
        """Writes the Parquet file.

        Raises:
            NoRows: the source has no rows.
            IngestError: whatever the source or the disk raises.
        """
        with ThreadPoolExecutor(pa.cpu_count()) as pool:
            if not self._attempt(path, pool) and not self._attempt(path, pool):
                raise AssertionError("kinds found over the whole table hold for the whole table")

    def _attempt(self, path: Path, pool: Executor) -> bool:
        batches = self._source.batches()
        if not self._kinds:
            batches = self._look_ahead(batches, pool)
        schema = pa.schema([pa.field(name, arrow_type(kind)) for name, kind in self._kinds.items()])
        with TableWriter(path, schema, self._group_rows) as writer:
            for batch in batches:
                converted = self._convert(batch, schema, pool)
                if converted is None:
                    break
                writer.add(converted)
            else:
                return True
        for later in chain([batch], batches):
            self._widen(later, pool)
        return False

    def _look_ahead(
        self, batches: Iterator[pa.RecordBatch], pool: Executor
    ) -> Iterator[pa.RecordBatch]:
        """Takes the kinds from the first row group's worth of rows and gives all batches back."""
        seen: list[pa.RecordBatch] = []
        rows = size = 0
        for batch in batches:
            seen.append(batch)
            rows, size = rows + batch.num_rows, size + batch.nbytes
            self._widen(batch, pool)
            if rows >= self._group_rows or size >= _LOOKAHEAD_BYTES:
                break
        if not rows:
            raise NoRows(
                "The table has columns but no rows.", "Upload a table with at least one row."
            )
        return chain(seen, batches)

    def _widen(self, batch: pa.RecordBatch, pool: Executor) -> None:
        names = batch.schema.names
        kinds = pool.map(self._kind_with, names, batch.columns)
        self._kinds.update(zip(names, kinds, strict=True))

    def _kind_with(self, name: str, values: pa.Array) -> Kind:
        """The column's kind with these values joined in."""
        known = self._kinds.get(name, Kind.MISSING)
        if known is Kind.TEXT or convert(values, known) is not None:
            return known
        return join(known, kind_of(values, numbers_in_text=self._source.numbers_in_text))

    def _convert(self, batch: pa.RecordBatch, schema: pa.Schema, pool: Executor) -> pa.Table | None:
        """The batch as typed; None if a column is new or does not fit its kind."""
        if not set(batch.schema.names) <= self._kinds.keys():
            return None
        present = dict(zip(batch.schema.names, batch.columns, strict=True))

        def typed(name: str) -> pa.Array | None:
            if name not in present:
                return pa.nulls(batch.num_rows, schema.field(name).type)
            return convert(present[name], self._kinds[name])

        columns = list(pool.map(typed, schema.names))
        if any(column is None for column in columns):
            return None
        return pa.Table.from_arrays(columns, schema=schema)
