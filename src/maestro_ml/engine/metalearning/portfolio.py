"""The order in which to try candidates: greedy picks from past tasks between the defaults."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from maestro_ml.engine.automl.problem import IntArray
from maestro_ml.engine.automl.tasks import FloatArray
from maestro_ml.engine.metalearning.evidence import Evidence

# What the second-best family contributes to a mixture: picks that repeat a family gain less.
_SECOND_FAMILY = 0.3
MOST_PICKS = 8
_LEAST_GAIN = 1e-3
# How much a candidate's price counts against its gain.
_THRIFT = 0.1


@dataclass(frozen=True)
class Pick:
    """A place in the order: the candidate's number, and, of a pick from past tasks, how much each
    task (T,) gained by it. None for a default in its turn."""

    candidate: int
    gains: FloatArray | None = None


class Reached:
    """What the candidates placed so far reach on each past task."""

    def __init__(self, evidence: Evidence) -> None:
        names = sorted({candidate.family for candidate in evidence.candidates})
        self._families: IntArray = np.array(
            [names.index(candidate.family) for candidate in evidence.candidates], dtype=np.int64
        )
        # A task that did not try a candidate says nothing for it.
        self._regrets = np.nan_to_num(evidence.regrets, nan=1.0)
        self._best = np.ones((len(evidence.tasks), max(3, len(names))))

    def add(self, candidate: int) -> None:
        """Count a candidate as evaluated."""
        family = self._families[candidate]
        self._best[:, family] = np.minimum(self._best[:, family], self._regrets[:, candidate])

    def gains(self) -> FloatArray:
        """By how much each candidate would lower the regret of each task's mixture (T, C).

        A mixture hangs on its best family and somewhat on the next, so the regret of either counts.
        """
        after = np.empty_like(self._regrets)
        for family in np.unique(self._families):
            own = self._families == family
            others = np.partition(np.delete(self._best, family, axis=1), 1, axis=1)
            reached = np.minimum(self._best[:, [family]], self._regrets[:, own])
            after[:, own] = _mixture(reached, others[:, [0]], others[:, [1]])
        lowest = np.partition(self._best, 2, axis=1)
        now = _mixture(lowest[:, [2]], lowest[:, [0]], lowest[:, [1]])
        gains: FloatArray = now - after
        return gains


def _mixture(own: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
    """Of one family's best regret and the lowest two (first <= second) of the others."""
    best, next_best = np.minimum(own, first), np.minimum(np.maximum(own, first), second)
    mixed: FloatArray = (1 - _SECOND_FAMILY) * best + _SECOND_FAMILY * next_best
    return mixed


def interleave(evidence: Evidence, n_defaults: int) -> list[Pick]:
    """What is instant, then picks from the past and defaults in turn; when no pick gains anything
    more, the other defaults.

    The first `n_defaults` candidates of the evidence are the defaults in their order.
    """
    reached = Reached(evidence)
    free = np.ones(len(evidence.candidates), dtype=bool)
    order: list[Pick] = []

    def place(pick: Pick) -> None:
        order.append(pick)
        reached.add(pick.candidate)
        free[pick.candidate] = False

    for number, candidate in enumerate(evidence.candidates[:n_defaults]):
        if candidate.instant:
            place(Pick(number))
    for _ in range(MOST_PICKS):
        pick = _recall(evidence, reached.gains(), free)
        if pick is None:
            break
        place(pick)
        for number in np.flatnonzero(free[:n_defaults])[:1]:
            place(Pick(int(number)))
    return [*order, *(Pick(int(number)) for number in np.flatnonzero(free[:n_defaults]))]


def recall_only(evidence: Evidence, most: int) -> list[int]:
    """The picks from the past alone, without the defaults' turns."""
    reached = Reached(evidence)
    free = np.ones(len(evidence.candidates), dtype=bool)
    order: list[int] = []
    while len(order) < most and (pick := _recall(evidence, reached.gains(), free)) is not None:
        order.append(pick.candidate)
        reached.add(pick.candidate)
        free[pick.candidate] = False
    return order


def _recall(evidence: Evidence, gains: FloatArray, free: npt.NDArray[np.bool_]) -> Pick | None:
    """The free candidate with the greatest weighted gain for its price; None when none gains."""
    mean = evidence.weights @ gains / max(float(evidence.weights.sum()), 1e-12)
    value = np.where(free & (mean >= _LEAST_GAIN), mean / (1.0 + evidence.costs) ** _THRIFT, 0.0)
    # Rounded, so that equal candidates come in their order, not in that of the last digit.
    best = int(np.argmax(np.round(value, 12)))
    return Pick(best, gains[:, best]) if value[best] > 0 else None


def regret_after(regrets: FloatArray, order: Sequence[int], evaluations: int) -> float:
    """The regret of the best of the first so many candidates of an order that the task (C,) knows."""
    known = [float(regrets[c]) for c in order if not np.isnan(regrets[c])][:evaluations]
    return min(known, default=1.0)
