"""Who may see and do what with runs: other tenants, low roles, no tenant at all; and the audit log."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from tests.support.tenant import TenantFactory

from maestro_ml.contracts.identity import Role
from maestro_ml.server.wiring import Platform

POINT = {"key": "m", "value": 1.0}


def requests(run: str) -> list[tuple[str, str, Any]]:
    """Every way to a run: method, path, body."""
    return [
        ("GET", f"/runs/{run}", None),
        ("PATCH", f"/runs/{run}", {"name": "taken"}),
        ("POST", f"/runs/{run}/metrics", POINT),
        ("POST", f"/runs/{run}/log-batch", {"metrics": [POINT]}),
        ("POST", f"/runs/{run}/log-batch", {"params": {"a": "b"}}),
        ("GET", f"/runs/{run}/metrics/m", None),
        ("GET", f"/runs/{run}/children", None),
        ("POST", "/runs", {"parent_run_id": run}),
        ("DELETE", f"/runs/{run}", None),
        ("POST", f"/runs/{run}/restore", None),
    ]


async def send(client: httpx.AsyncClient, method: str, path: str, body: Any) -> httpx.Response:
    return await client.request(method, f"/api/v1{path}", json=body)


async def test_another_tenants_run_is_not_there(tenants: TenantFactory) -> None:
    owner = await (await tenants.create()).client()
    stranger = await (await tenants.create()).client()
    run = (await owner.post("/api/v1/runs", json={"name": "mine"})).json()
    await owner.post(f"/api/v1/runs/{run['id']}/metrics", json=POINT)
    before = (await owner.get(f"/api/v1/runs/{run['id']}")).json()
    for method, path, body in requests(run["id"]):
        answer = await send(stranger, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (404, "tracking.run_not_found"), path
    assert (await owner.get(f"/api/v1/runs/{run['id']}")).json() == before
    made = await owner.post("/api/v1/experiments", json={"name": "secret"})
    assert (await stranger.get(f"/api/v1/experiments/{made.json()['id']}")).status_code == 404
    assert "secret" not in (await stranger.get("/api/v1/experiments?view=all")).text
    assert (await stranger.get("/api/v1/experiments/0/runs?view=all")).json()["items"] == []


async def test_a_viewer_reads_and_nothing_else(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    scientist = await tenant.client(Role.DATA_SCIENTIST)
    viewer = await tenant.client(Role.VIEWER)
    run = (await scientist.post("/api/v1/runs", json={})).json()
    await scientist.post(f"/api/v1/runs/{run['id']}/metrics", json=POINT)
    for method, path, body in requests(run["id"]):
        answer = await send(viewer, method, path, body)
        assert answer.status_code == (200 if method == "GET" else 403), path
    assert (await viewer.get("/api/v1/experiments")).status_code == 200
    assert (await viewer.post("/api/v1/experiments", json={"name": "x"})).status_code == 403
    assert (await tenants.open().get("/api/v1/experiments")).status_code == 401


async def test_without_a_tenant_there_is_nothing(
    tenants: TenantFactory, platform: Platform
) -> None:
    client = await (await tenants.create()).client()
    run = (await client.post("/api/v1/runs", json={})).json()
    await client.post(f"/api/v1/runs/{run['id']}/metrics", json=POINT)
    for table in ("experiment", "run", "run_metric", "metric_point", "metric_chunk"):
        assert await platform.calls.value(f"SELECT count(*) FROM {table}") == 0
    with pytest.raises(asyncpg.PostgresError):
        await platform.calls.rows(
            "INSERT INTO metric_point (series_id, step, at, value) VALUES (1, 1, 1, 1)"
        )
    # A hot path leaves no tenant behind on its connection.
    assert not await platform.calls.value("SELECT current_setting('app.tenant_id', true)")


async def test_a_row_for_another_tenant_is_refused(
    tenants: TenantFactory, platform: Platform
) -> None:
    context = await (await tenants.create()).context()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await platform.calls.rows(
            """
            WITH bound AS MATERIALIZED (SELECT set_config('app.tenant_id', $1, true))
            INSERT INTO metric_point (tenant_id, series_id, step, at, value)
            SELECT $2, 1, 1, 1, 1 FROM bound
            """,
            str(context.tenant_id),
            uuid4(),
        )


async def test_changes_are_on_record_and_logging_is_not(tenants: TenantFactory) -> None:
    client = await (await tenants.create()).client()
    made = (await client.post("/api/v1/experiments", json={"name": "e"})).json()
    experiment = f"/api/v1/experiments/{made['id']}"
    run = (await client.post("/api/v1/runs", json={"experiment_id": made["id"]})).json()
    address = f"/api/v1/runs/{run['id']}"
    await client.post(f"{address}/metrics", json=POINT)
    await client.post(f"{address}/log-batch", json={"params": {"a": "b"}, "tags": {"c": "d"}})
    await client.patch(address, json={"name": "renamed"})
    await client.patch(address, json={"status": "finished"})
    await client.delete(address)
    await client.post(f"{address}/restore")
    await client.patch(experiment, json={"name": "f"})
    await client.delete(experiment)
    await client.post(f"{experiment}/restore")
    events = (await client.get("/api/v1/audit")).json()["items"]
    about = [each for each in reversed(events) if each["action"].startswith("tracking.")]
    assert [each["action"].removeprefix("tracking.") for each in about] == [
        "experiment.created",
        "run.created",
        "run.updated",
        "run.finished",
        "run.deleted",
        "run.restored",
        "experiment.updated",
        "experiment.deleted",
        "experiment.restored",
    ]
    finished = about[3]
    assert finished["subject_id"] == run["id"]
    assert (finished["before"]["status"], finished["after"]["status"]) == ("running", "finished")
    assert finished["actor_name"] == run["user"]
    verified = (await client.get("/api/v1/audit/verification")).json()
    assert (verified["events"], verified["broken_at"]) == (len(events), None)
