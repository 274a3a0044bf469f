"""What spans the domains: found by name and id, listed as news, counted in bytes, never another's."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
import pytest
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.identity import Role
from maestro_ml.server.overview.rules import id_range, patterns

TABLE = b"age,sex\n1,f\n2,m\n"


async def post(client: httpx.AsyncClient, path: str, **options: Any) -> Any:
    answer = await client.post(f"/api/v1{path}", **options)
    assert answer.status_code < 300, (path, answer.text)
    return answer.json() if answer.content else None


async def get(client: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await client.get(f"/api/v1{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def names(client: httpx.AsyncClient, wanted: str) -> list[str]:
    found = await get(client, "/search", q=wanted)
    return [f"{hit['kind']} {hit['name']}" for hit in found["items"]]


@pytest.fixture
async def tenant(tenants: TenantFactory) -> TenantHandle:
    return await tenants.create()


async def test_names_are_found_across_kinds_the_best_first(tenant: TenantHandle) -> None:
    client = await tenant.client()
    experiment = await post(client, "/experiments", json={"name": "Churn, last quarter"})
    await post(client, "/runs", json={"experiment_id": experiment["id"], "name": "churn"})
    await post(client, "/models", json={"name": "churn-model"})
    await post(client, "/models", json={"name": "unchurned"})
    await post(
        client,
        "/datasets/upload",
        content=TABLE,
        params={"name": "old churn", "filename": "table.csv"},
    )
    found = await names(client, "CHURN")
    assert found[0] == "run churn"
    assert set(found[1:3]) == {"experiment Churn, last quarter", "model churn-model"}
    assert found[3:] == ["dataset old churn", "model unchurned"]
    assert await names(client, "quarter churn") == ["experiment Churn, last quarter"]
    assert await names(client, "   ") == []


async def test_a_part_of_an_id_finds_its_run(tenant: TenantHandle) -> None:
    client = await tenant.client()
    experiment = await post(client, "/experiments", json={"name": "one"})
    run = await post(client, "/runs", json={"experiment_id": experiment["id"], "name": "blue"})
    for wanted in (run["id"], run["id"].replace("-", ""), run["id"][:13]):
        found = (await get(client, "/search", q=wanted))["items"]
        assert {"run"} == {hit["kind"] for hit in found}
        assert run["id"] in {hit["id"] for hit in found}
    assert found[0]["detail"] == "one"


async def test_what_is_in_the_trash_or_of_others_is_not_found(
    tenant: TenantHandle, tenants: TenantFactory
) -> None:
    client = await tenant.client()
    experiment = await post(client, "/experiments", json={"name": "secret plan"})
    stranger = await (await tenants.create()).client()
    assert await names(stranger, "secret") == []
    assert await names(client, "secret") == ["experiment secret plan"]
    await client.delete(f"/api/v1/experiments/{experiment['id']}")
    assert await names(client, "secret") == []


async def test_a_key_finds_only_what_it_may_read(
    tenant: TenantHandle, tenants: TenantFactory
) -> None:
    client = await tenant.client()
    await post(client, "/models", json={"name": "shared"})
    await post(client, "/experiments", json={"name": "shared"})
    key = await post(client, "/auth/api-keys", json={"name": "k", "scopes": ["model:read"]})
    assert await names(tenants.open(key["secret"]), "shared") == ["model shared"]


@pytest.mark.parametrize("wanted", ["50%", "a_b", "back\\slash"])
async def test_what_means_something_in_sql_means_itself(tenant: TenantHandle, wanted: str) -> None:
    client = await tenant.client()
    await post(client, "/experiments", json={"name": f"x {wanted} y"})
    await post(client, "/experiments", json={"name": "50 axb backslash"})
    assert await names(client, wanted) == [f"experiment x {wanted} y"]


def test_ids_are_hexadecimal_and_not_too_short() -> None:
    assert patterns("A  b%") == ["%a%", "%b\\%%"]
    assert id_range("abc") is None
    assert id_range("churn") is None
    least, greatest = id_range("0189-0") or (None, None)
    assert str(least) == "01890000-0000-0000-0000-000000000000"
    assert str(greatest) == "01890fff-ffff-ffff-ffff-ffffffffffff"


async def test_the_last_runs_of_all_experiments_and_the_last_changes(tenant: TenantHandle) -> None:
    client = await tenant.client()
    for name in ("first", "second"):
        experiment = await post(client, "/experiments", json={"name": name})
        run = await post(client, "/runs", json={"experiment_id": experiment["id"], "name": name})
        child = {"experiment_id": experiment["id"], "parent_run_id": run["id"], "name": "child"}
        await post(client, "/runs", json=child)
    await post(client, "/models", json={"name": "model"})
    found = await get(client, "/overview")
    assert [(run["name"], run["experiment"]) for run in found["runs"]] == [
        ("second", "second"),
        ("first", "first"),
    ]
    assert (found["changes"][0]["name"], found["changes"][0]["what"]) == ("model", "created")


async def test_news_are_jobs_that_ended_runs_that_failed_and_deployments_that_broke(
    tenant: TenantHandle, owner_connection: psycopg.Connection
) -> None:
    client, other = await tenant.client(), await tenant.client(Role.DATA_SCIENTIST)
    job = await post(client, "/runs/purge", json={"older_than_days": 30})
    before = await get(client, "/notifications")
    assert (before["items"], before["unread"], before["going"]) == ([], 0, [job["id"]])
    owner_connection.execute(
        "UPDATE job SET state = 'failed', finished_at = now(), error = %s WHERE id = %s",
        ['{"code": "job.failed", "message": "It broke."}', job["id"]],
    )
    experiment = await post(client, "/experiments", json={"name": "nightly"})
    run = await post(client, "/runs", json={"experiment_id": experiment["id"], "name": "r1"})
    failed = {"status": "failed"}
    assert (await client.patch(f"/api/v1/runs/{run['id']}", json=failed)).status_code == 200
    found = await get(client, "/notifications")
    assert [(each["kind"], each["id"]) for each in found["items"]] == [
        ("run", run["id"]),
        ("job", job["id"]),
    ]
    assert [each["detail"] for each in found["items"]] == ["nightly", "It broke."]
    assert (found["unread"], found["going"]) == (2, [])
    assert (await get(other, "/notifications"))["items"] == [], "these are not theirs"

    await post(client, "/notifications/read", json={"until": found["items"][1]["at"]})
    once = await get(client, "/notifications")
    assert [each["read"] for each in once["items"]] == [False, True]
    await post(client, "/notifications/read", json={"until": "2999-01-01T00:00:00Z"})
    assert (await get(client, "/notifications"))["unread"] == 0
    again = await post(client, "/runs", json={"experiment_id": experiment["id"], "name": "r2"})
    await client.patch(f"/api/v1/runs/{again['id']}", json=failed)
    assert (await get(client, "/notifications"))["unread"] == 1, "a mark is never in the future"


async def test_an_explanation_that_follows_by_itself_is_news_only_when_it_fails(
    tenant: TenantHandle, owner_connection: psycopg.Connection
) -> None:
    client = await tenant.client()
    ended = ["failed", "succeeded", "succeeded"]
    jobs = [await post(client, "/runs/purge", json={"older_than_days": 30}) for _ in ended]
    for job, state in zip(jobs, ended, strict=True):
        owner_connection.execute(
            "UPDATE job SET kind = 'explain.compute', state = %s, finished_at = now() WHERE id = %s",
            [state, job["id"]],
        )
    owner_connection.execute("UPDATE job SET kind = 'other' WHERE id = %s", [jobs[2]["id"]])
    found = (await get(client, "/notifications"))["items"]
    assert sorted(each["id"] for each in found) == sorted([jobs[0]["id"], jobs[2]["id"]])


async def test_storage_counts_each_domain_and_its_trash(tenant: TenantHandle) -> None:
    client = await tenant.client()
    experiment = await post(client, "/experiments", json={"name": "one"})
    runs = [
        (await post(client, "/runs", json={"experiment_id": experiment["id"]}))["id"]
        for _ in range(2)
    ]
    for run in runs:
        await client.put(f"/api/v1/runs/{run}/artifacts/a.bin", content=b"x" * 1000)
        points = [{"key": "loss", "value": n, "step": n} for n in range(5)]
        await post(client, f"/runs/{run}/log-batch", json={"metrics": points})
    await client.delete(f"/api/v1/runs/{runs[0]}")
    shares = {each["domain"]: each for each in (await get(client, "/storage"))["shares"]}
    files = shares["run_files"]
    assert (files["items"], files["bytes"]) == (2, 2000)
    assert (files["trash_items"], files["trash_bytes"]) == (1, 1000)
    assert (shares["runs"]["items"], shares["runs"]["trash_items"]) == (2, 1)
    assert shares["metric_points"]["items"] == 10
    assert shares["metric_points"]["estimated"] is False
    assert shares["datasets"]["bytes"] == 0
