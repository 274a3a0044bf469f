"""The life of a deployment's process: stopped, started, and what it printed."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import httpx
from tests.support.gateway import ROW, Constant, GatewayProcess, die_of_zero, tell_age, until
from tests.support.models import write_model
from tests.support.tenant import TenantHandle

from maestro_ml.contracts.identity import Role
from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.contracts.serving import LogSource
from maestro_ml.engine.inference.model import Predictor
from maestro_ml.server.serving.output import MAX_LINES, ModelLog, ModelLogs, OutputLines

Register = Callable[[str, Path], Awaitable[ModelVersion]]
Pack = Callable[[Predictor], Path]
DEPLOYMENTS = "/api/v1/deployments"
PREDICT = f"{DEPLOYMENTS}/d/predict"


async def deploy(client: httpx.AsyncClient, name: str = "d") -> None:
    made = await client.post(DEPLOYMENTS, json={"name": name, "model": "m"})
    assert made.status_code == 201, made.text


async def texts(client: httpx.AsyncClient, after: int = 0) -> list[tuple[str, str]]:
    answer = await client.get(f"{DEPLOYMENTS}/d/logs", params={"after": after})
    return [(line["source"], line["text"]) for line in answer.json()["lines"]]


async def test_a_stopped_deployment_answers_nothing_until_it_is_started(
    client: httpx.AsyncClient, register: Register, pack: Pack, gateway: GatewayProcess
) -> None:
    before = {process.pid for process in gateway.runners()}
    await register("m", pack(Constant(1)))
    await deploy(client)
    stopped = await client.post(f"{DEPLOYMENTS}/d/stop")
    assert (stopped.status_code, stopped.json()["state"]) == (200, "stopped")
    refused = await client.post(PREDICT, json={"inputs": ROW})
    assert (refused.status_code, refused.json()["code"]) == (409, "serving.deployment_stopped")
    assert "maestro deployments start d" in refused.json()["detail"]
    # Nobody has asked it before, and its process goes all the same.
    await until(lambda: {process.pid for process in gateway.runners()} <= before)
    again = await client.post(f"{DEPLOYMENTS}/d/stop")
    assert again.json() == stopped.json()

    started = await client.post(f"{DEPLOYMENTS}/d/start")
    assert (started.status_code, started.json()["state"]) == (200, "ready")
    answer = await client.post(PREDICT, json={"inputs": ROW})
    assert answer.json()["predictions"] == [1]
    assert (await client.post(f"{DEPLOYMENTS}/d/start")).json() == started.json()
    events = (await client.get("/api/v1/audit", params={"action": "serving."})).json()["items"]
    assert [each["action"].rpartition(".")[2] for each in reversed(events)] == [
        "created",
        "deployed",
        "stopped",
        "started",
    ]
    assert events[1]["before"]["state"] == "ready"


async def test_a_process_that_another_deployment_needs_goes_on(
    client: httpx.AsyncClient, register: Register, pack: Pack, gateway: GatewayProcess
) -> None:
    before = {process.pid for process in gateway.runners()}
    await register("m", pack(Constant(1)))
    await deploy(client)
    await deploy(client, "other")
    (pid,) = {process.pid for process in gateway.runners()} - before
    await client.post(f"{DEPLOYMENTS}/d/stop")
    answer = await client.post(f"{DEPLOYMENTS}/other/predict", json={"inputs": ROW})
    assert answer.status_code == 200, answer.text
    assert pid in {process.pid for process in gateway.runners()}


async def test_switching_a_stopped_one_starts_it_unless_that_fails(
    client: httpx.AsyncClient, register: Register, pack: Pack, tmp_path: Path
) -> None:
    await register("m", pack(Constant(1)))
    await deploy(client)
    await client.post(f"{DEPLOYMENTS}/d/stop")
    await register("m", write_model(tmp_path / "broken"))
    failed = await client.patch(f"{DEPLOYMENTS}/d", json={"version": 2})
    assert failed.status_code == 422
    state = (await client.get(f"{DEPLOYMENTS}/d")).json()
    assert (state["state"], state["routes"][0]["version"]) == ("stopped", 1)
    switched = await client.patch(f"{DEPLOYMENTS}/d", json={"version": 1})
    assert switched.json()["state"] == "ready"


async def test_the_log_holds_what_the_model_printed_and_what_befell_it(
    client: httpx.AsyncClient, register: Register, pack: Pack, gateway: GatewayProcess
) -> None:
    before = {process.pid for process in gateway.runners()}
    await register("m", pack(Constant(1, act=tell_age)))
    await deploy(client)
    (pid,) = {process.pid for process in gateway.runners()} - before
    log = (await client.get(f"{DEPLOYMENTS}/d/logs")).json()
    assert log["loaded"] is True
    (loaded,) = log["lines"]
    assert loaded["source"] == "gateway"
    assert f"as process {pid}" in loaded["text"]

    await client.post(PREDICT, json={"inputs": {"age": 7, "sex": "f", "rooms": 1}})
    await said(client, ("model", "asked for [7.0]"), after=log["next"])
    os.kill(pid, signal.SIGKILL)
    await said(client, ("gateway", f"Process {pid} ended unexpectedly."), after=log["next"])
    await client.post(f"{DEPLOYMENTS}/d/stop")
    after = (await client.get(f"{DEPLOYMENTS}/d/logs")).json()
    assert after["lines"][0] == loaded
    # A number from before the gateway was restarted starts anew.
    assert (await texts(client, after=10**9))[0] == ("gateway", loaded["text"])


async def test_the_last_words_of_a_crash_are_there(
    client: httpx.AsyncClient, register: Register, pack: Pack
) -> None:
    await register("m", pack(Constant(1, act=die_of_zero)))
    await deploy(client)
    crashed = await client.post(PREDICT, json={"inputs": {"age": 0, "sex": "f", "rooms": 1}})
    assert crashed.status_code == 503
    await said(client, ("model", "Fatal Python error: Aborted"))


async def said(
    client: httpx.AsyncClient, wanted: tuple[str, str], *, after: int = 0, seconds: float = 10
) -> None:
    """Wait until the log has a line."""
    deadline = time.monotonic() + seconds
    while wanted not in (lines := await texts(client, after)):
        assert time.monotonic() < deadline, lines
        await asyncio.sleep(0.05)


async def test_rights_and_tenants(
    client: httpx.AsyncClient, register: Register, pack: Pack, tenant: TenantHandle
) -> None:
    await register("m", pack(Constant(1)))
    await deploy(client)
    scientist = await tenant.client(Role.DATA_SCIENTIST)
    for verb in ("stop", "start"):
        assert (await scientist.post(f"{DEPLOYMENTS}/d/{verb}")).status_code == 403
    assert (await scientist.get(f"{DEPLOYMENTS}/d/logs")).status_code == 200
    stranger = await (await tenant.factory.create()).client()
    for verb in ("stop", "start"):
        assert (await stranger.post(f"{DEPLOYMENTS}/d/{verb}")).status_code == 404
    assert (await stranger.get(f"{DEPLOYMENTS}/d/logs")).status_code == 404


def test_a_log_keeps_its_last_lines_and_never_too_much() -> None:
    log = ModelLog()
    for number in range(MAX_LINES + 10):
        log.add(LogSource.MODEL, f"line {number}")
    kept = log.read(0)
    assert (len(kept), kept[0].text, kept[-1].seq) == (MAX_LINES, "line 10", MAX_LINES + 10)
    assert [line.text for line in log.read(MAX_LINES + 9)] == [f"line {MAX_LINES + 9}"]
    for _ in range(1000):
        log.add(LogSource.MODEL, "x" * 10_000)
    assert sum(len(line.text) for line in log.read(0)) <= 256 * 1024


def test_a_version_s_log_is_its_tenant_s() -> None:
    logs, ours, theirs, version = ModelLogs(), UUID(int=1), UUID(int=2), UUID(int=3)
    logs.open(ours, version).add(LogSource.MODEL, "secret")
    assert logs.find(theirs, version).read(0) == []
    assert len(logs.find(ours, version).read(0)) == 1


async def test_output_is_cut_into_lines_wherever_its_pieces_end() -> None:
    lines: list[str] = []
    output = OutputLines(lines.append)
    output.data_received("zwei Hälf".encode()[:7])
    output.data_received("zwei Hälf".encode()[7:] + b"ten\n10 %\r20 %\nno")
    output.data_received(b"x" * 9000)
    output.data_received(b"end")
    assert not output.ended.is_set()
    output.connection_lost(None)
    assert output.ended.is_set()
    assert lines == ["zwei Hälften", "20 %", "no" + "x" * 9000, "end"]
