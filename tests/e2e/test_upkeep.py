"""A real worker does the upkeep: packs what is finished, and empties the trash when told to."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.support.tenant import TenantFactory
from tests.support.workers import worker_environment

from maestro_ml.server.installation import Installation


@pytest.fixture
def worker(installation: Installation, tmp_path: Path) -> Iterator[None]:
    """A worker with the platform's own jobs and recurring work."""
    process = subprocess.Popen(
        [sys.executable, "-m", "maestro_ml.server.worker", "--supervised"],
        stdin=subprocess.PIPE,
        env=worker_environment(installation, tmp_path),
    )
    yield
    assert process.stdin is not None
    process.stdin.close()  # a supervised worker ends with its supervisor
    process.wait(30)


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_a_worker_packs_finished_runs_and_purges_on_demand(
    tenants: TenantFactory, owner_connection: psycopg.Connection
) -> None:
    client = await (await tenants.create()).client()
    runs = [(await client.post("/api/v1/runs", json={})).json()["id"] for _ in range(2)]
    for run in runs:
        for step in range(5):
            await client.post(f"/api/v1/runs/{run}/metrics", json={"key": "m", "value": step})
    await client.patch(f"/api/v1/runs/{runs[0]}", json={"status": "finished"})
    await client.delete(f"/api/v1/runs/{runs[1]}")
    job = (await client.post("/api/v1/runs/purge", json={"run_ids": runs[1:]})).json()
    ended = await _ended(client, job["id"])
    assert (ended["state"], ended["error"]) == ("succeeded", None)
    assert (ended["result"]["runs"], ended["result"]["points"]) == (1, 5)
    deadline = time.monotonic() + 60
    while _rows(owner_connection, runs[0]) > 0:
        assert time.monotonic() < deadline, "the run was not packed in time"
        await asyncio.sleep(0.2)
    history = (await client.get(f"/api/v1/runs/{runs[0]}/metrics/m")).json()
    assert sorted(history["values"]) == [0.0, 1.0, 2.0, 3.0, 4.0]


async def _ended(client: httpx.AsyncClient, job_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while True:
        job: dict[str, Any] = (await client.get(f"/api/v1/jobs/{job_id}")).json()
        if job["finished_at"] is not None:
            return job
        assert time.monotonic() < deadline, "the job did not end in time"
        await asyncio.sleep(0.1)


def _rows(connection: psycopg.Connection, run: str) -> int:
    with connection.transaction():
        connection.execute("SET LOCAL ROLE maestro_system")
        found = connection.execute(
            "SELECT count(*) FROM metric_point p JOIN run_metric m USING (series_id) "
            "WHERE m.run_id = %s",
            [run],
        )
        return int(found.fetchall()[0][0])
