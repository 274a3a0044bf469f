"""What is explained: a model as a function of a table's raw columns, each of which can be exchanged.

Every method of this room asks the same question: what does the model say about a row that takes some
of its columns from one row and some from another? A `Pool` answers it, for any model and any column.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from maestro_ml.engine.explain.errors import ColumnMissingError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Space(StrEnum):
    """What the contributions add up to."""

    VALUE = "value"
    PROBABILITY = "probability"
    LOG_ODDS = "log_odds"


class Method(StrEnum):
    """How contributions were found: exactly from trees or weights, or by sampling orders of columns."""

    TREE = "tree"
    LINEAR = "linear"
    PERMUTATION = "permutation"


@dataclass(frozen=True)
class Contributions:
    """Exact contributions: values (n, d, K) of raw columns, and base (K,), in `space`."""

    values: FloatArray
    base: FloatArray


@dataclass(frozen=True)
class Additive:
    """A model whose contributions are known exactly: `of(rows, background)`, both raw tables."""

    method: Method
    space: Space
    of: Callable[[pd.DataFrame, pd.DataFrame], Contributions]


class Pool(Protocol):
    """Rows whose columns can be exchanged among each other."""

    def predict(self, picks: IntArray) -> FloatArray:
        """Outputs (n, K) for rows whose column j comes from row picks[:, j] of the pool."""
        ...


@dataclass(frozen=True)
class Subject:
    """A model, seen from outside.

    columns: the raw columns that it reads. outputs: the names of its K outputs: the second of two
    classes, each of several, or "prediction". additive: None where only sampling explains it.
    """

    columns: tuple[str, ...]
    outputs: tuple[str, ...]
    space: Space
    classes: tuple[str, ...] | None
    open_pool: Callable[[pd.DataFrame], Pool]
    additive: Additive | None = None

    def pool(self, table: pd.DataFrame) -> Pool:
        """The rows of `table` to be mixed. Raises ColumnMissingError."""
        return self.open_pool(self.take(table))

    def take(self, table: pd.DataFrame) -> pd.DataFrame:
        """The columns that the model reads, in its order. Raises ColumnMissingError."""
        named = table.set_axis([str(name) for name in table.columns], axis=1)
        missing = [name for name in self.columns if name not in named.columns]
        if missing:
            raise ColumnMissingError(
                f"These columns are missing: {', '.join(missing)}. Choose rows that have every column "
                "that the model was trained on."
            )
        return named[list(self.columns)]

    def predict(self, table: pd.DataFrame) -> FloatArray:
        """Outputs (n, K) for rows as they are."""
        rows = np.arange(len(table), dtype=np.int64)
        return self.pool(table).predict(np.repeat(rows[:, None], len(self.columns), axis=1))
