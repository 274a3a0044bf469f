"""Finished trials: what is kept of them, and which an ensemble may want."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from maestro_ml.engine.automl.portfolio import Candidate
from maestro_ml.engine.automl.scores import mean_score
from maestro_ml.engine.automl.trial import TrialOutcome

# Weighing more models than this takes time and gains nothing: five or so get a weight.
MOST_CONTENDERS = 24
_LEAST_KEPT = 3


@dataclass(frozen=True)
class FinishedTrial:
    """A candidate with its out-of-fold predictions; `order` is its number.

    A search keeps the models of its best trials only; a trial without them is no ensemble member.
    A stacked one reads the predictions of its `bases` beside the columns.
    """

    order: int
    candidate: Candidate
    outcome: TrialOutcome
    memory_mb: float
    bases: tuple["FinishedTrial", ...] = ()

    @property
    def score(self) -> float:
        """Mean score over the folds."""
        return mean_score(self.outcome.fold_scores)

    @property
    def usable(self) -> bool:
        """True while the models are kept."""
        return bool(self.outcome.models)

    def with_rest(self, rest: "FinishedTrial") -> "FinishedTrial":
        """This first part of the trial and the rest of it as one."""
        outcome = self.outcome.with_rest(rest.outcome)
        memory = max(self.memory_mb, rest.memory_mb)
        return replace(self, outcome=outcome, memory_mb=memory)

    def without_models(self) -> "FinishedTrial":
        """The same, for the leaderboard alone."""
        predictions = np.empty((0,))
        return replace(self, outcome=replace(self.outcome, models=(), predictions=predictions))


def contenders(trials: Sequence[FinishedTrial], most: int) -> list[FinishedTrial]:
    """The usable trials that an ensemble may want: the best of each family, then the best of all.

    About `most`, in their order.
    """
    usable = by_score([trial for trial in trials if trial.usable])
    chosen = {trial.order: trial for trial in [*leaders(usable), *usable[:most]]}
    return [chosen[order] for order in sorted(chosen)]


def affordable(trials: Sequence[FinishedTrial], most_bytes: int) -> list[FinishedTrial]:
    """The best trials whose models take so much memory together; three of them in any case."""
    found: list[FinishedTrial] = []
    for trial in by_score(trials):
        size = trial.outcome.size_bytes
        if len(found) < _LEAST_KEPT or size <= most_bytes:
            found.append(trial)
            most_bytes -= size
    return found


def by_score(trials: Sequence[FinishedTrial]) -> list[FinishedTrial]:
    """The best first."""
    return sorted(trials, key=lambda trial: (-trial.score, trial.order))


def leaders(ranked: Sequence[FinishedTrial]) -> list[FinishedTrial]:
    """The first of each family, in the same order."""
    found: dict[str, FinishedTrial] = {}
    for trial in ranked:
        found.setdefault(trial.candidate.family, trial)
    return list(found.values())
