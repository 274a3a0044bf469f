"""A second layer (Wolpert, 1992): models that read the predictions of the best beside the columns.

They stand for election as all others do: the ensemble gives them a weight where that pays out of
fold, and none where it does not.
"""

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from maestro_ml.engine.automl.agenda import Agenda
from maestro_ml.engine.automl.assemble import members_of
from maestro_ml.engine.automl.clock import Clock
from maestro_ml.engine.automl.cost import CostModel
from maestro_ml.engine.automl.finished import FinishedTrial, by_score, leaders
from maestro_ml.engine.automl.model import as_columns
from maestro_ml.engine.automl.portfolio import stackers
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.schema import MatrixColumn
from maestro_ml.engine.automl.search import Search

# With fewer rows a second layer learns the noise of the first.
_LEAST_ROWS = 300
_LEAST_MODELS = 3
_TIME_SHARE = 0.12
_LEAST_SECONDS = 1.0
# So many times too dear may an estimate be that no trial has confirmed.
_UNTRIED = 3.0
_MOST_FAMILIES = 4


def first_layer_end(problem: Problem, clock: Clock) -> float:
    """When the first layer must be done so that a second has time; on the monotonic clock."""
    seconds = _TIME_SHARE * clock.budget
    if not stackable(problem) or seconds < _LEAST_SECONDS:
        return clock.trials_end
    cheapest = min(CostModel(problem).estimate(candidate) for candidate in stackers())
    return clock.trials_end - (seconds if cheapest <= _UNTRIED * seconds else 0.0)


def stackable(problem: Problem) -> bool:
    """True when there are rows enough, and for each a prediction by models that did not see it."""
    validated = np.unique(np.concatenate([fold.valid for fold in problem.folds]))
    return len(validated) == len(problem.y) >= _LEAST_ROWS


def stack(search: Search, done: Sequence[FinishedTrial], clock: Clock) -> list[FinishedTrial]:
    """The trials of a second layer over all that is `done`; none where it has no use or no time."""
    bases = _bases(done, search.problem, clock)
    if search.stopped or not bases or time.monotonic() >= clock.trials_end:
        return []
    problem = search.runner.load(_widened(search.problem, bases))
    candidates = list(enumerate(stackers(), start=search.agenda.next_number))
    agenda = Agenda(candidates, None, folds=len(problem.folds), lag=0, last=None)
    layer = Search(
        problem,
        agenda,
        search.runner,
        search.parallel,
        clock.trials_end,
        search.progress,
        search.should_stop,
        before=bases,
        without_score=search.without_score,
    )
    layer.run()
    search.stopped = layer.stopped
    return [replace(trial, bases=tuple(bases)) for trial in layer.finished]


def _bases(done: Sequence[FinishedTrial], problem: Problem, clock: Clock) -> list[FinishedTrial]:
    """The members of an ensemble of the first layer, and the best of the best families."""
    whole = [
        trial
        for trial in done
        if trial.usable
        and len(trial.outcome.fold_scores) == len(problem.folds)
        and trial.candidate.family != "baseline"
    ]
    if not stackable(problem) or len(whole) < _LEAST_MODELS:
        return []
    best = leaders(by_score(whole))[:_MOST_FAMILIES]
    chosen = [*members_of(whole, problem, clock.trials_end), *best]
    return list({trial.order: trial for trial in chosen}.values())


def _widened(problem: Problem, bases: Sequence[FinishedTrial]) -> Problem:
    """The problem with the bases' out-of-fold predictions as further columns."""
    parts = [as_columns(trial.outcome.predictions) for trial in bases]
    added = [
        MatrixColumn(f"{trial.candidate.name} {number}", trial.candidate.name)
        for trial, part in zip(bases, parts, strict=True)
        for number in range(part.shape[1])
    ]
    matrix = np.column_stack([problem.X, *parts])
    return replace(problem, X=matrix, columns=(*problem.columns, *added))
