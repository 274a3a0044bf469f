"""Pages of runs: their order, their filters, and the index that they walk."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.tracking import RunBatch, RunCreate, SortDirection
from maestro_ml.server.tracking.repository import RunRepository, RunSelection

VALUES = [0.3, 0.1, float("nan"), 0.2, 0.2, None, float("inf")]


@pytest.fixture
async def tenant(tenants: TenantFactory) -> TenantHandle:
    tenant = await tenants.create()
    tracking = tenant.platform.tracking
    async with await tenant.unit() as unit:
        for number, value in enumerate(VALUES):
            run = await tracking.create_run(unit, RunCreate(name=f"run {number}"))
            if value is not None:
                metrics = [{"key": "auc", "value": value}]
                await tracking.log_batch(
                    unit, run.id, RunBatch.model_validate({"metrics": metrics})
                )
    return tenant


async def walk(client: httpx.AsyncClient, limit: int = 2, **query: Any) -> list[str]:
    seen: list[str] = []
    cursor = None
    while True:
        given = {**query, "limit": limit, **({"cursor": cursor} if cursor else {})}
        answer = await client.get("/api/v1/experiments/0/runs", params=given)
        assert answer.status_code == 200, answer.text
        seen += [run["name"].removeprefix("run ") for run in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return seen


async def test_runs_come_by_start_or_by_metric(tenant: TenantHandle) -> None:
    client = await tenant.client()
    assert await walk(client) == ["6", "5", "4", "3", "2", "1", "0"]
    assert await walk(client, direction="asc") == ["0", "1", "2", "3", "4", "5", "6"]
    assert await walk(client, metric="auc") == ["6", "0", "4", "3", "1"]
    assert await walk(client, metric="auc", direction="asc") == ["1", "3", "4", "0", "6"]
    assert await walk(client, metric="unknown") == []


async def test_runs_are_filtered(tenant: TenantHandle) -> None:
    client = await tenant.client()
    runs = (await client.get("/api/v1/experiments/0/runs")).json()["items"]
    await client.patch(f"/api/v1/runs/{runs[0]['id']}", json={"status": "failed"})
    await client.delete(f"/api/v1/runs/{runs[1]['id']}")
    assert await walk(client, status="failed") == ["6"]
    assert await walk(client, status="failed", metric="auc") == ["6"]
    assert await walk(client, name="UN 3") == ["3"]
    assert await walk(client, view="deleted") == ["5"]
    assert await walk(client, view="all") == ["6", "5", "4", "3", "2", "1", "0"]
    assert await walk(client, metric="auc", view="deleted") == []


async def test_a_cursor_of_another_order_is_refused(tenant: TenantHandle) -> None:
    client = await tenant.client()
    page = (await client.get("/api/v1/experiments/0/runs?limit=1")).json()
    for query in ({"metric": "auc", "cursor": page["next_cursor"]}, {"cursor": "WzEsMl0"}):
        answer = await client.get("/api/v1/experiments/0/runs", params=query)
        assert (answer.status_code, answer.json()["code"]) == (400, "request.cursor_invalid")


@pytest.mark.parametrize("direction", [*SortDirection])
@pytest.mark.parametrize("metric", [None, "auc"])
async def test_a_page_walks_an_index_from_where_the_last_one_ended(
    tenants: TenantFactory, metric: str | None, direction: SortDirection
) -> None:
    tenant = await tenants.create()
    async with await tenant.unit() as unit:
        await unit.session.execute(
            text(
                """
                INSERT INTO run (id, experiment_id, name, status, user_name, started_at)
                SELECT gen_random_uuid(), 0, 'r' || n, 'finished', 'u',
                       now() - n * interval '1 second' FROM generate_series(1, 3000) n
                """
            )
        )
        await unit.session.execute(
            text(
                """
                INSERT INTO run_metric (run_id, key, experiment_id, value, step, at)
                SELECT id, 'auc', 0, random(), 0, 0 FROM run
                """
            )
        )
        repository = RunRepository(unit.session)
        chosen = RunSelection(experiment_id=0, metric=metric, direction=direction)
        half = (await repository.list(chosen, limit=1500, after=None))[-1]
        query = repository.query(chosen, limit=101, after=(half.sorted_by, half.run.id))
        connection = await unit.session.connection()
        # Statistics know nothing of the rows of this transaction; the walk has to be possible.
        await connection.exec_driver_sql("SET LOCAL enable_sort = off")
        compiled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        explained = await connection.exec_driver_sql(f"EXPLAIN ANALYZE {compiled}")
        plan = "\n".join(line for (line,) in explained)
        index = (
            "ix_run_tenant_id_experiment_id_started_at_id"
            if metric is None
            else "ix_run_metric_tenant_id_experiment_id_key_value_run_id"
        )
        assert "Sort" not in plan, plan
        walked = re.search(rf"Scan.* using {index} .*actual time=\S+ rows=(\d+)", plan)
        assert walked is not None, plan
        assert int(walked[1]) <= 101, plan
