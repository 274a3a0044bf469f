"""CSV as a stream of text columns, and exact errors for files that are no CSV."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from maestro_ml.server.datasets.ingest.csv_diagnosis import find_fault
from maestro_ml.server.datasets.ingest.dialect import dialect_of
from maestro_ml.server.datasets.ingest.errors import EmptyFile, IngestError
from maestro_ml.server.datasets.ingest.kinds import MISSING_TEXTS
from maestro_ml.server.datasets.ingest.limits import MIB, IngestLimits
from maestro_ml.server.datasets.ingest.streams import TextStream, open_expanded

_SAMPLE_BYTES = MIB


class CsvSource:
    """A CSV file; every column comes as text, in which missing values are null.

    Blank lines are skipped. Text is not trimmed.
    """

    numbers_in_text = True

    def __init__(
        self, path: Path, encoding: str, limits: IngestLimits, *, header: bool | None = None
    ) -> None:
        self._path = path
        self._encoding = encoding
        self._limits = limits
        with open_expanded(path, limits) as raw:
            sample = TextStream(raw, encoding).read(_SAMPLE_BYTES)
        text = sample.decode(errors="replace")
        if not text.strip():
            raise EmptyFile(
                "The file is empty.", "Upload a file with a header and at least one row."
            )
        self._dialect = dialect_of(text, header, limits)
        if any("\ufffd" in name for name in self._dialect.names):
            self._locate_fault()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows in order; raises an `IngestError` that names the row where the file goes wrong."""
        names = self._dialect.names
        with open_expanded(self._path, self._limits) as raw:
            text = TextStream(raw, self._encoding)
            try:
                reader = pa_csv.open_csv(
                    pa.PythonFile(text, mode="r"),
                    read_options=pa_csv.ReadOptions(
                        block_size=self._limits.max_row_bytes,
                        column_names=[str(i) for i in range(len(names))],
                        skip_rows_after_names=int(self._dialect.header),
                    ),
                    parse_options=pa_csv.ParseOptions(
                        delimiter=self._dialect.delimiter, newlines_in_values=True
                    ),
                    convert_options=pa_csv.ConvertOptions(
                        column_types={str(i): pa.string() for i in range(len(names))},
                        null_values=MISSING_TEXTS,
                        strings_can_be_null=True,
                    ),
                )
                for batch in reader:
                    yield batch.rename_columns(names)
            except pa.ArrowInvalid as error:
                self._locate_fault()
                message = f"The CSV cannot be read: {error}."
                raise IngestError(message, "Export the table again and upload that.") from error
            if (
                text.quotes % 2
            ):  # the parser takes a quote that never closes for the last field's content
                self._locate_fault()

    def _locate_fault(self) -> None:
        """The parser only knows that something is wrong; a slower second reading finds out where."""
        with open_expanded(self._path, self._limits) as raw:
            fault = find_fault(TextStream(raw, self._encoding), self._dialect, self._limits)
        if fault is not None:
            raise fault
