"""How often each value of a stream occurs: exact until too many distinct values came."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

MAX_DISTINCT = 2**17
MAX_BYTES = 16 * 2**20
_SMALLEST_MERGE = 2**18


class Frequencies:
    """Counts per distinct value; gives up (`overflowed`) beyond `max_distinct` values or 16 MiB of them."""

    def __init__(self, type_: pa.DataType, max_distinct: int = MAX_DISTINCT) -> None:
        self.overflowed = False
        self._max_distinct = max_distinct
        self._values = pa.array([], type_)
        self._counts = pa.array([], pa.int64())
        self._pending: list[pa.StructArray] = []
        self._pending_size = 0

    def add(self, values: pa.Array) -> None:
        """Takes values without nulls."""
        counted = pc.value_counts(values)
        self._pending.append(counted)
        self._pending_size += len(counted)
        if self._pending_size > max(_SMALLEST_MERGE, len(self._values)):
            self._merge()

    def distinct(self) -> pa.Array:
        """The distinct values seen so far."""
        self._merge()
        return self._values

    def top(self, k: int) -> list[tuple[pa.Scalar, int]]:
        """The k most frequent values, the smaller value first where counts are equal."""
        self._merge()
        table = pa.table({"value": self._values, "count": self._counts})
        table = table.sort_by([("count", "descending"), ("value", "ascending")]).slice(0, k)
        return list(zip(table["value"], table["count"].to_pylist(), strict=True))

    def _merge(self) -> None:
        if not self._pending:
            return
        values = [counted.field("values") for counted in self._pending]
        counts = [counted.field("counts") for counted in self._pending]
        if len(values) == 1 and not len(self._values):
            self._values, self._counts = values[0], counts[0]
        else:
            values, counts = [self._values, *values], [self._counts, *counts]
            table = pa.table({"value": pa.chunked_array(values), "count": pa.chunked_array(counts)})
            merged = table.group_by("value", use_threads=False).aggregate([("count", "sum")])
            self._values = merged["value"].combine_chunks()
            self._counts = merged["count_sum"].combine_chunks()
        self._pending, self._pending_size = [], 0
        self.overflowed = (
            len(self._values) > self._max_distinct
            or self._values.get_total_buffer_size() > MAX_BYTES
        )
