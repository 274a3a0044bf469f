"""First looks at all candidates, then the best in full: the order of a search's trials."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from maestro_ml.engine.automl import Candidate
from maestro_ml.engine.automl.agenda import Agenda, Planned
from maestro_ml.engine.automl.learners.constant import ConstantLearner
from maestro_ml.engine.automl.learners.linear import LinearLearner
from maestro_ml.engine.automl.prepare import prepare
from maestro_ml.engine.automl.trial import run_trial

Table = tuple[pd.DataFrame, pd.Series]
TREE_A, TREE_B, LINE, SLOW = (
    Candidate(name, family, ConstantLearner)
    for name, family in (("a", "tree"), ("b", "tree"), ("line", "linear"), ("slow", "tree"))
)
FIRST, REST = range(1), range(1, 5)


def everything(candidate: Candidate) -> bool:
    return bool(candidate)


def looked_at(agenda: Agenda, scores: dict[str, float]) -> None:
    while (planned := agenda.next(everything, look=True)) and planned.folds == FIRST:
        agenda.look(planned.number, planned.candidate, scores[planned.candidate.name])
        if len(scores) == planned.number + 1:
            return


def agenda_of(*candidates: Candidate, recalled: Collection[str] = ()) -> Agenda:
    numbered = list(enumerate(candidates))
    return Agenda(numbered, None, folds=5, lag=1, last=None, recalled=recalled)


def test_all_get_a_first_look_and_then_the_best_goes_on() -> None:
    agenda = agenda_of(TREE_A, TREE_B, LINE)
    looked_at(agenda, {"a": 0.7, "b": 0.9, "line": 0.8})
    assert agenda.next(everything, look=True) == Planned(1, TREE_B, REST)
    assert agenda.next(everything, look=True) == Planned(2, LINE, REST), "a new family"
    assert agenda.next(everything, look=True) == Planned(0, TREE_A, REST)
    assert agenda.next(everything, look=True) is None


def test_when_the_time_to_look_is_over_the_best_so_far_goes_on() -> None:
    agenda = agenda_of(TREE_A, TREE_B)
    assert agenda.next(everything, look=False) == Planned(0, TREE_A, FIRST), "nothing else to do"
    agenda.look(0, TREE_A, 0.7)
    assert agenda.next(everything, look=False) == Planned(0, TREE_A, REST)
    assert agenda.next(everything, look=False) == Planned(1, TREE_B, FIRST)


def test_what_past_tasks_recommend_and_is_best_here_is_the_first_whole_result() -> None:
    agenda = agenda_of(TREE_A, TREE_B, LINE, SLOW, recalled={"b"})
    for number, score in enumerate((0.7, 0.9, 0.8)):
        planned = agenda.next(everything, look=True)
        assert planned is not None
        assert (planned.number, planned.folds) == (number, FIRST), "three looks come before"
        agenda.look(number, planned.candidate, score)
    assert agenda.next(everything, look=True) == Planned(1, TREE_B, REST)
    assert agenda.next(everything, look=True) == Planned(3, SLOW, FIRST)


def test_what_past_tasks_recommend_waits_where_it_is_not_the_best() -> None:
    agenda = agenda_of(TREE_A, TREE_B, LINE, SLOW, recalled={"a"})
    looked_at(agenda, {"a": 0.7, "b": 0.9, "line": 0.8})
    assert agenda.next(everything, look=True) == Planned(3, SLOW, FIRST)


def test_a_candidate_that_does_not_fit_comes_after_what_does() -> None:
    agenda = agenda_of(SLOW, TREE_A)

    def quick(candidate: Candidate) -> bool:
        return candidate is not SLOW

    assert agenda.next(quick, look=True) == Planned(1, TREE_A, FIRST)
    agenda.look(1, TREE_A, 0.5)
    assert agenda.next(quick, look=True) == Planned(1, TREE_A, REST)
    assert agenda.next(quick, look=True) == Planned(0, SLOW, FIRST)


def test_with_one_fold_there_is_nothing_to_carry_on() -> None:
    agenda = Agenda([(0, LINE), (1, TREE_A)], None, folds=1, lag=1, last=None)
    assert agenda.next(everything, look=True) == Planned(0, LINE, FIRST)
    agenda.learn(0, LINE, (0.5,))
    assert agenda.next(everything, look=True) == Planned(1, TREE_A, FIRST)


def test_the_parts_of_a_trial_make_the_same_as_the_whole(iris: Table) -> None:
    problem = prepare(*iris, task=None, metric=None, seed=0, budget=30).problem
    whole = run_trial(LinearLearner(), problem, 30)
    count = len(problem.folds)
    first = run_trial(LinearLearner(), problem, 30, folds=range(1))
    joined = first.with_rest(run_trial(LinearLearner(), problem, 30, folds=range(1, count)))
    assert np.isnan(first.predictions).any()
    np.testing.assert_allclose(joined.predictions, whole.predictions)
    assert joined.fold_scores == whole.fold_scores
    assert joined.predicted_rows == whole.predicted_rows
    assert len(joined.models) == 2
