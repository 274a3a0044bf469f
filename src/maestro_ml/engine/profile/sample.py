"""A uniform random sample of a stream of unknown length, in bounded memory."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

MAX_VALUES = 2**19
MAX_BYTES = 16 * 2**20


class Sample:
    """Keeps every value with the same probability `rate`, which halves whenever memory is full.

    Up to 2^19 values nothing is dropped: `rate` is 1 and the sample is the whole. Seeded, so
    the same stream gives the same sample.
    """

    def __init__(self, type_: pa.DataType, max_values: int = MAX_VALUES) -> None:
        self.rate = 1.0
        self._type = type_
        self._max_values = max_values
        self._seed = 0
        self._chunks: list[pa.Array] = []

    def add(self, values: pa.Array) -> None:
        """Takes values without nulls."""
        self._chunks.append(self._thin(values, self.rate))
        while self._is_full():
            self.rate /= 2
            self._chunks = [self._thin(pa.concat_arrays(self._chunks), 0.5)]

    def values(self) -> pa.Array:
        """What was kept, in the order of arrival."""
        return pa.concat_arrays(self._chunks) if self._chunks else pa.array([], self._type)

    def _is_full(self) -> bool:
        count = sum(map(len, self._chunks))
        return count > self._max_values or (
            count > 1 and sum(c.nbytes for c in self._chunks) > MAX_BYTES
        )

    def _thin(self, values: pa.Array, rate: float) -> pa.Array:
        if rate == 1:
            return values
        self._seed += 1
        return values.filter(pc.less(pc.random(len(values), initializer=self._seed), rate))
