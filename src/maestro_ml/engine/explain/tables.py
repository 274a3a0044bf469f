"""Seeded samples of stored tables in bounded memory, whatever their size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

_BATCH = 8_192


def sample_rows(path: Path, rows: int, *, seed: int = 0) -> pd.DataFrame:
    """At most `rows` rows of a Parquet file, in their order; the index is the row's number."""
    with pq.ParquetFile(path) as file:
        total = file.metadata.num_rows
        rng = np.random.default_rng(seed)
        wanted = np.sort(rng.choice(total, size=min(rows, total), replace=False))
        return _take(file, wanted)


def read_row(path: Path, number: int) -> pd.DataFrame | None:
    """Row `number` of a Parquet file, counted from 0; None if there are not so many."""
    with pq.ParquetFile(path) as file:
        if not 0 <= number < file.metadata.num_rows:
            return None
        return _take(file, np.array([number]))


def _take(file: pq.ParquetFile, wanted: npt.NDArray[np.int64]) -> pd.DataFrame:
    parts, start = [], 0
    for batch in file.iter_batches(batch_size=_BATCH):
        stop = start + batch.num_rows
        inside = wanted[(wanted >= start) & (wanted < stop)] - start
        if len(inside):
            parts.append(batch.take(pa.array(inside)))
        start = stop
        if not len(wanted) or start > wanted[-1]:
            break
    table: pd.DataFrame = pa.Table.from_batches(parts, schema=file.schema_arrow).to_pandas()
    return table.set_axis(wanted, axis=0)
