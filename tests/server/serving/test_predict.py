"""Predictions through the API, the gateway and a model's process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.gateway import (
    ROW,
    Constant,
    GatewayProcess,
    die_of_zero,
    fail_for_children,
    hang_for_the_old,
    take_memory,
    until,
)
from tests.support.tenant import TenantHandle

from maestro_ml.contracts.identity import Role
from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.engine.inference.model import Predictor

Register = Callable[[str, Path], Awaitable[ModelVersion]]
Pack = Callable[[Predictor], Path]
Deploy = Callable[[Predictor], Awaitable[str]]
DEPLOYMENTS = "/api/v1/deployments"


@pytest.fixture
def deploy(client: httpx.AsyncClient, register: Register, pack: Pack) -> Deploy:
    """Packs, registers and deploys a predictor; the path to predict at."""

    async def run(predictor: Predictor) -> str:
        await register("m", pack(predictor))
        answer = await client.post(DEPLOYMENTS, json={"name": "d", "model": "m"})
        assert answer.status_code == 201, answer.text
        assert answer.json()["state"] == "ready"
        return f"{DEPLOYMENTS}/d/predict"

    return run


@pytest.mark.parametrize(
    "body",
    [
        {"inputs": [ROW]},
        {"inputs": ROW},
        {"instances": [ROW]},
        {"dataframe_records": [ROW]},
        {"dataframe_split": {"columns": list(ROW), "data": [list(ROW.values())]}},
        {"dataframe_split": {"columns": ["sex", "age"], "data": [["male", None]]}},
        {"inputs": [{"age": float("nan"), "sex": None}]},
    ],
)
async def test_rows_are_taken_in_every_form(
    client: httpx.AsyncClient, deploy: Deploy, body: dict[str, Any]
) -> None:
    path = await deploy(Constant(7))
    answer = await client.post(path, content=json.dumps(body))
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"predictions": [7], "model": {"name": "m", "version": 1}}


@pytest.mark.parametrize(
    ("body", "status", "code", "said"),
    [
        (b"{", 400, "serving.input_malformed", "not valid JSON"),
        (b"[]", 400, "serving.input_malformed", "no JSON object"),
        (b'{"rows": []}', 400, "serving.input_malformed", "dataframe_split"),
        (b'{"inputs": [1]}', 400, "serving.input_malformed", "list of objects"),
        (b'{"inputs": []}', 422, "serving.no_rows", "no rows"),
        (b'{"inputs": [{"age": 1}]}', 422, "serving.column_missing", "'sex'"),
        (b'{"inputs": {"age": 1, "sex": "f", "x": 1}}', 422, "serving.column_unknown", "'x'"),
        (
            b'{"inputs": [{"age": 1, "sex": "f"}, {"age": "old", "sex": "f"}]}',
            422,
            "serving.value_invalid",
            "Row 1, column 'age': expected a number or null, got 'old'",
        ),
        (b'{"inputs": {"age": true, "sex": "f"}}', 422, "serving.value_invalid", "got True"),
        (b'{"inputs": {"age": 1, "sex": 2}}', 422, "serving.value_invalid", "a text"),
        (
            b'{"inputs": {"age": 1, "sex": "f", "rooms": 1.5}}',
            422,
            "serving.value_invalid",
            "a whole number",
        ),
        (
            b'{"dataframe_split": {"columns": ["age", "sex"], "data": [[1]]}}',
            400,
            "serving.input_malformed",
            "Row 0",
        ),
    ],
)
async def test_a_bad_request_is_told_what_is_wrong_where(
    client: httpx.AsyncClient, deploy: Deploy, body: bytes, status: int, code: str, said: str
) -> None:
    answer = await client.post(await deploy(Constant(7)), content=body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert said in problem["detail"]
    assert problem["request_id"] == answer.headers["x-request-id"]


async def test_a_model_that_came_over_the_mlflow_protocol_is_served(
    client: httpx.AsyncClient, pack: Pack
) -> None:
    folder = pack(Constant(7))
    protocol, proxy = "/api/2.0/mlflow", "/api/2.0/mlflow-artifacts/artifacts/free"
    for path in folder.rglob("*"):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            await client.put(f"{proxy}/{name}", content=path.read_bytes())
    await client.post(f"{protocol}/registered-models/create", json={"name": "m"})
    source = {"name": "m", "source": "mlflow-artifacts:/free"}
    await client.post(f"{protocol}/model-versions/create", json=source)
    answer = await client.post(DEPLOYMENTS, json={"name": "d", "model": "m"})
    assert answer.status_code == 201, answer.text
    answer = await client.post(f"{DEPLOYMENTS}/d/predict", json={"inputs": [ROW]})
    assert answer.status_code == 200, answer.text


async def test_too_many_rows_are_refused(client: httpx.AsyncClient, deploy: Deploy) -> None:
    path = await deploy(Constant(7))
    answer = await client.post(path, json={"inputs": [{"age": 1, "sex": "f"}] * 10_001})
    assert (answer.status_code, answer.json()["code"]) == (413, "serving.too_many_rows")


async def test_a_model_that_raises_answers_the_next_request(
    client: httpx.AsyncClient, deploy: Deploy
) -> None:
    path = await deploy(Constant(7, act=fail_for_children))
    bad = await client.post(path, json={"inputs": {"age": 3, "sex": "f"}})
    assert (bad.status_code, bad.json()["code"]) == (422, "serving.model_raised")
    assert "ValueError: no children" in bad.json()["detail"]
    assert (await client.post(path, json={"inputs": ROW})).status_code == 200


async def test_a_model_that_hangs_is_stopped_and_others_are_answered(
    client: httpx.AsyncClient, deploy: Deploy
) -> None:
    path = await deploy(Constant(7, act=hang_for_the_old))
    slow = asyncio.create_task(client.post(path, json={"inputs": {"age": 99, "sex": "f"}}))
    await asyncio.sleep(0)
    assert (await slow).json()["code"] == "serving.predict_timeout"
    assert (await client.post(path, json={"inputs": ROW})).status_code == 200


async def test_a_row_that_kills_the_model_hurts_only_itself(
    client: httpx.AsyncClient, deploy: Deploy
) -> None:
    path = await deploy(Constant(7, act=die_of_zero))
    bad = client.post(path, json={"inputs": {"age": 0, "sex": "f"}})
    good = [client.post(path, json={"inputs": ROW}) for _ in range(4)]
    first, *others = await asyncio.gather(bad, *good)
    assert (first.status_code, first.json()["code"]) == (503, "serving.model_crashed")
    assert [answer.status_code for answer in others] == [200] * 4


async def test_a_model_that_takes_too_much_memory_is_restarted(
    client: httpx.AsyncClient, deploy: Deploy
) -> None:
    path = await deploy(Constant(7, act=take_memory))
    bad = await client.post(path, json={"inputs": {"age": 1, "sex": "f"}})
    assert (bad.status_code, bad.json()["code"]) == (503, "serving.out_of_memory")
    assert "retry-after" in bad.headers
    assert (await client.post(path, json={"inputs": ROW})).status_code == 200


async def test_a_killed_process_is_replaced(
    client: httpx.AsyncClient, deploy: Deploy, gateway: GatewayProcess
) -> None:
    before = {process.pid for process in gateway.runners()}
    path = await deploy(Constant(7))
    (pid,) = {process.pid for process in gateway.runners()} - before
    os.kill(pid, signal.SIGKILL)
    assert (await client.post(path, json={"inputs": ROW})).status_code == 200
    assert pid not in {process.pid for process in gateway.runners()}


async def test_only_who_may_predict_predicts(
    client: httpx.AsyncClient, deploy: Deploy, tenant: TenantHandle
) -> None:
    path = await deploy(Constant(7))
    viewer = await tenant.client(Role.VIEWER)
    assert (await viewer.post(path, json={"inputs": ROW})).status_code == 403
    scientist = await tenant.client(Role.DATA_SCIENTIST)
    assert (await scientist.post(path, json={"inputs": ROW})).status_code == 200
    stranger = await (await tenant.factory.create()).client()
    hidden = await stranger.post(path, json={"inputs": ROW})
    assert (hidden.status_code, hidden.json()["code"]) == (404, "serving.deployment_not_found")
    anonymous = tenant.factory.open()
    assert (await anonymous.post(path, json={"inputs": ROW})).status_code == 401


async def test_the_gateway_itself_checks_who_asks(
    deploy: Deploy, gateway: GatewayProcess, tenant: TenantHandle
) -> None:
    path = await deploy(Constant(7))
    async with httpx.AsyncClient(base_url=gateway.url) as direct:
        assert (await direct.post(path, json={"inputs": ROW})).status_code == 401
        token = {"Authorization": f"Bearer {await tenant.token(Role.VIEWER)}"}
        refused = await direct.post(path, json={"inputs": ROW}, headers=token)
        assert refused.json()["code"] == "auth.permission_missing"
        assert (await direct.get("/health/ready")).json()["models_loaded"] >= 1
        assert (await direct.get("/elsewhere")).status_code == 404


async def test_an_idle_model_is_unloaded_and_comes_back(
    client: httpx.AsyncClient, register: Register, pack: Pack, gateway: GatewayProcess
) -> None:
    before = {process.pid for process in gateway.runners()}
    await register("m", pack(Constant(7)))
    answer = await client.post(DEPLOYMENTS, json={"name": "d", "model": "m", "idle_seconds": 0.2})
    assert answer.status_code == 201
    await until(lambda: {process.pid for process in gateway.runners()} <= before)
    started = time.monotonic()
    paths = [client.post(f"{DEPLOYMENTS}/d/predict", json={"inputs": ROW}) for _ in range(5)]
    assert {each.status_code for each in await asyncio.gather(*paths)} == {200}
    # One start was shared by all five.
    assert len({process.pid for process in gateway.runners()} - before) <= 1
    assert time.monotonic() - started < 20
