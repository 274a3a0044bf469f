"""Overviews of long histories: charts read them, and see what they would see of all points."""

from __future__ import annotations

import math
import random
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from tests.support.compaction import pack_everything

from maestro_ml.server.wiring import Platform

LONG = 9000
Curve = list[tuple[int, int, float]]


def curve(points: int, seed: int = 7) -> list[float]:
    chance = random.Random(seed)
    return [1 / (1 + step / 900) + chance.gauss(0, 0.02) for step in range(points)]


async def bring(client: httpx.AsyncClient, run: str, **series: list[float]) -> None:
    """An import: the points come in large arrays, and the run has ended."""
    started = {"started_at": "2026-01-01T00:00:00Z", "ended_at": "2026-01-01T01:00:00Z"}
    lines: list[dict[str, Any]] = [
        {"id": run, "experiment_id": 0, "name": "r", "status": "finished", "user": "u", **started}
    ]
    for key, values in series.items():
        lines += [
            {
                "key": key,
                "steps": [*range(first, min(first + 5000, len(values)))],
                "timestamps": [*range(first, min(first + 5000, len(values)))],
                "values": [str(value) for value in values[first : first + 5000]],
            }
            for first in range(0, len(values), 5000)
        ]
    body = b"\n".join(httpx.Request("POST", "http://x", json=line).content for line in lines)
    answer = await client.post("/api/v1/imports/runs", content=body)
    assert answer.status_code == 200, answer.text


async def log(client: httpx.AsyncClient, run: str, key: str, curve: Curve) -> None:
    metrics = [
        {"key": key, "step": step, "timestamp": at, "value": str(value)}
        for step, at, value in curve
    ]
    answer = await client.post(f"/api/v1/runs/{run}/log-batch", json={"metrics": metrics})
    assert answer.status_code == 200, answer.text


async def chart(
    client: httpx.AsyncClient, runs: list[str], keys: list[str], most: int = 1000, **within: Any
) -> dict[tuple[str, str], tuple[Curve, bool]]:
    body = {"run_ids": runs, "keys": keys, "max_points": most, **within}
    answer = await client.post("/api/v1/runs/histories", json=body)
    assert answer.status_code == 200, answer.text
    found = {}
    for each in answer.json()["items"]:
        values = [float(value) for value in each["values"]]
        columns = zip(each["steps"], each["timestamps"], values, strict=True)
        found[each["run_id"], each["key"]] = ([*columns], each["thinned"])
    return found


def overviews(connection: psycopg.Connection, run: str) -> list[tuple[int, int]]:
    """Points, and points that are kept of them, by the size of the history."""
    with connection.transaction():
        connection.execute("SET LOCAL ROLE maestro_system")
        found = connection.execute(
            "SELECT points, cardinality(steps) FROM metric_overview "
            "WHERE series_id IN (SELECT series_id FROM run_metric WHERE run_id = %s) ORDER BY 1",
            [run],
        )
        return found.fetchall()


@pytest.fixture
def run() -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


