"""Doing again what a job did not manage: what may be retried, by whom, and how the two are linked."""

from __future__ import annotations

from typing import Any

import httpx
from tests.support.tenant import TenantFactory

from maestro_ml.contracts.identity import Role

TABLE = b"age,sex,survived\n" + b"".join(f"{n},{'fm'[n % 2]},{n % 2}\n".encode() for n in range(40))


async def search(client: httpx.AsyncClient) -> str:
    await client.post(
        "/api/v1/datasets/upload", content=TABLE, params={"name": "table", "filename": "table.csv"}
    )
    body = {"dataset_id": "table", "target": "survived", "time_budget": 30}
    job_id: str = (await client.post("/api/v1/automl/jobs", json=body)).json()["job_id"]
    return job_id


async def retry(client: httpx.AsyncClient, job_id: str) -> httpx.Response:
    return await client.post(f"/api/v1/jobs/{job_id}/retry")


async def test_a_cancelled_search_is_done_again_on_the_same_table(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    client = await tenant.client()
    first = await search(client)
    going = await retry(client, first)
    assert (going.status_code, going.json()["code"]) == (409, "job.not_retryable")
    await client.post(f"/api/v1/jobs/{first}/cancel")
    # A newer version of the table must not slip into the retried search.
    await client.post(
        "/api/v1/datasets/table/versions",
        content=TABLE + b"1,f,1\n",
        params={"filename": "table.csv"},
    )
    answer = await retry(client, first)
    assert answer.status_code == 202, answer.text
    again: dict[str, Any] = answer.json()
    before = (await client.get(f"/api/v1/jobs/{first}")).json()
    assert (again["retry_of"], again["state"], again["kind"]) == (first, "queued", before["kind"])
    assert again["payload"]["version"] == before["payload"]["version"] == 1
    assert again["payload"]["run_id"] != before["payload"]["run_id"]
    found = await client.get("/api/v1/jobs", params={"retry_of": first})
    assert [job["id"] for job in found.json()["items"]] == [again["id"]]
    events = await client.get("/api/v1/audit", params={"subject_id": first})
    assert events.json()["items"][0]["after"] == {"job": again["id"]}


async def test_a_retry_needs_what_the_first_submission_needed(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    client = await tenant.client()
    purge = await client.post("/api/v1/runs/purge", json={"older_than_days": 30})
    job_id = purge.json()["id"]
    await client.post(f"/api/v1/jobs/{job_id}/cancel")
    viewer = await retry(await tenant.client(Role.VIEWER), job_id)
    assert (viewer.status_code, viewer.json()["code"]) == (403, "auth.permission_missing")
    narrow = {"name": "no deletes", "scopes": ["job:submit", "job:read"]}
    key = (await client.post("/api/v1/auth/api-keys", json=narrow)).json()["secret"]
    refused = await retry(tenants.open(key), job_id)
    assert refused.status_code == 403
    assert "experiment:delete" in refused.json()["detail"]
    assert (await retry(client, job_id)).status_code == 202


async def test_only_the_callers_own_jobs_are_listed_as_theirs(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    mine, other = await tenant.client(), await tenant.client(Role.DATA_SCIENTIST)
    job_id = (await mine.post("/api/v1/runs/purge", json={"older_than_days": 1})).json()["id"]
    params = {"mine": True}
    found = (await mine.get("/api/v1/jobs", params=params)).json()["items"]
    assert [job["id"] for job in found] == [job_id]
    assert found[0]["created_by_name"]
    assert (await other.get("/api/v1/jobs", params=params)).json()["items"] == []
    assert len((await other.get("/api/v1/jobs")).json()["items"]) == 1
