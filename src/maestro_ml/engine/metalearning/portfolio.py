"""The order in which to try candidates: greedy picks from past tasks between the defaults."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from maestro_ml.engine.automl.problem import IntArray
from maestro_ml.engine.automl.tasks import FloatArray
from maestro_ml.engine.metalearning.evidence import Evidence

# What the second-best family contributes to a mixture: picks that repeat a family gain less.
_SECOND_FAMILY = 0.3
_MOST_PICKS = 8
_LEAST_GAIN = 1e-3
# How much a candidate's price counts against its gain.
_THRIFT = 0.25


@dataclass(frozen=True)
class Pick:
    """A place in the order: the candidate's number, and, of a pick from past tasks, how much each
    task (T,) gained by it. None for a default in its turn."""

    candidate: int
    gains: FloatArray | None = None


@dataclass
class _State:
    """What the candidates placed so far reach on each task: (T, families), 1 for nothing."""

    evidence: Evidence
    families: IntArray
    best: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        tasks = len(self.evidence.tasks)
        self.best = np.ones((tasks, max(2, int(self.families.max()) + 1)))

    def add(self, candidate: int) -> None:
        """Count a candidate as evaluated."""
        family = self.families[candidate]
        known = np.nan_to_num(self.evidence.regrets[:, candidate], nan=1.0)
        self.best[:, family] = np.minimum(self.best[:, family], known)

    def gains(self, candidate: int) -> FloatArray:
        """What each task's mixture would gain by a candidate (T,)."""
        family = self.families[candidate]
        known = np.nan_to_num(self.evidence.regrets[:, candidate], nan=1.0)
        after = self.best.copy()
        after[:, family] = np.minimum(after[:, family], known)
        return _mixture(self.best) - _mixture(after)


def _mixture(best: FloatArray) -> FloatArray:
    """The regret of an ensemble, about: it hangs on its best family and somewhat on the next."""
    lowest = np.partition(best, 1, axis=1)
    return (1 - _SECOND_FAMILY) * lowest[:, 0] + _SECOND_FAMILY * lowest[:, 1]


def interleave(evidence: Evidence, n_defaults: int) -> list[Pick]:
    """Picks from the past and defaults in turn; when no pick gains anything more, the other defaults.

    The first `n_defaults` candidates of the evidence are the defaults in their order.
    """
    names = sorted({candidate.family for candidate in evidence.candidates})
    families = np.array([names.index(c.family) for c in evidence.candidates], dtype=np.int64)
    state = _State(evidence, families)
    left = list(range(n_defaults))
    free = set(range(len(evidence.candidates)))
    order: list[Pick] = []
    for turn in range(2 * _MOST_PICKS):
        pick = _recall(state, free) if turn % 2 == 0 else None
        if turn % 2 == 0 and pick is None:
            break
        if pick is None:
            if not left:
                continue
            pick = Pick(left[0])
        order.append(pick)
        state.add(pick.candidate)
        free.discard(pick.candidate)
        left = [number for number in left if number != pick.candidate]
    return [*order, *(Pick(number) for number in left)]


def _recall(state: _State, free: set[int]) -> Pick | None:
    """The candidate with the greatest weighted gain for its price; None when none gains."""
    weights = state.evidence.weights / max(float(state.evidence.weights.sum()), 1e-12)
    best: tuple[float, int, FloatArray] | None = None
    for candidate in sorted(free):
        gains = state.gains(candidate)
        mean = float(weights @ gains)
        value = mean / float((1.0 + state.evidence.costs[candidate]) ** _THRIFT)
        if mean >= _LEAST_GAIN and (best is None or value > best[0] + 1e-12):
            best = (value, candidate, gains)
    return None if best is None else Pick(best[1], best[2])


def regret_after(regrets: FloatArray, order: Sequence[int], evaluations: int) -> float:
    """The regret of the best of the first so many candidates of an order that the task (C,) knows."""
    known = [float(regrets[c]) for c in order if not np.isnan(regrets[c])][:evaluations]
    return min(known, default=1.0)
