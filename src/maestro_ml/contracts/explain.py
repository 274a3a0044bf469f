"""Explanations: what speaks for a prediction, what matters to a model, and how it treats groups."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from pydantic import Field

from maestro_ml.contracts.base import Contract, Request, Timestamp
from maestro_ml.contracts.jobs import JobId, JobState

ExplanationId = NewType("ExplanationId", UUID)

Cell = str | float | int | bool | None
"""A value of a table as JSON has it; times are text."""
Instance = dict[str, Cell]
"""A row as it is sent for a prediction: a value for each column."""

MOST_INSTANCES = 100


class ExplanationKind(StrEnum):
    """What was asked: Shapley values of rows, LIME around a row, or everything about the model."""

    SHAP = "shap"
    LIME = "lime"
    GLOBAL = "global"


class ExplanationType(StrEnum):
    """Some rows, or the model as a whole."""

    LOCAL = "local"
    GLOBAL = "global"


Seed = Annotated[int, Field(ge=0, le=2**32 - 1, description="the same seed gives the same figures")]
ModelReference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=300,
        description="`name` (its latest version), `name/3`, `name@alias`, or an id",
    ),
]
DatasetReference = Annotated[
    str | None,
    Field(description="rows to compare with, as `name@2`; by default those of the training"),
]


class ShapRequest(Request):
    """Explain rows, or the model; `instance_data` is one row or at most 100."""

    model_id: ModelReference
    instance_data: Instance | list[Instance] | None = None
    explanation_type: ExplanationType = ExplanationType.LOCAL
    dataset: DatasetReference = None
    seed: Seed = 0


class LimeRequest(Request):
    """Explain one row by a linear model around it."""

    model_id: ModelReference
    instance_data: Instance
    dataset: DatasetReference = None
    seed: Seed = 0


class GlobalRequest(Request):
    """Explain the model as a whole, again if that has failed before.

    target: the column of the data set that holds the truth; by default that of the training.
    """

    dataset: DatasetReference = None
    target: str | None = None
    seed: Seed = 0


class Contribution(Contract):
    """What a column adds to an output. `error`: the standard error where it was sampled.

    rule: LIME's words for values like this one.
    """

    column: str
    value: Cell
    effect: float
    error: float | None = None
    rule: str | None = None


class ExplainedOutput(Contract):
    """One output for one row: base + all effects = prediction, for SHAP.

    For LIME they add up to `local_prediction`; `fit` (the weighted R squared of the local model) says
    how far that can be believed.
    """

    output: str
    base: float
    prediction: float
    contributions: list[Contribution]
    fit: float | None = None
    local_prediction: float | None = None


class ExplainedRow(Contract):
    """A row, and its outputs; the one that the model chose is `chosen`."""

    instance: Instance
    chosen: str
    outputs: list[ExplainedOutput]


class ColumnImportance(Contract):
    """How much a column matters: mean absolute SHAP (over rows and outputs) and its companions.

    shuffle_loss: what the model's score loses when the values are shuffled, with its deviation over the
    shuffles; None without a target. lime: the mean absolute weight over rows.
    """

    column: str
    shap: float
    by_output: list[float]
    shuffle_loss: float | None = None
    shuffle_deviation: float | None = None
    lime: float | None = None


class SummaryColumn(Contract):
    """A column's values in the explained rows, and its effects: one list for each output.

    levels: from 0 (low) to 1 (high) within the column, None for what has no order.
    """

    column: str
    values: list[Cell]
    levels: list[float | None]
    effects: list[list[float]]


class DependenceCurve(Contract):
    """The mean answer when the column is set to each of `values`; one list for each output.

    low, high: between them are 80 % of the rows.
    """

    column: str
    numeric: bool
    values: list[Cell]
    mean: list[list[float]]
    low: list[list[float]]
    high: list[list[float]]


class SliceFigure(Contract):
    """A metric over `count` rows with its 95 % interval; None where there are fewer than 30."""

    group: str
    count: int
    value: float | None
    low: float | None
    high: float | None


class ModelSlice(Contract):
    """How the model does for each group of a column; `difference` is that of the extremes."""

    column: str
    metric: str
    overall: SliceFigure
    groups: list[SliceFigure]
    difference: float | None


class ModelExplanation(Contract):
    """The model as a whole, over a seeded sample of rows; greatest importance first."""

    importances: list[ColumnImportance]
    summary: list[SummaryColumn]
    dependence: list[DependenceCurve]
    slices: list[ModelSlice]
    metric: str | None = None
    score: float | None = None


class ExplanationContent(Contract):
    """What was computed, as it is stored.

    method: tree, linear, permutation (SHAP) or lime. space: what effects are measured in: value,
    probability or log_odds. feature_importances: mean absolute effect of each column. shap_values: for
    each row the effects on the output that the model chose. plots: the names of its pictures.
    """

    method: str
    space: str
    outputs: list[str]
    background_rows: int
    explained_rows: int
    feature_importances: dict[str, float]
    shap_values: list[dict[str, float]] = Field(default_factory=list)
    rows: list[ExplainedRow] = Field(default_factory=list)
    model_view: ModelExplanation | None = None
    warnings: list[str] = Field(default_factory=list)
    plots: list[str] = Field(default_factory=list)


class Explanation(ExplanationContent):
    """An explanation with where it comes from; `plot_url` is its main picture, an SVG.

    dataset: the rows it compares with, None where that is the model's input example.
    """

    id: ExplanationId
    kind: ExplanationKind
    model: str
    version: int
    dataset: str | None
    seed: int
    job_id: JobId
    created_at: Timestamp
    created_by: str
    plot_url: str
    plot_urls: dict[str, str]
    data_url: str


class ExplanationPending(Contract):
    """It is being made: ask `location` again when the job has ended."""

    id: ExplanationId
    job_id: JobId
    status: JobState
    location: str
