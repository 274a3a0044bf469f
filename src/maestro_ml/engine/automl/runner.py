"""The port between the search and what runs its trials: processes here, a cluster, or a log."""

from dataclasses import dataclass
from typing import Protocol, Self

from maestro_ml.engine.automl.agenda import Planned
from maestro_ml.engine.automl.problem import Problem
from maestro_ml.engine.automl.trial import TrialOutcome


@dataclass(frozen=True)
class TrialResult:
    """A trial's last word: its outcome, or the error that ended it.

    `fold_scores` are those of a trial that was not carried on.
    """

    outcome: TrialOutcome | None
    error: str
    peak_mb: float
    fold_scores: tuple[float, ...] = ()


@dataclass(frozen=True)
class Ended:
    """A trial that is over: its result, or why there is none, and the seconds it took."""

    number: int
    result: TrialResult | None
    reason: str
    peak_mb: float
    seconds: float


class TrialRunner(Protocol):
    """Runs trials side by side; a context manager that leaves nothing running."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *raised: object) -> None: ...

    @property
    def cores(self) -> int:
        """Cores that trials may use together."""
        ...

    def load(self, problem: Problem) -> Problem:
        """Give all trials to come the problem; returns it as the search should hold it.

        Called again, while no trial runs, for a second layer."""
        ...

    @property
    def ready(self) -> bool:
        """True when a trial would start at once."""
        ...

    def start(self, planned: Planned, seconds: float) -> None:
        """Begin a trial on its folds; only when `ready`."""
        ...

    def kill(self, number: int, reason: str) -> None:
        """End a trial; it is reported by `collect` with this reason."""
        ...

    def collect(self, seconds: float) -> list[Ended]:
        """Trials that ended, waiting up to `seconds` for the first."""
        ...
