"""Deployments: states, switches under load, failures, and a gateway that is away."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import httpx
import psutil
import pytest
from tests.support.gateway import ROW, Constant, GatewayProcess, start_gateway, until
from tests.support.models import write_model
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.identity import Role
from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.engine.inference.model import Predictor
from maestro_ml.server.installation import Installation

Register = Callable[[str, Path], Awaitable[ModelVersion]]
Pack = Callable[[Predictor], Path]
DEPLOYMENTS = "/api/v1/deployments"


async def test_a_switch_under_load_fails_no_request(
    client: httpx.AsyncClient, register: Register, pack: Pack, gateway: GatewayProcess
) -> None:
    before = {process.pid for process in gateway.runners()}
    await register("m", pack(Constant(1)))
    await register("m", pack(Constant(2)))
    await client.post(DEPLOYMENTS, json={"name": "d", "model": "m", "version": "v1"})
    seen: list[tuple[int, int]] = []
    done = asyncio.Event()

    async def ask() -> None:
        while not done.is_set():
            answer = await client.post(f"{DEPLOYMENTS}/d/predict", json={"inputs": ROW})
            assert answer.status_code == 200, answer.text
            seen.append((answer.json()["predictions"][0], answer.json()["model"]["version"]))

    load = [asyncio.create_task(ask()) for _ in range(3)]
    switched = await client.patch(f"{DEPLOYMENTS}/d", json={"version": 2})
    assert switched.json()["routes"][0]["version"] == 2
    asked = len(seen)
    await until(lambda: len(seen) > asked + 10 or any(each.done() for each in load))
    done.set()
    await asyncio.gather(*load)
    assert set(seen) == {(1, 1), (2, 2)}
    assert seen[-1] == (2, 2)
    # The old version's process goes once nobody needs it.
    await until(lambda: len({each.pid for each in gateway.runners()} - before) == 1)


async def test_a_model_that_does_not_load_is_told_and_the_old_one_stays(
    client: httpx.AsyncClient, register: Register, pack: Pack, tmp_path: Path
) -> None:
    await register("m", pack(Constant(1)))
    await register("m", write_model(tmp_path / "broken"))
    failed = await client.post(DEPLOYMENTS, json={"name": "new", "model": "m", "version": 2})
    assert (failed.status_code, failed.json()["code"]) == (422, "serving.model_unloadable")
    state = (await client.get(f"{DEPLOYMENTS}/new")).json()
    assert state["state"] == "failed"
    assert state["error"] == failed.json()["detail"]
    refused = await client.post(f"{DEPLOYMENTS}/new/predict", json={"inputs": ROW})
    assert refused.json()["code"] == "serving.deployment_not_ready"

    await client.patch(f"{DEPLOYMENTS}/new", json={"version": 1})
    again = await client.patch(f"{DEPLOYMENTS}/new", json={"version": 2})
    assert again.status_code == 422
    state = (await client.get(f"{DEPLOYMENTS}/new")).json()
    assert (state["state"], state["routes"][0]["version"]) == ("ready", 1)
    assert "cannot be loaded" in state["error"]
    answer = await client.post(f"{DEPLOYMENTS}/new/predict", json={"inputs": ROW})
    assert answer.json()["predictions"] == [1]


async def test_a_deployment_is_made_of_an_alias_and_protects_its_version(
    client: httpx.AsyncClient, register: Register, pack: Pack
) -> None:
    await register("m", pack(Constant(1)))
    await client.put("/api/v1/models/m/aliases/champion", json={"version": 1})
    made = await client.post(DEPLOYMENTS, json={"name": "d", "model": "m", "alias": "champion"})
    assert made.json()["routes"] == [
        {**made.json()["routes"][0], "model": "m", "version": 1, "weight": 100}
    ]
    taken = await client.post(DEPLOYMENTS, json={"name": "d", "model": "m"})
    assert (taken.status_code, taken.json()["code"]) == (409, "serving.deployment_name_taken")
    for path in ("/api/v1/models/m", "/api/v1/models/m/versions/1"):
        used = await client.delete(path)
        assert (used.status_code, used.json()["code"]) == (409, "registry.version_in_use")
    assert [each["name"] for each in (await client.get(DEPLOYMENTS)).json()["items"]] == ["d"]
    assert (await client.delete(f"{DEPLOYMENTS}/d")).status_code == 204
    gone = await client.post(f"{DEPLOYMENTS}/d/predict", json={"inputs": ROW})
    assert gone.json()["code"] == "serving.deployment_not_found"
    assert (await client.delete("/api/v1/models/m")).status_code == 204


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "d", "model": "none"}, 404, "registry.model_not_found"),
        ({"name": "d", "model": "m", "version": 9}, 404, "registry.version_not_found"),
        ({"name": "d", "model": "m", "alias": "none"}, 404, "registry.alias_not_found"),
        ({"name": "d", "model": "m", "version": "x"}, 400, "registry.version_invalid"),
        (
            {"name": "d", "model": "m", "version": 1, "alias": "a"},
            400,
            "serving.version_ambiguous",
        ),
        ({"name": "D/1", "model": "m"}, 422, "request.malformed"),
    ],
)
async def test_a_deployment_of_nothing_is_refused_and_leaves_nothing(
    client: httpx.AsyncClient,
    register: Register,
    tmp_path: Path,
    body: dict[str, object],
    status: int,
    code: str,
) -> None:
    await register("m", write_model(tmp_path))
    answer = await client.post(DEPLOYMENTS, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await client.get(DEPLOYMENTS)).json()["items"] == []


async def test_rights_and_tenants(
    client: httpx.AsyncClient, register: Register, pack: Pack, tenant: TenantHandle
) -> None:
    await register("m", pack(Constant(1)))
    scientist = await tenant.client(Role.DATA_SCIENTIST)
    body = {"name": "d", "model": "m"}
    assert (await scientist.post(DEPLOYMENTS, json=body)).status_code == 403
    assert (await client.post(DEPLOYMENTS, json=body)).status_code == 201
    assert (await scientist.get(f"{DEPLOYMENTS}/d")).status_code == 200
    stranger = await (await tenant.factory.create()).client()
    assert (await stranger.get(f"{DEPLOYMENTS}/d")).status_code == 404
    assert (await stranger.patch(f"{DEPLOYMENTS}/d", json={})).status_code == 404
    assert (await stranger.delete(f"{DEPLOYMENTS}/d")).status_code == 404


async def test_without_a_gateway_the_next_step_is_told(
    tenants: TenantFactory, tmp_path: Path
) -> None:
    alone = await tenants.create()
    async with await alone.unit() as unit:
        await alone.platform.registry.register_version(unit, "m", write_model(tmp_path))
    client = await alone.client()
    answer = await client.post(DEPLOYMENTS, json={"name": "d", "model": "m"})
    assert (answer.status_code, answer.json()["code"]) == (503, "serving.gateway_unavailable")
    assert "maestro gateway" in answer.json()["detail"]
    assert (await client.get(f"{DEPLOYMENTS}/d")).json()["state"] == "failed"
    predicted = await client.post(f"{DEPLOYMENTS}/d/predict", json={"inputs": ROW})
    assert predicted.json()["code"] == "serving.gateway_unavailable"


async def test_no_process_outlives_its_gateway(
    installation: Installation,
    client: httpx.AsyncClient,
    register: Register,
    pack: Pack,
    tenant: TenantHandle,
) -> None:
    await register("m", pack(Constant(1)))
    await client.post(DEPLOYMENTS, json={"name": "d", "model": "m"})
    token = {"Authorization": f"Bearer {await tenant.token()}"}
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        own = start_gateway(installation.settings)
        async with httpx.AsyncClient(base_url=own.url, headers=token, timeout=30) as direct:
            answer = await direct.post(f"{DEPLOYMENTS}/d/predict", json={"inputs": ROW})
            assert answer.status_code == 200, answer.text
        (runner,) = own.runners()
        own.end(signal_number)
        await until(partial(is_gone, runner))


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
