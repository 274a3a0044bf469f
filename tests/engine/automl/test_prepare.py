"""What is wrong or suspicious about a table is said before any model is trained."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from maestro_ml.engine.automl import AutoMLEngine, InvalidFeaturesError
from maestro_ml.engine.automl.prepare import Prepared, prepare

N = 200
RNG = np.random.default_rng(0)


def prepared(table: pd.DataFrame, y: pd.Series) -> Prepared:
    return prepare(table, y, task=None, metric=None, seed=0, budget=60)


def noise() -> pd.DataFrame:
    return pd.DataFrame({"x": RNG.normal(size=N), "z": RNG.normal(size=N)})


@pytest.mark.parametrize(
    ("y", "leak"),
    [
        (["yes", "no"] * 100, [1, 0] * 100),
        (["a", "b", "c", "d"] * 50, ["p", "q", "r", "s"] * 50),
        ([0, 1] * 100, [i % 2 + 0.4 * (i / N) for i in range(N)]),
        ([i * 0.7 for i in range(N)], [i * 1.4 + 3.0 for i in range(N)]),
    ],
)
def test_a_column_that_gives_the_target_away_is_warned_of(y: list[object], leak: list[Any]) -> None:
    warnings = prepared(noise().assign(leak=leak), pd.Series(y, name="y")).warnings
    assert len(warnings) == 1
    assert "'leak' alone tells the target" in warnings[0]


def test_an_honest_table_has_no_warnings(titanic: tuple[pd.DataFrame, pd.Series]) -> None:
    assert prepared(*titanic).warnings == ()


def test_rows_without_a_target_are_left_out_and_counted() -> None:
    y = pd.Series([1.0, 0.0, None, 1.0] * 50)
    found = prepared(noise(), y)
    assert len(found.problem.y) == 150
    assert found.warnings[0] == "50 rows without a target were left out."


def test_dropped_columns_and_rare_classes_are_told() -> None:
    y = pd.Series(["a"] * 99 + ["b"] * 98 + ["c"] * 3)
    warnings = prepared(noise().assign(row=range(N)), y).warnings
    assert "Column 'row' was dropped" in warnings[0]
    assert "fewer than 5 rows" in warnings[1]
    assert warnings[1].endswith("c.")


def test_features_and_target_must_fit() -> None:
    engine = AutoMLEngine(10)
    with pytest.raises(InvalidFeaturesError, match="200 rows and the target has 3"):
        engine.fit(noise(), pd.Series([1, 2, 3]))
    with pytest.raises(InvalidFeaturesError, match="pandas DataFrame"):
        engine.fit(noise().to_numpy(), pd.Series([1, 2, 3]))  # type: ignore[arg-type]
