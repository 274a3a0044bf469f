"""A tenant with a table, and the means to run its searches without a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.support.tenant import TenantHandle

from maestro_ml.contracts.jobs import JobLimits, JobProgress, JobState
from maestro_ml.server.automl import search_kind
from maestro_ml.server.automl.draws import StartDraw
from maestro_ml.server.automl.service import SearchPayload
from maestro_ml.server.jobs import JobContext
from maestro_ml.server.jobs.repository import AttemptRepository

PEOPLE = b"age,sex,fare,survived\n" + b"".join(
    f"{n * 7 % 60},{'fm'[n * 3 % 5 % 2]},{n * 13 % 50},{int(n * 3 % 5 % 2 == 0) ^ (n % 11 == 0)}\n".encode()
    for n in range(120)
)
JOBS = "/api/v1/automl/jobs"


@dataclass
class Searching:
    """A tenant whose data set `people` is searched for `survived`."""

    tenant: TenantHandle
    client: httpx.AsyncClient
    trials: Path
    reports: list[JobProgress] = field(default_factory=list)

    async def submit(self, **request: Any) -> UUID:
        """Queue a search of four candidates."""
        body = {"dataset_id": "people", "target": "survived", "time_budget": 60, "max_trials": 4}
        answer = await self.client.post(JOBS, json=body | request)
        assert answer.status_code == 202, answer.text
        return UUID(answer.json()["job_id"])

    async def run(
        self,
        job_id: UUID,
        *,
        start: StartDraw | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> dict[str, Any]:
        """Do a search's job as its process would, but here; `start` replaces what was drawn."""
        platform, context = self.tenant.platform, await self.tenant.context()
        kind = search_kind(
            platform.datasets,
            platform.tables,
            platform.tracking,
            platform.registry,
            platform.explain,
            platform.search_history,
            self.trials,
        )
        async with platform.units.tenant(context) as unit:
            attempts = AttemptRepository(unit.session, context.tenant_id, job_id)
            claimed = await attempts.claim("test")
        assert claimed is not None
        payload = SearchPayload.model_validate(claimed.payload)
        if start is not None:
            payload = payload.model_copy(update={"start": start})
        result = await kind.run(
            JobContext(
                job_id=job_id,
                attempt=claimed.attempt,
                limits=JobLimits(seconds=120, memory_mb=3000),
                context=context,
                units=platform.units,
                send_progress=self.reports.append,
                stop_requested=stop,
            ),
            payload,
        )
        async with platform.units.tenant(context) as unit:
            attempts = AttemptRepository(unit.session, context.tenant_id, job_id)
            assert await attempts.finish(claimed.attempt, JobState.SUCCEEDED, result=result)
        found: dict[str, Any] = await self.get(f"{JOBS}/{job_id}/results")
        return found

    async def get(self, path: str, **params: Any) -> Any:
        """What the API answers."""
        answer = await self.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def searching(tenant: TenantHandle, tmp_path: Path) -> Searching:
    client = await tenant.client()
    uploaded = await client.post(
        "/api/v1/datasets/upload",
        params={"name": "people", "filename": "people.csv"},
        content=PEOPLE,
    )
    assert uploaded.status_code == 201, uploaded.text
    return Searching(tenant, client, tmp_path)
