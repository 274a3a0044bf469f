"""What the ledger and the next search read of the past, and that it stays bounded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import TextClause, text
from starlette.types import ASGIApp
from tests.support.past_searches import evaluation, past_search
from tests.support.plans import rows_touched
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.automl import SearchArm
from maestro_ml.server.automl import repository
from maestro_ml.server.automl.repository import PastSearchRepository
from maestro_ml.server.wiring import Platform

# One worker for all of them: each that runs some fills the shared database with a crowd of its own.
pytestmark = pytest.mark.xdist_group("past-searches")
SEARCHES, EVALUATIONS = 1000, 30
# Rows of other tests, at most: far fewer than one unbounded reading would add.
OTHERS = 300
FILL = (
    f"""
    INSERT INTO automl_search (id, dataset, version, target, task, metric, row_count, column_count,
      meta_features, time_budget, seed, seconds, cancelled, start, source, eligible, arm, propensity,
      evaluations, best_score, best_standard_error, finished_at)
    SELECT gen_random_uuid(), 'table ' || n % 40, 1, 'y', 'binary', 'roc_auc', 1000, 10,
      '{{"log_rows": 6.9}}', 60, 0, 60, false, '{{}}', 'history', true,
      CASE WHEN n % 7 = 0 THEN 'cold' ELSE 'warm' END, 0.5, {EVALUATIONS}, 0.8 + n % 40 / 1000.0,
      0.005, now() FROM generate_series(1, {SEARCHES}) n
    """,
    f"""
    INSERT INTO automl_evaluation (search_id, position, name, family, params, status, score,
      standard_error, fit_seconds, ended_at)
    SELECT id, p, 'lightgbm-' || p, 'lightgbm',
      jsonb_build_object('learning_rate', 0.1, 'num_leaves', p, 'min_child_samples', 20), 'scored',
      0.7 + p / 300.0, 0.005, 1.5, 2.0 * p FROM automl_search, generate_series(1, {EVALUATIONS}) p
    """,
)


async def test_the_score_to_reach_is_that_of_the_best_search_of_the_same_task(
    tenant: TenantHandle, platform: Platform
) -> None:
    slow = [evaluation(n, score) for n, score in enumerate((0.5, 0.7, 0.85, 0.895, 0.9), start=1)]
    failing = [evaluation(1, 0.5), evaluation(2, None, status="failed"), evaluation(3, 0.9)]
    never = [evaluation(1, 0.6), evaluation(2, 0.6), evaluation(3, None, status="skipped")]
    elsewhere = [evaluation(1, 0.6), evaluation(2, 0.65)]
    async with await tenant.unit() as unit:
        for records, version in ((slow, 1), (failing, 1), (never, 1), (elsewhere, 2)):
            row = past_search("t", records, version=version, arm=SearchArm.WARM, propensity=0.85)
            await platform.search_history.remember(unit, row, records)
        outcomes = await PastSearchRepository(unit.session).outcomes(10)
    told = [(each.reached, each.evaluations, each.seconds) for each in reversed(outcomes)]
    assert told == [
        (True, 4, 8.0),  # within a standard error of 0.9
        (True, 3, 6.0),  # what fails costs time, too
        (False, 2, 60.0),  # at its end; what was not started is no evaluation
        (True, 2, 4.0),  # another version of the table is another task
    ]


async def test_a_second_attempt_replaces_what_the_first_one_stored(
    tenant: TenantHandle, platform: Platform
) -> None:
    first, second = [evaluation(1, 0.5), evaluation(2, 0.6)], [evaluation(1, 0.7)]
    row, again = past_search("t", first), past_search("t", second)
    again.id = row.id
    async with await tenant.unit() as unit:
        await platform.search_history.remember(unit, row, first)
    async with await tenant.unit() as unit:
        await platform.search_history.remember(unit, again, second)
    async with await tenant.unit() as unit:
        [found] = await platform.search_history.recall(unit)
    assert [each.score for each in found.evaluations] == [0.7]


async def test_params_come_back_as_they_were(tenant: TenantHandle, platform: Platform) -> None:
    records = [evaluation(1, 0.5), evaluation(2, None, status="failed")]
    async with await tenant.unit() as unit:
        await platform.search_history.remember(unit, past_search("t", records), records)
    async with await tenant.unit() as unit:
        [found] = await platform.search_history.recall(unit)
    assert found.evaluations[0].params == {"learning_rate": 0.1, "num_leaves": 1}
    assert (found.evaluations[1].score, found.evaluations[1].fit_seconds) == (None, None)
    assert found.meta_features == {"log_rows": 6.9}


@pytest.fixture(scope="module")
async def crowded(
    platform: Platform, app: ASGIApp, database_url: str
) -> AsyncIterator[TenantHandle]:
    """A tenant with a thousand past searches of thirty evaluations, which the statistics know."""
    factory = TenantFactory(platform, app)
    made = await factory.create()
    async with await made.unit() as unit:
        for statement in FILL:
            await unit.session.execute(text(statement))
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("ANALYZE automl_search")
        owner.execute("ANALYZE automl_evaluation")
    yield made
    await factory.close()


@pytest.mark.parametrize(
    ("statement", "given", "most"),
    [
        (repository._RECALL, {"most": 500}, SEARCHES + 500 * EVALUATIONS),
        (repository._OUTCOMES, {"most": 2000}, 2 * SEARCHES + SEARCHES * EVALUATIONS),
        (repository._LIST, {"limit": 50, "before": None}, 3 * 50 + 50 * EVALUATIONS),
        (repository._COUNT, {"most": 500}, 500),
    ],
    ids=["recall", "outcomes", "list", "count"],
)
async def test_what_is_read_of_the_past_is_bounded(
    crowded: TenantHandle, statement: TextClause, given: dict[str, Any], most: int
) -> None:
    async with await crowded.unit() as unit:
        explained = await unit.session.execute(
            text(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.text}"), given
        )
        plan = explained.scalar_one()[0]["Plan"]
    # Searches of other tests' tenants lie in the same pages.
    assert rows_touched(plan) <= 1.05 * most + OTHERS
