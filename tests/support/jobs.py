"""A tenant's jobs, submitted as a request would and watched over the API."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.support.job_child import Note
from tests.support.tenant import TenantHandle

from maestro_ml.contracts.jobs import Job, JobLog


async def eventually(condition: Callable[[], bool], *, seconds: float = 20) -> float:
    """Wait until `condition` holds: how long that took."""
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > seconds:
            raise AssertionError(f"it did not come true within {seconds} s")
        await asyncio.sleep(0.02)
    return time.monotonic() - started


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def pids(path: Path) -> list[int]:
    """The process ids that a job leaves in `path`."""
    found: list[int] = []

    def read() -> bool:
        found[:] = [int(pid) for pid in path.read_text().split()] if path.exists() else []
        return bool(found)

    await eventually(read)
    return found


@dataclass
class Jobs:
    """Short words for what the tests do all the time."""

    tenant: TenantHandle

    async def submit(self, kind: str, note: Note, **options: Any) -> UUID:
        """Submit a job of the kind `test.<kind>`."""
        async with await self.tenant.unit() as unit:
            job = await self.tenant.platform.jobs.submit(unit, f"test.{kind}", note, **options)
        return job.id

    async def get(self, job_id: UUID) -> Job:
        """The job as a client sees it."""
        answer = await (await self.tenant.client()).get(f"/api/v1/jobs/{job_id}")
        return Job.model_validate_json(answer.content)

    async def cancel(self, job_id: UUID) -> Job:
        """Cancel over the API."""
        answer = await (await self.tenant.client()).post(f"/api/v1/jobs/{job_id}/cancel")
        assert answer.status_code == 200, answer.text
        return Job.model_validate_json(answer.content)

    async def log(self, job_id: UUID, *, after: int = 0, limit: int = 1000) -> JobLog:
        """A range of the log."""
        answer = await (await self.tenant.client()).get(
            f"/api/v1/jobs/{job_id}/logs", params={"after": after, "limit": limit}
        )
        return JobLog.model_validate_json(answer.content)

    async def until(
        self, job_id: UUID, condition: Callable[[Job], bool], *, seconds: float = 30
    ) -> Job:
        """The job, as soon as `condition` holds for it."""
        client = await self.tenant.client()
        deadline = time.monotonic() + seconds
        while True:
            answer = await client.get(f"/api/v1/jobs/{job_id}")
            job = Job.model_validate_json(answer.content)
            if condition(job):
                return job
            if time.monotonic() > deadline:
                raise AssertionError(f"still {job}")
            await asyncio.sleep(0.15)

    async def ended(self, job_id: UUID, *, seconds: float = 30) -> Job:
        """The job, as soon as it is in a final state."""
        return await self.until(job_id, lambda job: job.state.final, seconds=seconds)
