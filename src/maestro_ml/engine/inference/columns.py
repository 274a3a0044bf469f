"""The columns a model takes, and the check of a request's values against them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from maestro_ml.engine.inference.errors import PredictionError, Problem

_SHOWN = 60
_NONE = type(None)
_INTEGERS = ("integer", "long")
_RANGES = {"integer": 2**31, "long": 2**63}


@dataclass(frozen=True, slots=True)
class InputColumn:
    """A column of the signature; `type` is MLflow's name. A missing value may stand in any column."""

    name: str
    type: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class _Kind:
    """What JSON values a type takes, and how an array is made of them."""

    words: str
    accepts: frozenset[type]
    build: Callable[[InputColumn, list[Any]], Any]


def to_frame(columns: Sequence[InputColumn], values: dict[str, list[Any]]) -> pd.DataFrame:
    """A table with the columns in their order; NaN is missing.

    Raises PredictionError naming row, column, what was expected and what came.
    """
    return pd.DataFrame({column.name: _array(column, values[column.name]) for column in columns})


def _array(column: InputColumn, values: list[Any]) -> Any:
    kind = _KINDS.get(column.type)
    if kind is None:
        return pd.Series(values, dtype=object)
    if not kind.accepts.issuperset(map(type, values)):
        row = next(i for i, value in enumerate(values) if type(value) not in kind.accepts)
        raise _wrong(column, row, values[row], kind.words)
    return kind.build(column, values)


def _wrong(column: InputColumn, row: int, value: Any, expected: str) -> PredictionError:
    shown = repr(value)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    return PredictionError(
        Problem.VALUE_INVALID,
        f"Row {row}, column '{column.name}': expected {expected} or null, got {shown}. "
        "Correct the value and send the rows again.",
    )


def _numbers(column: InputColumn, values: list[Any]) -> Any:
    try:
        return np.array([math.nan if value is None else value for value in values], dtype=float)
    except OverflowError:
        row = next(
            i for i, value in enumerate(values) if isinstance(value, int) and value > 2**1023
        )
        raise _wrong(column, row, values[row], "a number that fits into 64 bits") from None


def _integers(column: InputColumn, values: list[Any]) -> Any:
    limit = _RANGES[column.type]
    for row, value in enumerate(values):
        if value is None or math.isnan(value):
            continue
        if not float(value).is_integer() or not -limit <= value < limit:
            raise _wrong(column, row, value, "a whole number of ordinary size")
    present = not any(value is None or math.isnan(value) for value in values)
    return np.array(values, dtype=np.int64) if present else _numbers(column, values)


def _booleans(_column: InputColumn, values: list[Any]) -> Any:
    return np.array(values, dtype=bool if None not in values else object)


def _texts(_column: InputColumn, values: list[Any]) -> Any:
    array = np.empty(len(values), dtype=object)
    array[:] = [math.nan if value is None else value for value in values]
    return array


def _times(column: InputColumn, values: list[Any]) -> Any:
    times: list[date | None] = []
    for row, value in enumerate(values):
        try:
            times.append(None if value is None else datetime.fromisoformat(value))
        except ValueError:
            raise _wrong(column, row, value, "a time such as 2026-01-31T12:00:00") from None
    return pd.to_datetime(pd.Series(times, dtype=object), utc=True).dt.tz_localize(None)


_NUMBER: frozenset[type] = frozenset({int, float, _NONE})
_TEXT: frozenset[type] = frozenset({str, _NONE})
_BOOLEAN: frozenset[type] = frozenset({bool, _NONE})
_KINDS = {
    **dict.fromkeys(("float", "double"), _Kind("a number", _NUMBER, _numbers)),
    **dict.fromkeys(_INTEGERS, _Kind("a whole number", _NUMBER, _integers)),
    "boolean": _Kind("true, false", _BOOLEAN, _booleans),
    "string": _Kind("a text", _TEXT, _texts),
    "datetime": _Kind("a time as text", _TEXT, _times),
}
