"""The trials that take milliseconds: they run in the caller's process, so there always is a model."""

import time
from collections.abc import Sequence
from dataclasses import replace

from maestro_ml.engine.automl.clock import Clock
from maestro_ml.engine.automl.finished import FinishedTrial
from maestro_ml.engine.automl.learners.constant import ConstantLearner
from maestro_ml.engine.automl.portfolio import Candidate
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.progress import Progress
from maestro_ml.engine.automl.scores import standard_error
from maestro_ml.engine.automl.trial import run_trial

# Tables this small (rows x columns x classes) are fitted by an instant learner in milliseconds.
_INSTANT_CELLS = 100_000
BASELINE = Candidate("constant", "baseline", ConstantLearner, instant=True)


def split_instant(
    candidates: Sequence[Candidate], problem: Problem
) -> tuple[list[tuple[int, Candidate]], list[tuple[int, Candidate]]]:
    """Numbered candidates that run here at once, and those that get a process."""
    small = problem.X.size * max(1, problem.n_classes) <= _INSTANT_CELLS
    numbered = list(enumerate(candidates))
    instant = [pair for pair in numbered if small and pair[1].instant]
    return [(-1, BASELINE), *instant], [pair for pair in numbered if pair not in instant]


def run_instant(
    candidates: Sequence[tuple[int, Candidate]], problem: Problem, clock: Clock, progress: Progress
) -> list[FinishedTrial]:
    """Evaluate in this process. Raises BudgetTooSmallError when reading the table took all time."""
    clock.require_time()
    trials: list[FinishedTrial] = []
    for number, candidate in candidates:
        if trials and time.monotonic() >= clock.trials_end:
            break
        progress.trial_started(candidate)
        # The baseline looks at no feature, so none is copied for it.
        seen = replace(problem, X=problem.X[:, :0]) if candidate is BASELINE else problem
        outcome = run_trial(candidate.learner(**candidate.params), seen, clock.budget)
        trials.append(FinishedTrial(number, candidate, outcome, 0.0))
        error = standard_error(outcome.fold_scores)
        progress.trial_finished(candidate, trials[-1].score, error, outcome.fit_seconds)
    return trials
