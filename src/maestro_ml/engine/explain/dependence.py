"""Partial dependence: what the model says on average when one column is set to a value.

The curves of single rows (individual conditional expectation) give the band around it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api import types

from maestro_ml.engine.explain.subject import FloatArray, IntArray, Subject

POINTS = 20
_MOST_CATEGORIES = 12
_ROWS = 100
_BAND = (0.1, 0.9)


@dataclass(frozen=True)
class Dependence:
    """The mean answer (G, K) at G values of a column, and where the middle 80 % of rows lie.

    numeric: whether the values are in order on an axis; else they are the most frequent ones.
    """

    column: str
    numeric: bool
    values: list[object]
    mean: FloatArray
    low: FloatArray
    high: FloatArray


def partial_dependence(
    subject: Subject, table: pd.DataFrame, column: str, *, seed: int = 0
) -> Dependence:
    """Dependence of the answers on `column` over at most 100 rows of `table`.

    Raises ColumnMissingError.
    """
    table = subject.take(table).reset_index(drop=True)
    place = subject.columns.index(column)
    numeric, grid = _grid(table[column])
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(table))[:_ROWS]
    picks = np.repeat(rows[None, :, None], len(grid), axis=0).repeat(len(subject.columns), axis=2)
    picks[:, :, place] = grid[:, None]
    answers = subject.pool(table).predict(picks.reshape(-1, len(subject.columns)))
    curves = answers.reshape(len(grid), len(rows), -1)
    low, high = np.quantile(curves, _BAND, axis=1)
    values = table[column].iloc[grid].tolist()
    return Dependence(column, numeric, values, curves.mean(axis=1), low, high)


def _grid(series: pd.Series) -> tuple[bool, IntArray]:
    """Rows whose values the column is set to: quantiles of numbers and times, frequent categories."""
    dtype = series.dtype
    ordered = types.is_numeric_dtype(dtype) or types.is_datetime64_any_dtype(dtype)
    present = series[series.notna()]
    if present.empty:
        return False, np.zeros(1, dtype=np.int64)
    first = present.drop_duplicates()
    if ordered and not types.is_bool_dtype(dtype):
        by_value = first.sort_values().index.to_numpy()
        weights = present.value_counts().reindex(series.loc[by_value]).to_numpy()
        share = (np.cumsum(weights) - weights / 2) / weights.sum()
        wanted = np.linspace(0, 1, min(POINTS, len(by_value)))
        chosen = np.unique(np.searchsorted(share, wanted).clip(0, len(by_value) - 1))
        return True, by_value[chosen].astype(np.int64)
    frequent = present.value_counts().index[:_MOST_CATEGORIES]
    place = {value: index for index, value in first.items()}
    return False, np.array([place[value] for value in frequent], dtype=np.int64)
