"""Numbers that come back exactly, such as a fare that a whole family paid, read as categories."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maestro_ml.engine.automl.schema import MatrixColumn
from maestro_ml.engine.automl.tasks import FloatArray

_MIN_VALUES = 10
_MAX_COLUMNS = 30
_SAMPLE = 2_000


@dataclass(frozen=True)
class ExactValues:
    """The values of one number column that training rows had, in order."""

    column: int
    values: FloatArray

    def codes(self, X: FloatArray) -> FloatArray:  # noqa: N803
        """Position of each row's value among the values (n,), NaN for one never seen."""
        asked = X[:, self.column]
        place = np.searchsorted(self.values, asked).clip(0, len(self.values) - 1)
        return np.where(self.values[place] == asked, place, np.nan)


def find_exact_values(X: FloatArray, columns: Sequence[MatrixColumn]) -> list[ExactValues]:  # noqa: N803
    """Number columns with more than 10 values that come twice or more on average (30 at most)."""
    found = []
    for position, column in enumerate(columns):
        if column.levels:
            continue
        if _all_differ(X[:: max(1, len(X) // _SAMPLE), position]):
            continue
        present = X[:, position]
        values = np.unique(present[~np.isnan(present)])
        if _MIN_VALUES < len(values) < len(X) / 2:
            found.append(ExactValues(position, values))
    return found[:_MAX_COLUMNS]


def _all_differ(some: FloatArray) -> bool:
    """True when no value comes twice among some rows: then few do among all, which need no sorting."""
    present = some[~np.isnan(some)]
    return len(present) >= _SAMPLE // 2 and len(np.unique(present)) == len(present)
