"""What is asked of many runs at once, and notes: compare, tag, delete, restore."""

from __future__ import annotations

from pydantic import Field

from maestro_ml.contracts.base import Contract, Request, Timestamp
from maestro_ml.contracts.tracking import (
    ExperimentId,
    Key,
    MetricHistory,
    MetricValue,
    RunId,
    RunStatus,
    TagValue,
    View,
)

MAX_COMPARED = 100
MAX_SELECTED = 1000
MAX_CHARTED = 50


class RunSearch(Request):
    """Runs of some experiments, by MLflow's filters and orders; the latest start comes first by default.

    filter: such as `metrics.auc > 0.8 and params.model = 'lgbm' and attributes.status = 'FINISHED'`.
    order_by: such as `metrics.auc DESC`; runs without the metric come last.
    """

    experiment_ids: list[ExperimentId] = Field(min_length=1, max_length=100)
    filter: str = Field(default="", max_length=20_000)
    order_by: list[str] = Field(default_factory=list, max_length=10)
    view: View = View.ACTIVE
    limit: int = Field(default=100, ge=1, le=1000)
    cursor: str | None = Field(default=None, max_length=50_000)
    skip: int = Field(default=0, ge=0, le=1000, description="runs to pass over behind the cursor")


class RunsToCompare(Request):
    """The runs to stand beside each other, in this order."""

    run_ids: list[RunId] = Field(min_length=1, max_length=MAX_COMPARED)


class ComparedRun(Contract):
    """The head of a column."""

    id: RunId
    name: str
    status: RunStatus
    experiment_id: ExperimentId
    user: str
    started_at: Timestamp
    ended_at: Timestamp | None


class ComparedText(Contract):
    """A param or tag in each of the runs; None where a run has none."""

    key: str
    differs: bool
    values: list[str | None]


class ComparedMetric(Contract):
    """The latest value of a metric in each of the runs; None where a run has none."""

    key: str
    differs: bool
    values: list[MetricValue | None]


class RunComparison(Contract):
    """Runs as columns; what differs stands first, then by name. `values` are in the order of `runs`."""

    runs: list[ComparedRun]
    params: list[ComparedText]
    metrics: list[ComparedMetric]
    tags: list[ComparedText]


class RunSelection(Request):
    """Runs that change together, or not at all."""

    run_ids: list[RunId] = Field(min_length=1, max_length=MAX_SELECTED)


class RunsTagging(RunSelection):
    """Tags for all of the runs; one set to None is removed."""

    tags: dict[Key, TagValue | None] = Field(min_length=1, max_length=100)


class SelectionChange(Contract):
    """How many runs are different now."""

    changed: int


class MetricHistories(Contract):
    """Histories of several metrics of one run, by key."""

    items: list[MetricHistory]


class Note(Contract):
    """A text in Markdown; empty if there is none. The tag `mlflow.note.content` holds it."""

    content: str


class NoteUpdate(Request):
    """The new text; an empty one removes the note."""

    content: TagValue
