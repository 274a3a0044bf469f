"""Recognises what a raw table column holds, and turns it into numbers or category labels."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from maestro_ml.engine.automl.errors import SchemaMismatchError
from maestro_ml.engine.automl.tasks import FloatArray

# Written in numeric columns for "no value".
MISSING_TOKENS = frozenset({"", "?", "-", "na", "n/a", "nan", "null", "none"})
_DATE_SHAPE = re.compile(r"^\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ]+\d{1,2}:\d{2}.*)?\s*$")
_DATE_PARTS = re.compile(r"^(\d{1,4})([-/.])\d{1,2}\2(\d{1,4})(?:([T ])\d{1,2}:\d{2}(:\d{2})?)?$")
_DATE_START = re.compile(r"^\s*(\d{1,2})[-/.]\d{1,2}[-/.]")
_MONTHS = 12
# What pandas calls any way of writing a date by ISO 8601.
_ISO = "ISO8601"
_ID_NAME = re.compile(r"(^|[_\W])(id|uuid|guid|key|index|rownames?)$|^unnamed", re.IGNORECASE)
_SAMPLE = 500
# Beyond what 32 bits hold, boosters and forests read infinity.
_LARGEST = float(np.finfo(np.float32).max)
# Python refuses to write out longer whole numbers.
_LONGEST_INTEGER = 4096
# Dates in several ways of writing are looked at one by one.
_MOST_MIXED_DATES = 20_000
_MIN_ID_ROWS = 30


class ColumnKind(StrEnum):
    """What a raw column holds."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    CATEGORY = "category"
    TEXT = "text"
    # The rest is not used as a feature.
    IDENTIFIER = "identifier"
    CONSTANT = "constant"
    EMPTY = "empty"
    UNSUPPORTED = "unsupported"


def recognise(series: pd.Series) -> ColumnKind:
    """Tell the kind of a column from its dtype, and of text columns from their values."""
    if isinstance(series.dtype, np.dtype) and series.dtype.kind == "f":
        return _recognise_floats(series.to_numpy())
    try:
        present = series.dropna()
        distinct = int(present.nunique())
    except (TypeError, ArithmeticError):  # nested values; a decimal's signalling NaN
        return ColumnKind.UNSUPPORTED
    if present.empty:
        return ColumnKind.EMPTY
    if distinct == 1 and len(present) == len(series):
        return ColumnKind.CONSTANT
    if types.is_bool_dtype(series.dtype):
        return ColumnKind.BOOLEAN
    if isinstance(series.dtype, pd.CategoricalDtype):
        return ColumnKind.CATEGORY
    if types.is_datetime64_any_dtype(series.dtype):
        return ColumnKind.DATE
    if types.is_complex_dtype(series.dtype):
        return ColumnKind.UNSUPPORTED
    if types.is_numeric_dtype(series.dtype) or types.is_timedelta64_dtype(series.dtype):
        return _recognise_number(series, distinct)
    return _recognise_values(present, distinct, str(series.name))


def _recognise_floats(values: np.ndarray[tuple[int], np.dtype[Any]]) -> ColumnKind:
    """Without counting distinct values, which takes ten times longer than the rest."""
    if not len(values) or np.isnan(values).all():
        return ColumnKind.EMPTY
    return ColumnKind.CONSTANT if bool((values == values[0]).all()) else ColumnKind.NUMBER


def _recognise_number(series: pd.Series, distinct: int) -> ColumnKind:
    """Whole numbers that count the rows one by one are row numbers, not features."""
    if distinct < len(series) or len(series) < _MIN_ID_ROWS:
        return ColumnKind.NUMBER
    if types.is_integer_dtype(series.dtype):
        span = int(series.max()) - int(series.min()) + 1
        if span == len(series) or _ID_NAME.search(str(series.name)):
            return ColumnKind.IDENTIFIER
    return ColumnKind.NUMBER


