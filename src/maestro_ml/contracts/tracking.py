"""Experiments, runs and what is logged to them, as they cross the wire."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from pydantic import Field, PlainSerializer, StringConstraints

from maestro_ml.contracts.base import Contract, Request, Timestamp

ExperimentId = NewType("ExperimentId", int)
"""Counted from 1 in each tenant; 0 is the experiment `Default`, which every tenant has."""

RunId = NewType("RunId", UUID)

MAX_KEY = 250
MAX_PARAM_VALUE = 6000
MAX_TAG_VALUE = 8000
MAX_EXPERIMENT_NAME = 500
MAX_BATCH_METRICS = 1000
MAX_BATCH_PARAMS = 100
MAX_BATCH_TAGS = 100

_INT64 = 2**63


class RunStatus(StrEnum):
    """Where a run stands; the last three are final."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    KILLED = "killed"

    @property
    def final(self) -> bool:
        """Whether nothing is expected to follow."""
        return self not in (RunStatus.SCHEDULED, RunStatus.RUNNING)


class Lifecycle(StrEnum):
    """Deleted things lie in the trash, from which they can be restored."""

    ACTIVE = "active"
    DELETED = "deleted"


class View(StrEnum):
    """Which lifecycle a list shows."""

    ACTIVE = "active"
    DELETED = "deleted"
    ALL = "all"


class SortDirection(StrEnum):
    """Ascending or descending."""

    ASC = "asc"
    DESC = "desc"


def spell_number(value: float) -> float | str:
    """`value` as JSON carries it: NaN and the infinities, which JSON has not, by their names."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def spell_numbers(values: list[float]) -> list[float | str]:
    """The same of many, of which almost always all are finite."""
    return [*values] if all(map(math.isfinite, values)) else [*map(spell_number, values)]


MetricValue = Annotated[float, PlainSerializer(spell_number)]
"""A number; JSON, which has no such numbers, carries "NaN", "Infinity" and "-Infinity" as strings."""

MetricValues = Annotated[list[float], PlainSerializer(spell_numbers)]

Int64 = Annotated[int, Field(ge=-_INT64, lt=_INT64)]
# PostgreSQL's text has no place for the character NUL.
_TEXT = r"^[^\x00]*$"
Key = Annotated[str, StringConstraints(min_length=1, max_length=MAX_KEY, pattern=_TEXT)]
ParamValue = Annotated[str, StringConstraints(max_length=MAX_PARAM_VALUE, pattern=_TEXT)]
TagValue = Annotated[str, StringConstraints(max_length=MAX_TAG_VALUE, pattern=_TEXT)]
ExperimentName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=MAX_EXPERIMENT_NAME, pattern=_TEXT
    ),
]
RunName = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TAG_VALUE, pattern=_TEXT)]
ParamMap = dict[Key, ParamValue]
TagMap = dict[Key, TagValue]


class Experiment(Contract):
    """Holds the runs that are compared with each other."""

    id: ExperimentId
    name: str
    artifact_location: str
    lifecycle: Lifecycle
    tags: dict[str, str]
    created_at: Timestamp
    updated_at: Timestamp


class ExperimentCreate(Request):
    """`name` is unique in the tenant, the trash included."""

    name: ExperimentName
    artifact_location: Annotated[str, StringConstraints(max_length=2000, pattern=_TEXT)] | None = (
        None
    )
    tags: TagMap = Field(default_factory=dict)


class ExperimentUpdate(Request):
    """Only what is given changes; a tag set to None is removed."""

    name: ExperimentName | None = None
    tags: dict[Key, TagValue | None] = Field(default_factory=dict)


class Run(Contract):
    """One execution: its params, its tags and the latest value of each metric."""

    id: RunId
    experiment_id: ExperimentId
    name: str
    status: RunStatus
    lifecycle: Lifecycle
    user: str
    parent_run_id: RunId | None
    started_at: Timestamp
    ended_at: Timestamp | None
    artifact_uri: str
    params: dict[str, str]
    tags: dict[str, str]
    metrics: dict[str, MetricValue]


class RunCreate(Request):
    """A run that starts now unless told otherwise; without a `name` the server invents one.

    With an `id` of the client's own the request can be repeated at any time: it finds the run that
    the first one made.
    """

    id: RunId | None = None
    experiment_id: ExperimentId = ExperimentId(0)
    name: RunName | None = None
    params: ParamMap = Field(default_factory=dict)
    tags: TagMap = Field(default_factory=dict)
    parent_run_id: RunId | None = None
    started_at: Timestamp | None = None


class RunUpdate(Request):
    """Only what is given changes; a final `status` ends the run, now unless `ended_at` says when."""

    status: RunStatus | None = None
    ended_at: Timestamp | None = None
    name: RunName | None = None


class Metric(Request):
    """One point of a metric; `timestamp` is in milliseconds since 1970, by default the server's now."""

    key: Key
    value: MetricValue
    step: Int64 = 0
    timestamp: Int64 | None = None


class RunBatch(Request):
    """What is logged together: all of it is stored, or none."""

    metrics: list[Metric] = Field(default_factory=list, max_length=MAX_BATCH_METRICS)
    params: ParamMap = Field(default_factory=dict, max_length=MAX_BATCH_PARAMS)
    tags: TagMap = Field(default_factory=dict, max_length=MAX_BATCH_TAGS)


class MetricHistory(Contract):
    """All points of a metric in the order of step, time, value; no point stands there twice.

    The three lists have equal length; `timestamps` are in milliseconds since 1970. `thinned` says
    that only the extremes of each stretch are shown; `next_cursor` that more points follow.
    """

    key: str
    steps: list[int]
    timestamps: list[int]
    values: MetricValues
    thinned: bool = False
    next_cursor: str | None = None


class RunArtifact(Contract):
    """A file of a run; `path` is relative to the run, with slashes; `size` is in bytes.

    `sha256` is None for what a client wrote to the cloud's store itself.
    """

    path: str
    size: int
    sha256: str | None
    modified_at: Timestamp
