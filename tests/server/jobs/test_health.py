"""What probes and metrics tell about the queue."""

from __future__ import annotations

import asyncio
import time

from tests.support.job_child import Note
from tests.support.jobs import Jobs
from tests.support.tenant import TenantFactory
from tests.support.workers import StartWorker


async def test_a_server_without_a_worker_is_ready_and_says_so(
    jobs: Jobs, tenants: TenantFactory
) -> None:
    await jobs.submit("echo", Note())
    answer = await tenants.open().get("/health/ready")
    assert answer.status_code == 200
    queue = answer.json()["components"]["queue"]
    assert queue["status"] == "ok"
    assert queue["figures"]["queued"] >= 1
    assert queue["figures"]["oldest_queued_seconds"] > 0


async def test_metrics_count_jobs_by_state(
    jobs: Jobs, tenants: TenantFactory, start_worker: StartWorker
) -> None:
    job_id = await jobs.submit("refuse", Note())
    start_worker()
    await jobs.ended(job_id)
    deadline = time.monotonic() + 20
    while True:  # the worker tells that it lives when it has started, not before its first job
        figures = await read_metrics(tenants)
        if figures["maestro_jobs_worker_alive"] == 1 or time.monotonic() > deadline:
            break
        await asyncio.sleep(0.1)
    assert figures['maestro_jobs{state="failed"}'] >= 1
    assert figures["maestro_jobs_worker_alive"] == 1


async def read_metrics(tenants: TenantFactory) -> dict[str, float]:
    lines = (await tenants.open().get("/metrics")).text.splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line[0] != "#")
    return {name: float(value) for name, value in pairs}
