"""A start from a team's own searches: what it puts first, what it says, and when it holds back."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

import numpy as np
import pytest
from tests.engine.metalearning.conftest import MakeTask, Scores

from maestro_ml.engine.automl import Candidate, StartingOrder
from maestro_ml.engine.automl.portfolio import kernel
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.start import Defaults
from maestro_ml.engine.metalearning import HistoryPrior, PastTask
from maestro_ml.engine.metalearning.evidence import gather
from maestro_ml.engine.metalearning.recall import replayed_gain

# What this team's tables are best searched with, though the defaults try it late.
TEAMS_BEST = "neighbours-5"
OWN = kernel("svm-of-the-team", C=3.0, gamma=0.2)


def started(
    history: Sequence[PastTask],
    problem: Problem,
    meta_features: Mapping[str, float],
    defaults: Sequence[Candidate],
) -> StartingOrder:
    prior = HistoryPrior(history, otherwise=Defaults())
    return prior.order(problem, meta_features, defaults)


def teams_scores(number: int, best: str = TEAMS_BEST) -> Scores:
    """Scores with a little noise, the same for the same number; one candidate far ahead."""
    rng = np.random.default_rng(number)
    noise: dict[str, float] = {}

    def score(candidate: Candidate) -> float:
        noise.setdefault(candidate.name, rng.uniform(0.0, 0.05))
        return (0.95 if candidate.name == best else 0.75) + noise[candidate.name]

    return score


@pytest.fixture
def history(make_task: MakeTask) -> list[PastTask]:
    return [make_task(f"job-{number}", teams_scores(number)) for number in range(6)]


def test_what_was_best_before_comes_first(
    history: list[PastTask],
    problem: Problem,
    meta_features: Mapping[str, float],
    defaults: Sequence[Candidate],
) -> None:
    order = started(history, problem, meta_features, defaults)
    names = [candidate.name for candidate in order.candidates]
    assert order.start.source == "history"
    # The instant linear model costs nothing and stays ahead.
    assert names[:2] == ["linear", TEAMS_BEST]
    assert sorted(names) == sorted(candidate.name for candidate in defaults)
    reason = order.start.reasons[0]
    assert reason.candidate == TEAMS_BEST
    assert {task.key for task in reason.tasks} <= {task.key for task in history}
    assert all(task.similarity > 0.9 and task.regret == 0.0 for task in reason.tasks)
    assert "6 of 6 past searches" in order.start.note
    json.dumps(asdict(order.start))


def test_half_of_the_first_candidates_stay_defaults(
    history: list[PastTask],
    problem: Problem,
    meta_features: Mapping[str, float],
    defaults: Sequence[Candidate],
) -> None:
    order = started(history, problem, meta_features, defaults)
    recalled = [candidate.name in order.recalled for candidate in order.candidates]
    assert all(2 * sum(recalled[:count]) <= count for count in range(1, len(recalled)))


def test_the_order_of_the_history_does_not_matter(
    history: list[PastTask],
    problem: Problem,
    meta_features: Mapping[str, float],
    defaults: Sequence[Candidate],
) -> None:
    first = started(history, problem, meta_features, defaults)
    for seed in range(3):
        mixed = random.Random(seed).sample(history, len(history))
        again = started(mixed, problem, meta_features, defaults)
        assert again.candidates == first.candidates
        assert again.start == first.start


def test_a_configuration_of_the_teams_own_is_rebuilt(
    make_task: MakeTask,
    problem: Problem,
    meta_features: Mapping[str, float],
    defaults: Sequence[Candidate],
) -> None:
    tasks = [make_task(f"j{n}", teams_scores(n, OWN.name), more=[OWN]) for n in range(4)]
    order = started(tasks, problem, meta_features, defaults)
    own = [candidate for candidate in order.candidates if candidate.params == OWN.params]
    assert len(own) == 1
    assert order.candidates.index(own[0]) == 1
    assert own[0].learner(**own[0].params) is not None


def test_two_searches_are_too_few(
    history: list[PastTask],
    problem: Problem,
    meta_features: Mapping[str, float],
    defaults: Sequence[Candidate],
) -> None:
    order = started(history[:2], problem, meta_features, defaults)
    assert order.candidates == tuple(defaults)
    assert order.start.source == "defaults"
    assert "2 of 2 past searches" in order.start.note
    assert "3 are needed" in order.start.note


def test_searches_of_another_kind_or_of_unlike_tables_do_not_count(
    history: list[PastTask],
    problem: Problem,
    meta_features: Mapping[str, float],
    defaults: Sequence[Candidate],
) -> None:
    others = [replace(task, task="regression") for task in history]
    unlike = [
        replace(task, meta_features={name: 50.0 + value for name, value in meta_features.items()})
        for task in history
    ]
    for past in (others, unlike, []):
        order = started(past, problem, meta_features, defaults)
        assert order.start.source == "defaults"
        assert f"0 of {len(past)}" in order.start.note


def test_a_history_that_misleads_its_own_tasks_is_dropped(
    make_task: MakeTask,
    problem: Problem,
    meta_features: Mapping[str, float],
    defaults: Sequence[Candidate],
) -> None:
    """Each task was best with something else, and the defaults were good on all."""
    late = [candidate.name for candidate in defaults[-8:]]

    def scores(number: int) -> Scores:
        def score(candidate: Candidate) -> float:
            if candidate.name == late[number]:
                return 0.95
            return 0.9 if candidate is defaults[1] else 0.55

        return score

    tasks = [make_task(f"j{number}", scores(number)) for number in range(len(late))]
    order = started(tasks, problem, meta_features, defaults)
    assert order.start.source == "defaults"
    assert "would not have done better" in order.start.note


def test_a_shuffled_history_gains_nothing(
    history: list[PastTask], defaults: Sequence[Candidate]
) -> None:
    def gain(tasks: Sequence[PastTask]) -> float:
        return replayed_gain(gather(tasks, [1.0] * len(tasks), defaults), len(defaults))

    def shuffled(seed: int) -> list[PastTask]:
        rng = random.Random(seed)
        mixed = []
        for task in history:
            trials = list(task.trials[1:])
            values = rng.sample([trial.score for trial in trials], len(trials))
            dealt = [replace(t, score=v) for t, v in zip(trials, values, strict=True)]
            mixed.append(replace(task, trials=(task.trials[0], *dealt)))
        return mixed

    assert gain(history) > 0.1
    assert abs(np.mean([gain(shuffled(seed)) for seed in range(8)])) < 0.25 * gain(history)
