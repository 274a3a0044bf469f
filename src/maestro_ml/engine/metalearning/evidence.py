"""Past trials as arrays: which configuration was how good on which task, and at what price."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maestro_ml.engine.automl import Candidate
from maestro_ml.engine.automl.tasks import FloatArray
from maestro_ml.engine.metalearning.configurations import configuration_key, rebuild
from maestro_ml.engine.metalearning.past import BASELINE, PastTask

_SHARPNESS = 4


@dataclass(frozen=True)
class Evidence:
    """Tasks with their similarities to the one at hand (T,), candidates (C,), regrets (T, C) with NaN
    for what was not tried, and each candidate's seconds (C,) as a multiple of what a trial of the
    same task took."""

    tasks: tuple[PastTask, ...]
    similarities: FloatArray
    candidates: tuple[Candidate, ...]
    regrets: FloatArray
    costs: FloatArray

    @property
    def weights(self) -> FloatArray:
        """How much each task counts (T,): one just like this as much as some forty at random."""
        weights: FloatArray = self.similarities**_SHARPNESS
        return weights

    def without(self, task: int, similarities: FloatArray) -> "Evidence":
        """All but one task, under other similarities (T,)."""
        kept = np.arange(len(self.tasks)) != task
        tasks = tuple(t for t, keep in zip(self.tasks, kept, strict=True) if keep)
        return Evidence(tasks, similarities[kept], self.candidates, self.regrets[kept], self.costs)


def gather(
    tasks: Sequence[PastTask], similarities: Sequence[float], defaults: Sequence[Candidate]
) -> Evidence:
    """Evidence on the `defaults`, in their order, and on everything else that was tried and can be
    built here. The order of the tasks does not matter to what follows from it."""
    ordered = sorted(zip(tasks, similarities, strict=True), key=lambda pair: pair[0].key)
    places = {configuration_key(c.family, c.params): i for i, c in enumerate(defaults)}
    candidates = list(defaults)
    found: list[tuple[int, int, float, float]] = []
    for row, (task, _) in enumerate(ordered):
        for trial, regret in zip(task.trials, task.regrets(), strict=True):
            if regret is None or trial.family == BASELINE:
                continue
            key = configuration_key(trial.family, trial.params)
            if key not in places:
                built = rebuild(trial.family, trial.params, defaults)
                if built is None:
                    continue
                places[key] = len(candidates)
                candidates.append(built)
            found.append((row, places[key], regret, trial.seconds))
    regrets = np.full((len(ordered), len(candidates)), np.nan)
    seconds = np.full(regrets.shape, np.nan)
    for row, column, regret, spent in found:
        regrets[row, column] = regret
        seconds[row, column] = spent
    return Evidence(
        tuple(task for task, _ in ordered),
        np.array([similarity for _, similarity in ordered]),
        tuple(candidates),
        regrets,
        _costs(seconds),
    )


def _costs(seconds: FloatArray) -> FloatArray:
    """Mean over the tasks that tried it; 1 where nobody did."""
    known = ~np.isnan(seconds)
    costs = np.ones(seconds.shape[1])
    total, count = np.zeros(seconds.shape[1]), known.sum(axis=0)
    for row, mask in zip(seconds, known, strict=True):
        if mask.any():
            typical = max(float(np.median(row[mask])), 1e-3)
            total[mask] += row[mask] / typical
    costs[count > 0] = total[count > 0] / count[count > 0]
    return costs
