"""What a table of runs asks of the server beside its pages: places, groups, keys, extremes, files."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from maestro_ml.contracts.base import Contract, Request
from maestro_ml.contracts.tracking import (
    ExperimentId,
    Int64,
    Key,
    MetricHistory,
    MetricValue,
    RunId,
    View,
)

MAX_GROUPED_METRICS = 20
MAX_EXTREME_RUNS = 200
MAX_EXTREME_KEYS = 20
MAX_OVERLAID_RUNS = 100
MAX_OVERLAID_KEYS = 50
MAX_OVERLAID_POINTS = 400_000

RunColumn = Annotated[
    str,
    StringConstraints(
        max_length=260,
        pattern=r"^((params|tags|metrics)\.[^\x00]{1,250}|attributes\.[a-z_]{1,40})$",
    ),
]
"""A param, tag, metric or attribute: `params.model`, `tags.team`, `metrics.auc`, `attributes.status`."""


class RunChoice(Request):
    """Which runs of which experiments, in MLflow's language."""

    experiment_ids: list[ExperimentId] = Field(min_length=1, max_length=100)
    filter: str = Field(default="", max_length=20_000)
    view: View = View.ACTIVE


class RunPlacesQuery(RunChoice):
    """The search whose places are wanted; `order_by` as in RunSearch."""

    order_by: list[str] = Field(default_factory=list, max_length=10)


class RunPlaces(Contract):
    """How many runs a search finds, and where to go on reading in its midst.

    cursors: for RunSearch; the one at position i starts behind the run number (i + 1) * `every`.
    start: begins with the first run of now, whatever runs come before it later; None without runs.
    total: exact, or, when `exact` is false, an estimate of what lies beyond the bound of counting.
    """

    total: int
    exact: bool
    start: str | None
    every: int
    cursors: list[str]


class RunGrouping(RunChoice):
    """Runs put together by what they have in common.

    by: such as ["params.model", "tags.team"]; metrics: those to be averaged.
    """

    by: list[RunColumn] = Field(min_length=1, max_length=3)
    metrics: list[Key] = Field(default_factory=list, max_length=MAX_GROUPED_METRICS)
    limit: int = Field(default=200, ge=1, le=1000)


class MetricMean(Contract):
    """The latest finite values of a metric in a group.

    half_width: of the 95 % interval around `mean` by Student's t; None for a single run.
    """

    key: str
    runs: int
    mean: MetricValue
    half_width: MetricValue | None
    lowest: MetricValue
    highest: MetricValue


class RunGroup(Contract):
    """Runs with the same `values`, which are in the order of `by`; None where a run has none."""

    values: list[str | None]
    runs: int
    metrics: list[MetricMean]


class RunGroups(Contract):
    """The largest groups first; `total` counts those that are not among the items, too."""

    items: list[RunGroup]
    total: int


class ExperimentKeys(Contract):
    """What the runs of an experiment have logged, by name.

    Metrics are those of all runs, params and tags those of the newest `runs_read` runs.
    """

    metrics: list[str]
    params: list[str]
    tags: list[str]
    runs_read: int


class ExtremesQuery(Request):
    """Runs and metrics whose lowest and highest values are wanted."""

    run_ids: list[RunId] = Field(min_length=1, max_length=MAX_EXTREME_RUNS)
    keys: list[Key] = Field(min_length=1, max_length=MAX_EXTREME_KEYS)


class MetricExtremes(Contract):
    """The lowest and the highest number that a run ever logged for a metric."""

    run_id: RunId
    key: str
    lowest: MetricValue
    highest: MetricValue


class MetricExtremesList(Contract):
    """A metric without a number is left out."""

    items: list[MetricExtremes]


class HistoriesQuery(Request):
    """Metrics of several runs for one chart or several; at most 400,000 points in all.

    steps, times: only the points between these, both included; times in milliseconds since 1970.
    """

    run_ids: list[RunId] = Field(min_length=1, max_length=MAX_OVERLAID_RUNS)
    keys: list[Key] = Field(min_length=1, max_length=MAX_OVERLAID_KEYS)
    max_points: int = Field(default=1000, ge=2, le=10_000)
    steps: tuple[Int64, Int64] | None = None
    times: tuple[Int64, Int64] | None = None


class RunHistory(MetricHistory):
    """The points of a metric of one of the runs."""

    run_id: RunId


class RunHistories(Contract):
    """By run and key; a metric that a run does not have is left out."""

    items: list[RunHistory]


class TableFormat(StrEnum):
    """The kind of file."""

    CSV = "csv"
    PARQUET = "parquet"


class RunTableExport(RunPlacesQuery):
    """Every run that a search finds, as a file.

    columns: such as ["metrics.auc", "params.lr"]; without any, all metrics, params and tags.
    """

    columns: list[RunColumn] = Field(default_factory=list, max_length=20_000)
    format: TableFormat = TableFormat.CSV


class PreviewTicket(Contract):
    """The path, below the server's address, that the path of a file is put behind."""

    path: str
