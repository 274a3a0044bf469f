"""Reading raw columns: what each becomes, and what a row to predict must look like."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from maestro_ml.engine.automl.columns import ColumnKind, recognise
from maestro_ml.engine.automl.errors import (
    InvalidFeaturesError,
    NoFeaturesError,
    SchemaMismatchError,
)
from maestro_ml.engine.automl.schema import drop_repeated, learn_schema

N = 60
RNG = np.random.default_rng(0)
SENTENCES = ["the quick brown fox", "a very lazy old dog", "one more plain sentence here"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (RNG.normal(size=N), ColumnKind.NUMBER),
        (pd.array([1, None] * (N // 2), dtype="Int64"), ColumnKind.NUMBER),
        ([f"{i % 9}.5" for i in range(N)], ColumnKind.NUMBER),
        (["1", "?", "3", "NA", "5", ""] * 10, ColumnKind.NUMBER),
        ([True, False, None] * 20, ColumnKind.BOOLEAN),
        (pd.array([True, None] * (N // 2), dtype="boolean"), ColumnKind.BOOLEAN),
        (pd.date_range("2024-01-01", periods=N), ColumnKind.DATE),
        ([f"{i % 28 + 1}/3/24 10:15" for i in range(N)], ColumnKind.DATE),
        ([f"2024-03-{i % 28 + 1:02d}" for i in range(N)], ColumnKind.DATE),
        (["red", "green", "blue"] * 20, ColumnKind.CATEGORY),
        (pd.Categorical([1, 2, 3] * 20), ColumnKind.CATEGORY),
        ([f"{SENTENCES[i % 3]} {i}" for i in range(N)], ColumnKind.TEXT),
        ([f"id-{i}" for i in range(N)], ColumnKind.IDENTIFIER),
        (np.arange(N) + 1000, ColumnKind.IDENTIFIER),
        (["same"] * N, ColumnKind.CONSTANT),
        ([None] * N, ColumnKind.EMPTY),
        ([{"a": 1}, {"b": 2}] * (N // 2), ColumnKind.UNSUPPORTED),
        (np.array([1j, 2j] * (N // 2)), ColumnKind.UNSUPPORTED),
    ],
)
def test_the_kind_of_a_column_follows_its_values(values: Any, kind: ColumnKind) -> None:
    assert recognise(pd.Series(values, name="column")) is kind


@pytest.mark.parametrize("dtype", ["object", "string", "category"])
def test_all_text_dtypes_of_pandas_encode_alike(dtype: Any) -> None:
    table = pd.DataFrame({"colour": pd.Series(["red", "red", "blue", None] * 10)})
    schema = learn_schema(table)
    again = schema.encode(table.astype(dtype))
    assert again[:3, 0].tolist() == [0.0, 0.0, 1.0]
    assert np.isnan(again[3, 0])


def mixed_table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "size": RNG.normal(size=N),
            "colour": ["red", "green", "blue"] * 20,
            "when": pd.date_range("2024-01-01", periods=N, freq="7h").astype(str),
        }
    )


def test_column_order_and_further_columns_do_not_matter() -> None:
    table = mixed_table()
    schema = learn_schema(table)
    shuffled = table.assign(extra=1)[["when", "extra", "colour", "size"]]
    np.testing.assert_array_equal(schema.encode(table), schema.encode(shuffled))


def test_an_unknown_category_reads_as_missing() -> None:
    schema = learn_schema(mixed_table())
    row = mixed_table().iloc[:1].assign(colour="violet")
    place = [column.name for column in schema.matrix_columns].index("colour")
    assert np.isnan(schema.encode(row)[0, place])


def test_missing_columns_are_named() -> None:
    schema = learn_schema(mixed_table())
    with pytest.raises(SchemaMismatchError, match="missing: colour, when"):
        schema.encode(pd.DataFrame({"size": [1.0]}))


@pytest.mark.parametrize(("column", "value"), [("size", "large"), ("when", "tomorrow")])
def test_a_wrongly_typed_value_is_named(column: str, value: str) -> None:
    schema = learn_schema(mixed_table())
    row = mixed_table().iloc[:1].astype({column: object})
    row[column] = value
    with pytest.raises(SchemaMismatchError, match=rf"'{column}'.*{value}"):
        schema.encode(row)


def test_dates_written_day_first_are_read_so() -> None:
    days = [f"{day}/2/2024" for day in range(1, 29)]
    schema = learn_schema(pd.DataFrame({"when": days, "x": range(0, 56, 2)}))
    feature = schema.features[0]
    assert feature.day_first
    day = [column.name for column in schema.matrix_columns].index("when.day")
    assert schema.encode(pd.DataFrame({"when": ["3/2/2024"], "x": [1]}))[0, day] == 3.0


@pytest.mark.parametrize(
    "written",
    ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%m/%d/%y %H:%M", "%d.%m.%Y", "%Y-%m-%dT%H:%M:%S%z"],
)
def test_dates_are_read_however_they_are_written(written: str) -> None:
    times = pd.date_range("2023-11-01", periods=N, freq="1D", tz="UTC")
    table = pd.DataFrame({"when": times.strftime(written)})
    table.loc[3, "when"] = None
    schema = learn_schema(table)
    days = schema.encode(table)[:, 0]
    assert np.isnan(days[3])
    expected = (times - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)
    known = np.arange(N) != 3
    np.testing.assert_allclose(days[known], expected.to_numpy()[known])


def test_dropped_columns_say_why() -> None:
    size = RNG.normal(size=N)
    table = pd.DataFrame(
        {"size": size, "copy": size, "row": range(N), "same": 1, "empty": [None] * N}
    )
    learned = learn_schema(table)
    schema, matrix = drop_repeated(learned, learned.encode(table))
    np.testing.assert_array_equal(matrix[:, 0], size)
    assert schema.names == ("size",)
    reasons = {column.name: column.reason for column in schema.dropped}
    assert reasons["copy"] == "equals 'size' in every row"
    assert "identifier" in reasons["row"]
    assert "one value" in reasons["same"]
    assert "no value" in reasons["empty"]


def test_infinite_numbers_read_as_missing() -> None:
    table = pd.DataFrame({"x": [1.0, np.inf, -np.inf, 2.0]})
    assert np.isnan(learn_schema(table).encode(table)[1:3]).all()


def test_column_names_need_not_be_text() -> None:
    table = pd.DataFrame(RNG.normal(size=(N, 2)))
    schema = learn_schema(table)
    assert schema.names == ("0", "1")
    assert schema.encode(table).shape == (N, 2)


def test_doubled_names_are_refused() -> None:
    table = pd.DataFrame(RNG.normal(size=(N, 2)), columns=["x", "x"])
    with pytest.raises(InvalidFeaturesError, match="twice: x"):
        learn_schema(table)


def test_a_table_without_information_is_refused() -> None:
    with pytest.raises(NoFeaturesError, match="'x' has one value"):
        learn_schema(pd.DataFrame({"x": [1] * N}))


def test_text_becomes_lengths_and_frequent_words() -> None:
    table = pd.DataFrame({"note": [f"{SENTENCES[i % 3]} number {i}" for i in range(N)]})
    schema = learn_schema(table)
    names = [column.name for column in schema.matrix_columns]
    encoded = schema.encode(table)
    fox = encoded[:, names.index("note.has fox")]
    assert fox.tolist() == [1.0, 0.0, 0.0] * 20
