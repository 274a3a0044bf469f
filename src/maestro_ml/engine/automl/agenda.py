"""The order of a search's trials: a first look at each candidate, the best in full, then more.

Successive halving over folds (Jamieson and Talwalkar, 2016): each candidate of the portfolio is
first tried on a part of the folds, then the best are carried on to the rest, until time is over.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Protocol

from maestro_ml.engine.automl.portfolio import Candidate
from maestro_ml.engine.automl.probation import Probation
from maestro_ml.engine.automl.scores import mean_score

# Of so many candidates with a first look one is carried on before others are proposed.
_REDUCTION = 3
_FIRST_SHARE = 0.2


@dataclass(frozen=True)
class Proposal:
    """A candidate, and the fold scores of the family's best: a trial that falls far behind them
    is not carried on."""

    candidate: Candidate
    rival: tuple[float, ...]


class Refinement(Protocol):
    """Proposes candidates from the results of earlier ones."""

    def learn(self, candidate: Candidate, fold_scores: tuple[float, ...]) -> None:
        """A result; fewer scores than folds when the trial was not carried on, none if it failed."""
        ...

    def propose(self) -> Proposal | None:
        """The next candidate; None when no family has a result to begin with."""
        ...


@dataclass(frozen=True)
class Planned:
    """A trial to start on some of the folds; `refined` when it was proposed from earlier results,
    with its `rival`."""

    number: int
    candidate: Candidate
    folds: range
    rival: tuple[float, ...] = ()
    refined: bool = False


class Agenda:
    """Hands out trials by number and passes their results on in that order.

    Candidates are carried on when all had their first look, and a proposal waits for all trials but
    the `lag` before it: so, as long as time is not short, nothing depends on which of several trials
    at a time ends first.
    """

    def __init__(
        self,
        candidates: Sequence[tuple[int, Candidate]],
        refine: Callable[[], Refinement] | None,
        *,
        folds: int,
        lag: int,
        last: int | None,
        recalled: Collection[str] = (),
    ) -> None:
        """`last` is the greatest number that is given to a trial; None for no bound.

        `recalled` names candidates that come from past tasks: those left go to the end as soon as
        the first of them have turned out worse than the first others.
        """
        self._pending = deque(candidates)
        self._probation = Probation(candidates, recalled)
        self._refine = refine
        self._refinement: Refinement | None = None
        self._folds = folds
        self._first = max(1, round(_FIRST_SHARE * folds))
        self._lag = lag
        self._last = last
        self._next_number = 0
        self._learned = 0
        self._results: dict[int, tuple[Candidate, tuple[float, ...]]] = {}
        self._looked: list[float] = []
        self._looks: dict[int, tuple[Candidate, float]] = {}
        self._awaited: set[int] = set()
        self._carried = 0
        self._families: set[str] = set()

    @property
    def pending(self) -> Iterable[Candidate]:
        """Candidates of the portfolio that were not handed out."""
        return [candidate for _, candidate in self._pending]

    @property
    def next_number(self) -> int:
        """A number that no trial has."""
        return max([self._next_number, *(number + 1 for number, _ in self._pending)])

    @property
    def over(self) -> bool:
        """True when nothing will be handed out, whatever is learned."""
        return not self._pending and not self._looks and self._refine is None

    def look(self, number: int, candidate: Candidate, score: float) -> None:
        """The first part of a trial is over; -inf when it could not be scored."""
        self._looks[number] = (candidate, score)
        self._looked.append(score)
        self._judge(number, score)

    def learn(self, number: int, candidate: Candidate, fold_scores: tuple[float, ...]) -> None:
        """A trial is over; fewer scores than folds, or none, when it was not carried to its end."""
        self._results[number] = (candidate, fold_scores)
        self._next_number = max(self._next_number, number + 1)
        if len(fold_scores) == self._folds:
            self._families.add(candidate.family)
        self._judge(number, mean_score(fold_scores))

    def next(self, fits: Callable[[Candidate], bool], *, look: bool) -> Planned | None:
        """The next trial; None when there is none, or none before running ones are over.

        While there is time to `look`, first looks come first, of what fits before the rest; then
        what promises most is carried on, and new ones are looked at when nothing does. What comes
        from past tasks and is the best here, too, is carried on at once: then it is the first result.
        """
        if (best := self._best_recalled()) is not None:
            return self._carry_on(best)
        if not look and self._promising():
            return self._carry_on(self._most_promising())
        if self._pending:
            fitting = next((pair for pair in self._pending if fits(pair[1])), None)
            if fitting is None and self._looks:
                return self._carry_on(self._most_promising())
            return self._hand_out(*(fitting or self._pending[0]))
        if self._awaited:
            return None
        enough = self._refine is not None and _REDUCTION * self._carried >= len(self._looked)
        if enough or not self._looks:
            return self._propose()
        return self._carry_on(self._most_promising())

    def end(self) -> None:
        """Hand out nothing more."""
        self._pending.clear()
        self._looks.clear()
        self._refine = None

    def _judge(self, number: int, score: float) -> None:
        self._awaited.discard(number)
        if self._probation.failed_by(number, score):
            # Stable: both keep their order among themselves.
            self._pending = deque(sorted(self._pending, key=self._probation.is_recalled))

    def _hand_out(self, number: int, candidate: Candidate) -> Planned:
        self._pending.remove((number, candidate))
        self._next_number = max(self._next_number, number + 1)
        if self._first < self._folds:
            self._awaited.add(number)
        return Planned(number, candidate, range(self._first))

    def _promising(self) -> list[int]:
        """First looks in the upper third of all so far, and in the upper half of a new family."""
        if not self._looks:
            return []
        ranked = sorted(self._looked, reverse=True)
        third, half = ranked[(len(ranked) - 1) // _REDUCTION], median(ranked)
        return [
            number
            for number, (candidate, score) in self._looks.items()
            if score >= third or (score >= half and candidate.family not in self._families)
        ]

    def _best_recalled(self) -> int | None:
        """The best of all first looks, when it comes from past tasks; None before there are three."""
        if not self._looks or len(self._looked) < _REDUCTION:
            return None
        number = max(self._looks, key=lambda n: (self._looks[n][1], -n))
        candidate, score = self._looks[number]
        recalled = self._probation.is_recalled((number, candidate))
        return number if recalled and score >= max(self._looked) else None

    def _most_promising(self) -> int:
        """The best first look, and every other time the best of a new family."""
        among = self._promising() or list(self._looks)
        fresh = [n for n in among if self._looks[n][0].family not in self._families]
        if self._carried % 2 and fresh:
            among = fresh
        return max(among, key=lambda n: (self._looks[n][1], -n))

    def _carry_on(self, number: int) -> Planned:
        """The rest of a trial."""
        candidate, _ = self._looks.pop(number)
        self._families.add(candidate.family)
        self._carried += 1
        return Planned(number, candidate, range(self._first, self._folds))

    def _propose(self) -> Planned | None:
        number = self._next_number
        if self._refine is None or (self._last is not None and number > self._last):
            return None
        if self._refinement is None:
            self._refinement = self._refine()
            for left, (candidate, _) in self._looks.items():
                self._results[left] = (candidate, ())
        while self._learned in self._results:
            self._refinement.learn(*self._results.pop(self._learned))
            self._learned += 1
        if self._learned < number - self._lag:
            return None
        proposal = self._refinement.propose()
        if proposal is None:
            return None
        self._next_number += 1
        return Planned(number, proposal.candidate, range(self._folds), proposal.rival, refined=True)
