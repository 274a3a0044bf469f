"""How a CSV file is written: its delimiter and whether its first row names the columns."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from maestro_ml.server.datasets.ingest.errors import BadHeader, TooManyColumns
from maestro_ml.server.datasets.ingest.kinds import MISSING_TEXTS, Kind, kind_of
from maestro_ml.server.datasets.ingest.limits import IngestLimits

DELIMITERS = ",;\t|"
_ROWS_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Dialect:
    """How to read a CSV file; without `header` the columns are called column_1, column_2, …"""

    delimiter: str
    header: bool
    names: list[str]


def dialect_of(sample: str, header: bool | None, limits: IngestLimits) -> Dialect:
    """Reads the dialect off the first lines; `header` None means: find out.

    The delimiter is the one that splits most rows into the same number of fields, more than one. The
    first row is a header unless it looks like the rows below: some column is of a kind other than text,
    and in every such column the first cell is of that kind as well.

    Raises:
        BadHeader: a column has no name, or two have the same.
        TooManyColumns: there are more columns than allowed.
    """
    delimiter = max(DELIMITERS, key=lambda candidate: _consistency(sample, candidate))
    rows = _rows(sample, delimiter)
    width = len(rows[0])
    if width > limits.max_columns:
        text = f"The table has {width:,} columns; at most {limits.max_columns:,} are allowed."
        raise TooManyColumns(text, "Keep the columns that matter, or store the table in long form.")
    if not (_has_header(rows) if header is None else header):
        return Dialect(delimiter, header=False, names=[f"column_{i + 1}" for i in range(width)])
    names = [name.strip() for name in rows[0]]
    check_names(names)
    return Dialect(delimiter, header=True, names=names)


def check_names(names: Sequence[str]) -> None:
    """Every column needs a name of its own."""
    positions: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        if not name:
            hint = "Name it, or leave it out (pandas: to_csv(index=False))."
            raise BadHeader(f"Column {position} has no name.", hint, row=1, column=str(position))
        if name in positions:
            text = f"Columns {positions[name]} and {position} are both called '{name}'."
            raise BadHeader(text, "Give every column its own name.", row=1, column=name)
        positions[name] = position


def _consistency(sample: str, delimiter: str) -> tuple[float, int]:
    widths = Counter(len(row) for row in _rows(sample, delimiter))
    width, rows = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (rows / widths.total(), width) if width > 1 else (0.0, 0)


def _rows(sample: str, delimiter: str) -> list[list[str]]:
    """The first rows; the last one of a sample that was cut may be incomplete and is left out."""
    lines = io.StringIO(sample, newline="")
    rows = [
        row
        for row, _ in zip(
            filter(None, csv.reader(lines, delimiter=delimiter)),
            range(_ROWS_LOOKED_AT),
            strict=False,
        )
    ]
    return (
        rows[:-1]
        if len(rows) > 1 and not sample.endswith("\n") and len(rows) < _ROWS_LOOKED_AT
        else rows
    )


def _has_header(rows: list[list[str]]) -> bool:
    first, below = rows[0], rows[1:]
    if not below or any(cell.strip() in MISSING_TEXTS for cell in first):
        return True
    compared = [
        (_kind([cell]), _kind([row[i] for row in below if i < len(row)]))
        for i, cell in enumerate(first)
    ]
    values = [(cell, kind) for cell, kind in compared if kind not in {Kind.TEXT, Kind.MISSING}]
    return not values or any(cell is Kind.TEXT for cell, _ in values)


def _kind(cells: list[str]) -> Kind:
    texts = pa.array([None if cell in MISSING_TEXTS else cell for cell in cells], pa.string())
    return kind_of(texts, numbers_in_text=True)
