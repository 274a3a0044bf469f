"""Where exactly a CSV file goes wrong: read line by line, only after the fast parser refused it."""

from __future__ import annotations

import csv

from maestro_ml.server.datasets.ingest.dialect import Dialect
from maestro_ml.server.datasets.ingest.errors import (
    IngestError,
    RaggedRow,
    RowTooLong,
    UnclosedQuote,
    WrongEncoding,
)
from maestro_ml.server.datasets.ingest.limits import MIB, IngestLimits
from maestro_ml.server.datasets.ingest.streams import ByteStream


def find_fault(text: ByteStream, dialect: Dialect, limits: IngestLimits) -> IngestError | None:
    """The first fault of the file, named by row and column; None if this reading finds none."""
    lines = _Lines(text, dialect, limits)
    width = len(dialect.names)
    try:
        for record in csv.reader(lines, delimiter=dialect.delimiter):
            if lines.ended:
                return _unclosed_quote(lines.record_row)
            if record and len(record) != width:
                return _ragged(lines.record_row, len(record), dialect)
            lines.begin_record()
    except IngestError as fault:
        return fault
    except csv.Error as error:
        hint = "Export the table again with line feeds as line ends."
        return IngestError(f"Line {lines.row}: {error}.", hint, row=lines.row)
    return None


class _Lines:
    """Decoded lines of a stream for `csv.reader`, with the place of the record they belong to."""

    def __init__(self, text: ByteStream, dialect: Dialect, limits: IngestLimits) -> None:
        self._text = text
        self._dialect = dialect
        self._max_bytes = limits.max_row_bytes
        self._buffer = b""
        self._start = 0
        self._record_bytes = 0
        self._record_quotes = 0
        self.row = 0
        self.record_row = 1
        self.ended = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._next_line()
        if not line:
            self.ended = True
            raise StopIteration
        self.row += 1
        self._record_bytes += len(line)
        self._record_quotes += line.count(b'"')
        if self._record_bytes > self._max_bytes:
            raise self._too_long()
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            raise _wrong_encoding(line, error.start, self.row, self._dialect) from None

    def begin_record(self) -> None:
        """The record is complete, the next line belongs to another."""
        self.record_row = self.row + 1
        self._record_bytes = self._record_quotes = 0

    def _next_line(self) -> bytes:
        end = self._buffer.find(b"\n", self._start) + 1
        while not end:
            if len(self._buffer) - self._start > self._max_bytes:
                raise self._too_long()
            more = self._text.read(MIB)
            searched = len(self._buffer) - self._start
            self._buffer = self._buffer[self._start :] + more
            self._start = 0
            end = self._buffer.find(b"\n", searched) + 1 if more else len(self._buffer)
            if not more:
                break
        line = self._buffer[self._start : end]
        self._start = end
        return line

    def _too_long(self) -> IngestError:
        if self._record_quotes % 2:
            return _unclosed_quote(self.record_row)
        text = f"Row {self.record_row} is longer than {self._max_bytes:,} bytes."
        hint = "Check the line ends and quotes around it; keep long documents out of the table."
        return RowTooLong(text, hint, row=self.record_row)


def _unclosed_quote(row: int) -> IngestError:
    text = f"A quote that opens in row {row} is never closed."
    return UnclosedQuote(text, 'Close it, or write a quote inside a field as "".', row=row)


def _ragged(row: int, found: int, dialect: Dialect) -> IngestError:
    expected = len(dialect.names)
    names = dialect.names
    column = names[found] if found < expected else str(expected + 1)
    what = (
        "Quote fields that contain the delimiter" if found > expected else "Fill the missing fields"
    )
    text = f"Row {row} has {found} fields, expected {expected} (delimiter '{dialect.delimiter}')."
    return RaggedRow(text, f"{what}, then upload again.", row=row, column=column)


def _wrong_encoding(line: bytes, position: int, row: int, dialect: Dialect) -> IngestError:
    before = line[:position].decode()
    fields = next(csv.reader([before], delimiter=dialect.delimiter), [])
    index = max(len(fields) - 1, 0)
    column = dialect.names[index] if index < len(dialect.names) else str(index + 1)
    text = (
        f"Row {row}, column '{column}': byte {position + 1} (0x{line[position]:02x}) is not UTF-8."
    )
    likely = _likely_encoding(line)
    hint = f"Upload it with encoding='{likely}' if that is what it is, or save it as UTF-8."
    return WrongEncoding(text, hint, row=row, column=column)


def _likely_encoding(line: bytes) -> str:
    """windows-1252 leaves five bytes undefined; a text that uses them must be something else."""
    try:
        line.decode("windows-1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "windows-1252"
