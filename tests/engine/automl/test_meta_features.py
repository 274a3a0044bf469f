"""A table's description: finite, the same for the same table, and there at once."""

import time

import numpy as np
import pandas as pd
import pytest

from maestro_ml.engine.automl import Task
from maestro_ml.engine.automl.meta_features import describe
from maestro_ml.engine.automl.prepare import prepare
from maestro_ml.engine.automl.problem import Problem

Table = tuple[pd.DataFrame, pd.Series]


def problem(table: Table, seed: int = 0) -> Problem:
    return prepare(*table, task=None, metric=None, seed=seed, budget=30).problem


def test_a_description_tells_what_is_in_the_table(titanic: Table, iris: Table) -> None:
    passengers, flowers = describe(problem(titanic)), describe(problem(iris))
    assert passengers["log_rows"] == pytest.approx(np.log(2207), abs=1e-6)
    assert passengers["categorical_share"] == pytest.approx(3 / 7, abs=1e-6)
    assert flowers["log_classes"] == pytest.approx(np.log(3), abs=1e-6)
    assert flowers["balance"] == pytest.approx(1.0)
    assert flowers["landmark_neighbours"] > 0.8 > passengers["landmark_neighbours"]


def test_it_does_not_hang_on_the_seed_of_the_search(boston: Table) -> None:
    assert describe(problem(boston, seed=1)) == describe(problem(boston, seed=2))


def test_odd_tables_have_finite_descriptions() -> None:
    rows = 40
    table = pd.DataFrame(
        {
            "huge": np.geomspace(1, 1e12, rows),
            "rare": [np.nan] * (rows - 3) + [1.0, 2.0, 3.0],
            "word": ["a", "b", None, "c"] * 10,
        }
    )
    for target in (pd.Series([0, 1] * 20), pd.Series(np.geomspace(1e-6, 1e6, rows))):
        assert np.isfinite(list(describe(problem((table, target))).values())).all()


@pytest.mark.timing
def test_a_description_of_a_great_table_takes_less_than_50_ms_of_a_core() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(50_000, 100))).add_prefix("x")
    found = problem((table, pd.Series(rng.integers(0, 5, 50_000).astype(str))))
    assert found.task is Task.MULTICLASS
    describe(found)
    took = []
    for _ in range(3):
        began = time.process_time()
        describe(found)
        took.append(time.process_time() - began)
    assert min(took) < 0.05
