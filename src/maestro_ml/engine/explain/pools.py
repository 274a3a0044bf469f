"""Pools of rows whose columns can be exchanged: encoded once, or raw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from maestro_ml.engine.explain.subject import FloatArray, IntArray

_CHUNK_VALUES = 4_000_000
_MOST_ROWS = 20_000


@dataclass(frozen=True)
class MatrixPool:
    """Encoded rows; `source` is the raw column behind each column of the matrix."""

    matrix: FloatArray
    source: IntArray
    model: Callable[[FloatArray], FloatArray]

    def predict(self, picks: IntArray) -> FloatArray:
        """Mix encoded rows, which costs a hundredth of encoding mixed ones."""
        places = np.arange(self.matrix.shape[1])
        return _in_chunks(
            picks,
            self.matrix.shape[1],
            lambda part: self.model(self.matrix[part[:, self.source], places]),
        )


@dataclass(frozen=True)
class FramePool:
    """Raw rows of any types, for models that read tables."""

    table: pd.DataFrame
    model: Callable[[pd.DataFrame], FloatArray]

    def predict(self, picks: IntArray) -> FloatArray:
        """Mix raw rows, each column keeping its type."""
        return _in_chunks(picks, self.table.shape[1], lambda part: self.model(self._mix(part)))

    def _mix(self, picks: IntArray) -> pd.DataFrame:
        return pd.DataFrame(
            {
                name: self.table[name].take(picks[:, place]).reset_index(drop=True)
                for place, name in enumerate(self.table.columns)
            }
        )


def _in_chunks(
    picks: IntArray, width: int, predict: Callable[[IntArray], FloatArray]
) -> FloatArray:
    """Predict so many rows at once that memory stays bounded, whatever the table."""
    step = int(np.clip(_CHUNK_VALUES // max(width, 1), 100, _MOST_ROWS))
    parts = [predict(picks[start : start + step]) for start in range(0, len(picks), step)]
    return np.concatenate(parts) if len(parts) > 1 else parts[0]
