"""What past tasks recommend goes to the end when it is behind on this one."""

import pytest

from maestro_ml.engine.automl.agenda import Agenda
from maestro_ml.engine.automl.portfolio import Candidate, linear

NAMES = [f"{'past' if number % 2 == 0 else 'own'}-{number}" for number in range(10)]


def agenda() -> tuple[Agenda, list[Candidate]]:
    candidates = [linear(name) for name in NAMES]
    recalled = [name for name in NAMES if name.startswith("past")]
    return Agenda(
        list(enumerate(candidates)), None, folds=1, lag=1, last=None, recalled=recalled
    ), candidates


def names_after(scores: dict[str, float], first: int) -> list[str]:
    """The rest of the order, when the first so many have these scores by the start of their name."""
    found, candidates = agenda()
    for number in range(first):
        planned = found.next(lambda _: True, look=True)
        assert planned is not None
        kind = planned.candidate.name.split("-")[0]
        found.learn(number, candidates[number], (scores[kind],))
    return [candidate.name for candidate in found.pending]


def test_recalled_candidates_that_are_behind_go_to_the_end() -> None:
    rest = names_after({"past": 0.6, "own": 0.7}, 6)
    assert rest == ["own-7", "own-9", "past-6", "past-8"]


@pytest.mark.parametrize("first", [6, 8])
def test_those_that_are_not_behind_stay(first: int) -> None:
    assert names_after({"past": 0.7, "own": 0.7}, first) == NAMES[first:]


def test_nothing_is_decided_before_three_of_each_are_known() -> None:
    assert names_after({"past": 0.6, "own": 0.7}, 5) == NAMES[5:]
