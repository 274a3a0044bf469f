"""The order of a search's trials: the portfolio first, then what the refinement proposes."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from maestro_ml.engine.automl.portfolio import Candidate
from maestro_ml.engine.automl.probation import Probation
from maestro_ml.engine.automl.scores import mean_score


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
    """A trial to start; `refined` when it was proposed from earlier results, with its `rival`."""

    number: int
    candidate: Candidate
    rival: tuple[float, ...] = ()
    refined: bool = False


class Agenda:
    """Hands out trials by number and passes their results on in that order.

    A proposal waits for all trials but the `lag` before it, so which trials run does not depend on
    which of several at a time ends first.
    """

    def __init__(
        self,
        candidates: Sequence[tuple[int, Candidate]],
        refine: Callable[[], Refinement] | None,
        *,
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
        self._lag = lag
        self._last = last
        self._next_number = 0
        self._learned = 0
        self._results: dict[int, tuple[Candidate, tuple[float, ...]]] = {}

    @property
    def pending(self) -> Iterable[Candidate]:
        """Candidates of the portfolio that were not handed out."""
        return [candidate for _, candidate in self._pending]

    @property
    def over(self) -> bool:
        """True when nothing will be handed out, whatever is learned."""
        return not self._pending and self._refine is None

    def learn(self, number: int, candidate: Candidate, fold_scores: tuple[float, ...]) -> None:
        """A trial is over; fewer scores than folds, or none, when it was not carried to its end."""
        self._results[number] = (candidate, fold_scores)
        self._next_number = max(self._next_number, number + 1)
        if self._probation.failed_by(number, mean_score(fold_scores)):
            # Stable: both keep their order among themselves.
            self._pending = deque(sorted(self._pending, key=self._probation.is_recalled))

    def next(self, fits: Callable[[Candidate], bool]) -> Planned | None:
        """The next trial; None when there is none, or none before running ones are over.

        Of the portfolio comes first what fits; the rest when there is nothing else of it.
        """
        if not self._pending:
            return self._propose()
        number, candidate = chosen = next(
            (p for p in self._pending if fits(p[1])), self._pending[0]
        )
        self._pending.remove(chosen)
        self._next_number = max(self._next_number, number + 1)
        return Planned(number, candidate)

    def end(self) -> None:
        """Hand out nothing more."""
        self._pending.clear()
        self._refine = None

    def _propose(self) -> Planned | None:
        number = self._next_number
        if self._refine is None or (self._last is not None and number > self._last):
            return None
        if self._refinement is None:
            self._refinement = self._refine()
        while self._learned in self._results:
            self._refinement.learn(*self._results.pop(self._learned))
            self._learned += 1
        if self._learned < number - self._lag:
            return None
        proposal = self._refinement.propose()
        if proposal is None:
            return None
        self._next_number += 1
        return Planned(number, proposal.candidate, proposal.rival, refined=True)
