"""Following runs over a WebSocket, in another process than the one that logs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.server.live.conftest import Follower, LiveAddress
from tests.support.compaction import pack_everything
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.identity import Role
from maestro_ml.contracts.tracking import Metric, RunBatch
from maestro_ml.server.registry import runs_behind_versions
from maestro_ml.server.tracking import TrashPurge
from maestro_ml.server.wiring import Platform


@pytest.fixture
async def run(client: httpx.AsyncClient) -> str:
    return str((await client.post("/api/v1/runs", json={})).json()["id"])


@pytest.fixture
async def follower(address: LiveAddress, tenant: TenantHandle) -> AsyncIterator[Follower]:
    """Who may read, and no more."""
    async with address.open(await tenant.token(Role.VIEWER)) as opened:
        yield opened


async def log(client: httpx.AsyncClient, run: str, *steps: int, key: str = "loss") -> None:
    metrics = [{"key": key, "value": step / 2, "step": step, "timestamp": step} for step in steps]
    answer = await client.post(f"/api/v1/runs/{run}/log-batch", json={"metrics": metrics})
    assert answer.status_code == 200, answer.text


def steps_of(message: dict[str, Any]) -> list[int]:
    return [step for series in message["series"] for step in series["steps"]]


async def test_new_points_and_changes_arrive_within_a_second(
    client: httpx.AsyncClient, run: str, follower: Follower
) -> None:
    await log(client, run, 0)
    await follower.follow("run", run)
    first = await follower.hear()
    assert (first["type"], first["run"]["id"], first["id"]) == ("run", run, f"run {run}")
    took = []
    for step in range(1, 6):
        started = time.monotonic()
        await client.post(
            f"/api/v1/runs/{run}/metrics", json={"key": "loss", "value": 0.5, "step": step}
        )
        message = await follower.hear()
        took.append(time.monotonic() - started)
        assert (message["type"], steps_of(message)) == ("points", [step])
        assert (message["series"][0]["key"], message["series"][0]["values"]) == ("loss", [0.5])
    # On a machine that does much else at a time one may take longer; looking without a hint takes ten.
    assert min(took) < 1
    await log(client, run, *range(100, 200), key="many")
    assert steps_of(await follower.hear()) == [*range(100, 200)]
    await client.patch(f"/api/v1/runs/{run}", json={"status": "finished"})
    message = await follower.hear(seconds=8)
    assert (message["type"], message["run"]["status"]) == ("run", "finished")
    await client.post("/api/v1/runs/bulk-tag", json={"run_ids": [run], "tags": {"a": "b"}})
    assert (await follower.hear("run"))["run"]["tags"] == {"a": "b"}


async def test_nothing_is_missed_over_a_cut(
    client: httpx.AsyncClient, run: str, address: LiveAddress, tenant: TenantHandle
) -> None:
    token = await tenant.token(Role.VIEWER)
    seen: list[int] = []
    cursor = None

    async def write() -> None:
        for step in range(150):
            await log(client, run, step)
            await asyncio.sleep(0)

    writing = asyncio.create_task(write())
    while len(set(seen)) < 150:
        async with address.open(token) as follower:
            await follower.follow("run", run, **({"cursor": cursor} if cursor else {}))
            if cursor is None:
                cursor = (await follower.hear("run"))["cursor"]
                whole = await client.get(f"/api/v1/runs/{run}/metrics/loss")
                seen += whole.json().get("steps", [])
            for _ in range(2):
                if len(set(seen)) == 150:
                    break
                message = await follower.hear("points")
                cursor, seen = message["cursor"], seen + steps_of(message)
    await writing
    assert sorted(set(seen)) == [*range(150)]
    # What came twice came before the first message; from then on every point came once.
    assert len(seen) - 150 <= 20


async def test_what_was_on_its_way_at_the_cut_is_found_when_it_arrives(
    client: httpx.AsyncClient, run: str, address: LiveAddress, tenant: TenantHandle
) -> None:
    token = await tenant.token(Role.VIEWER)
    await log(client, run, 0)
    async with await tenant.unit(Role.DATA_SCIENTIST) as slow:
        batch = RunBatch(metrics=[Metric(key="slow", value=1, step=7)])
        await tenant.platform.tracking.log_batch(slow, UUID(run), batch)
        async with address.open(token) as follower:
            await follower.follow("run", run)
            cursor = (await follower.hear("run"))["cursor"]
            await log(client, run, 1)
            message = await follower.hear("points")
            assert steps_of(message) == [1]
            cursor = message["cursor"]
    async with address.open(token) as follower:
        await follower.follow("run", run, cursor=cursor)
        message = await follower.hear("points")
        assert (message["series"][0]["key"], steps_of(message)) == ("slow", [7])


async def test_who_has_too_much_to_catch_up_with_reads_the_history(
    client: httpx.AsyncClient,
    run: str,
    address: LiveAddress,
    tenant: TenantHandle,
    platform: Platform,
) -> None:
    token = await tenant.token(Role.VIEWER)
    async with address.open(token) as follower:
        await follower.follow("run", run)
        cursor = (await follower.hear("run"))["cursor"]
    for first in range(0, 6000, 1000):
        await log(client, run, *range(first, first + 1000))
    async with address.open(token) as follower:
        await follower.follow("run", run, cursor=cursor)
        message = await follower.hear("points", "reread")
        assert (message["type"], message["keys"]) == ("reread", None)
        later = message["cursor"]
    await log(client, run, *range(6000, 6010))
    await client.patch(f"/api/v1/runs/{run}", json={"status": "finished"})
    await pack_everything(platform)
    await log(client, run, 1, key="late")
    async with address.open(token) as follower:
        await follower.follow("run", run, cursor=later)
        points = await follower.hear("points")
        assert (points["series"][0]["key"], steps_of(points)) == ("late", [1])
        assert (await follower.hear("reread"))["keys"] == ["loss"]
        assert (await follower.hear("run"))["run"]["status"] == "finished"


async def test_a_purged_run_ends_its_subscription(
    client: httpx.AsyncClient,
    run: str,
    follower: Follower,
    platform: Platform,
    tenant: TenantHandle,
) -> None:
    await follower.follow("run", run)
    await follower.hear("run")
    await client.delete(f"/api/v1/runs/{run}")
    assert (await follower.hear("run"))["run"]["lifecycle"] == "deleted"
    context = await tenant.context()
    trash = TrashPurge(platform.blobs, runs_behind_versions)
    await trash.purge_runs(lambda: platform.units.tenant(context), [UUID(run)])
    assert (await follower.hear("error"))["code"] == "tracking.run_not_found"


async def test_another_tenant_hears_nothing(
    client: httpx.AsyncClient, run: str, address: LiveAddress, tenants: TenantFactory
) -> None:
    stranger = await tenants.create()
    async with address.open(await stranger.token()) as follower:
        await follower.follow("run", run)
        problem = await follower.hear()
        assert (problem["type"], problem["code"]) == ("error", "tracking.run_not_found")
        own = (await (await stranger.client()).post("/api/v1/runs", json={})).json()["id"]
        await follower.follow("run", own)
        await follower.hear("run")
        await log(client, run, 1)
        await log(await stranger.client(), own, 2)
        assert steps_of(await follower.hear()) == [2]


@pytest.mark.parametrize("cursor", ["nonsense", "1:2", "'; DROP TABLE run; --"])
async def test_a_cursor_of_ones_own_making_is_refused(
    run: str, follower: Follower, cursor: str
) -> None:
    await follower.follow("run", run, cursor=cursor)
    assert (await follower.hear())["code"] == "request.cursor_invalid"


async def test_a_cursor_from_another_time_means_reading_again(
    client: httpx.AsyncClient, run: str, follower: Follower
) -> None:
    await log(client, run, 1)
    for cursor in ("99999999999:99999999999:", "3:3:"):
        await follower.follow("run", run, cursor=cursor)
        message = await follower.hear("points", "reread")
        told = (message["type"], message.get("keys"))
        assert told == ("reread", None) or steps_of(message) == [1]
        await follower.send(type="unsubscribe", id=f"run {run}")
