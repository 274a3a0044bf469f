"""JSON lines as a stream of columns: one object per line, keys are columns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from maestro_ml.server.datasets.ingest.dialect import check_names
from maestro_ml.server.datasets.ingest.errors import (
    InvalidJson,
    NestedValues,
    RowTooLong,
    TooManyColumns,
)
from maestro_ml.server.datasets.ingest.limits import MIB, IngestLimits
from maestro_ml.server.datasets.ingest.streams import TextStream, open_expanded

_CHUNK_BYTES = 4 * MIB


class JsonSource:
    """A JSON lines file; a key that a line leaves out is missing there.

    JSON says itself what is text, so "12" and "NA" stay text; texts that are all dates become dates.
    Numbers beyond 64 bits are floats. Columns of mixed types become text.
    """

    numbers_in_text = False

    def __init__(self, path: Path, encoding: str, limits: IngestLimits) -> None:
        self._path = path
        self._encoding = encoding
        self._limits = limits
        self._decode = msgspec.json.Decoder().decode

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows in order; a batch has the columns that occur in it."""
        first_row = 1
        for lines in self._line_groups():
            rows = self._rows(lines, first_row)
            first_row += len(lines)
            objects = [row for row in rows if row is not None]
            if objects:
                names = list(dict.fromkeys(chain.from_iterable(objects)))
                self._check_names(names)
                columns = [_array([row.get(name) for row in objects]) for name in names]
                if None in columns:
                    raise _nested(rows, first_row - len(lines))
                yield pa.RecordBatch.from_arrays(columns, names)

    def _check_names(self, names: list[str]) -> None:
        check_names(names)
        if len(names) > self._limits.max_columns:
            text = f"The objects have {len(names):,} keys; at most {self._limits.max_columns:,} are allowed."
            raise TooManyColumns(text, "Use one key per kind of value, not one per value.")

    def _line_groups(self) -> Iterator[list[bytes]]:
        """Groups of whole lines of some 4 MiB."""
        with open_expanded(self._path, self._limits) as raw:
            text = TextStream(raw, self._encoding)
            rest, row = b"", 1
            while chunk := text.read(_CHUNK_BYTES):
                *lines, rest = (rest + chunk).split(b"\n")
                row += len(lines)
                if len(rest) > self._limits.max_row_bytes:
                    raise _too_long(row, self._limits.max_row_bytes)
                yield lines
            yield [rest]

    def _rows(self, lines: list[bytes], first_row: int) -> list[dict[str, Any] | None]:
        """One object per line, None for a blank one."""
        rows: list[dict[str, Any] | None] = []
        for line in lines:
            if not line.strip():
                rows.append(None)
                continue
            row = first_row + len(rows)
            if len(line) > self._limits.max_row_bytes:
                raise _too_long(row, self._limits.max_row_bytes)
            try:
                value = self._decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                hint = "Write one JSON object per line, in UTF-8."
                raise InvalidJson(
                    f"Line {row} is not valid JSON: {error}.", hint, row=row
                ) from error
            if not isinstance(value, dict):
                text = f"Line {row} is not a JSON object."
                raise InvalidJson(text, 'Write one object per line, such as {"age": 42}.', row=row)
            rows.append(value)
        return rows


def _array(values: list[Any]) -> pa.Array | None:
    """The values as the smallest Arrow type that fits all; None if one of them is nested."""
    types = {type(value) for value in values} - {type(None)}
    if types & {dict, list}:
        return None
    if types <= {int, float}:
        if float not in types:
            try:
                return pa.array(values, pa.int64())
            except OverflowError:
                pass
        return pa.array([None if v is None else float(v) for v in values], pa.float64())
    if types == {bool} or types == {str}:
        return pa.array(values)
    return pa.array([_text(value) for value in values], pa.string())


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else msgspec.json.encode(value).decode()


def _nested(rows: list[dict[str, Any] | None], first_row: int) -> NestedValues:
    row, name = next(
        (row, name)
        for row, values in enumerate(rows, start=first_row)
        for name, value in (values or {}).items()
        if isinstance(value, dict | list)
    )
    hint = "Flatten it into columns of its own (pandas: json_normalize), or write it as a text."
    return NestedValues(
        f"Line {row}: '{name}' holds a list or an object.", hint, row=row, column=name
    )


def _too_long(row: int, limit: int) -> RowTooLong:
    hint = "Write one object per line; keep long documents out of the table."
    return RowTooLong(f"Line {row} is longer than {limit:,} bytes.", hint, row=row)
