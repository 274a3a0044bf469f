"""Tables and small portfolios for the engine's tests."""

import sys
from pathlib import Path

import cloudpickle
import pandas as pd
import pytest

_DATA = Path(__file__).parents[3] / "examples" / "data"
Table = tuple[pd.DataFrame, pd.Series]


def _split(name: str, target: str) -> Table:
    table = pd.read_csv(_DATA / name).sample(frac=1.0, random_state=0, ignore_index=True)
    return table.drop(columns=target), table[target]


@pytest.fixture(scope="session")
def titanic() -> Table:
    """2,207 rows, 7 features, binary."""
    return _split("titanic.csv", "survived")


@pytest.fixture(scope="session")
def iris() -> Table:
    """150 rows, 4 numbers, 3 classes."""
    return _split("iris.csv", "species")


@pytest.fixture(scope="session")
def boston() -> Table:
    """506 rows, 13 numbers, a regression."""
    return _split("boston.csv", "medv")


@pytest.fixture(autouse=True)
def learners_by_value(request: pytest.FixtureRequest) -> None:
    """Trial processes cannot import test modules, so their learners travel by value."""
    cloudpickle.register_pickle_by_value(sys.modules[request.module.__name__])
