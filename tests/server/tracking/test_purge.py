"""Emptying the trash: what is gone, what stays, and how many bytes it was."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from tests.support.compaction import pack_everything
from tests.support.models import write_model, zipped
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.identity import Role
from maestro_ml.contracts.jobs import JobLimits
from maestro_ml.contracts.purge import PurgeReport
from maestro_ml.contracts.tracking import ExperimentId, RunId
from maestro_ml.server.blobs import blob_key
from maestro_ml.server.cleaning import Cleaning
from maestro_ml.server.jobs import JobContext
from maestro_ml.server.registry import runs_behind_versions
from maestro_ml.server.tracking import TrashPurge, purge_kind
from maestro_ml.server.tracking.purge_service import PurgePayload
from maestro_ml.server.wiring import Platform


async def start(client: httpx.AsyncClient, experiment: int = 0) -> str:
    """A run with 40 points, half of them in an array, and a file of 1000 bytes."""
    answer = await client.post("/api/v1/runs", json={"experiment_id": experiment})
    run = str(answer.json()["id"])
    for key, steps in (("rows", [[n] for n in range(20)]), ("array", [[*range(20)]])):
        for part in steps:
            metrics = [{"key": key, "value": 0.5, "step": step} for step in part]
            await client.post(f"/api/v1/runs/{run}/log-batch", json={"metrics": metrics})
    await client.put(f"/api/v1/runs/{run}/artifacts/a/b.bin", content=bytes(1000))
    return run


async def purge(tenant: TenantHandle, **payload: Any) -> PurgeReport:
    """What the job does, in this process; tests/e2e run it in a worker."""
    context = await tenant.context()
    job = JobContext(
        job_id=uuid4(),
        attempt=1,
        limits=JobLimits(seconds=60, memory_mb=512),
        context=context,
        units=tenant.platform.units,
        send_progress=lambda _: None,
        stop_requested=lambda: False,
    )
    kind = purge_kind(TrashPurge(tenant.platform.blobs, runs_behind_versions))
    return PurgeReport.model_validate(await kind.run(job, PurgePayload(**payload)))


async def exists(client: httpx.AsyncClient, run: str) -> bool:
    return (await client.get(f"/api/v1/runs/{run}")).status_code == 200


def rows_of(connection: psycopg.Connection, tenant_id: UUID) -> dict[str, int]:
    tables = (
        *("run", "run_metric", "metric_point", "metric_chunk"),
        *("metric_overview", "run_artifact"),
    )
    with connection.transaction():
        connection.execute("SET LOCAL ROLE maestro_system")
        return {
            table: connection.execute(
                f"SELECT count(*) FROM {table} WHERE tenant_id = %s", [tenant_id]
            ).fetchall()[0][0]
            for table in tables
        }


async def test_a_purged_run_leaves_no_row_and_no_byte(
    tenant: TenantHandle, client: httpx.AsyncClient, owner_connection: psycopg.Connection
) -> None:
    gone, kept, active = [await start(client) for _ in range(3)]
    await client.delete(f"/api/v1/runs/{gone}")
    await client.delete(f"/api/v1/runs/{kept}")
    report = await purge(tenant, run_ids=[RunId(UUID(gone)), RunId(UUID(active))])
    assert (report.runs, report.points, report.file_bytes) == (1, 40, 1000)
    assert 1000 < report.row_bytes < 10_000
    assert [await exists(client, run) for run in (gone, kept, active)] == [False, True, True]
    tenant_id = (await tenant.context()).tenant_id
    assert rows_of(owner_connection, tenant_id) == {
        "run": 2,
        "run_metric": 4,
        "metric_point": 40,
        "metric_chunk": 2,
        "metric_overview": 0,
        "run_artifact": 2,
    }
    blobs = [blob async for blob in tenant.platform.blobs.list(blob_key(tenant_id, "runs"))]
    assert sorted(blob.key.split("/")[2] for blob in blobs) == sorted([kept, active])
    events = (await client.get("/api/v1/audit")).json()["items"]
    assert [e["subject_id"] for e in events if e["action"] == "tracking.run.purged"] == [gone]
    assert await purge(tenant, run_ids=[RunId(UUID(gone))]) == PurgeReport()


async def test_the_overview_of_a_long_history_goes_with_it(
    tenant: TenantHandle, client: httpx.AsyncClient, owner_connection: psycopg.Connection
) -> None:
    run = str((await client.post("/api/v1/runs", json={})).json()["id"])
    for first in range(0, 9000, 1000):
        points = [
            {"key": "m", "value": step / 7, "step": step} for step in range(first, first + 1000)
        ]
        await client.post(f"/api/v1/runs/{run}/log-batch", json={"metrics": points})
    await client.patch(f"/api/v1/runs/{run}", json={"status": "finished"})
    await pack_everything(tenant.platform)
    tenant_id = (await tenant.context()).tenant_id
    assert rows_of(owner_connection, tenant_id)["metric_overview"] == 1
    with owner_connection.transaction():
        owner_connection.execute("SET LOCAL ROLE maestro_system")
        [(chunks, overview)] = owner_connection.execute(
            "SELECT (SELECT sum(pg_column_size(c.*)) FROM metric_chunk c WHERE tenant_id = %(id)s), "
            "(SELECT sum(pg_column_size(o.*)) FROM metric_overview o WHERE tenant_id = %(id)s)",
            {"id": tenant_id},
        ).fetchall()
    await client.delete(f"/api/v1/runs/{run}")
    report = await purge(tenant, run_ids=[RunId(UUID(run))])
    assert report.points == 9000
    assert report.row_bytes > chunks + overview
    assert set(rows_of(owner_connection, tenant_id).values()) == {0}


async def test_age_chooses_what_lay_in_the_trash_by_then(
    tenant: TenantHandle, client: httpx.AsyncClient
) -> None:
    run = await start(client)
    await client.delete(f"/api/v1/runs/{run}")
    moment = datetime.now(UTC)
    assert await purge(tenant, runs_before=moment - timedelta(days=1)) == PurgeReport()
    assert (await purge(tenant, runs_before=moment)).runs == 1
    assert not await exists(client, run)


async def test_an_experiment_goes_with_all_its_runs(
    tenant: TenantHandle, client: httpx.AsyncClient
) -> None:
    made = await client.post("/api/v1/experiments", json={"name": "gone"})
    number = made.json()["id"]
    runs = [await start(client, number) for _ in range(2)]
    loose = f"/api/2.0/mlflow-artifacts/artifacts/{number}/models/notes.bin"
    assert (await client.put(loose, content=bytes(300))).status_code == 200
    await client.delete(f"/api/v1/runs/{runs[0]}")
    await client.delete(f"/api/v1/experiments/{number}")
    report = await purge(tenant, experiment_ids=[ExperimentId(number)])
    assert (report.experiments, report.runs, report.points) == (1, 2, 80)
    assert report.file_bytes == 2300
    assert (await client.get(loose)).status_code == 404
    assert [await exists(client, run) for run in runs] == [False, False]
    assert (await client.get(f"/api/v1/experiments/{number}")).status_code == 404
    again = await client.post("/api/v1/experiments", json={"name": "gone"})
    assert again.json()["id"] > number
    await client.delete("/api/v1/experiments/0")
    assert (await purge(tenant, experiments_before=datetime.now(UTC))).experiments == 0
    assert (await client.post("/api/v1/experiments/0/restore")).status_code == 200


async def test_a_run_that_a_model_comes_from_stays(
    tenant: TenantHandle, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    run, other = await start(client), await start(client)
    await client.post("/api/v1/models", json={"name": "model"})
    made = await client.post(
        "/api/v1/models/model/versions",
        content=zipped(write_model(tmp_path / "package")),
        params={"source_run_id": UUID(run).hex},
    )
    assert made.status_code == 201, made.text
    answer = await client.post("/api/v1/runs/bulk-delete", json={"run_ids": [run, other]})
    assert answer.json() == {"changed": 2}
    report = await purge(tenant, runs_before=datetime.now(UTC))
    assert (report.runs, report.kept) == (1, 1)
    assert await exists(client, run)


async def test_a_request_is_checked_before_it_becomes_a_job(
    tenant: TenantHandle, client: httpx.AsyncClient, tenants: TenantFactory
) -> None:
    run = await start(client)
    active = await client.post("/api/v1/runs/purge", json={"run_ids": [run]})
    assert (active.status_code, active.json()["code"]) == (409, "tracking.not_in_trash")
    await client.delete(f"/api/v1/runs/{run}")
    submitted = await client.post("/api/v1/runs/purge", json={"run_ids": [run]})
    assert (submitted.status_code, submitted.json()["kind"]) == (202, "tracking.purge")
    experiment = await client.post("/api/v1/experiments/purge", json={"experiment_ids": [0]})
    assert (experiment.status_code, experiment.json()["code"]) == (409, "tracking.not_in_trash")
    for body in ({}, {"run_ids": [run], "older_than_days": 1}):
        assert (await client.post("/api/v1/runs/purge", json=body)).status_code == 422
    stranger = await (await tenants.create()).client()
    assert (await stranger.post("/api/v1/runs/purge", json={"run_ids": [run]})).status_code == 404
    scientist = await tenant.client(Role.VIEWER)
    denied = await scientist.post("/api/v1/runs/purge", json={"older_than_days": 0})
    assert denied.status_code == 403


async def test_the_nightly_cleaning_finds_files_without_a_row(
    tenant: TenantHandle, client: httpx.AsyncClient, platform: Platform
) -> None:
    run = await start(client)
    tenant_id = (await tenant.context()).tenant_id
    lost = blob_key(tenant_id, "runs", str(uuid4()), "lost.bin")
    fresh = blob_key(tenant_id, "runs", run, "fresh.bin")

    async def bytes_of(size: int) -> Any:
        yield bytes(size)

    for key in (lost, fresh):
        await platform.blobs.put_stream(key, bytes_of(500))
    named = blob_key(tenant_id, "runs", run, "a/b.bin")
    for key in (lost, named):
        path = platform.blobs.local_path(key)
        assert path is not None
        os.utime(path, (1, 1))
    await Cleaning(platform).run()
    left = {blob.key async for blob in platform.blobs.list(blob_key(tenant_id, "runs"))}
    assert left == {named, fresh}


async def test_a_deleted_logged_model_goes_with_its_files_after_a_week(
    tenant: TenantHandle,
    client: httpx.AsyncClient,
    platform: Platform,
    owner_connection: psycopg.Connection,
) -> None:
    tenant_id = (await tenant.context()).tenant_id
    models = {}
    for name in ("old", "fresh", "active"):
        body = {"experiment_id": "0", "name": name}
        made = await client.post("/api/2.0/mlflow/logged-models", json=body)
        model = models[name] = made.json()["model"]["info"]["model_id"]
        file = f"/api/2.0/mlflow-artifacts/artifacts/0/models/{model}/artifacts/model.bin"
        assert (await client.put(file, content=bytes(300))).status_code == 200
    for name, age in (("old", "8 days"), ("fresh", "6 days")):
        gone = await client.delete(f"/api/2.0/mlflow/logged-models/{models[name]}")
        assert gone.status_code == 200
        with owner_connection.transaction():
            owner_connection.execute("SET LOCAL ROLE maestro_system")
            owner_connection.execute(
                f"UPDATE logged_model SET deleted_at = now() - interval '{age}' WHERE id = %s",
                [models[name]],
            )
    await Cleaning(platform).run()
    left = [blob.key async for blob in platform.blobs.list(blob_key(tenant_id, "files"))]
    assert sorted(key.split("/")[4] for key in left) == sorted([models["fresh"], models["active"]])
    rows = owner_connection
    with rows.transaction():
        rows.execute("SET LOCAL ROLE maestro_system")
        found = rows.execute("SELECT name FROM logged_model WHERE tenant_id = %s", [tenant_id])
        assert sorted(name for (name,) in found) == ["active", "fresh"]
        found = rows.execute("SELECT path FROM loose_artifact WHERE tenant_id = %s", [tenant_id])
        assert len(found.fetchall()) == 2
    events = (await client.get("/api/v1/audit")).json()["items"]
    purged = [e["subject_id"] for e in events if e["action"] == "tracking.logged_model.purged"]
    assert purged == [models["old"]]
