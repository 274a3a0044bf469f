"""Answers: together as alone, every type of column, and models of every habit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from maestro_ml.engine.inference import LoadedModel, PredictionError, Problem, answer
from maestro_ml.engine.inference.columns import InputColumn, to_frame

COLUMNS = [InputColumn("x", "double"), InputColumn("word", "string", required=False)]


class Classifier:
    """Says `big` above ten; counts how often it was asked."""

    classes_ = np.array(["big", "small"])

    def __init__(self) -> None:
        self.asked = 0

    def predict(self, table: pd.DataFrame) -> npt.NDArray[Any]:
        self.asked += 1
        if (table["x"] < 0).any():
            raise ValueError("no negative numbers")
        return np.where(table["x"] > 10, "big", "small")

    def predict_proba(self, table: pd.DataFrame) -> npt.NDArray[np.float64]:
        big = (table["x"] > 10).to_numpy(dtype=float)
        return np.column_stack([big, 1 - big])


def body(*values: float) -> bytes:
    return json.dumps({"inputs": [{"x": value} for value in values]}).encode()


def said(answers: Sequence[bytes | PredictionError]) -> list[Any]:
    return [json.loads(each) if isinstance(each, bytes) else each.problem for each in answers]


def test_requests_that_wait_together_are_predicted_together() -> None:
    alone, together = Classifier(), Classifier()
    bodies = [body(1, 20), body(30), b"{", body(4, 5, 6)]
    one_by_one = [said(answer(LoadedModel(alone, COLUMNS), [each]))[0] for each in bodies]
    model = LoadedModel(together, COLUMNS, rows_are_independent=True)
    assert said(answer(model, bodies)) == one_by_one
    assert one_by_one[2] == Problem.MALFORMED
    assert one_by_one[1] == {
        "predictions": ["big"],
        "probabilities": [{"big": 1.0, "small": 0.0}],
    }
    assert (alone.asked, together.asked) == (3, 1)


def test_one_bad_row_spoils_its_own_request_alone() -> None:
    model = LoadedModel(Classifier(), COLUMNS, rows_are_independent=True)
    first, second, third = said(answer(model, [body(1), body(-1), body(20)]))
    assert first["predictions"] == ["small"]
    assert second == Problem.MODEL_RAISED
    assert third["predictions"] == ["big"]


def test_the_most_probable_class_needs_no_second_question() -> None:
    classifier = Classifier()
    model = LoadedModel(classifier, COLUMNS, most_probable=True)
    assert said(answer(model, [body(11)]))[0]["predictions"] == ["big"]
    assert classifier.asked == 0


class Numbers:
    def predict(self, table: pd.DataFrame) -> npt.NDArray[np.float64]:
        return np.where(table["x"] > 0, table["x"], np.nan)


class Table:
    def predict(self, table: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"low": table["x"] - 1, "high": table["x"] + 1})


def test_numbers_and_tables_become_json() -> None:
    assert said(answer(LoadedModel(Numbers(), COLUMNS), [body(1.5, -1)])) == [
        {"predictions": [1.5, None]}
    ]
    assert said(answer(LoadedModel(Table(), None), [body(1)])) == [
        {"predictions": [{"low": 0, "high": 2}]}
    ]


@pytest.mark.parametrize(
    ("type_", "values", "dtype", "read"),
    [
        ("double", [1, None, 2.5], "float64", [1.0, None, 2.5]),
        ("long", [1, 2.0], "int64", [1, 2]),
        ("long", [1, None], "float64", [1.0, None]),
        ("boolean", [True, False], "bool", [True, False]),
        ("datetime", ["2026-01-31T12:00:00Z", None], None, [datetime(2026, 1, 31, 12), None]),  # noqa: DTZ001
        ("string", ["a", None], None, ["a", None]),
        ("string", [None, None], None, [None, None]),
    ],
)
def test_columns_are_read_as_their_type(
    type_: str, values: list[Any], dtype: str | None, read: list[Any]
) -> None:
    column = to_frame([InputColumn("c", type_)], {"c": values})["c"]
    assert dtype is None or str(column.dtype) == dtype
    assert [None if pd.isna(value) else value for value in column] == read


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        ("double", "1", "a number"),
        ("double", 10**400, "64 bits"),
        ("long", 1.5, "whole number"),
        ("integer", 2**31, "whole number"),
        ("boolean", 1, "true"),
        ("string", 1, "a text"),
        ("datetime", "soon", "2026-01-31"),
        ("datetime", 5, "a time"),
    ],
)
def test_a_wrong_value_is_named(type_: str, value: object, expected: str) -> None:
    with pytest.raises(PredictionError, match=f"Row 1, column 'c'.*{expected}") as caught:
        to_frame([InputColumn("c", type_)], {"c": [None, value]})
    assert caught.value.problem is Problem.VALUE_INVALID
