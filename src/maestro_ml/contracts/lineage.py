"""What came of a data set, as far as it was recorded."""

from __future__ import annotations

from uuid import UUID

from maestro_ml.contracts.base import Contract, Timestamp
from maestro_ml.contracts.jobs import JobId, JobState
from maestro_ml.contracts.tracking import ExperimentId, RunId, RunStatus


class LineageSearch(Contract):
    """An AutoML search of a version of the data set."""

    job_id: JobId
    version: int
    target: str
    status: JobState
    run_id: UUID
    created_at: Timestamp


class LineageModel(Contract):
    """A model version that was trained on the data set; `dataset_version` if it says on which."""

    model: str
    version: int
    dataset_version: int | None
    run_id: str | None
    created_at: Timestamp
    created_by: str


class LineageRun(Contract):
    """A run that logged a data set of this name as its input, with the digest that its client gave."""

    run_id: RunId
    name: str
    experiment_id: ExperimentId
    status: RunStatus
    digest: str
    started_at: Timestamp


class DatasetLineage(Contract):
    """Searches, models and runs that used a data set, each the newest hundred."""

    searches: list[LineageSearch]
    models: list[LineageModel]
    runs: list[LineageRun]
