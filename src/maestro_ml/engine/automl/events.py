"""What a search tells while it runs; each event carries what a progress bar needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from maestro_ml.engine.automl.start import Start


@dataclass(frozen=True, kw_only=True)
class SearchEvent:
    """Seconds since the search began, and the share (0 to 1) of its time budget they are."""

    elapsed: float
    fraction: float


@dataclass(frozen=True, kw_only=True)
class SearchStarted(SearchEvent):
    """The table is read; the trials begin, in the order that `start` tells the origin of.

    `warnings` are about the table.
    """

    task: str
    metric: str
    rows: int
    features: int
    candidates: int
    budget: float
    start: Start
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TrialStarted(SearchEvent):
    """A configuration is being evaluated."""

    name: str
    family: str


@dataclass(frozen=True, kw_only=True)
class TrialFinished(SearchEvent):
    """A configuration has its score (greater is better), and the best so far is known."""

    name: str
    family: str
    params: Mapping[str, Any]
    score: float
    standard_error: float
    fit_seconds: float
    best_name: str
    best_score: float
    finished: int
    candidates: int


@dataclass(frozen=True, kw_only=True)
class TrialFailed(SearchEvent):
    """A configuration ended without a score: an error, or it passed a limit and was killed."""

    name: str
    family: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class TrialSkipped(SearchEvent):
    """A configuration was not started."""

    name: str
    family: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class EnsembleBuilt(SearchEvent):
    """The weighted mixture is chosen."""

    score: float
    weights: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class SearchFinished(SearchEvent):
    """The result is ready; `stopped` tells that the caller ended the search early."""

    best_name: str
    best_score: float
    finished: int
    failed: int
    skipped: int
    stopped: bool


Callback = Callable[[SearchEvent], object]
