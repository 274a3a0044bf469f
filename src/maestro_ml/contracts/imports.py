"""What is brought in from another tracking server, with the ids, dates and states that it had there."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from maestro_ml.contracts.base import Contract, Request, Timestamp
from maestro_ml.contracts.tracking import (
    ExperimentName,
    Int64,
    Key,
    Lifecycle,
    MetricValue,
    RunArtifact,
    RunId,
    RunName,
    RunStatus,
)

MAX_SERIES_POINTS = 10_000
MAX_CONTENTS = 1000

# PostgreSQL's text has no place for the character NUL. Older servers had other limits of length than
# ours, and what they let in is not refused here.
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]


class ExperimentImport(Request):
    """An experiment as it was elsewhere; it is recognised by its name and `created_at`."""

    name: ExperimentName
    tags: dict[Key, Text] = Field(default_factory=dict)
    lifecycle: Lifecycle = Lifecycle.ACTIVE
    created_at: Timestamp
    updated_at: Timestamp


class DatasetInput(Request):
    """A dataset that a run read; `columns` is what MLflow calls its schema, as text."""

    name: Text
    digest: Text
    source_type: Text
    source: Text
    columns: Text = ""
    profile: Text = ""
    tags: dict[Key, Text] = Field(default_factory=dict)


class ModelOutput(Request):
    """A logged model that a run wrote."""

    model_id: Text
    step: Int64 = 0


class RunImport(Request):
    """A run as it was elsewhere: the first line of a body whose other lines are SeriesImport."""

    id: RunId
    experiment_id: Annotated[int, Field(ge=0, lt=2**63)]
    name: RunName
    status: RunStatus
    user: Text
    started_at: Timestamp
    ended_at: Timestamp | None = None
    parent_run_id: RunId | None = None
    params: dict[Key, Text] = Field(default_factory=dict)
    tags: dict[Key, Text] = Field(default_factory=dict)
    datasets: list[DatasetInput] = Field(default_factory=list)
    read_models: list[Text] = Field(default_factory=list)
    written_models: list[ModelOutput] = Field(default_factory=list)


class RunExport(RunImport):
    """A run as it is here, in the form that an import takes, and whether it lies in the trash."""

    lifecycle: Lifecycle


class SeriesImport(Request):
    """Points of one metric by column; `timestamps` are in milliseconds since 1970."""

    key: Key
    steps: Annotated[list[Int64], Field(max_length=MAX_SERIES_POINTS)]
    timestamps: list[Int64]
    values: list[MetricValue]

    @model_validator(mode="after")
    def _same_length(self) -> Self:
        if not len(self.steps) == len(self.timestamps) == len(self.values):
            raise ValueError("steps, timestamps and values are of different lengths")
        return self


class RunContents(Contract):
    """How much a run holds; `points` counts every point of every metric once.

    `inputs` are the datasets and logged models that it read, `outputs` the logged models it wrote.
    """

    id: RunId
    lifecycle: Lifecycle
    status: RunStatus
    params: int
    tags: int
    metrics: int
    points: int
    inputs: int
    outputs: int
    artifacts: int
    artifact_bytes: int


class RunContentsQuery(Request):
    """The runs that are asked about."""

    ids: Annotated[list[UUID], Field(max_length=MAX_CONTENTS)]


class RunContentsList(Contract):
    """Those of the runs that there are, in no order."""

    runs: list[RunContents]


class LoggedModelStatus(StrEnum):
    """Whether a logged model's files are all there, in MLflow's words."""

    PENDING = "PENDING"
    READY = "READY"
    FAILED = "FAILED"


class LoggedModelMetric(Request):
    """A point that a run measured of a logged model; `timestamp` is in milliseconds since 1970."""

    key: Key
    value: MetricValue
    timestamp: Int64
    step: Int64 = 0
    run_id: RunId
    dataset_name: Text | None = None
    dataset_digest: Text | None = None


class LoggedModelImport(Request):
    """A logged model as it was elsewhere, under its own id."""

    id: Annotated[str, StringConstraints(pattern=r"^m-[0-9a-f]{32}$")]
    experiment_id: Annotated[int, Field(ge=0, lt=2**63)]
    name: Text
    model_type: Text = ""
    status: LoggedModelStatus
    source_run_id: Text = ""
    params: dict[Key, Text] = Field(default_factory=dict)
    tags: dict[Key, Text] = Field(default_factory=dict)
    metrics: list[LoggedModelMetric] = Field(default_factory=list)
    created_at: Timestamp
    updated_at: Timestamp


class LoggedModelExport(LoggedModelImport):
    """A logged model as it is here, in the form that an import takes, with its files.

    `artifact_location` is where they are, and `artifacts` those of them that are with us.
    """

    artifact_location: str
    artifacts: list[RunArtifact]


class LoggedModelContents(Contract):
    """How much a logged model holds; `artifact_location` is where its files belong."""

    id: str
    artifact_location: str
    params: int
    tags: int
    metrics: int
    artifacts: dict[str, int]
