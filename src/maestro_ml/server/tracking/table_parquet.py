"""A table of runs as Parquet, a row group for each page."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

from maestro_ml.contracts.tracking import Run
from maestro_ml.server.tracking.table_columns import FIXED, readers_of


class _Sink(io.RawIOBase):
    """Where a writer puts bytes, and the reader takes them from at once."""

    def __init__(self) -> None:
        super().__init__()
        self._chunks: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def write(self, data: Any) -> int:
        chunk = bytes(data)
        self._chunks.append(chunk)
        self._size += len(chunk)
        return len(chunk)

    def take(self) -> bytes:
        """What was written since the last time."""
        taken, self._chunks = b"".join(self._chunks), []
        return taken


async def to_parquet(
    columns: Sequence[str], pages: AsyncIterator[list[Run]]
) -> AsyncIterator[bytes]:
    """The bytes of the file, a page of runs at a time; metrics are numbers, the rest is text."""
    import pyarrow as pa  # noqa: PLC0415 - tens of megabytes that a server without exports is spared
    from pyarrow import parquet  # noqa: PLC0415

    moment = pa.timestamp("us", tz="UTC")
    readers = readers_of(columns)
    kinds = {name: moment if name.endswith("_at") else pa.string() for name in FIXED}
    kinds |= {c: pa.float64() if c.startswith("metrics.") else pa.string() for c in columns}
    schema = pa.schema(list(kinds.items()))
    sink = _Sink()
    writer = parquet.ParquetWriter(sink, schema, compression="zstd")

    def write(runs: list[Run]) -> bytes:
        arrays = [
            pa.array([read(run) for run in runs], type=kinds[name])
            for name, read in readers.items()
        ]
        writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
        return sink.take()

    async for runs in pages:
        yield await asyncio.to_thread(write, runs)
    writer.close()
    yield sink.take()
