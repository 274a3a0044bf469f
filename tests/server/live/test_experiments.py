"""Following all runs of an experiment over a WebSocket, in another process than the one that logs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.server.live.conftest import Follower, LiveAddress
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.identity import Role
from maestro_ml.contracts.tracking import Metric, RunBatch
from maestro_ml.server.registry import runs_behind_versions
from maestro_ml.server.tracking import TrashPurge
from maestro_ml.server.wiring import Platform


@pytest.fixture
async def experiment(client: httpx.AsyncClient) -> int:
    answer = await client.post("/api/v1/experiments", json={"name": "followed"})
    return int(answer.json()["id"])


@pytest.fixture
async def follower(address: LiveAddress, tenant: TenantHandle) -> AsyncIterator[Follower]:
    """Who may read, and no more."""
    async with address.open(await tenant.token(Role.VIEWER)) as opened:
        yield opened


async def follow(follower: Follower, experiment: int, **more: Any) -> dict[str, Any]:
    """The first message."""
    await follower.follow("experiment", experiment, **more)
    return await follower.hear()


async def start(client: httpx.AsyncClient, experiment: int, **more: Any) -> str:
    answer = await client.post("/api/v1/runs", json={"experiment_id": experiment, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def log(client: httpx.AsyncClient, run: str, value: float) -> None:
    body = {"key": "loss", "value": value, "step": 1, "timestamp": 1}
    assert (await client.post(f"/api/v1/runs/{run}/metrics", json=body)).status_code == 200


class Page:
    """What a page knows of an experiment after the messages that it heard."""

    def __init__(self, follower: Follower) -> None:
        self.follower = follower
        self.runs: dict[str, dict[str, Any]] = {}
        self.gone: list[str] = []
        self.cursor = ""

    async def hear(self) -> None:
        message = await self.follower.hear("runs")
        self.cursor = message["cursor"]
        self.gone += message["gone"]
        self.runs |= {run["id"]: run for run in message["runs"]}


async def test_runs_are_told_as_they_begin_change_and_go(
    client: httpx.AsyncClient,
    experiment: int,
    follower: Follower,
    tenant: TenantHandle,
    platform: Platform,
) -> None:
    old = await start(client, experiment)
    first = await follow(follower, experiment)
    assert (first["type"], first["runs"], first["gone"]) == ("runs", [], [])
    page = Page(follower)
    new = await start(client, experiment, params={"depth": "6"})
    while new not in page.runs:
        await page.hear()
    assert page.runs[new]["params"] == {"depth": "6"}
    await log(client, old, 0.25)
    while page.runs.get(old, {}).get("metrics") != {"loss": 0.25}:
        await page.hear()
    await client.patch(f"/api/v1/runs/{old}", json={"status": "finished"})
    while page.runs[old]["status"] != "finished":
        await page.hear()
    await client.delete(f"/api/v1/runs/{old}")
    while page.runs[old]["lifecycle"] != "deleted":
        await page.hear()
    context = await tenant.context()
    trash = TrashPurge(platform.blobs, runs_behind_versions)
    await trash.purge_runs(lambda: platform.units.tenant(context), [UUID(old)])
    while old not in page.gone:
        await page.hear()


async def test_what_happened_during_a_cut_is_told_after_it(
    client: httpx.AsyncClient, experiment: int, address: LiveAddress, tenant: TenantHandle
) -> None:
    token = await tenant.token(Role.VIEWER)
    running, ended, untouched = [await start(client, experiment) for _ in range(3)]
    for run in (ended, untouched):
        await client.patch(f"/api/v1/runs/{run}", json={"status": "finished"})
    async with await tenant.unit(Role.DATA_SCIENTIST) as slow:
        batch = RunBatch(metrics=[Metric(key="slow", value=1, step=7)])
        await tenant.platform.tracking.log_batch(slow, UUID(running), batch)
        async with address.open(token) as follower:
            cursor = (await follow(follower, experiment))["cursor"]
        await log(client, ended, 0.5)
    async with address.open(token) as follower:
        message = await follow(follower, experiment, cursor=cursor)
        found = {run["id"]: run["metrics"] for run in message["runs"]}
        assert found == {running: {"slow": 1}, ended: {"loss": 0.5}}
        assert (await start(client, experiment)) is not None
        assert len((await follower.hear("runs"))["runs"]) == 1


async def test_a_flood_of_changes_becomes_a_few_messages(
    client: httpx.AsyncClient, experiment: int, follower: Follower
) -> None:
    runs = [await start(client, experiment) for _ in range(20)]
    await follow(follower, experiment)
    started = time.monotonic()
    for value in range(30):
        await asyncio.gather(*(log(client, run, value) for run in runs))
    page, heard = Page(follower), 0
    while {run["metrics"]["loss"] for run in page.runs.values()} != {29} or len(page.runs) < 20:
        await page.hear()
        heard += 1
    assert heard <= 2 + (time.monotonic() - started)


async def test_who_has_too_much_to_catch_up_with_reads_again(
    client: httpx.AsyncClient, experiment: int, address: LiveAddress, tenant: TenantHandle
) -> None:
    token = await tenant.token(Role.VIEWER)
    async with address.open(token) as follower:
        cursor = (await follow(follower, experiment))["cursor"]
    for _ in range(201):
        await start(client, experiment)
    async with address.open(token) as follower:
        message = await follow(follower, experiment, cursor=cursor)
        assert (message["type"], message["keys"]) == ("reread", None)
        await follower.send(type="unsubscribe", id=f"experiment {experiment}")
        message = await follow(follower, experiment, cursor=message["cursor"])
        assert (message["type"], message["runs"]) == ("runs", [])


async def test_only_the_own_experiment_is_heard_of(
    client: httpx.AsyncClient, experiment: int, follower: Follower, tenants: TenantFactory
) -> None:
    stranger = await (await tenants.create()).client()
    await follow(follower, experiment)
    await start(stranger, 0)
    await start(client, 0)
    mine = await start(client, experiment)
    page = Page(follower)
    while not page.runs:
        await page.hear()
    assert [*page.runs] == [mine]
    assert page.gone == []


@pytest.mark.parametrize(
    ("kind", "target", "cursor", "code"),
    [
        ("experiment", 999, None, "tracking.experiment_not_found"),
        ("experiment", 0, "1:2", "request.cursor_invalid"),
        ("experiment", "0198c5a2-7c1e-7000-8000-000000000000", None, "live.message_malformed"),
        ("run", 0, None, "live.message_malformed"),
    ],
)
async def test_what_cannot_be_followed_is_refused(
    follower: Follower, kind: str, target: Any, cursor: str | None, code: str
) -> None:
    await follower.follow(kind, target, cursor=cursor)
    assert (await follower.hear())["code"] == code
