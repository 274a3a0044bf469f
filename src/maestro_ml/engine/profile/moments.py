"""Count, mean and deviation of a stream, merged chunk by chunk without loss of precision."""

from __future__ import annotations

import math

import pyarrow as pa
import pyarrow.compute as pc


class Moments:
    """Mean and variance after Chan, Golub and LeVeque (1983): stable however many chunks are merged."""

    def __init__(self) -> None:
        self.count = 0
        self.mean = 0.0
        self._squares = 0.0

    def add(self, values: pa.Array) -> None:
        """Takes finite floats without nulls."""
        added = len(values)
        if not added:
            return
        mean = pc.mean(values).as_py()
        squares = pc.variance(values).as_py() * added
        total = self.count + added
        gap = mean - self.mean
        self._squares += squares + gap * gap * self.count * added / total
        self.mean += gap * added / total
        self.count = total

    def std(self) -> float | None:
        """The sample deviation (n - 1); None for fewer than two values."""
        return math.sqrt(self._squares / (self.count - 1)) if self.count > 1 else None
