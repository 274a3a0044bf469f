"""Experiments over the API: names, pages, the trash."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.support.tenant import TenantFactory


async def make(client: httpx.AsyncClient, name: str, **body: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/experiments", json={"name": name, **body})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def names(client: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await client.get("/api/v1/experiments", params=query)
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["items"]]


async def test_every_tenant_counts_for_itself_from_default(tenants: TenantFactory) -> None:
    for _ in range(2):
        client = await (await tenants.create()).client()
        default = (await client.get("/api/v1/experiments/0")).json()
        assert (default["name"], default["artifact_location"]) == ("Default", "mlflow-artifacts:/0")
        assert [(await make(client, name))["id"] for name in ("a", "b")] == [1, 2]
        assert await names(client) == ["b", "a", "Default"]


async def test_the_list_says_what_the_single_answer_says(client: httpx.AsyncClient) -> None:
    made = await make(client, "churn", tags={"team": "x"}, artifact_location="s3://bucket/churn")
    listed = (await client.get("/api/v1/experiments")).json()["items"][0]
    assert listed == made == (await client.get("/api/v1/experiments/1")).json()


async def test_a_name_is_taken_once_even_in_the_trash(client: httpx.AsyncClient) -> None:
    made = await make(client, "churn")
    again = await client.post("/api/v1/experiments", json={"name": "churn"})
    assert (again.status_code, again.json()["code"]) == (409, "tracking.experiment_name_taken")
    await client.delete(f"/api/v1/experiments/{made['id']}")
    trashed = await client.post("/api/v1/experiments", json={"name": "churn"})
    assert "lies in the trash" in trashed.json()["detail"]
    renamed = await client.patch("/api/v1/experiments/0", json={"name": "churn"})
    assert renamed.json()["code"] == "tracking.experiment_name_taken"
    assert (await make(client, "next"))["id"] == 2


async def test_an_experiment_changes_where_it_is_told(client: httpx.AsyncClient) -> None:
    made = await make(client, "churn", tags={"a": "1", "b": "2"})
    address = f"/api/v1/experiments/{made['id']}"
    changed = await client.patch(address, json={"name": "new", "tags": {"a": None, "c": "3"}})
    assert changed.status_code == 200, changed.text
    found = (await client.get(address)).json()
    assert (found["name"], found["tags"]) == ("new", {"b": "2", "c": "3"})
    assert found["updated_at"] > found["created_at"]


async def test_the_trash_hides_an_experiment_and_takes_no_new_runs(
    client: httpx.AsyncClient,
) -> None:
    made = await make(client, "churn")
    address = f"/api/v1/experiments/{made['id']}"
    for _ in range(2):
        assert (await client.delete(address)).status_code == 204
    assert await names(client) == ["Default"]
    assert await names(client, view="deleted") == ["churn"]
    assert await names(client, view="all") == ["churn", "Default"]
    refused = await client.post("/api/v1/runs", json={"experiment_id": made["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "tracking.experiment_deleted")
    assert (await client.patch(address, json={"name": "x"})).status_code == 409
    assert (await client.post(f"{address}/restore")).json()["lifecycle"] == "active"
    run = await client.post("/api/v1/runs", json={"experiment_id": made["id"]})
    assert run.status_code == 201


async def test_pages_are_stable_while_experiments_are_added(client: httpx.AsyncClient) -> None:
    for number in range(5):
        await make(client, f"exp-{number}")
    first = (await client.get("/api/v1/experiments?limit=2")).json()
    await make(client, "later")
    seen = [each["name"] for each in first["items"]]
    cursor = first["next_cursor"]
    while cursor:
        page = (
            await client.get("/api/v1/experiments", params={"limit": 2, "cursor": cursor})
        ).json()
        seen += [each["name"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ["exp-4", "exp-3", "exp-2", "exp-1", "exp-0", "Default"]
    assert await names(client, name="EXP-3") == ["exp-3"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "view=some", "cursor=%%%", "cursor=WyJhIl0"]
)
async def test_a_wrong_query_is_refused(client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get(f"/api/v1/experiments?{query}")).status_code == 400


@pytest.mark.parametrize("name", ["", " ", "n" * 501, "nul\x00"])
async def test_a_wrong_name_is_refused(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.post("/api/v1/experiments", json={"name": name})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "name")


async def test_an_experiment_that_is_not_there_is_404(client: httpx.AsyncClient) -> None:
    for method, path in [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/restore"),
        ("GET", "/runs"),
    ]:
        answer = await client.request(
            method, f"/api/v1/experiments/77{path}", json={} if method == "PATCH" else None
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "tracking.experiment_not_found")
    assert (await client.get(f"/api/v1/experiments/{2**63}")).status_code == 422
