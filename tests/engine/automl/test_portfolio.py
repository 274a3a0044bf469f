"""Every configuration of the portfolio fits every task, in time, on a table with everything."""

import pickle
import time
import warnings

import cloudpickle
import numpy as np
import pandas as pd
import pytest

from maestro_ml.engine.automl.learners.base import Rows
from maestro_ml.engine.automl.portfolio import Candidate, starting_portfolio
from maestro_ml.engine.automl.prepare import prepare
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.tasks import FloatArray, Task
from maestro_ml.engine.automl.trial import fit_context

N = 160


def problem_of(task: Task) -> Problem:
    """Numbers with gaps, a repeated price, few and many levels; the target needs three of them."""
    rng = np.random.default_rng(0)
    size, price = rng.normal(size=N), rng.choice(np.arange(30.0), N)
    colour, city = rng.choice(["red", "green", "blue"], N), rng.integers(0, 60, N).astype(str)
    signal = size + (colour == "red") + price / 15 + 0.3 * rng.normal(size=N)
    table = pd.DataFrame({"size": size, "price": price, "colour": colour, "city": "c" + city})
    table.loc[::9, ["size", "colour"]] = None
    y = pd.Series(signal)
    if task is Task.BINARY:
        y = pd.Series(np.where(signal > np.median(signal), "yes", "no"))
    elif task is Task.MULTICLASS:
        y = pd.Series(pd.qcut(signal, 3, labels=["low", "mid", "high"]))
    return prepare(table, y, task=task, metric=None, seed=0, budget=60).problem


PROBLEMS = {task: problem_of(task) for task in Task}
BINARY = [(c, Task.BINARY) for c in starting_portfolio(PROBLEMS[Task.BINARY])]
# One of each family where a family treats the tasks alike; the exact ones where it has such.
OTHERS = [
    (candidate, task)
    for task in (Task.MULTICLASS, Task.REGRESSION)
    for candidate in starting_portfolio(PROBLEMS[task])
    if candidate.name.endswith(("d6-exact", "8leaf-exact", "d3", "hinges", "leaf5", "leaf3"))
    or candidate.family in {"svm", "network", "neighbours"}
]
CASES = BINARY + OTHERS


def fitted_predictions(candidate: Candidate, task: Task, seconds: float) -> FloatArray:
    problem = PROBLEMS[task]
    fold = problem.folds[0]
    train = Rows(problem.X[fold.train], problem.y[fold.train])
    valid = Rows(problem.X[fold.valid], problem.y[fold.valid])
    learner = candidate.learner(**candidate.params)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in trial processes: convergence is not our concern
        model = learner.fit(train, valid, fit_context(problem, time.monotonic() + seconds, 0))
    again = pickle.loads(cloudpickle.dumps(model))
    np.testing.assert_allclose(again.predict(valid.X), model.predict(valid.X))
    return np.asarray(again.predict(valid.X))


@pytest.mark.parametrize(
    ("candidate", "task"), CASES, ids=[f"{task.value}-{c.name}" for c, task in CASES]
)
def test_a_candidate_learns_and_its_pickle_predicts(candidate: Candidate, task: Task) -> None:
    problem = PROBLEMS[task]
    predicted = fitted_predictions(candidate, task, seconds=0.7)
    y = problem.y[problem.folds[0].valid]
    if task is Task.REGRESSION:
        assert predicted.shape == y.shape
        assert np.corrcoef(predicted, y)[0, 1] > 0.3
    else:
        assert predicted.shape == (len(y), problem.n_classes)
        np.testing.assert_allclose(predicted.sum(axis=1), 1.0, rtol=1e-5)
        assert (predicted.argmax(axis=1) == y).mean() > 1.1 / problem.n_classes


@pytest.mark.parametrize(
    ("candidate", "task"),
    [case for case in CASES if case[0].anytime and case[0].name.endswith(("d6", "4leaf", "leaf5"))],
    ids=lambda given: given.value if isinstance(given, Task) else given.name,
)
def test_a_learner_out_of_time_still_gives_a_model(candidate: Candidate, task: Task) -> None:
    assert np.isfinite(fitted_predictions(candidate, task, seconds=-1.0)).all()


@pytest.mark.parametrize("task", list(Task))
def test_the_portfolio_is_varied_and_names_are_unique(task: Task) -> None:
    portfolio = starting_portfolio(PROBLEMS[task])
    names = [candidate.name for candidate in portfolio]
    assert len(set(names)) == len(names) >= 16
    assert len({candidate.family for candidate in portfolio[:8]}) >= 4
    assert portfolio[0].instant


def test_exact_values_are_left_out_where_no_number_comes_back() -> None:
    table = pd.DataFrame({"x": np.random.default_rng(0).normal(size=N)})
    y = pd.Series([0, 1] * (N // 2))
    problem = prepare(table, y, task=None, metric=None, seed=0, budget=60).problem
    names = [candidate.name for candidate in starting_portfolio(problem)]
    assert not [name for name in names if "exact" in name]
    assert len(names) >= 16
