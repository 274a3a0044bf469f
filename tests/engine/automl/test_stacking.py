"""A second layer: when there is one, what it reads, and that the model asks what it was trained on."""

import time
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
import pytest

from maestro_ml.engine.automl import (
    AutoMLEngine,
    AutoMLResult,
    Candidate,
    FitContext,
    Predictor,
    Rows,
    Split,
    TimeSplit,
)
from maestro_ml.engine.automl.agenda import Agenda, Planned
from maestro_ml.engine.automl.assemble import build_model, choose_members
from maestro_ml.engine.automl.clock import Clock
from maestro_ml.engine.automl.finished import FinishedTrial
from maestro_ml.engine.automl.learners.forests import ForestLearner
from maestro_ml.engine.automl.learners.linear import LinearLearner
from maestro_ml.engine.automl.model import as_columns
from maestro_ml.engine.automl.prepare import Prepared, prepare
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.progress import Progress
from maestro_ml.engine.automl.runner import Ended, TrialResult
from maestro_ml.engine.automl.search import Search
from maestro_ml.engine.automl.stacking import first_layer_end, stackable
from maestro_ml.engine.automl.tasks import FloatArray
from maestro_ml.engine.automl.trial import run_trial
from maestro_ml.engine.metalearning import past_task

Table = tuple[pd.DataFrame, pd.Series]


@dataclass(frozen=True)
class _Last:
    """Says what the last column of the matrix says."""

    def predict(self, X: FloatArray) -> FloatArray:  # noqa: N803
        return X[:, -1]


@dataclass(frozen=True)
class ReadsTheLast:
    def fit(self, train: Rows, valid: Rows, context: FitContext) -> Predictor:
        return _Last()


def prepared(table: Table, budget: float = 60.0, split: Split | None = None) -> Prepared:
    return prepare(*table, task=None, metric=None, seed=0, budget=budget, split=split)


@pytest.fixture(scope="module")
def search(boston: Table) -> AutoMLResult:
    """A linear model, a forest and neighbours, then what is stacked on them."""
    portfolio = (
        Candidate("linear", "linear", LinearLearner, instant=True),
        Candidate("hinges", "linear", LinearLearner, {"hinges": True}),
        Candidate("forest", "forest", ForestLearner, {"trees": 20}),
    )
    return AutoMLEngine(30, portfolio=portfolio, n_jobs=2).fit(*boston)


def test_stacked_models_stand_for_election_and_tell_what_they_read(search: AutoMLResult) -> None:
    rows = {row.name: row for row in search.leaderboard if row.family == "stack"}
    assert set(rows) == {"stack-lightgbm", "stack-extra-trees"}
    for row in rows.values():
        assert {"linear", "forest"} & set(row.params["reads"])
        assert row.score > next(r.score for r in search.leaderboard if r.name == "linear")


def test_a_search_of_the_same_trials_stacks_the_same(search: AutoMLResult, boston: Table) -> None:
    portfolio = (
        Candidate("linear", "linear", LinearLearner, instant=True),
        Candidate("hinges", "linear", LinearLearner, {"hinges": True}),
        Candidate("forest", "forest", ForestLearner, {"trees": 20}),
    )
    again = AutoMLEngine(30, portfolio=portfolio, n_jobs=1).fit(*boston)
    assert again.ensemble == search.ensemble
    assert np.array_equal(again.predictions, search.predictions)


def test_what_is_remembered_has_no_stacked_models(search: AutoMLResult) -> None:
    past = past_task(search, key="k", name="boston")
    assert {trial.family for trial in past.trials} == {"baseline", "linear", "forest"}


def test_a_stacked_member_has_its_bases_asked_and_nothing_else(boston: Table) -> None:
    ready = prepared(boston)
    linear = Candidate("linear", "linear", LinearLearner)
    base = FinishedTrial(0, linear, run_trial(LinearLearner(), ready.problem, 10.0), 0.0)
    wide = replace(
        ready.problem,
        X=np.column_stack([ready.problem.X, as_columns(base.outcome.predictions)]),
    )
    outcome = run_trial(ReadsTheLast(), wide, 10.0)
    stacked = FinishedTrial(1, Candidate("echo", "stack", ReadsTheLast), outcome, 0.0, (base,))
    assembly = choose_members([stacked], ready.problem, float("inf"))
    model = build_model(assembly, ready)
    assert [(member.name, member.weight) for member in model.members] == [
        ("linear", 0.0),
        ("echo", 1.0),
    ]
    alone = build_model(choose_members([base], ready.problem, float("inf")), ready)
    # What echoes the linear model's answer is the linear model.
    assert model.predict(boston[0]) == pytest.approx(alone.predict(boston[0]))


@pytest.mark.parametrize(
    ("rows", "budget", "split"),
    [
        pytest.param(250, 60.0, None, id="few-rows"),
        pytest.param(506, 0.05, None, id="one-held-back-part"),
        pytest.param(506, 60.0, TimeSplit("age"), id="later-rows-validate"),
    ],
)
def test_no_second_layer_where_rows_have_no_honest_prediction(
    boston: Table, rows: int, budget: float, split: Split | None
) -> None:
    features, target = boston
    problem = prepared((features[:rows], target[:rows]), budget, split).problem
    assert not stackable(problem)


def test_a_second_layer_gets_an_eighth_of_the_time_when_that_is_enough(boston: Table) -> None:
    problem = prepared(boston).problem
    assert stackable(problem)
    assert first_layer_end(problem, Clock(0.0, 100.0)) == pytest.approx(94.0 - 12.0)
    assert first_layer_end(problem, Clock(0.0, 5.0)) == Clock(0.0, 5.0).trials_end


class FirstLooks:
    """Runs first looks at once, in this process, and never ends anything else."""

    cores, ready = 1, True

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._ended: list[Ended] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None: ...

    def load(self, problem: Problem) -> Problem:
        return problem

    def start(self, planned: Planned, seconds: float) -> None:
        if planned.folds.start == 0:
            outcome = run_trial(LinearLearner(), self._problem, seconds, folds=planned.folds)
            self._ended.append(
                Ended(planned.number, TrialResult(outcome, "", 0.0), "", 0.0, outcome.fit_seconds)
            )

    def kill(self, number: int, reason: str) -> None: ...

    def collect(self, seconds: float) -> list[Ended]:
        ended, self._ended = self._ended, []
        return ended


def test_a_stacked_model_of_some_folds_is_no_result(boston: Table) -> None:
    """Weighing it would leave only the rows of those folds to weigh all others on."""
    problem = prepared(boston).problem
    linear = Candidate("linear", "linear", LinearLearner)
    first = FinishedTrial(0, linear, run_trial(LinearLearner(), problem, 10.0), 0.0)
    agenda = Agenda([(1, linear)], None, folds=len(problem.folds), lag=0, last=None)
    end = time.monotonic() + 1.0
    progress = Progress((), time.monotonic(), 1.0)
    layer = Search(
        problem, agenda, FirstLooks(problem), 1, end, progress, lambda: False, before=[first]
    )
    layer.run()
    assert layer.finished == []
    (looked,) = layer.without_score
    assert looked.expected == pytest.approx(first.score), "as good as the same model was"
