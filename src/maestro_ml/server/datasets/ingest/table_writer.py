"""A typed table on disk: Parquet in row groups of even size, deterministic to the byte."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from maestro_ml.server.datasets.ingest.limits import MIB

ROW_GROUP_ROWS = 65_536
_ROW_GROUP_BYTES = 32 * MIB


class TableWriter:
    """Collects tables and writes row groups of 65,536 rows, fewer where rows are wide."""

    def __init__(self, path: Path, schema: pa.Schema, group_rows: int = ROW_GROUP_ROWS) -> None:
        self._group_rows = group_rows
        self._pending: list[pa.Table] = []
        self._rows = 0
        self._bytes = 0
        # Dictionaries pay for repeated texts; for numbers zstd alone is smaller and faster.
        texts = [field.name for field in schema if pa.types.is_string(field.type)]
        self._writer = pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=texts)

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._flush(keep_rest=False)
        self._writer.close()

    def add(self, table: pa.Table) -> None:
        """Takes the next rows."""
        self._pending.append(table)
        self._rows += table.num_rows
        self._bytes += table.nbytes
        if self._rows >= self._group_rows or self._bytes >= _ROW_GROUP_BYTES:
            self._flush(keep_rest=self._bytes < _ROW_GROUP_BYTES)

    def _flush(self, *, keep_rest: bool) -> None:
        if not self._rows:
            return
        table = pa.concat_tables(self._pending)
        whole = self._rows - self._rows % self._group_rows if keep_rest else self._rows
        self._writer.write_table(table.slice(0, whole), row_group_size=self._group_rows)
        rest = table.slice(whole)
        self._pending, self._rows, self._bytes = [rest], rest.num_rows, rest.nbytes
