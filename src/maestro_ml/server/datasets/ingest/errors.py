"""What can be wrong with an uploaded table, each with a stable code and the next step."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar


class IngestError(Exception):
    """An upload that did not become a table.

    `row` is the line of the expanded file, from 1 and counting the header; `column` is a column's name,
    or its number where it has none. `message` tells what is wrong, `hint` what to do next.
    """

    code: ClassVar[str] = "dataset.ingest_failed"

    def __init__(
        self, message: str, hint: str, *, row: int | None = None, column: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.row = row
        self.column = column

    def __str__(self) -> str:
        return f"{self.message} {self.hint}"

    def to_dict(self) -> dict[str, Any]:
        """The error as JSON-ready fields."""
        fields = ("code", "message", "hint", "row", "column")
        return {name: getattr(self, name) for name in fields}

    @staticmethod
    def from_dict(fields: dict[str, Any]) -> IngestError:
        """The inverse of `to_dict`: an instance of the class that owns the code."""
        kinds = {kind.code: kind for kind in IngestError.__subclasses__()}
        kind = kinds.get(fields["code"], IngestError)
        return kind(fields["message"], fields["hint"], row=fields["row"], column=fields["column"])


class UnsupportedFile(IngestError):
    """No table in a format that is read here: a picture, a program, a workbook."""

    code = "dataset.unsupported_file"


class EmptyFile(IngestError):
    """A file without a byte, or with blank lines alone."""

    code = "dataset.empty_file"


class NoRows(IngestError):
    """Columns without a single row."""

    code = "dataset.no_rows"


class BadHeader(IngestError):
    """A column without a name, or two with the same."""

    code = "dataset.bad_header"


class TooManyColumns(IngestError):
    """More columns than the limit."""

    code = "dataset.too_many_columns"


class WrongEncoding(IngestError):
    """Bytes that are no text in the encoding they were read with."""

    code = "dataset.wrong_encoding"


class NulByte(IngestError):
    """A NUL in what should be text."""

    code = "dataset.nul_byte"


class RaggedRow(IngestError):
    """A row with more or fewer fields than the header."""

    code = "dataset.ragged_row"


class UnclosedQuote(IngestError):
    """A quoted field that never ends."""

    code = "dataset.unclosed_quote"


class RowTooLong(IngestError):
    """A row larger than the limit."""

    code = "dataset.row_too_long"


class InvalidJson(IngestError):
    """A line that is no JSON object."""

    code = "dataset.invalid_json"


class NestedValues(IngestError):
    """A value that is itself a list or an object."""

    code = "dataset.nested_values"


class CorruptFile(IngestError):
    """A compressed or Parquet file that ends early or contradicts itself."""

    code = "dataset.corrupt_file"


class ExpansionLimit(IngestError):
    """A compressed file that grows beyond the limits when expanded."""

    code = "dataset.expands_too_far"


class StorageFull(IngestError):
    """No space left to write the table."""

    code = "dataset.storage_full"


class MemoryLimit(IngestError):
    """Reading the file took more memory than allowed."""

    code = "dataset.memory_limit"


class TimeLimit(IngestError):
    """Reading the file took longer than allowed."""

    code = "dataset.time_limit"


@contextmanager
def storage_guard() -> Iterator[None]:
    """Turns a full disk or an exhausted quota into `StorageFull`."""
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise
        hint = "Free some space or ask your administrator for more, then upload again."
        raise StorageFull("There is no space left to store the table.", hint) from error