async def test_a_chart_shows_the_same_before_and_after_packing(
    client: httpx.AsyncClient, platform: Platform, owner_connection: psycopg.Connection, run: str
) -> None:
    odd = [math.nan, math.inf, -math.inf, 0.5, 1.5] * (LONG // 5)
    gone = [math.nan] * LONG
    await bring(client, run, loss=curve(LONG), short=curve(2000), odd=odd, gone=gone)
    keys = ["gone", "loss", "odd", "short"]
    before = await chart(client, [run], keys)
    assert overviews(owner_connection, run) == []
    await pack_everything(platform)
    found = overviews(owner_connection, run)
    assert [points for points, _ in found] == [LONG] * 3
    assert all(kept <= 1000 for _, kept in found)
    after = await chart(client, [run], keys)
    # NaN is unequal to itself: what is written is compared.
    assert repr(after) == repr(before)
    assert all(thinned for _, thinned in after.values())
    assert {math.inf, -math.inf} <= {value for _, _, value in after[run, "odd"][0]}
    assert all(math.isnan(value) for _, _, value in after[run, "gone"][0])


async def test_fewer_points_keep_the_extremes_and_more_come_from_the_history(
    client: httpx.AsyncClient, platform: Platform, run: str
) -> None:
    values = curve(LONG)
    values[1234], values[8765] = 100.0, -100.0
    await bring(client, run, loss=values)
    await pack_everything(platform)
    few, _ = (await chart(client, [run], ["loss"], 100))[run, "loss"]
    assert len(few) <= 100
    assert few == sorted(few)
    assert {100.0, -100.0} <= {value for _, _, value in few}
    # A stretch of a fiftieth has its own extremes, up to where stretches of the overview meet.
    for part in range(50):
        inside = values[part * 180 : (part + 1) * 180]
        shown = [value for step, _, value in few if step // 180 == part]
        assert max(shown) == max(inside) or min(shown) == min(inside)
    many, thinned = (await chart(client, [run], ["loss"], 10_000))[run, "loss"]
    assert (len(many), thinned) == (LONG, False)


async def test_who_zooms_in_reads_the_history(
    client: httpx.AsyncClient, platform: Platform, run: str
) -> None:
    values = curve(LONG)
    await bring(client, run, loss=values, short=[1.0])
    await pack_everything(platform)
    near = await chart(client, [run], ["loss", "short"], steps=[4000, 4499])
    assert near == {(run, "loss"): ([(n, n, values[n]) for n in range(4000, 4500)], False)}
    assert await chart(client, [run], ["loss"], times=[4000, 4499]) == near
    wide, thinned = (await chart(client, [run], ["loss"], steps=[1000, 8000]))[run, "loss"]
    assert (thinned, len(wide) <= 1000) == (True, True)
    assert (wide[0][0] < 1015, wide[-1][0] > 7985) == (True, True)
    body = {"run_ids": [run], "keys": ["loss"], "steps": [1]}
    assert (await client.post("/api/v1/runs/histories", json=body)).status_code == 422


async def test_what_comes_after_packing_is_in_the_chart_at_once(
    client: httpx.AsyncClient, platform: Platform, owner_connection: psycopg.Connection, run: str
) -> None:
    await bring(client, run, loss=curve(LONG))
    await pack_everything(platform)
    late: Curve = [(LONG + step, LONG + step, 50.0 + step) for step in range(500)]
    await log(client, run, "loss", late)
    await log(client, run, "loss", [(10, 10, 77.0), (LONG + 700, LONG + 700, -3.0)])
    shown, thinned = (await chart(client, [run], ["loss"]))[run, "loss"]
    assert thinned
    assert shown == sorted(shown)
    assert len({*shown}) == len(shown) <= 1000
    assert shown[-1] == (LONG + 700, LONG + 700, -3.0)
    assert {549.0, 77.0} <= {value for _, _, value in shown}
    # Old and new points have stretches of one length, so the old ones keep their share.
    assert sum(step < LONG for step, _, _ in shown) > 900
    await pack_everything(platform)
    assert [points for points, _ in overviews(owner_connection, run)] == [LONG + 502]
    again, _ = (await chart(client, [run], ["loss"]))[run, "loss"]
    assert {549.0, 77.0, -3.0} <= {value for _, _, value in again}


async def test_many_runs_are_one_answer_and_strangers_see_none(
    client: httpx.AsyncClient, platform: Platform, tenants: Any, run: str
) -> None:
    other = str(UUID(int=random.getrandbits(128), version=4))
    await bring(client, run, loss=curve(LONG))
    await bring(client, other, loss=curve(LONG, seed=8), short=[1.0, 2.0])
    await pack_everything(platform)
    found = await chart(client, [run, other], ["loss", "short"])
    assert {*found} == {(run, "loss"), (other, "loss"), (other, "short")}
    assert found[other, "short"] == ([(0, 0, 1.0), (1, 1, 2.0)], False)
    stranger = await (await tenants.create()).client()
    assert await chart(stranger, [run, other], ["loss"]) == {}
