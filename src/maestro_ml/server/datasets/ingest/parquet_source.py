"""Parquet uploads as a stream of columns of plain types."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from maestro_ml.server.datasets.ingest.dialect import check_names
from maestro_ml.server.datasets.ingest.errors import (
    CorruptFile,
    ExpansionLimit,
    NestedValues,
    TooManyColumns,
    UnsupportedFile,
)
from maestro_ml.server.datasets.ingest.limits import MIB, IngestLimits

_BATCH_ROWS = 16_384
_CELLS_PER_BATCH = 2**20


class ParquetSource:
    """A Parquet file without nested columns; dictionaries become plain text, times of day become text."""

    numbers_in_text = False

    def __init__(self, path: Path, limits: IngestLimits) -> None:
        self._limits = limits
        try:
            # Pages are read one by one: a row group may be larger than the memory allowed.
            self._file = pq.ParquetFile(path, pre_buffer=False, buffer_size=MIB)
        except (pa.ArrowInvalid, OSError) as error:
            raise _corrupt() from error
        schema = self._file.schema_arrow
        if len(schema) > limits.max_columns:
            text = f"The table has {len(schema):,} columns; at most {limits.max_columns:,} are allowed."
            raise TooManyColumns(
                text, "Keep the columns that matter, or store the table in long form."
            )
        check_names(schema.names)
        self._schema = pa.schema([pa.field(field.name, _plain_type(field)) for field in schema])

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows in order, every column of a plain type."""
        names = self._schema.names
        size = max(1, min(_BATCH_ROWS, _CELLS_PER_BATCH // max(1, len(names))))
        expanded = 0
        try:
            for batch in self._file.iter_batches(batch_size=size, use_threads=False):
                expanded += batch.nbytes
                self._check_size(expanded)
                columns = [
                    array if array.type == field.type else array.cast(field.type, safe=False)
                    for array, field in zip(batch.columns, self._schema, strict=True)
                ]
                yield pa.RecordBatch.from_arrays(columns, names)
        except (pa.ArrowInvalid, OSError) as error:
            raise _corrupt() from error

    def _check_size(self, expanded: int) -> None:
        limit = self._limits.max_expanded_bytes
        if expanded > limit:
            hint = (
                "Split the table into several files, or ask your administrator to raise the limit."
            )
            raise ExpansionLimit(f"The table expands to more than {limit:,} bytes.", hint)


def _plain_type(field: pa.Field) -> pa.DataType:
    type_ = field.type
    if isinstance(type_, pa.BaseExtensionType):
        type_ = type_.storage_type
    if pa.types.is_dictionary(type_):
        type_ = type_.value_type
    if pa.types.is_nested(type_):
        hint = "Flatten it into columns of its own, or store it as JSON text."
        raise NestedValues(f"Column '{field.name}' holds {type_} values.", hint, column=field.name)
    plain = (
        pa.types.is_integer,
        pa.types.is_floating,
        pa.types.is_boolean,
        pa.types.is_date,
        pa.types.is_timestamp,
        pa.types.is_decimal,
    )
    if any(test(type_) for test in plain):
        return type_
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    if any(test(type_) for test in (*texts, pa.types.is_time, pa.types.is_null)):
        return pa.string()
    hint = "Convert the column to numbers, text or dates, or leave it out."
    text = f"Column '{field.name}' holds {type_} values, which are not supported."
    raise UnsupportedFile(text, hint, column=field.name)


def _corrupt() -> CorruptFile:
    return CorruptFile("The Parquet file is damaged or breaks off.", "Write and upload it again.")
