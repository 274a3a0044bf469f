"""What is refused before a search costs anybody a minute, and what the refusal says."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.automl import AutoMLRequest
from maestro_ml.contracts.identity import Role
from maestro_ml.server.automl import AutoMLService
from maestro_ml.server.automl.errors import BudgetTooLarge, TooManySearches
from maestro_ml.server.deployer import WinnerDeployer
from maestro_ml.server.kernel.settings import AutoMLSettings
from maestro_ml.server.wiring import Platform

ROWS = 40


def table(**columns: Any) -> bytes:
    """A CSV of 40 rows; each column is a function of the row's number."""
    columns = {"age": lambda n: n % 7, "sex": lambda n: "fm"[n % 2], **columns}
    lines = [",".join(columns)]
    lines += [",".join(str(of(n)) for of in columns.values()) for n in range(ROWS)]
    return "\n".join(lines).encode() + b"\n"


async def upload(client: httpx.AsyncClient, content: bytes) -> None:
    answer = await client.post(
        "/api/v1/datasets/upload", params={"name": "t", "filename": "t.csv"}, content=content
    )
    assert answer.status_code in (200, 201), answer.text


async def search(client: httpx.AsyncClient, **request: Any) -> httpx.Response:
    body = {"dataset_id": "t", "target": "sex", "time_budget": 10} | request
    return await client.post("/api/v1/automl/jobs", json=body)


@pytest.fixture
async def client(tenant: TenantHandle) -> httpx.AsyncClient:
    return await tenant.client(Role.DATA_SCIENTIST)


async def test_a_search_is_queued_and_recorded_as_a_run(client: httpx.AsyncClient) -> None:
    await upload(client, table())
    answer = await search(client)
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    job_id = answer.json()["job_id"]
    progress = (await client.get(f"/api/v1/automl/jobs/{job_id}")).json()
    assert progress["progress"] == 0.0
    assert progress["current_best"] is None
    results = await client.get(f"/api/v1/automl/jobs/{job_id}/results")
    assert (results.status_code, results.json()["code"]) == (409, "automl.results_not_ready")
    found = await client.get("/api/v1/experiments/by-name", params={"name": "automl-t"})
    runs = (await client.get(f"/api/v1/experiments/{found.json()['id']}/runs")).json()["items"]
    assert [run["params"]["dataset"] for run in runs] == ["t@1"]
    assert runs[0]["tags"]["maestro.job_id"] == job_id


async def test_cancelling_a_queued_search_ends_its_run(client: httpx.AsyncClient) -> None:
    await upload(client, table())
    job_id = (await search(client)).json()["job_id"]
    for _ in range(2):
        cancelled = await client.post(f"/api/v1/automl/jobs/{job_id}/cancel")
        assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    found = await client.get("/api/v1/experiments/by-name", params={"name": "automl-t"})
    runs = (await client.get(f"/api/v1/experiments/{found.json()['id']}/runs")).json()["items"]
    assert [run["status"] for run in runs] == ["killed"]


@pytest.mark.parametrize(
    ("columns", "request_", "code", "words"),
    [
        ({}, {"target": "gender"}, "automl.target_not_found", "age, sex"),
        ({}, {"target": "Sex"}, "automl.target_not_found", "Did you mean sex?"),
        ({"y": lambda n: 1}, {"target": "y"}, "automl.target_unusable", "single value"),
        ({"y": lambda n: ""}, {"target": "y"}, "automl.target_unusable", "missing"),
        ({"y": lambda n: f"id{n}"}, {"target": "y"}, "automl.target_unusable", "names rows"),
        (
            {"y": lambda n: n},
            {"target": "y", "task_type": "classification"},
            "automl.target_unusable",
            "regression",
        ),
        ({}, {"task_type": "regression"}, "automl.target_unusable", "text"),
        (
            {"y": lambda n: n % 3},
            {"target": "y", "task_type": "binary"},
            "automl.target_unusable",
            "3",
        ),
        ({}, {"group_column": "shop"}, "automl.split_unusable", "age, sex"),
        ({}, {"time_column": "sex"}, "automl.split_unusable", "what is predicted"),
        ({}, {"group_column": "age", "time_column": "age"}, None, "not both"),
        ({}, {"dataset_id": "nothing"}, "dataset.not_found", "nothing"),
        ({}, {"model_name": "a/b"}, None, "model_name"),
        ({}, {"time_budget": 0}, None, "5 seconds"),
        ({}, {"time_budget": 864_000}, None, "24 hours"),
    ],
)
async def test_what_cannot_succeed_is_refused_with_the_way_out(
    client: httpx.AsyncClient,
    columns: dict[str, Any],
    request_: dict[str, Any],
    code: str | None,
    words: str,
) -> None:
    await upload(client, table(**columns))
    answer = await search(client, **request_)
    assert answer.status_code in (400, 404, 422), answer.text
    assert answer.json()["code"] == (code or "request.malformed")
    assert words in answer.json()["detail"]
    assert (await client.get("/api/v1/jobs")).json()["items"] == []


