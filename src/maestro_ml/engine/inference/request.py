"""Reads a request's body: records or a split table, under any of the names that people use."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import orjson
import pandas as pd

from maestro_ml.engine.inference.columns import InputColumn, to_frame
from maestro_ml.engine.inference.errors import PredictionError, Problem

MAX_ROWS = 10_000
_FORMS = (
    'Send {"inputs": [{"column": value, …}, …]}, or {"dataframe_split": {"columns": […], '
    '"data": [[…], …]}}.'
)
_RECORDS = ("inputs", "instances", "dataframe_records")
_SPLIT = "dataframe_split"

Table = dict[str, list[Any]]


def read_rows(body: bytes, columns: Sequence[InputColumn] | None) -> pd.DataFrame:
    """The rows of a request as a table that fits `columns`; None takes whatever comes.

    Raises PredictionError.
    """
    said = _parse(body)
    named = [name for name in (*_RECORDS, _SPLIT) if name in said]
    if len(named) != 1:
        raise PredictionError(Problem.MALFORMED, f"The body names no rows, or twice. {_FORMS}")
    rows = said[named[0]]
    if named[0] == _SPLIT:
        names, records = _split(rows)
        _check_count(len(records))
        table = {name: [row[i] for row in records] for i, name in enumerate(names)}
        if columns is not None:
            _check_names(columns, names, 0)
            for column in columns:
                table.setdefault(column.name, [None] * len(records))
    else:
        table = _from_records([rows] if isinstance(rows, dict) else rows, columns)
    return pd.DataFrame(table) if columns is None else to_frame(columns, table)


def _parse(body: bytes) -> dict[str, Any]:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = _parse_leniently(body)
    if not isinstance(said, dict):
        raise PredictionError(Problem.MALFORMED, f"The body is no JSON object. {_FORMS}")
    return said


def _parse_leniently(body: bytes) -> Any:
    """JSON as Python writes it, with NaN and Infinity."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PredictionError(
            Problem.MALFORMED, f"The body is not valid JSON: {error}. {_FORMS}"
        ) from None


def _split(said: Any) -> tuple[list[str], list[list[Any]]]:
    columns = said.get("columns") if isinstance(said, dict) else None
    data = said.get("data") if isinstance(said, dict) else None
    if not isinstance(columns, list) or not isinstance(data, list):
        raise PredictionError(Problem.MALFORMED, f"A split table has columns and data. {_FORMS}")
    names = [str(column) for column in columns]
    if len(set(names)) < len(names):
        raise PredictionError(Problem.MALFORMED, "A column name comes twice. Send each once.")
    for row, values in enumerate(data):
        if not isinstance(values, list) or len(values) != len(names):
            raise PredictionError(
                Problem.MALFORMED,
                f"Row {row} of data has not one value for each of the {len(names)} columns. "
                "Send as many values as columns.",
            )
    return names, data


def _from_records(records: Any, columns: Sequence[InputColumn] | None) -> Table:
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise PredictionError(Problem.MALFORMED, f"The rows are no list of objects. {_FORMS}")
    _check_count(len(records))
    if columns is None:
        names = list(dict.fromkeys(name for record in records for name in record))
        return {name: [record.get(name) for record in records] for name in names}
    for row, record in enumerate(records):
        _check_names(columns, record, row)
    return {column.name: [record.get(column.name) for record in records] for column in columns}


def _check_count(count: int) -> None:
    if count == 0:
        raise PredictionError(Problem.NO_ROWS, f"There are no rows to predict. {_FORMS}")
    if count > MAX_ROWS:
        raise PredictionError(
            Problem.TOO_MANY_ROWS,
            f"{count} rows are too many for one request. Send at most {MAX_ROWS} at once.",
        )


def _check_names(columns: Sequence[InputColumn], given: Any, row: int) -> None:
    missing = [each.name for each in columns if each.required and each.name not in given]
    if missing:
        raise PredictionError(
            Problem.COLUMN_MISSING,
            f"Row {row} lacks {_quoted(missing)}. Send every column that the model was trained on, "
            "null where a value is not known.",
        )
    known = {column.name for column in columns}
    unknown = [name for name in given if name not in known]
    if unknown:
        raise PredictionError(
            Problem.COLUMN_UNKNOWN,
            f"Row {row} has {_quoted(unknown)}, which the model does not know. It takes "
            f"{_quoted([column.name for column in columns])}.",
        )


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
