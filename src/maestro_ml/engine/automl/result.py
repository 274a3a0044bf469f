"""What a search hands back: the leaderboard, what was skipped and why, and the final model."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from maestro_ml.engine.automl.model import AutoMLModel
from maestro_ml.engine.automl.start import Start
from maestro_ml.engine.automl.tasks import FloatArray, Task


@dataclass(frozen=True)
class LeaderboardRow:
    """One evaluated configuration, or the ensemble of them.

    `score` is the mean over validation folds (greater is better) and `standard_error` its error;
    the ensemble's is cross-fitted: each fold is scored under weights chosen on the other folds. When
    time did not suffice for that, its error is NaN and its score optimistic: that of the rows its
    weights were chosen on.
    `status` is "final" for the model that the search hands back, "member" for what the ensemble
    uses with its `weight`, else "evaluated". `fit_seconds` cover all folds.
    """

    rank: int
    name: str
    family: str
    score: float
    standard_error: float
    fit_seconds: float
    predict_ms_per_1000: float
    memory_mb: float
    size_bytes: int
    params: Mapping[str, Any]
    status: str
    weight: float = 0.0


@dataclass(frozen=True)
class Skipped:
    """A configuration that has no score, and why; `started` tells that it failed or was ended.

    One that had a first look only has the `expected` score over all folds, as far behind the best
    as it was on the same folds, and the `fit_seconds` that all folds would have taken.
    """

    name: str
    family: str
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)
    started: bool = False
    expected: float | None = None
    fit_seconds: float | None = None


@dataclass(frozen=True)
class Evaluation:
    """A point of the search's history; `finished_at` are seconds since the search began."""

    name: str
    finished_at: float
    score: float
    best_score: float


@dataclass(frozen=True)
class AutoMLResult:
    """A finished search.

    `skipped` holds what was not started and what failed. `predictions` are the final model's
    out-of-fold predictions for the rows that had a target, in their order: probabilities (n, K) or
    numbers (n,), NaN for rows that no fold validated. `start` tells what was evaluated first and why,
    `meta_features` describe the table, for searches to come.
    """

    task: Task
    metric: str
    leaderboard: tuple[LeaderboardRow, ...]
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...]
    model: AutoMLModel
    ensemble: Mapping[str, float]
    predictions: FloatArray = field(repr=False)
    history: tuple[Evaluation, ...]
    seconds: float
    stopped: bool
    start: Start = field(default_factory=lambda: Start("defaults"))
    meta_features: Mapping[str, float] = field(default_factory=dict)

    @property
    def best(self) -> LeaderboardRow:
        """The row of the final model."""
        return next(row for row in self.leaderboard if row.status == "final")

    def to_frame(self) -> pd.DataFrame:
        """The leaderboard as a table, best first."""
        return pd.DataFrame([asdict(row) for row in self.leaderboard])
