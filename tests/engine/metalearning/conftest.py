"""Past tasks made up so that it is known what is best on them, and a problem to start on."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import pytest

from maestro_ml.engine.automl import Candidate, starting_portfolio
from maestro_ml.engine.automl.meta_features import describe
from maestro_ml.engine.automl.prepare import prepare
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.metalearning import PastTask, PastTrial

Scores = Callable[[Candidate], float | None]
MakeTask = Callable[..., PastTask]


@pytest.fixture(scope="session")
def problem() -> Problem:
    """200 rows, five columns of which one is a category, two classes."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(200, 4))).add_prefix("x")
    table["kind"] = rng.choice(["a", "b", "c"], 200)
    target = (table["x0"] + rng.normal(size=200) > 0).map({True: "yes", False: "no"})
    return prepare(table, target, task=None, metric=None, seed=0, budget=30).problem


@pytest.fixture(scope="session")
def meta_features(problem: Problem) -> Mapping[str, float]:
    return describe(problem)


@pytest.fixture(scope="session")
def defaults(problem: Problem) -> Sequence[Candidate]:
    return starting_portfolio(problem)


@pytest.fixture(scope="session")
def make_task(meta_features: Mapping[str, float], defaults: Sequence[Candidate]) -> MakeTask:
    """A past task much like the problem, on which each candidate has the score that is given."""

    def make(
        key: str, scores: Scores, *, task: str = "binary", more: Sequence[Candidate] = ()
    ) -> PastTask:
        tried = [*defaults, *more]
        trials = [PastTrial(c.name, c.family, c.params, scores(c), 1.0) for c in tried]
        return PastTask(
            key=key,
            name=f"table {key}",
            task=task,
            metric="roc_auc",
            meta_features={**meta_features, "log_rows": meta_features["log_rows"] + 0.1},
            trials=(PastTrial("constant", "baseline", {}, 0.5, 0.0), *trials),
        )

    return make
