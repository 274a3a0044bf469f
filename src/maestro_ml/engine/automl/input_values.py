"""What the columns of a table usually hold, so that a form can offer it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api import types

MAX_CHOICES = 50
_MAX_LENGTH = 120


@dataclass(frozen=True)
class InputValues:
    """The usual values of a column: `choices` of few texts by frequency, or the range of numbers."""

    name: str
    choices: list[str] | None = None
    min: float | None = None
    median: float | None = None
    max: float | None = None


def input_values(table: pd.DataFrame) -> list[InputValues]:
    """What each column holds; neither choices nor a range for long texts, dates and many values."""
    return [_of_column(str(name), column) for name, column in table.items()]


def _of_column(name: str, column: pd.Series) -> InputValues:
    present = column.dropna()
    if types.is_bool_dtype(present.dtype) or types.is_datetime64_any_dtype(present.dtype):
        return InputValues(name)
    if types.is_numeric_dtype(present.dtype):
        numbers = present.to_numpy(dtype=np.float64)
        numbers = numbers[np.isfinite(numbers)]
        if not len(numbers):
            return InputValues(name)
        low, middle, high = (float(q) for q in np.quantile(numbers, [0.0, 0.5, 1.0]))
        return InputValues(name, min=low, median=middle, max=high)
    texts = present[present.map(lambda value: isinstance(value, str))]
    counts = texts.value_counts()
    if len(texts) < len(present) or not 0 < len(counts) <= MAX_CHOICES:
        return InputValues(name)
    choices = [str(value) for value in counts.index]
    return InputValues(name, choices=choices if max(map(len, choices)) <= _MAX_LENGTH else None)
