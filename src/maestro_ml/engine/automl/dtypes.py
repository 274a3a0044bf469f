"""Brings the many column types of pandas down to the few that features and targets are read from."""

from collections.abc import Set

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api import types

from maestro_ml.engine.automl.tasks import FloatArray

# Kinds that behave alike in Arrow and in numpy: whole numbers, booleans, times and durations.
_ALIKE = "iubMm"
_TIMES = frozenset({"datetime", "datetime64", "timedelta", "timedelta64"})


def plain(series: pd.Series) -> pd.Series:
    """The same values without Arrow's nested and rare types, sparse storage or NaN beside NA."""
    dtype = series.dtype
    if isinstance(dtype, np.dtype):
        return _floats(series) if _holds(series, {"decimal"}) else series
    if isinstance(dtype, pd.SparseDtype):
        return pd.Series(series.to_numpy(), index=series.index, name=series.name)
    if dtype.kind == "f":
        values = series.to_numpy(dtype=np.float64, na_value=np.nan)
        return pd.Series(values, index=series.index, name=series.name)
    if isinstance(dtype, pd.ArrowDtype) and dtype.kind not in _ALIKE:
        listed = pa.array(series.array).to_pylist()
        return pd.Series(listed, index=series.index, name=series.name, dtype=object)
    return series


def plain_table(table: pd.DataFrame) -> pd.DataFrame:
    """The table with plain columns; the very same when they all are."""
    columns = [table.iloc[:, position] for position in range(table.shape[1])]
    simpler = [plain(column) for column in columns]
    if all(new is old for new, old in zip(simpler, columns, strict=True)):
        return table
    made = pd.concat(simpler, axis=1)
    made.columns = table.columns
    return made


def as_feature(series: pd.Series) -> pd.Series:
    """Plain values, where periods are the times they begin at and Python objects get their dtype."""
    series = plain(series)
    if isinstance(series.dtype, pd.PeriodDtype):
        begins: pd.Series = series.dt.to_timestamp()
        return begins
    return series.infer_objects() if _holds(series, _TIMES) else series


def _holds(series: pd.Series, kinds: Set[str]) -> bool:
    return series.dtype == object and types.infer_dtype(series, skipna=True) in kinds


def _floats(decimals: pd.Series) -> pd.Series:
    try:
        values: FloatArray = decimals.to_numpy(dtype=np.float64)
    except (ValueError, ArithmeticError):  # a signalling NaN
        return decimals
    return pd.Series(values, index=decimals.index, name=decimals.name)
