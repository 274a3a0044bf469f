"""AutoML searches as they cross the wire: what is asked, how far it is, what was found."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from maestro_ml.contracts.base import Contract, Name, Request, Slug, Timestamp
from maestro_ml.contracts.datasets import VersionNumber
from maestro_ml.contracts.jobs import JobError, JobId, JobState

MIN_BUDGET = 5
MAX_BUDGET = 24 * 3600


def _check_budget(seconds: int) -> int:
    if not MIN_BUDGET <= seconds <= MAX_BUDGET:
        raise ValueError(
            f"a search takes from {MIN_BUDGET} seconds to {MAX_BUDGET // 3600} hours; 60 is a good start"
        )
    return seconds


def _known(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value


Measure = Annotated[float | None, BeforeValidator(_known)]
"""A figure, or None where there is none: a standard error needs two folds, and JSON knows no NaN."""


class TaskType(StrEnum):
    """What is predicted; `classification` is binary or multiclass, whichever the target is."""

    AUTO = "auto"
    CLASSIFICATION = "classification"
    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


class AutoMLRequest(Request):
    """A search for the best model of a data set's column `target`.

    dataset_id: id or name. time_budget: seconds for the search. metric: a scorer's name of
    scikit-learn; None takes roc_auc, neg_log_loss or neg_root_mean_squared_error. model_name: the
    registered model that the winner becomes a version of; None makes one up from data set and target.
    group_column: rows with the same value in it are validated together, and it is no feature.
    time_column: rows are validated by models of rows that are earlier in it. At most one of the two.
    warm_start: begin with what worked in the team's earlier searches, once there are enough; a random
    share begins without, for the value ledger. False begins without, and is in no comparison.
    refine: when the list of configurations is through, Optuna and FLAML vary the best until time is
    over; otherwise the search ends.
    """

    dataset_id: str
    version: VersionNumber = "latest"
    target: str
    task_type: TaskType = TaskType.AUTO
    time_budget: Annotated[int, AfterValidator(_check_budget)] = 60
    metric: str | None = None
    model_name: Name | None = None
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    max_trials: Annotated[int, Field(ge=1, le=10_000)] | None = None
    group_column: str | None = None
    time_column: str | None = None
    warm_start: bool = True
    refine: bool = False

    @model_validator(mode="after")
    def _one_split(self) -> AutoMLRequest:
        if self.group_column is not None and self.time_column is not None:
            raise ValueError("give group_column or time_column, not both")
        return self


class AutoMLSubmitted(Contract):
    """Where to look next: `GET /automl/jobs/{job_id}`."""

    job_id: JobId
    status: JobState


class CurrentBest(Contract):
    """A configuration with its score so far; a greater score is better.

    `at`: seconds since the search began when it was finished. `params`: what it is made of.
    """

    name: str
    score: Measure
    family: str = ""
    standard_error: Measure = None
    fit_seconds: float | None = None
    at: float | None = None
    params: dict[str, Any] | None = None


class ScorePoint(Contract):
    """A finished trial in the order of time: its score, and the best until then.

    `at`: seconds since the search began when it was finished, `fit_seconds` of them spent on it.
    """

    name: str
    at: float
    score: Measure
    best: Measure
    family: str = ""
    fit_seconds: float | None = None


class LeaderboardEntry(Contract):
    """One evaluated configuration, or the ensemble of them (`family` is then "ensemble").

    `score` is the mean over validation folds of the metric (greater is better), `standard_error` its
    error. `status`: "final" is the registered model, "member" a part of the ensemble with `weight`.
    """

    rank: int
    name: str
    family: str
    score: Measure
    standard_error: Measure
    fit_seconds: float
    predict_ms_per_1000: float
    memory_mb: float
    size_bytes: int
    status: str
    weight: float
    params: dict[str, Any]
    run_id: UUID | None


class SkippedCandidate(Contract):
    """A configuration without a score, and why.

    `expected`: what one that was looked at on a part of the folds only would about have over all.
    """

    name: str
    family: str
    reason: str
    expected: Measure = None


class StartSource(StrEnum):
    """Whence the first configurations came: a fixed list, public tables, or the team's searches."""

    DEFAULTS = "defaults"
    PUBLIC = "public"
    HISTORY = "history"


class SearchArm(StrEnum):
    """What a search was drawn for: a start with the team's history, or one without."""

    WARM = "warm"
    COLD = "cold"


class SimilarTask(Contract):
    """A past task that speaks for a configuration.

    `similarity`: 0 to 1. `regret`: how far the configuration was behind the best there: 0 for the best,
    1 for no better than guessing. `key`: the past search's job, or a public table; `name`: for people.
    """

    key: str
    name: str
    similarity: Measure
    regret: Measure


class StartReason(Contract):
    """Why a configuration was among the first, the most similar task first."""

    candidate: str
    tasks: list[SimilarTask]


class StartOrigin(Contract):
    """Where a search began, and why there.

    `note`: one sentence. `reasons`: in the order of evaluation. `past_searches`: how many of the team's
    there were to learn from. `eligible`: whether they sufficed for a warm start. `arm`: what the draw
    gave, None where nothing was drawn (too few searches, or `warm_start` was false), and `propensity`
    its chance.
    """

    source: StartSource
    note: str
    reasons: list[StartReason] = Field(default_factory=list)
    past_searches: int = 0
    eligible: bool = False
    arm: SearchArm | None = None
    propensity: float | None = None


class AutoMLProgress(Contract):
    """A search on its way; `progress` runs from 0 to 1, `leaderboard` is the top 50 so far.

    `dataset`: name and version of the table. `metric`: what is scored, None before it is read.
    `history`: the last 500 finished trials. `start` and `warnings` (about the table) are known when the
    table is read.
    """

    job_id: JobId
    dataset: str
    status: JobState
    progress: float
    message: str
    current_best: CurrentBest | None
    finished: int
    candidates: int
    leaderboard: list[CurrentBest]
    metric: str | None = None
    history: list[ScorePoint] = Field(default_factory=list)
    skipped: list[SkippedCandidate] = Field(default_factory=list)
    start: StartOrigin | None = None
    warnings: list[str] = Field(default_factory=list)
    request: AutoMLRequest
    error: JobError | None
    created_at: Timestamp
    started_at: Timestamp | None
    finished_at: Timestamp | None


class BestModel(Contract):
    """The registered winner."""

    name: str
    version: int
    algorithm: str
    score: Measure
    standard_error: Measure


class AutoMLResults(Contract):
    """What a search found; a cancelled one has the best it had.

    An ensemble's members are those with status "member" in the leaderboard. `start` is None for searches of old.
    """

    job_id: JobId
    status: JobState
    task_type: TaskType
    metric: str
    seconds: float
    leaderboard: list[LeaderboardEntry]
    skipped: list[SkippedCandidate]
    warnings: list[str]
    best_model: BestModel
    metrics: dict[str, Measure]
    feature_importances: dict[str, float]
    experiment_id: str
    run_id: UUID
    history: list[ScorePoint] = Field(default_factory=list)
    start: StartOrigin | None = None


class DeployRequest(Request):
    """Serve the winner under `name`; None takes the model's name."""

    name: Slug | None = None