def _recognise_values(present: pd.Series, distinct: int, name: str) -> ColumnKind:
    values = present.tolist()
    if all(isinstance(value, bool) for value in values):
        return ColumnKind.BOOLEAN
    if not all(_has_text(kind) for kind in set(map(type, values))):
        return ColumnKind.UNSUPPORTED
    texts = [label(value) for value in values]
    if _all_numbers(texts):
        return ColumnKind.NUMBER
    sample = texts[:: max(1, len(texts) // _SAMPLE)]
    if all(_DATE_SHAPE.match(text) for text in sample) and _are_dates(present, distinct):
        return ColumnKind.DATE
    words = float(np.mean([len(text.split()) for text in sample]))
    if distinct > 0.3 * len(texts) and words >= 3:
        return ColumnKind.TEXT
    if distinct > 0.9 * len(texts) and len(texts) >= _MIN_ID_ROWS:
        return ColumnKind.IDENTIFIER
    if distinct > 0.5 * len(texts) and len(texts) >= _MIN_ID_ROWS and _ID_NAME.search(name):
        return ColumnKind.IDENTIFIER
    return ColumnKind.CATEGORY


def _has_text(kind: type) -> bool:
    """False for objects whose text is their place in memory, which tells nothing about the row."""
    return any(getattr(kind, way) is not getattr(object, way) for way in ("__str__", "__repr__"))


def _are_dates(present: pd.Series, distinct: int) -> bool:
    """True when every value can be read, not only those of the sample."""
    day_first = is_day_first(present)
    written = date_format(present, day_first)
    if not written and distinct > _MOST_MIXED_DATES:
        return False
    try:
        dates(present, day_first, written)
    except SchemaMismatchError:
        return False
    return True


def _all_numbers(texts: list[str]) -> bool:
    found = False
    for text in texts:
        if text.strip().lower() in MISSING_TOKENS:
            continue
        try:
            float(text)
        except ValueError:
            return False
        found = True
    return found


def label(value: Any) -> str:
    """The text of a category's value; 3.0 and 3 are the same category."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int) and value.bit_length() > _LONGEST_INTEGER:
        return hex(value)
    return str(value)


def labels(series: pd.Series) -> list[str | None]:
    """Category labels of a column; None where missing or blank."""
    return [None if _is_missing(value) else label(value) for value in series.tolist()]


def _is_missing(value: Any) -> bool:
    # NaN and NaT differ from themselves; asking pandas would cost 20 times more for one row.
    return value is None or value is pd.NA or value == "" or bool(value != value)


def numbers(series: pd.Series) -> FloatArray:
    """Numbers of a column, NaN where missing, infinite or too great for 32 bits.

    Raises SchemaMismatchError naming the first value that is no number.
    """
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "fiub":
        return _moderate(series.to_numpy().astype(np.float64))
    if types.is_timedelta64_dtype(series.dtype):
        series = series.dt.total_seconds()
    if types.is_numeric_dtype(series.dtype) or types.is_bool_dtype(series.dtype):
        values = series.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        values = np.array([_number(value, str(series.name)) for value in series.tolist()])
    return _moderate(values.astype(np.float64, copy=False))


def _moderate(values: FloatArray) -> FloatArray:
    small = np.abs(values) <= _LARGEST
    return values if small.all() else np.where(small, values, np.nan)


def _number(value: Any, name: str) -> float:
    if value is None or value is pd.NA:
        return np.nan
    if isinstance(value, str) and value.strip().lower() in MISSING_TOKENS:
        return np.nan
    try:
        return float(value)
    except OverflowError:
        return np.nan
    except (TypeError, ValueError):
        raise SchemaMismatchError(
            f"Column '{name}' holds numbers, but {value!r} is not one. "
            "Send a number, or null where the value is missing."
        ) from None


def is_day_first(series: pd.Series) -> bool:
    """True when a date starts with a number that is no month, as in 13/1/24."""
    if types.is_datetime64_any_dtype(series.dtype):
        return False
    starts = (_DATE_START.match(str(text)) for text in series.dropna().tolist())
    return any(int(start.group(1)) > _MONTHS for start in starts if start)


def date_format(series: pd.Series, day_first: bool) -> str:
    """The one format that all dates are written in; empty for datetimes and mixed writing."""
    if types.is_datetime64_any_dtype(series.dtype):
        return ""
    texts = series.dropna().astype(str)
    parts = _DATE_PARTS.match(texts.iloc[0])
    if parts is None:
        return _ISO if _reads(texts, _ISO) else ""
    first, between, last, gap, seconds = parts.groups()
    year = "%Y" if len(last) == 4 or len(first) == 4 else "%y"
    order = ("%d", "%m", year) if day_first else ("%m", "%d", year)
    written = between.join((year, "%m", "%d") if len(first) == 4 else order)
    if gap:
        written += f"{gap}%H:%M" + (":%S" if seconds else "")
    return next((each for each in (written, _ISO) if _reads(texts, each)), "")


def _reads(texts: pd.Series, written: str) -> bool:
    return bool(pd.to_datetime(texts, format=written, errors="coerce", utc=True).notna().all())


def dates(series: pd.Series, day_first: bool, written: str) -> pd.Series:
    """Naive UTC times of a column, NaT where missing; raises SchemaMismatchError for no date.

    Reading by the format `written` is 100 times faster than looking at each value.
    """
    if types.is_datetime64_any_dtype(series.dtype):
        return pd.to_datetime(series, utc=True).dt.tz_localize(None)
    if written:
        times = pd.to_datetime(series, format=written, errors="coerce", utc=True)
        if bool((times.isna() == series.isna()).all()):
            return times.dt.tz_localize(None)
    try:
        times = pd.to_datetime(series, format="mixed", dayfirst=day_first, utc=True)
    except (ValueError, TypeError) as error:
        raise SchemaMismatchError(
            f"Column '{series.name}' holds dates, but a value is none ({error}). "
            "Send dates as 2026-01-31 or 2026-01-31T12:00:00."
        ) from None
    return times.dt.tz_localize(None)


def date_parts(times: pd.Series, parts: Sequence[str]) -> FloatArray:
    """Calendar numbers of times, shape (n, len(parts)); 'days' counts from 1970."""
    columns = []
    for part in parts:
        if part == "days":
            # By numpy: the year 9999 is beyond what pandas counts in nanoseconds.
            since = times.to_numpy(dtype="datetime64[us]") - np.datetime64(0, "us")
            columns.append(since / np.timedelta64(1, "D"))
        else:
            values = getattr(times.dt, part)
            columns.append(values.to_numpy(dtype=np.float64, na_value=np.nan))
    return np.column_stack(columns)
