"""The search as a kind of job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from maestro_ml.server.automl.history import SearchHistory
from maestro_ml.server.automl.service import SEARCH, SearchPayload
from maestro_ml.server.datasets import DatasetService, TableService
from maestro_ml.server.explain import ExplainService
from maestro_ml.server.jobs import JobContext, JobKind
from maestro_ml.server.registry import RegistryService
from maestro_ml.server.tracking import TrackingService


def search_kind(
    datasets: DatasetService,
    tables: TableService,
    tracking: TrackingService,
    registry: RegistryService,
    explain: ExplainService,
    history: SearchHistory,
    trials: Path,
) -> JobKind[SearchPayload]:
    """`automl.search`: ends gracefully on cancellation, with the best model it has.

    In the folder `trials` a search keeps its own while it runs, for another attempt.
    """

    async def run(job: JobContext, payload: SearchPayload) -> dict[str, Any]:
        # The ML libraries take seconds to load, and only the job's own process needs them.
        from maestro_ml.server.automl.search import Search  # noqa: PLC0415

        services = (datasets, tables, tracking, registry, explain, history)
        return await Search(job, payload, *services, trials).run()

    return JobKind(name=SEARCH, payload=SearchPayload, run=run, graceful=True)
