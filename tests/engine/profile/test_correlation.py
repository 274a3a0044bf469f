"""Correlations against pandas, their bounds, and the warnings that follow from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from maestro_ml.engine.profile import Correlations, TableProfile, profile_parquet
from maestro_ml.engine.profile.correlation import MAX_COLUMNS, MAX_ROWS


def profile_of(frame: pd.DataFrame, folder: Path, group_rows: int = 700) -> TableProfile:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    types = [pa.string() if pa.types.is_large_string(each) else each for each in table.schema.types]
    table = table.cast(pa.schema(zip(table.column_names, types, strict=True)))
    pq.write_table(table, folder / "table.parquet", row_group_size=group_rows)
    return profile_parquet(pq.ParquetFile(folder / "table.parquet"))


def correlations_of(frame: pd.DataFrame, folder: Path) -> Correlations:
    found = profile_of(frame, folder).correlations
    assert found is not None
    return found


def test_they_agree_with_pandas_where_values_are_missing(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(2000, 3)), columns=["a", "b", "c"])
    frame["c"] = frame["a"] * 0.5 + frame["c"]
    frame.loc[rng.random(2000) < 0.3, "a"] = np.nan
    frame.loc[5, "b"] = np.inf
    frame["flag"] = frame["c"] > 0
    found = correlations_of(frame, tmp_path)
    expected = frame.replace(np.inf, np.nan).astype(float).corr()
    assert found.columns == ["a", "b", "c", "flag"]
    assert (found.rows, found.omitted) == (2000, 0)
    np.testing.assert_allclose(np.array(found.values, float), expected.to_numpy(), rtol=1e-9)


def test_long_and_wide_tables_are_bounded_and_say_so(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    rows = 3 * MAX_ROWS + 1
    wide = pd.DataFrame(rng.normal(size=(50, MAX_COLUMNS + 5)).round(3)).rename(columns=str)
    assert correlations_of(wide, tmp_path).omitted == 5
    base = rng.normal(size=rows)
    long = pd.DataFrame({"a": base, "b": base + rng.normal(size=rows)})
    found = correlations_of(long, tmp_path)
    assert MAX_ROWS / 2 < found.rows <= MAX_ROWS
    assert found.values[0][1] == pytest.approx(long.corr().iloc[0, 1], abs=0.03)


def test_without_a_pair_of_varying_numbers_there_are_none(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1, 2, 3], "same": [7, 7, 7], "text": ["x", "y", "z"]})
    assert profile_of(frame, tmp_path).correlations is None


def test_two_rows_in_common_define_nothing(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1.0, 2, None, None], "b": [1.0, 3, 2, 5]})
    assert correlations_of(frame, tmp_path).values[0][1] is None


def test_what_gives_another_column_away_is_warned_of_once(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    price = rng.gamma(3, 100, 400)
    frame = pd.DataFrame(
        {
            "price": price,
            "price_with_tax": price * 1.19 + rng.normal(0, 0.01, 400),
            "copy": price,
            "unrelated": rng.normal(size=400),
            "city": [f"city {n % 150}" for n in range(400)],
            "rare": np.where(rng.random(400) < 0.2, rng.normal(size=400), np.nan),
        }
    )
    warnings = [(w.code, w.columns) for w in profile_of(frame, tmp_path).warnings]
    assert ("duplicate_column", ["price", "copy"]) in warnings
    assert [w[1] for w in warnings if w[0] == "highly_correlated"] == [["price", "price_with_tax"]]
    assert ("high_cardinality", ["city"]) in warnings
    assert ("mostly_missing", ["rare"]) in warnings
    assert not [w for w in warnings if "unrelated" in w[1]]
