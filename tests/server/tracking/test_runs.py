"""Runs over the API: what is logged, what is read back, what is refused."""

from __future__ import annotations

import math
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.support.tenant import TenantFactory


async def start(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/runs", json=body)
    assert answer.status_code == 201, answer.text
    run: dict[str, Any] = answer.json()
    return run


async def log(client: httpx.AsyncClient, run: dict[str, Any], **batch: Any) -> httpx.Response:
    return await client.post(f"/api/v1/runs/{run['id']}/log-batch", json=batch)


async def get(client: httpx.AsyncClient, run: dict[str, Any]) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/runs/{run['id']}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def history(client: httpx.AsyncClient, run: dict[str, Any], key: str) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/runs/{run['id']}/metrics/{key}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def point(value: Any, *, step: int = 0, timestamp: int = 1, key: str = "m") -> dict[str, Any]:
    return {"key": key, "value": value, "step": step, "timestamp": timestamp}


async def test_a_run_keeps_what_it_was_started_with(client: httpx.AsyncClient) -> None:
    run = await start(
        client, name="first", params={"lr": "0.1"}, tags={"team": "fraud"}, experiment_id=0
    )
    assert run == await get(client, run)
    assert (run["name"], run["status"], run["lifecycle"]) == ("first", "running", "active")
    assert (run["params"], run["tags"], run["metrics"]) == ({"lr": "0.1"}, {"team": "fraud"}, {})
    assert run["artifact_uri"].startswith("mlflow-artifacts:/0/")
    unnamed = await start(client)
    assert unnamed["name"].count("-") == 2


async def test_a_run_with_an_id_of_the_clients_own_is_made_once(
    client: httpx.AsyncClient, tenants: TenantFactory
) -> None:
    chosen = str(uuid4())
    first = await start(client, id=chosen, name="first")
    again = await start(client, id=chosen, name="second")
    assert (first["id"], again["name"]) == (chosen, "first")
    other = await (await tenants.create()).client()
    assert (await start(other, id=chosen, name="theirs"))["name"] == "theirs"
    assert (await get(client, first))["name"] == "first"


@pytest.mark.parametrize("together", [True, False])
async def test_the_latest_metric_is_the_greatest_step_then_time_then_value(
    client: httpx.AsyncClient, together: bool
) -> None:
    cases = {
        "step": [point(1.0, step=2), point(9.0, step=1, timestamp=5)],
        "time": [point(1.0, timestamp=7), point(9.0, timestamp=6)],
        "value": [point(1.0), point(5.0), point(3.0)],
        "negative": [point(4.0, step=-1), point(9.0, step=-5)],
    }
    run = await start(client)
    points = [{**each, "key": key} for key, each_case in cases.items() for each in each_case]
    if together:
        assert (await log(client, run, metrics=points)).status_code == 200
    else:
        for each in points:
            answer = await client.post(f"/api/v1/runs/{run['id']}/metrics", json=each)
            assert answer.status_code == 200, answer.text
    assert (await get(client, run))["metrics"] == {
        "step": 1.0,
        "time": 1.0,
        "value": 5.0,
        "negative": 4.0,
    }


@pytest.mark.parametrize("size", [1, 15, 16, 300])
async def test_a_history_is_a_set_in_order(client: httpx.AsyncClient, size: int) -> None:
    run = await start(client)
    points = [point(float(i % 7), step=i, timestamp=1000 + i) for i in reversed(range(size))]
    for _ in range(2):
        assert (await log(client, run, metrics=points, tags={"a": "b"})).status_code == 200
    assert (await log(client, run, metrics=points[:1])).status_code == 200
    found = await history(client, run, "m")
    assert found["steps"] == list(range(size))
    assert found["timestamps"] == [1000 + i for i in range(size)]
    assert found["values"] == [float(i % 7) for i in range(size)]


async def test_numbers_that_json_lacks_come_back_as_they_were(client: httpx.AsyncClient) -> None:
    run = await start(client)
    sent = ["NaN", "Infinity", "-Infinity", 0.1]
    batch = [point(value, step=i) for i, value in enumerate(sent)]
    assert (await log(client, run, metrics=batch)).status_code == 200
    assert (await history(client, run, "m"))["values"] == sent
    await log(client, run, metrics=[point("NaN", step=9)])
    assert (await get(client, run))["metrics"] == {"m": "NaN"}
    listed = (await client.get("/api/v1/experiments/0/runs")).json()["items"]
    assert listed[0]["metrics"] == {"m": "NaN"}


async def test_a_long_history_is_thinned_to_its_extremes(client: httpx.AsyncClient) -> None:
    run = await start(client)
    values = [math.sin(i / 50) for i in range(1000)]
    values[333] = 99.0
    points = [point(value, step=i) for i, value in enumerate(values)]
    await log(client, run, metrics=points)
    address = f"/api/v1/runs/{run['id']}/metrics/m?max_points=20"
    thinned = (await client.get(address)).json()
    assert thinned["thinned"] is True
    assert len(thinned["steps"]) <= 20
    assert max(thinned["values"]) == 99.0
    assert thinned["steps"] == sorted(thinned["steps"])


async def test_metric_keys_may_have_slashes(client: httpx.AsyncClient) -> None:
    run = await start(client)
    await log(client, run, metrics=[point(0.5, key="train/loss")])
    assert (await history(client, run, "train/loss"))["values"] == [0.5]
    missing = await client.get(f"/api/v1/runs/{run['id']}/metrics/train/other")
    assert (missing.status_code, missing.json()["code"]) == (404, "tracking.metric_not_found")


async def test_a_param_keeps_its_value_and_a_batch_is_all_or_nothing(
    client: httpx.AsyncClient,
) -> None:
    run = await start(client, params={"depth": "6"})
    assert (await log(client, run, params={"depth": "6", "seed": "1"})).status_code == 200
    before = await get(client, run)
    refused = await log(
        client,
        run,
        params={"depth": "7", "new": "x"},
        tags={"note": "y"},
        metrics=[point(1.0)],
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "tracking.param_changed")
    assert "'depth' is '6' already" in refused.json()["detail"]
    assert await get(client, run) == before


async def test_tags_may_change_and_the_name_is_one_of_them(client: httpx.AsyncClient) -> None:
    run = await start(client, tags={"mlflow.runName": "tagged", "a": "1"})
    assert (run["name"], run["tags"]) == ("tagged", {"a": "1"})
    await log(client, run, tags={"a": "2", "mlflow.runName": "renamed"})
    found = await get(client, run)
    assert (found["name"], found["tags"]) == ("renamed", {"a": "2"})


@pytest.mark.parametrize(
    ("batch", "named"),
    [
        ({"metrics": [{"key": "a", "value": 1}, {"key": "k" * 251, "value": 1}]}, "metrics[1].key"),
        ({"metrics": [{"key": "a", "value": "lots"}]}, "metrics[0].value"),
        ({"metrics": [{"key": "a"}]}, "metrics[0]"),
        ({"metrics": [{"key": "a", "value": 1, "step": 2**63}]}, "metrics[0].step"),
        ({"metrics": [{"key": "a", "value": 1}] * 1001}, "metrics"),
        ({"params": {"p": "v" * 6001}}, "params"),
        ({"params": {"p": 1}}, "params"),
        ({"params": {str(i): "" for i in range(101)}}, "params"),
        ({"tags": {"": "v"}}, "tags"),
        ({"tags": {"t": "nul \x00"}}, "NUL"),
        ({"metric": []}, "metric"),
    ],
)
async def test_what_is_beyond_the_form_is_refused_by_name(
    client: httpx.AsyncClient, batch: dict[str, Any], named: str
) -> None:
    run = await start(client)
    answer = await log(client, run, **batch)
    assert (answer.status_code, answer.json()["code"]) == (422, "tracking.batch_malformed")
    assert named in answer.json()["detail"]


async def test_a_body_that_is_no_json_is_refused(client: httpx.AsyncClient) -> None:
    run = await start(client)
    for path in ("log-batch", "metrics"):
        for body in (b"", b"{", b"[]", b'{"key": "\xff"}'):
            answer = await client.post(f"/api/v1/runs/{run['id']}/{path}", content=body)
            assert answer.status_code == 422 or (body == b"{}" and path == "log-batch"), answer.text
    assert (await client.post("/api/v1/runs", content=b"{")).status_code == 422


async def test_a_run_ends_and_may_still_be_logged_to(client: httpx.AsyncClient) -> None:
    run = await start(client)
    address = f"/api/v1/runs/{run['id']}"
    ended = (await client.patch(address, json={"status": "finished"})).json()
    assert ended["status"] == "finished"
    assert ended["ended_at"] >= ended["started_at"]
    assert (await log(client, run, metrics=[point(1.0)])).status_code == 200
    assert (await get(client, run))["metrics"] == {"m": 1.0}
    again = (await client.patch(address, json={"status": "running", "name": "on"})).json()
    assert (again["ended_at"], again["name"]) == (None, "on")
    wrong = await client.patch(address, json={"status": "done"})
    assert (wrong.status_code, "status" in wrong.json()["detail"]) == (422, True)


async def test_the_trash_takes_runs_and_gives_them_back(client: httpx.AsyncClient) -> None:
    run = await start(client)
    address = f"/api/v1/runs/{run['id']}"
    for _ in range(2):
        assert (await client.delete(address)).status_code == 204
    assert (await get(client, run))["lifecycle"] == "deleted"
    assert (await client.get("/api/v1/experiments/0/runs")).json()["items"] == []
    for answer in (
        await log(client, run, metrics=[point(1.0)]),
        await log(client, run, params={"a": "b"}),
        await client.post(f"{address}/metrics", json=point(1.0)),
        await client.patch(address, json={"name": "x"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "tracking.run_deleted")
    assert (await client.post(f"{address}/restore")).json()["lifecycle"] == "active"
    assert (await log(client, run, metrics=[point(1.0)])).status_code == 200


async def test_what_is_not_there_is_404_with_a_next_step(client: httpx.AsyncClient) -> None:
    nowhere = {"id": str(uuid4())}
    for answer in (
        await client.get(f"/api/v1/runs/{nowhere['id']}"),
        await client.get("/api/v1/runs/not-an-id"),
        await client.patch(f"/api/v1/runs/{nowhere['id']}", json={"name": "x"}),
        await log(client, nowhere, metrics=[point(1.0)]),
        await log(client, nowhere, params={"a": "b"}),
        await client.post(f"/api/v1/runs/{nowhere['id']}/metrics", json=point(1.0)),
        await client.post("/api/v1/runs", json={"parent_run_id": nowhere["id"]}),
        await client.delete(f"/api/v1/runs/{nowhere['id']}"),
        await client.post(f"/api/v1/runs/{nowhere['id']}/restore"),
        await client.get(f"/api/v1/runs/{nowhere['id']}/children"),
        await client.get(f"/api/v1/runs/{nowhere['id']}/metrics/m"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "tracking.run_not_found")
        assert "maestro runs list" in answer.json()["detail"]
    missing = await client.post("/api/v1/runs", json={"experiment_id": 77})
    assert (missing.status_code, missing.json()["code"]) == (
        404,
        "tracking.experiment_not_found",
    )


async def test_a_repeated_request_makes_one_run(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "k1"}
    first = await client.post("/api/v1/runs", json={"name": "once"}, headers=headers)
    again = await client.post("/api/v1/runs", json={"name": "once"}, headers=headers)
    assert first.json() == again.json()
    other = await client.post(
        "/api/v1/runs", json={"name": "once"}, headers={"Idempotency-Key": "k2"}
    )
    assert other.json()["id"] != first.json()["id"]
    assert len((await client.get("/api/v1/experiments/0/runs")).json()["items"]) == 2


async def test_child_runs_know_their_parent(client: httpx.AsyncClient) -> None:
    parent = await start(client, name="parent")
    native = await start(client, name="native", parent_run_id=parent["id"])
    tagged = await start(
        client, name="tagged", tags={"mlflow.parentRunId": parent["id"].replace("-", "")}
    )
    assert native["tags"] == tagged["tags"]
    children = (await client.get(f"/api/v1/runs/{parent['id']}/children?limit=1")).json()
    assert [child["name"] for child in children["items"]] == ["tagged"]
    rest = await client.get(
        f"/api/v1/runs/{parent['id']}/children", params={"cursor": children["next_cursor"]}
    )
    assert [child["name"] for child in rest.json()["items"]] == ["native"]
