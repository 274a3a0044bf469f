"""A table of runs as CSV."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

from maestro_ml.contracts.tracking import Run
from maestro_ml.server.tracking.table_columns import readers_of

_FORMULA = ("=", "+", "@", "\t", "\r")


async def to_csv(columns: Sequence[str], pages: AsyncIterator[list[Run]]) -> AsyncIterator[bytes]:
    """The lines of the file, a page of runs at a time."""
    readers = readers_of(columns)

    def write(runs: list[Run]) -> bytes:
        return _rows([[_safe(read(run)) for read in readers.values()] for run in runs])

    yield _rows([[*readers]])
    async for runs in pages:
        yield await asyncio.to_thread(write, runs)


def _rows(rows: Sequence[Sequence[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue().encode()


def _safe(value: Any) -> str:
    """A text that no spreadsheet takes for a formula; numbers stay numbers."""
    if value is None:
        return ""
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    if isinstance(value, float):
        return repr(value)
    risky = text.startswith(_FORMULA) or (text.startswith("-") and not text[1:2].isdigit())
    return f"'{text}" if risky else text
