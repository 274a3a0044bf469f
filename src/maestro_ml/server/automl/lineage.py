"""What came of a data set: its searches, the models trained on it, the runs that read it.

It stands on this floor because nothing below knows searches, models and runs together.
"""

from __future__ import annotations

from maestro_ml.contracts.lineage import (
    DatasetLineage,
    LineageModel,
    LineageRun,
    LineageSearch,
)
from maestro_ml.contracts.tracking import ExperimentId, RunId, RunStatus
from maestro_ml.server.automl.service import SEARCH, SearchPayload
from maestro_ml.server.datasets import DatasetService
from maestro_ml.server.jobs import JobService
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.registry import SourcedVersion, versions_trained_on
from maestro_ml.server.tracking import InputRepository

_SHOWN = 100


class DatasetLineageService:
    """Reads what the other rooms have recorded; nothing is stored here."""

    def __init__(self, datasets: DatasetService, jobs: JobService) -> None:
        self._datasets = datasets
        self._jobs = jobs

    async def get(self, unit: UnitOfWork, ref: str) -> DatasetLineage:
        """The newest hundred of each kind. Raises DatasetNotFound."""
        name = (await self._datasets.get(unit, ref)).name
        jobs = await self._jobs.list(
            unit, limit=_SHOWN, cursor=None, kind=SEARCH, payload={"dataset_name": name}
        )
        runs = await InputRepository(unit.session).runs_that_read(name, _SHOWN)
        models = await versions_trained_on(unit, name, [run.id for run in runs], limit=_SHOWN)
        searches = [(job, SearchPayload.model_validate(job.payload)) for job in jobs.items]
        return DatasetLineage(
            searches=[
                LineageSearch(
                    job_id=job.id,
                    version=payload.version,
                    target=payload.request.target,
                    status=job.state,
                    run_id=payload.run_id,
                    created_at=job.created_at,
                )
                for job, payload in searches
            ],
            models=[_to_model(version) for version in models],
            runs=[
                LineageRun(
                    run_id=RunId(run.id),
                    name=run.name,
                    experiment_id=ExperimentId(run.experiment_id),
                    status=RunStatus(run.status),
                    digest=run.digest,
                    started_at=run.started_at,
                )
                for run in runs
            ],
        )


def _to_model(version: SourcedVersion) -> LineageModel:
    number = (version.dataset or "").rpartition("@")[2]
    return LineageModel(
        model=version.model,
        version=version.version,
        dataset_version=int(number) if number.isdecimal() else None,
        run_id=version.source_run_id,
        created_at=version.created_at,
        created_by=version.created_by,
    )
