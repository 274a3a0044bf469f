"""After the portfolio: what is proposed, in which order, and when a trial is not carried on."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from maestro_ml.engine.automl import AutoMLEngine, Candidate
from maestro_ml.engine.automl.agenda import Agenda, Planned, Proposal
from maestro_ml.engine.automl.errors import UnknownEngineError
from maestro_ml.engine.automl.learners.constant import ConstantLearner
from maestro_ml.engine.automl.learners.linear import LinearLearner
from maestro_ml.engine.automl.portfolio import lightgbm, linear, starting_portfolio
from maestro_ml.engine.automl.prepare import prepare
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.refine import METHODS, FamilyRefinement
from maestro_ml.engine.automl.refine.spaces import spaces_for
from maestro_ml.engine.automl.trial import OutclassedError, run_trial

Table = tuple[pd.DataFrame, pd.Series]
FOLDS = 5


@pytest.fixture(scope="module")
def problem(titanic: Table) -> Problem:
    features, target = titanic
    return prepare(features[:400], target[:400], task=None, metric=None, seed=7, budget=60).problem


def small_trees_are_best(candidate: Candidate) -> tuple[float, ...]:
    """Scores with an optimum at six leaves; the linear family is worse than that, but close."""
    leaves = candidate.params.get("num_leaves")
    score = 0.70 if leaves is None else 0.85 - 0.05 * abs(np.log(leaves / 6))
    return tuple(score + 0.05 * fold for fold in range(FOLDS))


def propose(refinement: FamilyRefinement, count: int) -> list[Candidate]:
    """Evaluate that many proposals, each before the next."""
    candidates = []
    for _ in range(count):
        proposal = refinement.propose()
        assert proposal is not None
        candidates.append(proposal.candidate)
        refinement.learn(proposal.candidate, small_trees_are_best(proposal.candidate))
    return candidates


def begun(problem: Problem, *methods: str) -> FamilyRefinement:
    refinement = FamilyRefinement(problem, methods or tuple(METHODS))
    for known in (lightgbm("start", 0.1, num_leaves=100), linear("line", strength=1.0)):
        refinement.learn(known, small_trees_are_best(known))
    return refinement


def test_the_portfolio_gives_each_family_a_point_to_begin_with(problem: Problem) -> None:
    spaces = spaces_for(problem)
    placed = {
        candidate.family
        for candidate in starting_portfolio(problem)
        if candidate.family in spaces and spaces[candidate.family].place(candidate)
    }
    assert placed == set(spaces)


@pytest.mark.parametrize("method", METHODS)
def test_a_method_finds_better_points_than_it_began_with(problem: Problem, method: str) -> None:
    tried = propose(begun(problem, method), 40)
    leaves = [
        candidate.params["num_leaves"] for candidate in tried if candidate.family == "lightgbm"
    ]
    assert abs(np.log(np.median(leaves[-8:]) / 6)) < abs(np.log(100 / 6)) / 2
    assert all(candidate.name.split("-")[1] == method for candidate in tried)


def test_the_same_results_lead_to_the_same_proposals_in_both_methods(problem: Problem) -> None:
    one, other = (propose(begun(problem), 12) for _ in range(2))
    assert [(c.name, dict(c.params)) for c in one] == [(c.name, dict(c.params)) for c in other]
    assert {c.name.split("-")[1] for c in one} == set(METHODS)


def test_the_better_family_is_varied_more_often(problem: Problem) -> None:
    families = [candidate.family for candidate in propose(begun(problem), 20)]
    assert families.count("lightgbm") > families.count("linear") > 0


def test_what_was_given_up_or_failed_is_learned_from_too(problem: Problem) -> None:
    refinement = begun(problem)
    for scores in [(0.4,), (), (0.5, 0.5), ()] * 3:
        proposal = refinement.propose()
        assert proposal is not None
        assert len(proposal.rival) == FOLDS
        refinement.learn(proposal.candidate, scores)


def test_without_a_result_nothing_is_proposed(problem: Problem) -> None:
    refinement = FamilyRefinement(problem)
    refinement.learn(Candidate("x", "constant", ConstantLearner), (0.5,) * FOLDS)
    assert refinement.propose() is None


def test_a_trial_far_behind_its_rival_is_not_carried_on(problem: Problem) -> None:
    rival = run_trial(LinearLearner(), problem, 30).fold_scores
    again = run_trial(LinearLearner(), problem, 30, rival=rival)
    assert again.fold_scores == rival
    with pytest.raises(OutclassedError, match="on 1 of 8 folds") as caught:
        run_trial(ConstantLearner(), problem, 30, rival=rival)
    assert len(caught.value.fold_scores) == 1


def everything(candidate: Candidate) -> bool:
    return bool(candidate)


class Counting:
    """A refinement that proposes what it has learned so far, by name."""

    def __init__(self) -> None:
        self.learned: list[str] = []

    def learn(self, candidate: Candidate, fold_scores: tuple[float, ...]) -> None:
        self.learned.append(candidate.name)

    def propose(self) -> Proposal:
        return Proposal(Candidate("+".join(self.learned), "any", ConstantLearner), (1.0,))


def test_the_agenda_passes_results_on_in_their_order_whichever_comes_first() -> None:
    refinement = Counting()
    first, second = (Candidate(name, "any", ConstantLearner) for name in ("a", "b"))
    agenda = Agenda([(0, first), (1, second)], lambda: refinement, folds=1, lag=1, last=3)
    assert agenda.next(lambda candidate: candidate is second, look=True) == Planned(
        1, second, range(1)
    )
    assert agenda.next(everything, look=True) == Planned(0, first, range(1))
    agenda.learn(1, second, (0.5,))
    assert agenda.next(everything, look=True) is None, "the first is awaited"
    agenda.learn(0, first, (0.5,))
    proposed = agenda.next(everything, look=True)
    assert proposed is not None
    assert (proposed.number, proposed.candidate.name, proposed.rival) == (2, "a+b", (1.0,))
    assert agenda.next(everything, look=True) is not None, "one may be awaited"
    agenda.learn(2, proposed.candidate, ())
    assert agenda.next(everything, look=True) is None, "the last number was given"


def test_a_search_goes_on_after_its_portfolio(iris: Table) -> None:
    portfolio = (linear("linear", instant=True, strength=1.0), lightgbm("tree", 0.1, num_leaves=4))
    one, other = (
        AutoMLEngine(
            120, engine="auto", portfolio=portfolio, max_trials=6, seed=2, n_jobs=jobs
        ).fit(*iris)
        for jobs in (1, 2)
    )
    tried = [row.name for row in one.leaderboard] + [skipped.name for skipped in one.skipped]
    refined = {name for name in tried if "optuna" in name or "flaml" in name}
    assert len(refined) == 4
    assert [
        replace(row, fit_seconds=0, predict_ms_per_1000=0, memory_mb=0) for row in one.leaderboard
    ] == [
        replace(row, fit_seconds=0, predict_ms_per_1000=0, memory_mb=0) for row in other.leaderboard
    ]


def test_an_unknown_engine_is_said_with_the_known_ones() -> None:
    with pytest.raises(UnknownEngineError, match="auto, optuna, flaml, portfolio"):
        AutoMLEngine(10, engine="magic")
