"""A table of all types, and models of several families trained on it."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from maestro_ml.engine.automl import AutoMLModel, FitContext, Learner, Member, Rows, Task
from maestro_ml.engine.automl.schema import learn_schema

Train = Callable[..., AutoMLModel]


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    """240 rows: numbers with gaps, a category, many categories, a date, a text, noise."""
    rng = np.random.default_rng(3)
    n = 240
    words = ["red house", "old red barn", "new blue house far away", "small barn by the river"]
    return pd.DataFrame(
        {
            "size": np.where(rng.random(n) < 0.1, np.nan, rng.normal(100, 30, n)),
            "rooms": rng.integers(1, 8, n),
            "town": rng.choice(["Ulm", "Jena", "Celle"], n),
            "street": rng.choice([f"street {i}" for i in range(40)], n),
            "built": pd.to_datetime("1990-01-01") + pd.to_timedelta(rng.integers(0, 9000, n), "D"),
            "told": [f"{words[i % 4]} number {i} of the row" for i in rng.integers(0, 900, n)],
            "noise": rng.normal(size=n),
        }
    )


@pytest.fixture(scope="session")
def targets(table: pd.DataFrame) -> dict[Task, np.ndarray]:
    """What rooms, town and size say, as each kind of task."""
    value = table["rooms"] * 10 + table["size"].fillna(100) / 5 + (table["town"] == "Ulm") * 30
    return {
        Task.REGRESSION: value.to_numpy(),
        Task.BINARY: (value > value.median()).to_numpy().astype(float),
        Task.MULTICLASS: pd.qcut(value, 3, labels=False).to_numpy().astype(float),
    }


@pytest.fixture(scope="session")
def train(table: pd.DataFrame, targets: dict[Task, np.ndarray]) -> Train:
    """An AutoML model of these learners: one member each, each with `folds` predictors."""

    def trained(task: Task, *learners: Learner, folds: int = 1) -> AutoMLModel:
        schema = learn_schema(table)
        rows, y = schema.encode(table), targets[task]
        classes = {Task.BINARY: ["no", "yes"], Task.MULTICLASS: ["low", "mid", "high"]}.get(task)
        context = FitContext(
            task, len(classes or ()), schema.matrix_columns, 0, 1, time.monotonic() + 60
        )
        members = []
        for learner in learners:
            predictors = []
            for fold in range(folds):
                held = np.arange(len(y)) % 4 == fold
                predictors.append(
                    learner.fit(Rows(rows[~held], y[~held]), Rows(rows[held], y[held]), context)
                )
            members.append(Member(type(learner).__name__, 1 / len(learners), predictors))
        return AutoMLModel(
            task, "y", schema, tuple(members), None if classes is None else np.array(classes)
        )

    return trained
