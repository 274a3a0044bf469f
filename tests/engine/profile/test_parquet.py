"""Profiles against pandas and numpy, on a real table and on made ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from maestro_ml.engine.profile import ColumnProfile, TableProfile, profile_parquet

TITANIC = Path(__file__).parents[3] / "examples" / "data" / "titanic.csv"


def profile_of(table: pa.Table, folder: Path, group_rows: int = 500) -> TableProfile:
    pq.write_table(table, folder / "table.parquet", row_group_size=group_rows)
    return profile_parquet(pq.ParquetFile(folder / "table.parquet"))


def column_of(profile: TableProfile, name: str) -> ColumnProfile:
    return next(column for column in profile.columns if column.name == name)


def codes(profile: TableProfile) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for warning in profile.warnings:
        found.setdefault(warning.code, []).extend(warning.columns)
    return found


@pytest.fixture(scope="module")
def titanic() -> pd.DataFrame:
    return pd.read_csv(TITANIC)


@pytest.mark.parametrize("name", ["age", "fare", "sibsp", "parch", "survived"])
def test_numbers_agree_with_pandas(titanic: pd.DataFrame, tmp_path: Path, name: str) -> None:
    expected = titanic[name]
    column = column_of(profile_of(pa_csv.read_csv(TITANIC), tmp_path), name)
    assert (column.count, column.missing) == (expected.count(), expected.isna().sum())
    assert column.distinct == expected.nunique()
    assert (column.min, column.max) == (expected.min(), expected.max())
    assert column.mean == pytest.approx(expected.mean(), rel=1e-12)
    assert column.std == pytest.approx(expected.std(), rel=1e-12)
    assert column.quantiles is not None
    got = [getattr(column.quantiles, q) for q in ("q05", "q25", "q50", "q75", "q95")]
    assert got == pytest.approx(list(expected.quantile([0.05, 0.25, 0.5, 0.75, 0.95])))
    assert column.histogram is not None
    counts, _ = np.histogram(expected.dropna(), bins=np.array(column.histogram.edges, dtype=float))
    assert column.histogram.counts == counts.tolist()
    top = expected.value_counts()
    assert [value.count for value in column.top_values] == top.head(10).tolist()
    assert all(top[value.value] == value.count for value in column.top_values)


@pytest.mark.parametrize("name", ["gender", "class", "embarked"])
def test_texts_agree_with_pandas(titanic: pd.DataFrame, tmp_path: Path, name: str) -> None:
    column = column_of(profile_of(pa_csv.read_csv(TITANIC), tmp_path), name)
    lengths = titanic[name].str.len()
    assert column.type == "categorical"
    assert column.length is not None
    assert (column.length.min, column.length.max) == (lengths.min(), lengths.max())
    assert column.length.mean == pytest.approx(lengths.mean())
    expected = titanic[name].value_counts()
    assert {t.value: t.count for t in column.top_values} == expected.to_dict()


def test_beyond_its_memory_it_estimates_and_says_so(tmp_path: Path) -> None:
    generator = np.random.default_rng(5)
    rows = 700_000
    values = generator.normal(size=rows)
    values[: rows // 4] = 0
    ids = [f"user-{i}" for i in range(rows)]
    table = pa.table({"value": generator.permutation(values), "user": ids})
    value, user = profile_of(table, tmp_path, 65_536).columns
    for column, distinct in ((value, rows - rows // 4 + 1), (user, rows)):
        assert not column.distinct_exact
        assert column.distinct == pytest.approx(distinct, rel=0.07)
    assert value.sample_rows is not None
    assert value.sample_rows < rows
    assert value.quantiles is not None
    assert value.quantiles.q95 == pytest.approx(np.quantile(values, 0.95), abs=0.02)
    assert value.histogram is not None
    assert sum(value.histogram.counts) == pytest.approx(rows, rel=0.01)
    assert not value.top_values_exact
    assert value.top_values[0].value == 0
    assert value.top_values[0].count == pytest.approx(rows / 4, rel=0.02)
    assert value.mean == pytest.approx(values.mean(), rel=1e-9)


def test_the_same_table_gives_the_same_profile(tmp_path: Path) -> None:
    table = pa.table({"x": np.random.default_rng(1).normal(size=600_000)})
    assert profile_of(table, tmp_path, 65_536) == profile_of(table, tmp_path, 65_536)


def test_dates_are_shown_as_iso_8601(tmp_path: Path) -> None:
    days = pd.date_range("2024-01-01", periods=101, freq="D")
    table = pa.table(
        {"day": pa.array(days.date), "at": pa.array(days).cast(pa.timestamp("us", "UTC"))}
    )
    day, at = profile_of(table, tmp_path).columns
    assert (day.type, day.min, day.max) == ("date", "2024-01-01", "2024-04-10")
    assert day.quantiles is not None
    assert day.quantiles.q50 == "2024-02-20"
    assert day.mean is None
    assert (at.type, at.min) == ("datetime", "2024-01-01T00:00:00+00:00")
    assert at.histogram is not None
    assert sum(at.histogram.counts) == 101


def test_infinite_numbers_are_counted_and_left_out(tmp_path: Path) -> None:
    profile = profile_of(pa.table({"x": [1.0, 2.0, float("inf"), -float("inf"), None]}), tmp_path)
    (column,) = profile.columns
    assert (column.infinite, column.missing, column.distinct) == (2, 1, 4)
    assert (column.min, column.max, column.mean) == (1.0, 2.0, 1.5)
    assert codes(profile)["infinite_values"] == ["x"]


def test_large_integers_keep_every_digit_in_min_and_max(tmp_path: Path) -> None:
    (column,) = profile_of(pa.table({"x": [2**63 - 1, -(2**63), 0]}), tmp_path).columns
    assert (column.min, column.max) == (-(2**63), 2**63 - 1)


def test_warnings_name_what_deserves_a_look(tmp_path: Path) -> None:
    rows = 200
    generator = np.random.default_rng(3)
    heights = generator.normal(size=rows)
    table = pa.table(
        {
            "id": range(rows),
            "empty": pa.nulls(rows, pa.string()),
            "same": ["x"] * rows,
            "height": heights,
            "height_again": heights,
            "income": generator.lognormal(0, 3, rows),
            "fraud": [i == 7 for i in range(rows)],
            "fine": generator.choice(["a", "b"], rows),
        }
    )
    assert codes(profile_of(table, tmp_path)) == {
        "id_like": ["id"],
        "all_missing": ["empty"],
        "constant": ["same"],
        "duplicate_column": ["height", "height_again"],
        "skewed": ["income"],
        "imbalanced": ["fraud"],
    }


def test_columns_alike_in_all_figures_but_not_in_order_are_no_duplicates(tmp_path: Path) -> None:
    table = pa.table({"a": [1, 2, 3, 4], "b": [4, 3, 2, 1]})
    assert "duplicate_column" not in codes(profile_of(table, tmp_path))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["red", "blue"] * 50, "categorical"),
        ([f"AB{i:05}" for i in range(100)], "string"),
        ([f"A long review, the {i}th, of something bought last year." for i in range(100)], "text"),
    ],
)
def test_texts_are_told_apart(tmp_path: Path, values: list[str], expected: str) -> None:
    assert profile_of(pa.table({"x": values}), tmp_path).columns[0].type == expected


def test_many_columns(tmp_path: Path) -> None:
    table = pa.table({f"c{i}": [i, i + 1] for i in range(3000)})
    profile = profile_of(table, tmp_path)
    assert [column.min for column in profile.columns] == list(range(3000))
