"""Submitting, finding and cancelling jobs that nobody runs yet."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
from pydantic import BaseModel
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.identity import Role
from maestro_ml.contracts.jobs import Job, JobState
from maestro_ml.server.jobs import Retry
from maestro_ml.server.kernel.ids import new_id


class Note(BaseModel):
    text: str


async def submit(tenant: TenantHandle, text: str = "hello", kind: str = "test.note") -> Job:
    async with await tenant.unit() as unit:
        return await tenant.platform.jobs.submit(unit, kind, Note(text=text))


async def test_a_submitted_job_waits_with_its_payload_and_limits(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    async with await tenant.unit(Role.DATA_SCIENTIST) as unit:
        job = await tenant.platform.jobs.submit(
            unit, "test.note", Note(text="hi"), retry=Retry(max_attempts=3), max_seconds=10**9
        )
    client = await tenant.client(Role.VIEWER)
    seen = (await client.get(f"/api/v1/jobs/{job.id}")).json()
    assert seen["state"] == "queued"
    assert seen["payload"] == {"text": "hi"}
    assert (seen["attempts"], seen["max_attempts"]) == (0, 3)
    limits = tenant.platform.settings.job
    assert seen["limits"] == {"seconds": limits.max_seconds, "memory_mb": limits.memory_mb}
    assert seen["created_by"] is not None


async def test_a_rolled_back_unit_queues_nothing(
    tenants: TenantFactory, owner_connection: psycopg.Connection
) -> None:
    tenant = await tenants.create()
    count = "SELECT count(*) FROM queue.procrastinate_jobs WHERE args ->> 'tenant_id' = %s"
    context = await tenant.context()
    async with tenant.platform.units.tenant(context) as unit:
        await tenant.platform.jobs.submit(unit, "test.note", Note(text="never"))
        await unit.session.rollback()
    assert owner_connection.execute(count, [str(context.tenant_id)]).fetchone() == (0,)
    await submit(tenant)
    assert owner_connection.execute(count, [str(context.tenant_id)]).fetchone() == (1,)
    assert len((await (await tenant.client()).get("/api/v1/jobs")).json()["items"]) == 1


async def test_jobs_are_listed_newest_first_by_kind_and_state(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    submitted = [await submit(tenant, str(number)) for number in range(3)]
    other = await submit(tenant, kind="test.other")
    client = await tenant.client()
    await client.post(f"/api/v1/jobs/{submitted[0].id}/cancel")

    async def ids(**params: str | int) -> list[str]:
        page = (await client.get("/api/v1/jobs", params={"kind": "test.note", **params})).json()
        found = [item["id"] for item in page["items"]]
        return found + (
            await ids(**{**params, "cursor": page["next_cursor"]}) if page["next_cursor"] else []
        )

    newest_first = [str(job.id) for job in reversed(submitted)]
    assert await ids(limit=2) == newest_first
    assert await ids(state="queued") == newest_first[:2]
    assert await ids(state="cancelled") == newest_first[2:]
    everything = (await client.get("/api/v1/jobs")).json()["items"]
    assert [item["id"] for item in everything] == [str(other.id), *newest_first]


async def test_a_queued_job_is_cancelled_at_once_and_only_once(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    job = await submit(tenant)
    client = await tenant.client(Role.DATA_SCIENTIST)
    first = await client.post(f"/api/v1/jobs/{job.id}/cancel")
    assert (first.status_code, first.json()["state"]) == (200, "cancelled")
    second = await client.post(f"/api/v1/jobs/{job.id}/cancel")
    assert (second.status_code, second.json()) == (200, first.json())
    events = (await (await tenant.client()).get(f"/api/v1/audit?subject_id={job.id}")).json()
    assert [event["action"] for event in events["items"]] == [
        "jobs.job.cancel_requested",
        "jobs.job.submitted",
    ]


@pytest.mark.parametrize("state", [JobState.SUCCEEDED, JobState.FAILED, JobState.LOST])
async def test_a_finished_job_cannot_be_cancelled(
    tenants: TenantFactory, owner_connection: psycopg.Connection, state: JobState
) -> None:
    tenant = await tenants.create()
    job = await submit(tenant)
    set_state(owner_connection, job.id, state)
    answer = await (await tenant.client()).post(f"/api/v1/jobs/{job.id}/cancel")
    assert (answer.status_code, answer.json()["code"]) == (409, "job.finished")


def set_state(connection: psycopg.Connection, job_id: UUID, state: JobState) -> None:
    with connection.transaction():
        connection.execute("SET LOCAL ROLE maestro_system")
        connection.execute("UPDATE job SET state = %s WHERE id = %s", [state.value, job_id])


async def test_a_job_of_another_tenant_does_not_exist(tenants: TenantFactory) -> None:
    job = await submit(await tenants.create())
    stranger = await (await tenants.create()).client()
    for method, path in [("GET", ""), ("GET", "/logs"), ("POST", "/cancel")]:
        answer = await stranger.request(method, f"/api/v1/jobs/{job.id}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "job.not_found")
    assert (await stranger.get("/api/v1/jobs")).json()["items"] == []
    unknown = await stranger.get(f"/api/v1/jobs/{new_id()}/logs", params={"follow": True})
    assert unknown.status_code == 404


async def test_a_viewer_sees_but_does_not_cancel(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    job = await submit(tenant)
    viewer = await tenant.client(Role.VIEWER)
    assert (await viewer.get(f"/api/v1/jobs/{job.id}")).status_code == 200
    assert (await viewer.post(f"/api/v1/jobs/{job.id}/cancel")).status_code == 403


async def test_an_unchanged_job_is_not_sent_again(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    job = await submit(tenant)
    client = await tenant.client()
    tag = (await client.get(f"/api/v1/jobs/{job.id}")).headers["etag"]
    path = f"/api/v1/jobs/{job.id}"
    unchanged = await client.get(path, headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    await client.post(f"{path}/cancel")
    assert (await client.get(path, headers={"If-None-Match": tag})).status_code == 200
