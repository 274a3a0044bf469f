"""Which family is varied next and by which method, and against whom a trial has to hold its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from maestro_ml.engine.automl.agenda import Proposal
from maestro_ml.engine.automl.portfolio import Candidate
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.refine.methods import METHODS, Method, Point
from maestro_ml.engine.automl.refine.spaces import Space, spaces_for
from maestro_ml.engine.automl.scores import mean_score, standard_error

_Scores = tuple[float, ...]


@dataclass
class _Family:
    """What is known of a family; `tried` counts the proposals."""

    space: Space
    work: float
    best: _Scores
    known: list[tuple[Point, float]] = field(default_factory=list)
    methods: dict[str, Method] = field(default_factory=dict)
    tried: int = 0

    @property
    def score(self) -> float:
        return mean_score(self.best)


class FamilyRefinement:
    """Proposes candidates from the results of earlier ones.

    The sequence follows from the seed and the results in the order in which they are learned:
    nothing here looks at a clock.
    """

    def __init__(self, problem: Problem, methods: Sequence[str] = tuple(METHODS)) -> None:
        self._seed = problem.seed
        self._spaces = spaces_for(problem)
        self._methods = tuple(methods)
        self._families: dict[str, _Family] = {}
        self._asked: dict[str, tuple[_Family, Method, int]] = {}
        self._count = 0

    def learn(self, candidate: Candidate, fold_scores: _Scores) -> None:
        """A result; fewer scores than folds when the trial was not carried on, none if it failed."""
        asked = self._asked.pop(candidate.name, None)
        if asked is not None:
            family, method, number = asked
            method.learn(number, _expected(fold_scores, family.best))
        elif candidate.family in self._spaces and np.isfinite(mean_score(fold_scores)):
            self._take(candidate, fold_scores)
            family = self._families[candidate.family]
        else:
            return
        if len(fold_scores) == len(family.best) and mean_score(fold_scores) > family.score:
            family.best = fold_scores

    def propose(self) -> Proposal | None:
        """The next candidate; None when no family has a result to begin with."""
        while self._families:
            name = self._next_family()
            family = self._families[name]
            family.tried += 1
            method_name = self._methods[family.tried % len(self._methods)]
            asked = self._method(family, method_name).propose()
            if asked is None:
                continue
            number, point = asked
            self._count += 1
            candidate = family.space.make(f"{name}-{method_name}-{self._count}", dict(point))
            self._asked[candidate.name] = (family, family.methods[method_name], number)
            return Proposal(candidate, family.best)
        return None

    def _take(self, candidate: Candidate, fold_scores: _Scores) -> None:
        space = self._spaces[candidate.family]
        family = self._families.get(candidate.family)
        if family is None:
            family = _Family(space, candidate.work, fold_scores)
            self._families[candidate.family] = family
        point = space.place(candidate)
        if point is not None:
            family.known.append((point, mean_score(fold_scores)))

    def _method(self, family: _Family, name: str) -> Method:
        if name not in family.methods:
            seed = self._seed + len(family.methods)
            family.methods[name] = METHODS[name](family.space, family.known, seed)
        return family.methods[name]

    def _next_family(self) -> str:
        """The family that has had least of its share, which falls with its distance to the best."""
        leader = max(self._families.values(), key=lambda family: family.score)
        noise = _noise(leader.best)

        def due(family: _Family) -> float:
            share = np.exp(-(leader.score - family.score) / noise) / np.sqrt(family.work)
            return float((family.tried + 1) / max(share, 1e-9))

        return min(self._families, key=lambda name: due(self._families[name]))


def _noise(fold_scores: _Scores) -> float:
    """How far apart two scores must be to mean something."""
    error = standard_error(fold_scores)
    return error if np.isfinite(error) and error > 0 else 0.02 * abs(mean_score(fold_scores)) + 1e-9


def _expected(fold_scores: _Scores, rival: _Scores) -> float | None:
    """The score over all folds; of a trial that was not carried on, as far behind as it was."""
    if not fold_scores or not np.isfinite(mean_score(fold_scores)):
        return None
    if len(fold_scores) >= len(rival):
        return mean_score(fold_scores)
    return mean_score(rival) + mean_score(fold_scores) - mean_score(rival[: len(fold_scores)])
