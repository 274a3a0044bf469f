"""How long a trial will take, corrected by what this search has observed."""

import math
from statistics import median

from maestro_ml.engine.automl.portfolio import Candidate
from maestro_ml.engine.automl.problem import Problem


class CostModel:
    """Prior work of a candidate x the table's size x how this machine compares to the prior."""

    def __init__(self, problem: Problem) -> None:
        self._rows = len(problem.folds[0].train)
        self._width = max(3, len(problem.columns))
        self._folds = len(problem.folds)
        self._classes = problem.n_classes if problem.n_classes > 2 else 1
        self._observed: dict[str, list[float]] = {}

    def estimate(self, candidate: Candidate, folds: int | None = None) -> float:
        """Seconds that so many folds of the candidate take (all by default)."""
        share = 1.0 if folds is None else folds / self._folds
        return share * self._prior(candidate) * math.exp(self._correction(candidate.family))

    def knows(self, family: str) -> bool:
        """True when the family's estimates are corrected by trials of its own."""
        return family in self._observed

    def observe(self, candidate: Candidate, folds: int, seconds: float) -> None:
        """Learn from so many folds that took so long."""
        ratio = math.log(max(seconds, 1e-3) * self._folds / folds / self._prior(candidate))
        self._observed.setdefault(candidate.family, []).append(ratio)

    def _prior(self, candidate: Candidate) -> float:
        size: float = (self._rows / 1000.0) ** candidate.growth * (self._width / 10.0)
        classes = self._classes if candidate.per_class else 1
        return max(0.01, candidate.work * max(size, 0.2) * classes) * self._folds

    def _correction(self, family: str) -> float:
        own = self._observed.get(family)
        if own:
            return median(own)
        # Other families tell how fast the machine is, not how hard the table is for this one.
        others = [ratio for ratios in self._observed.values() for ratio in ratios]
        return 0.5 * median(others) if others else 0.0
