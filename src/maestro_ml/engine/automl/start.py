"""What a search evaluates first and where that comes from; the port to a memory of past searches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from maestro_ml.engine.automl.portfolio import Candidate
from maestro_ml.engine.automl.problem import Problem

StartSource = Literal["defaults", "public", "history"]


@dataclass(frozen=True)
class SimilarTask:
    """A past task that a candidate comes from.

    `similarity` to this one is between 0 and 1; `regret` is how far the candidate was behind the best
    of that task: 0 for the best, 1 for no better than guessing.
    """

    key: str
    name: str
    similarity: float
    regret: float


@dataclass(frozen=True)
class StartReason:
    """Why a candidate, by its name, was put first: the past tasks that speak for it, best first."""

    candidate: str
    tasks: tuple[SimilarTask, ...]


@dataclass(frozen=True)
class Start:
    """From where the first candidates come, and why (or why not from the past) in one sentence."""

    source: StartSource
    reasons: tuple[StartReason, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class StartingOrder:
    """Candidates, first to last; `recalled` are the names of those that the past put where they are."""

    candidates: tuple[Candidate, ...]
    start: Start
    recalled: frozenset[str] = frozenset()


class Prior(Protocol):
    """What is known of other tasks before a search begins."""

    def order(
        self,
        problem: Problem,
        meta_features: Mapping[str, float],
        defaults: Sequence[Candidate],
    ) -> StartingOrder:
        """The order to start in; candidates beside the `defaults` may be in it, each name once."""
        ...


class Defaults:
    """The prior that knows nothing: the defaults in their own order."""

    def order(
        self,
        problem: Problem,  # noqa: ARG002
        meta_features: Mapping[str, float],  # noqa: ARG002
        defaults: Sequence[Candidate],
    ) -> StartingOrder:
        """The defaults."""
        return StartingOrder(
            tuple(defaults),
            Start(
                "defaults",
                note="These are the defaults in their own order: no past searches were given.",
            ),
        )