async def test_five_rows_are_not_enough(client: httpx.AsyncClient) -> None:
    await upload(client, b"a,y\n1,0\n2,1\n3,0\n4,1\n5,0\n")
    answer = await search(client, target="y")
    assert (answer.status_code, answer.json()["code"]) == (400, "automl.table_too_small")
    assert "at least 10" in answer.json()["detail"]


async def test_nothing_to_predict_from(client: httpx.AsyncClient) -> None:
    await upload(client, b"y\n" + b"0\n1\n" * 20)
    answer = await search(client, target="y")
    assert answer.json()["code"] == "automl.table_too_small"


async def test_more_searches_at_once_than_allowed_and_longer_ones_are_refused(
    tenant: TenantHandle, platform: Platform, tenants: TenantFactory
) -> None:
    limited = AutoMLService(
        platform.datasets,
        platform.tracking,
        platform.jobs,
        WinnerDeployer(platform.deployments),
        platform.search_history,
        AutoMLSettings(max_open=2, max_seconds=600),
    )
    await upload(await tenant.client(), table())
    asked = AutoMLRequest(dataset_id="t", target="sex", time_budget=600)
    ids = []
    for _ in range(2):
        async with await tenant.unit() as unit:
            ids.append((await limited.submit(unit, asked)).job_id)
    async with await tenant.unit() as unit:
        with pytest.raises(TooManySearches, match="2 searches queued and running") as refused:
            await limited.submit(unit, asked)
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "60")
    async with await tenant.unit() as unit:
        with pytest.raises(BudgetTooLarge, match="MAESTRO_AUTOML_MAX_SECONDS"):
            await limited.submit(unit, asked.model_copy(update={"time_budget": 601}))
    other = await tenants.create()
    await upload(await other.client(), table())
    async with await other.unit() as unit:
        await limited.submit(unit, asked)
    async with await tenant.unit() as unit:
        await limited.cancel(unit, ids[0])
        await limited.submit(unit, asked)


async def test_two_submissions_at_the_same_moment_do_not_both_take_the_last_place(
    tenant: TenantHandle, platform: Platform
) -> None:
    async with await tenant.unit() as first, await tenant.unit() as second:
        assert await platform.jobs.count_open(first, "automl.search") == 0
        waiting = asyncio.create_task(platform.jobs.count_open(second, "automl.search"))
        done, _ = await asyncio.wait([waiting], timeout=0.3)
        assert not done
        await platform.jobs.submit(first, "automl.search", AutoMLSettings())
        await first.commit()
        assert await waiting == 1


async def test_a_viewer_may_look_and_not_search(
    client: httpx.AsyncClient, tenant: TenantHandle
) -> None:
    await upload(client, table())
    job_id = (await search(client)).json()["job_id"]
    viewer = await tenant.client(Role.VIEWER)
    assert (await search(viewer)).status_code == 403
    assert (await viewer.post(f"/api/v1/automl/jobs/{job_id}/cancel")).status_code == 403
    assert (await viewer.get(f"/api/v1/automl/jobs/{job_id}")).status_code == 200


async def test_another_kind_of_job_is_no_search(
    client: httpx.AsyncClient, tenants: TenantFactory
) -> None:
    await upload(client, table())
    job_id = (await search(client)).json()["job_id"]
    stranger = await (await tenants.create()).client()
    for path in (f"/api/v1/automl/jobs/{job_id}", f"/api/v1/automl/jobs/{job_id}/results"):
        refused = await stranger.get(path)
        assert (refused.status_code, refused.json()["code"]) == (404, "automl.search_not_found")
