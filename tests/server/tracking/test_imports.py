"""Runs from elsewhere keep their ids, dates and states, arrive whole or not at all, and only once."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.support.tenant import TenantFactory

BORN, CHANGED = "2023-05-01T10:00:00.123Z", "2024-05-01T10:00:00Z"
EXPERIMENT = {"name": "old", "tags": {"a": "b"}, "created_at": BORN, "updated_at": CHANGED}


def lines(*objects: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in objects)


def header(experiment_id: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": uuid4().hex,
        "experiment_id": experiment_id,
        "name": "was here",
        "status": "failed",
        "user": "grace",
        "started_at": BORN,
        "ended_at": CHANGED,
        "params": {"lr": "x" * 7000},
        "tags": {"mlflow.source.name": "train.py"},
        **changes,
    }


def series(key: str, *points: tuple[int, int, float | str]) -> dict[str, Any]:
    steps, timestamps, values = zip(*points, strict=True)
    return {"key": key, "steps": steps, "timestamps": timestamps, "values": values}


async def put_experiment(client: httpx.AsyncClient, **changes: Any) -> Any:
    answer = await client.post("/api/v1/imports/experiments", json={**EXPERIMENT, **changes})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_run_arrives_as_it_was_and_only_once(tenants: TenantFactory) -> None:
    client = await (await tenants.create()).client()
    experiment = await put_experiment(client)
    assert (experiment["created_at"], experiment["updated_at"]) == (BORN[:-1] + "000Z", CHANGED)
    run = header(experiment["id"], parent_run_id=str(uuid4()))
    body = lines(
        run,
        series("loss", (0, 5, 1.0), (0, 5, 1.0), (1, 6, "NaN"), (-1, 7, "Infinity")),
        series("loss", *[(step, step, step / 7) for step in range(2, 2002)]),
        series("auc", (0, 5, 0.5)),
    )
    for _ in range(2):
        answer = await client.post("/api/v1/imports/runs", content=body)
        assert answer.status_code == 200, answer.text
        counts = answer.json()
        assert (counts["metrics"], counts["points"]) == (2, 2004)
        assert (counts["params"], counts["tags"], counts["artifacts"]) == (1, 1, 0)
    found = (await client.get(f"/api/v1/runs/{run['id']}")).json()
    assert found["params"] == run["params"]
    assert (found["user"], found["status"], found["name"]) == ("grace", "failed", "was here")
    assert (found["started_at"], found["ended_at"]) == (BORN[:-1] + "000Z", CHANGED)
    assert found["parent_run_id"] == run["parent_run_id"]
    history = (await client.get(f"/api/v1/runs/{run['id']}/metrics/loss")).json()
    assert history["steps"] == [-1, 0, 1, *range(2, 2002)]
    assert history["values"][:3] == ["Infinity", 1.0, "NaN"]


async def test_a_run_that_breaks_off_leaves_nothing(tenants: TenantFactory) -> None:
    client = await (await tenants.create()).client()
    run = header((await put_experiment(client))["id"])
    broken = lines(run, series("loss", (0, 5, 1.0))) + b'{"key": "loss", "steps": [1'
    answer = await client.post("/api/v1/imports/runs", content=broken)
    assert answer.status_code == 400
    assert answer.json()["code"] == "tracking.import_malformed"
    query = {"ids": [run["id"]]}
    found = await client.post("/api/v1/imports/runs/contents", json=query)
    assert found.json() == {"runs": []}


async def test_an_experiment_comes_back_to_where_it_was(tenants: TenantFactory) -> None:
    client = await (await tenants.create()).client()
    first = await put_experiment(client)
    assert (await put_experiment(client))["id"] == first["id"]
    assert (await put_experiment(client, lifecycle="deleted"))["lifecycle"] == "deleted"
    again = await put_experiment(client)
    assert (again["id"], again["lifecycle"]) == (first["id"], "active")
    default = await put_experiment(client, name="Default")
    assert (default["id"], default["updated_at"]) == (0, CHANGED)


async def test_an_experiment_that_was_here_before_keeps_what_it_is(tenants: TenantFactory) -> None:
    client = await (await tenants.create()).client()
    body = {"name": "old", "tags": {"a": "mine"}}
    mine = (await client.post("/api/v1/experiments", json=body)).json()
    joined = await put_experiment(client, lifecycle="deleted", tags={"a": "b", "c": "d"})
    assert (joined["id"], joined["created_at"]) == (mine["id"], mine["created_at"])
    assert (joined["lifecycle"], joined["tags"]) == ("active", {"a": "mine", "c": "d"})


async def test_a_run_never_moves(tenants: TenantFactory) -> None:
    client = await (await tenants.create()).client()
    run = header((await put_experiment(client))["id"])
    await client.post("/api/v1/imports/runs", content=lines(run))
    elsewhere = lines({**run, "experiment_id": 0})
    answer = await client.post("/api/v1/imports/runs", content=elsewhere)
    assert (answer.status_code, answer.json()["code"]) == (409, "tracking.run_elsewhere")


@pytest.mark.parametrize(
    "body",
    [b"", b"{}\n", lines({"key": "a"}), lines(header(10**9))],
    ids=["nothing", "empty", "no run first", "no such experiment"],
)
async def test_what_is_no_run_is_refused(tenants: TenantFactory, body: bytes) -> None:
    client = await (await tenants.create()).client()
    answer = await client.post("/api/v1/imports/runs", content=body)
    assert answer.status_code in (400, 404)
    assert answer.json()["detail"]
