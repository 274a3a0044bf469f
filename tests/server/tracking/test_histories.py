"""Histories over the API: by pages, and thinned out to their extremes."""

from __future__ import annotations

import math
import random
from typing import Any

import httpx
import pytest
from tests.support.compaction import pack_everything
from tests.support.tenant import TenantFactory

from maestro_ml.server.wiring import Platform

Points = list[tuple[int, int, float]]


@pytest.fixture
async def run(client: httpx.AsyncClient) -> str:
    return str((await client.post("/api/v1/runs", json={})).json()["id"])


async def log(client: httpx.AsyncClient, run: str, **series: list[float]) -> None:
    for key, values in series.items():
        metrics = [
            {"key": key, "value": str(v), "step": i, "timestamp": i} for i, v in enumerate(values)
        ]
        for first in range(0, len(metrics), 1000):
            body = {"metrics": metrics[first : first + 1000]}
            answer = await client.post(f"/api/v1/runs/{run}/log-batch", json=body)
            assert answer.status_code == 200, answer.text


async def read(client: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await client.get(f"/api/v1/runs/{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def points(history: dict[str, Any]) -> Points:
    values = [float(value) for value in history["values"]]
    return [*zip(history["steps"], history["timestamps"], values, strict=True)]


@pytest.mark.parametrize("packed", [False, True])
async def test_pages_hold_every_point_once(
    client: httpx.AsyncClient, run: str, platform: Platform, packed: bool
) -> None:
    values = [math.nan if n % 7 == 0 else float(n) for n in range(40)]
    await log(client, run, m=values)
    await log(client, run, m=values[:10])
    if packed:
        await client.patch(f"/api/v1/runs/{run}", json={"status": "finished"})
        await pack_everything(platform)
    whole = points(await read(client, f"{run}/metrics/m"))
    seen: Points = []
    cursor = None
    while True:
        page = await read(
            client, f"{run}/metrics/m", limit=7, **({"cursor": cursor} if cursor else {})
        )
        assert len(page["steps"]) <= 7
        seen += points(page)
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == 40
    assert [repr(point) for point in seen] == [repr(point) for point in whole]
    bad = await client.get(f"/api/v1/runs/{run}/metrics/m", params={"limit": 7, "cursor": "WzFd"})
    assert bad.json()["code"] == "request.cursor_invalid"


async def test_a_chart_keeps_the_extremes_of_each_stretch(
    client: httpx.AsyncClient, run: str
) -> None:
    chance = random.Random(7)
    values = [chance.random() for _ in range(5000)]
    values[1234], values[4321] = 100.0, -100.0
    await log(client, run, noise=values, short=[1.0, 2.0, 3.0], gone=[math.nan] * 3)
    found = await read(client, f"{run}/metrics", key=["noise", "short", "nothing"], max_points=200)
    assert [history["key"] for history in found["items"]] == ["noise", "short"]
    noise, short = found["items"]
    assert (noise["thinned"], short["thinned"]) == (True, False)
    assert short["values"] == [1.0, 2.0, 3.0]
    kept = points(noise)
    assert len(kept) <= 200
    assert {100.0, -100.0} <= {value for _, _, value in kept}
    assert kept == sorted(kept)
    for stretch in range(100):
        inside = values[stretch * 50 : (stretch + 1) * 50]
        shown = {value for step, _, value in kept if step // 50 == stretch}
        assert shown == {min(inside), max(inside)}
    every = await read(client, f"{run}/metrics", max_points=2)
    assert [history["key"] for history in every["items"]] == ["gone", "noise", "short"]
    assert points(await read(client, f"{run}/metrics/noise", max_points=200)) == kept


async def test_numbers_win_over_what_is_none(client: httpx.AsyncClient, run: str) -> None:
    values = [math.nan, 3.0, math.nan, 1.0, math.inf, math.nan, -math.inf, 2.0, *[math.nan] * 8]
    await log(client, run, m=values)
    found = points((await read(client, f"{run}/metrics", key=["m"], max_points=4))["items"][0])
    assert [value for _, _, value in found[:2]] == [math.inf, -math.inf]
    assert all(math.isnan(value) for _, _, value in found[2:])


async def test_a_history_that_is_not_there_is_not_found(
    client: httpx.AsyncClient, run: str, tenants: TenantFactory
) -> None:
    stranger = await (await tenants.create()).client()
    await log(client, run, m=[1.0])
    for params in ({}, {"limit": 5}, {"max_points": 5}):
        nothing = await client.get(f"/api/v1/runs/{run}/metrics/nothing", params=params)
        assert (nothing.status_code, nothing.json()["code"]) == (404, "tracking.metric_not_found")
        theirs = await stranger.get(f"/api/v1/runs/{run}/metrics/m", params=params)
        assert (theirs.status_code, theirs.json()["code"]) == (404, "tracking.run_not_found")
    assert (await stranger.get(f"/api/v1/runs/{run}/metrics")).status_code == 404
