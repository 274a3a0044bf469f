"""A page of a search touches about as many rows as it shows, however many runs there are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal

import orjson
import psycopg
import pytest
from sqlalchemy import text
from starlette.types import ASGIApp
from tests.support.plans import rows_touched
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.server.kernel.db import Calls
from maestro_ml.server.search import SearchLanguage, Subject
from maestro_ml.server.tracking.repository.run_query import RunQuery
from maestro_ml.server.tracking.repository.run_search import RunSearchRepository
from maestro_ml.server.wiring import Platform

RUNS = 20_000
FILL = (
    f"""
    INSERT INTO run (id, experiment_id, name, status, user_name, params, started_at)
    SELECT gen_random_uuid(), 0, 'r' || n, 'finished', 'u',
           jsonb_build_object('depth', (n % 10)::text, 'seed', n::text),
           now() - n * interval '1 second' FROM generate_series(1, {RUNS}) n
    """,
    """
    INSERT INTO run_metric (run_id, key, experiment_id, value, step, at)
    SELECT id, key, 0, random(), 0, 0 FROM run, unnest(ARRAY['auc', 'loss']) AS m (key)
    """,
)
LANGUAGE = SearchLanguage()


class ExplainedCalls:
    """Runs each statement, and keeps what PostgreSQL tells of how it did it."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.plans: list[dict[str, Any]] = []

    async def rows(self, statement: str, *arguments: Any) -> Any:
        """All rows of `statement`."""
        explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
        [explained] = await self._calls.rows(explain, *arguments)
        self.plans.append(orjson.loads(explained[0])[0]["Plan"])
        return await self._calls.rows(statement, *arguments)

    def touched(self) -> int:
        """Rows of tables that were looked at, those that a filter dropped included."""
        return sum(map(rows_touched, self.plans))


@pytest.fixture(scope="module", params=[True, False], ids=["known", "new"])
def known(request: pytest.FixtureRequest) -> bool:
    """Whether the statistics of PostgreSQL know the tenant, or do not know it yet."""
    return bool(request.param)


@pytest.fixture(scope="module")
async def tenant(
    known: bool, platform: Platform, app: ASGIApp, database_url: str
) -> AsyncIterator[TenantHandle]:
    """A tenant with many runs."""
    factory = TenantFactory(platform, app)
    made = await factory.create()
    with psycopg.connect(database_url, autocommit=True) as owner:
        _analyze(owner, automatic="false")
        async with await made.unit() as unit:
            for statement in FILL:
                await unit.session.execute(text(statement))
        if known:
            _analyze(owner)
        yield made
        _analyze(owner, automatic="true")
    await factory.close()


def _analyze(owner: psycopg.Connection, *, automatic: Literal["true", "false", ""] = "") -> None:
    for table in ("run", "run_metric"):
        if automatic:
            owner.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = {automatic})".encode())
        owner.execute(f"ANALYZE {table}".encode())


@pytest.mark.parametrize(
    ("filtered", "orders", "most"),
    [
        ("", [], 110),
        ("", ["start_time ASC"], 110),
        ("", ["metrics.auc DESC"], 220),
        ("", ["metrics.auc ASC", "run_name"], 220),
        ("metrics.auc > 0.9 and metrics.auc < 0.95", ["metrics.auc DESC"], 220),
        ("params.depth = '5'", [], 6000),
        ("metrics.auc > 0.5 and params.depth = '5'", [], 12_000),
        ("metrics.auc > 0.5 and params.depth = '5'", ["metrics.loss DESC"], 13_000),
        ("metrics.auc > 0.9999 and run_name LIKE 'r%'", ["metrics.auc DESC"], 100),
        ("tags.mlflow.parentRunId = '01890000000070008000000000000000'", [], 10),
    ],
)
async def test_a_page_touches_few_rows(
    tenant: TenantHandle, filtered: str, orders: list[str], most: int
) -> None:
    query = RunQuery(
        (0,),
        conditions=await LANGUAGE.conditions(Subject.RUNS, filtered),
        orders=await LANGUAGE.orders(Subject.RUNS, orders),
    )
    tenant_id = (await tenant.context()).tenant_id
    calls = ExplainedCalls(tenant.platform.heavy)
    runs = RunSearchRepository(calls, tenant_id)
    found, token = await runs.page(query, limit=100, token=None)
    assert calls.touched() <= most, calls.plans
    if token is not None:
        calls.plans.clear()
        assert len(found) == 100
        await runs.page(query, limit=100, token=token)
        assert calls.touched() <= most, calls.plans
