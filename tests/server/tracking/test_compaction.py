"""Compaction: the points of finished runs in arrays, and nobody who reads notices."""

from __future__ import annotations

import math
from typing import Any

import httpx
import psycopg
import pytest
from tests.support.compaction import pack_everything

from maestro_ml.server.tracking import RunCompaction
from maestro_ml.server.wiring import Platform


async def start(client: httpx.AsyncClient) -> str:
    return str((await client.post("/api/v1/runs", json={})).json()["id"])


async def log(client: httpx.AsyncClient, run: str, points: list[dict[str, Any]]) -> None:
    answer = await client.post(f"/api/v1/runs/{run}/log-batch", json={"metrics": points})
    assert answer.status_code == 200, answer.text


async def finish(client: httpx.AsyncClient, run: str) -> None:
    answer = await client.patch(f"/api/v1/runs/{run}", json={"status": "finished"})
    assert answer.status_code == 200, answer.text


async def history(client: httpx.AsyncClient, run: str, key: str) -> list[tuple[Any, ...]]:
    found = (await client.get(f"/api/v1/runs/{run}/metrics/{key}")).json()
    return [*zip(found["steps"], found["timestamps"], found["values"], strict=True)]


def shapes(connection: psycopg.Connection, run: str) -> tuple[int, list[int]]:
    """How many points of the run lie in rows of their own, and the sizes of its arrays."""
    with connection.transaction():
        connection.execute("SET LOCAL ROLE maestro_system")
        of_run = "series_id IN (SELECT series_id FROM run_metric WHERE run_id = %s)"
        rows = connection.execute(f"SELECT count(*) FROM metric_point WHERE {of_run}", [run])
        arrays = connection.execute(
            f"SELECT cardinality(vals) FROM metric_chunk WHERE {of_run} ORDER BY 1", [run]
        )
        return rows.fetchall()[0][0], [size for (size,) in arrays]


def waiting(connection: psycopg.Connection) -> set[str]:
    with connection.transaction():
        connection.execute("SET LOCAL ROLE maestro_system")
        found = connection.execute("SELECT run_id FROM uncompacted_run").fetchall()
    return {str(run) for (run,) in found}


def points(key: str, steps: range) -> list[dict[str, Any]]:
    return [{"key": key, "value": step / 8, "step": step, "timestamp": step} for step in steps]


async def test_points_of_a_finished_run_are_packed_and_read_the_same(
    client: httpx.AsyncClient, platform: Platform, owner_connection: psycopg.Connection
) -> None:
    run, live = await start(client), await start(client)
    for first in range(0, 50, 10):
        await log(client, run, points("rows", range(first, first + 10)))
    await log(client, run, points("arrays", range(100, 150)) + points("arrays", range(50)))
    await log(client, run, points("arrays", range(25, 75)))
    await log(client, run, points("two", range(2)))
    odd = [math.nan, math.inf, -math.inf, 0.0]
    sent = [{"key": "odd", "value": str(v), "step": i, "timestamp": 0} for i, v in enumerate(odd)]
    await log(client, run, sent + sent[:2])
    await log(client, live, points("rows", range(10)))
    keys = ("rows", "arrays", "two", "odd")
    before = {key: await history(client, run, key) for key in keys}
    latest = (await client.get(f"/api/v1/runs/{run}")).json()["metrics"]
    assert waiting(owner_connection) & {run, live} == set()
    await finish(client, run)
    assert waiting(owner_connection) & {run, live} == {run}
    await pack_everything(platform)
    assert shapes(owner_connection, run) == (2, [4, 50, 125])
    assert shapes(owner_connection, live) == (10, [])
    assert waiting(owner_connection) & {run, live} == set()
    assert {key: await history(client, run, key) for key in keys} == before
    assert (await client.get(f"/api/v1/runs/{run}")).json()["metrics"] == latest


