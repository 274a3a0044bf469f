"""Many runs at once over the API: compared, tagged, trashed and restored, all or none; and notes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.support.tenant import TenantFactory

from maestro_ml.contracts.identity import Role


async def start(client: httpx.AsyncClient, **body: Any) -> str:
    answer = await client.post("/api/v1/runs", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def post(client: httpx.AsyncClient, path: str, **body: Any) -> httpx.Response:
    return await client.post(f"/api/v1/runs/{path}", json=body)


async def get(client: httpx.AsyncClient, run: str) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(f"/api/v1/runs/{run}")).json()
    return found


async def audited(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    events = (await client.get("/api/v1/audit")).json()["items"]
    return sorted((event["action"], event["subject_id"]) for event in events)


async def test_what_differs_between_runs_comes_first(client: httpx.AsyncClient) -> None:
    first = await start(client, name="first", params={"lr": "0.1", "depth": "6", "a": "x"})
    second = await start(client, name="second", params={"lr": "0.2", "depth": "6", "a": "x"})
    third = await start(client, name="third", params={"lr": "0.2", "depth": "6"}, tags={"t": "1"})
    for run, auc, loss in ((first, 0.5, "NaN"), (second, 0.75, "NaN"), (third, 0.75, "NaN")):
        metrics = [{"key": "auc", "value": auc}, {"key": "loss", "value": loss}]
        await post(client, f"{run}/log-batch", metrics=metrics)
    answer = await post(client, "compare", run_ids=[second, first, third])
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [run["name"] for run in found["runs"]] == ["second", "first", "third"]
    assert found["params"] == [
        {"key": "a", "differs": True, "values": ["x", "x", None]},
        {"key": "lr", "differs": True, "values": ["0.2", "0.1", "0.2"]},
        {"key": "depth", "differs": False, "values": ["6", "6", "6"]},
    ]
    assert found["metrics"] == [
        {"key": "auc", "differs": True, "values": [0.75, 0.5, 0.75]},
        {"key": "loss", "differs": False, "values": ["NaN"] * 3},
    ]
    assert found["tags"] == [{"key": "t", "differs": True, "values": [None, None, "1"]}]


async def test_runs_are_trashed_and_restored_together(client: httpx.AsyncClient) -> None:
    runs = [await start(client, name=str(number)) for number in range(3)]
    assert (await post(client, "bulk-delete", run_ids=runs[:2])).json() == {"changed": 2}
    assert (await post(client, "bulk-delete", run_ids=runs)).json() == {"changed": 1}
    assert {(await get(client, run))["lifecycle"] for run in runs} == {"deleted"}
    assert (await post(client, "bulk-restore", run_ids=runs)).json() == {"changed": 3}
    assert {(await get(client, run))["lifecycle"] for run in runs} == {"active"}
    events = await audited(client)
    assert sum(action == "tracking.run.deleted" for action, _ in events) == 3
    assert sum(action == "tracking.run.restored" for action, _ in events) == 3


async def test_tags_of_runs_are_set_and_removed_together(client: httpx.AsyncClient) -> None:
    runs = [await start(client, tags={"old": "1", "kept": "2"}) for _ in range(2)]
    tags = {"team": "fraud", "old": None, "kept": "3", "mlflow.runName": "renamed"}
    assert (await post(client, "bulk-tag", run_ids=runs, tags=tags)).json() == {"changed": 2}
    for run in runs:
        found = await get(client, run)
        assert (found["tags"], found["name"]) == ({"team": "fraud", "kept": "3"}, "renamed")
    assert ("tracking.run.tagged", runs[0]) in await audited(client)


@pytest.mark.parametrize("verb", ["bulk-delete", "bulk-restore", "bulk-tag"])
async def test_one_run_that_is_not_there_stops_all(
    client: httpx.AsyncClient, tenants: TenantFactory, verb: str
) -> None:
    elsewhere = await start(await (await tenants.create()).client())
    run = await start(client)
    if verb == "bulk-restore":
        await client.delete(f"/api/v1/runs/{run}")
    before = await get(client, run)
    body = {"tags": {"a": "b"}} if verb == "bulk-tag" else {}
    for missing in (elsewhere, str(uuid4())):
        answer = await post(client, verb, run_ids=[run, missing], **body)
        assert (answer.status_code, answer.json()["code"]) == (404, "tracking.run_not_found")
        assert missing in answer.json()["detail"]
    assert await get(client, run) == before
    answer = await post(client, "compare", run_ids=[run, elsewhere])
    assert answer.status_code == 404


async def test_a_run_in_the_trash_takes_no_tags(client: httpx.AsyncClient) -> None:
    runs = [await start(client), await start(client)]
    await client.delete(f"/api/v1/runs/{runs[1]}")
    answer = await post(client, "bulk-tag", run_ids=runs, tags={"a": "b"})
    assert (answer.status_code, answer.json()["code"]) == (409, "tracking.run_deleted")
    assert (await get(client, runs[0]))["tags"] == {}


@pytest.mark.parametrize("of", ["run", "experiment"])
async def test_a_note_is_written_over_nobody_elses_words(
    client: httpx.AsyncClient, tenants: TenantFactory, of: str
) -> None:
    path = "/api/v1/experiments/0/note" if of == "experiment" else ""
    path = path or f"/api/v1/runs/{await start(client)}/note"
    empty = await client.get(path)
    assert (empty.status_code, empty.json()) == (200, {"content": ""})
    text = "# Why\n\nBecause *it* works: `x < 1`."
    written = await client.put(
        path, json={"content": text}, headers={"If-Match": empty.headers["ETag"]}
    )
    assert (written.status_code, written.json()) == (200, {"content": text})
    read = await client.get(path)
    assert (read.json(), read.headers["ETag"]) == ({"content": text}, written.headers["ETag"])
    late = await client.put(
        path, json={"content": "mine"}, headers={"If-Match": empty.headers["ETag"]}
    )
    assert (late.status_code, late.json()["code"]) == (412, "tracking.note_changed")
    assert (await client.put(path, json={"content": ""})).status_code == 200
    assert (await client.get(path)).json() == {"content": ""}
    viewer = await (await tenants.create()).client(Role.VIEWER)
    assert (await viewer.put(path, json={"content": "x"})).status_code == 403


async def search(client: httpx.AsyncClient, **body: Any) -> Any:
    answer = await post(client, "search", **{"experiment_ids": [0], **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_runs_are_found_by_filter_in_an_order_by_pages(client: httpx.AsyncClient) -> None:
    for number in range(7):
        params = {"model": "lgbm" if number % 2 else "linear"}
        run = await start(client, name=f"run {number}", params=params)
        await post(client, f"{run}/metrics", key="auc", value=number / 10)
    query = {"filter": "metrics.auc > 0.05 and params.model = 'lgbm'"}
    found = await search(client, **query, order_by=["metrics.auc DESC"])
    assert [run["name"] for run in found["items"]] == ["run 5", "run 3", "run 1"]
    assert found["items"][0]["metrics"] == {"auc": 0.5}
    names: list[str] = []
    cursor = None
    while True:
        page = await search(client, order_by=["metrics.auc ASC"], limit=3, cursor=cursor)
        names += [run["name"] for run in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == [f"run {number}" for number in range(7)]
    assert (await search(client, view="deleted"))["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"filter": "metrics.auc >"},
        {"filter": "params.model > 3"},
        {"order_by": ["nonsense DESC"]},
        {"cursor": "nonsense"},
    ],
)
async def test_a_search_that_cannot_be_read_is_refused(
    client: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    answer = await post(client, "search", experiment_ids=[0], **body)
    assert (answer.status_code, answer.json()["code"]) == (400, "search.invalid")


async def test_a_search_finds_nothing_of_other_tenants(
    client: httpx.AsyncClient, tenants: TenantFactory
) -> None:
    await start(client)
    stranger = await (await tenants.create()).client(Role.VIEWER)
    assert (await search(stranger))["items"] == []
    assert len((await search(client))["items"]) == 1