async def test_points_that_come_after_the_end_join_the_packed_ones(
    client: httpx.AsyncClient, platform: Platform, owner_connection: psycopg.Connection
) -> None:
    run = await start(client)
    await log(client, run, points("m", range(10)))
    await finish(client, run)
    await pack_everything(platform)
    await client.post(f"/api/v1/runs/{run}/metrics", json=points("m", range(10, 11))[0])
    await log(client, run, points("m", range(9, 12)))
    assert waiting(owner_connection) >= {run}
    assert [step for step, _, _ in await history(client, run, "m")] == [*range(12)]
    await pack_everything(platform)
    assert shapes(owner_connection, run) == (0, [12])
    assert (await client.get(f"/api/v1/runs/{run}")).json()["metrics"] == {"m": 11 / 8}


async def test_a_point_that_comes_during_compaction_is_neither_lost_nor_forgotten(
    client: httpx.AsyncClient,
    platform: Platform,
    owner_connection: psycopg.Connection,
    database_url: str,
) -> None:
    run = await start(client)
    await log(client, run, points("m", range(10)))
    await finish(client, run)
    with psycopg.connect(database_url) as worker:
        worker.execute("SET LOCAL ROLE maestro_system")
        found = worker.execute(
            "SELECT tracking_pack_series(tenant_id, series_id) FROM run_metric WHERE run_id = %s",
            [run],
        )
        assert found.fetchall() == [(10,)]
        # The worker has not committed yet: nothing it did is to be seen, and nothing waits for it.
        await log(client, run, points("m", range(10, 20)))
        assert len(await history(client, run, "m")) == 20
        worker.commit()
    assert len(await history(client, run, "m")) == 20
    assert shapes(owner_connection, run) == (10, [10])
    assert waiting(owner_connection) >= {run}
    await pack_everything(platform)
    assert shapes(owner_connection, run) == (0, [20])


async def test_a_worker_that_is_killed_in_the_middle_loses_nothing(
    client: httpx.AsyncClient,
    platform: Platform,
    owner_connection: psycopg.Connection,
    database_url: str,
) -> None:
    run = await start(client)
    await log(client, run, points("m", range(10)))
    await finish(client, run)
    worker = psycopg.connect(database_url)
    worker.execute("SET LOCAL ROLE maestro_system")
    worker.execute(
        "SELECT tracking_compact_run(tenant_id, run_id, since) FROM uncompacted_run WHERE run_id = %s",
        [run],
    )
    owner_connection.execute("SELECT pg_terminate_backend(%s)", [worker.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        worker.commit()
    assert shapes(owner_connection, run) == (10, [])
    assert waiting(owner_connection) >= {run}
    await pack_everything(platform)
    assert [step for step, _, _ in await history(client, run, "m")] == [*range(10)]
    assert shapes(owner_connection, run) == (0, [10])


async def test_long_series_are_packed_in_parts(
    client: httpx.AsyncClient, platform: Platform, owner_connection: psycopg.Connection
) -> None:
    run = await start(client)
    for first in range(0, 6000, 1000):
        await log(client, run, points("m", range(first, first + 1000)))
    await finish(client, run)
    await pack_everything(platform)
    assert shapes(owner_connection, run) == (0, [1904, 4096])
    assert len(await history(client, run, "m")) == 6000


async def test_runs_that_nobody_ends_are_packed_at_night(
    client: httpx.AsyncClient, platform: Platform, owner_connection: psycopg.Connection
) -> None:
    runs = [await start(client) for _ in range(3)]
    for run, hours in zip(runs, (1, 30, 300), strict=True):
        await log(client, run, points("m", range(10)))
        with owner_connection.transaction():
            owner_connection.execute("SET LOCAL ROLE maestro_system")
            owner_connection.execute(
                "UPDATE run SET started_at = now() - make_interval(hours => %s) WHERE id = %s",
                [hours, run],
            )
    await RunCompaction(platform.units).add_long_runs()
    assert waiting(owner_connection) & {*runs} == {runs[1]}
    await pack_everything(platform)
    await log(client, runs[1], points("m", range(10, 12)))
    assert shapes(owner_connection, runs[1]) == (2, [10])
    assert [step for step, _, _ in await history(client, runs[1], "m")] == [*range(12)]
