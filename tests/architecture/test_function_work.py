"""What a SQL function reads does not grow with the tables, even if its plan was made while they were empty.

PostgreSQL plans the statements of a function once for a connection, and knows nothing of a table that was
filled a moment ago. Work is counted in pages, which no other program on the machine can change.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import orjson
import psycopg
import pytest
from sqlalchemy import text
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.server.installation import Installation
from maestro_ml.server.kernel.db import PreparedCalls

FEW, MANY = 20, 5000
CALLS = 8
"""More than the five times that PostgreSQL plans for the arguments before it settles on one plan."""
TABLES = (
    "registered_model",
    "model_version",
    "model_alias",
    "logged_model",
    "logged_model_metric",
    "run",
    "run_metric",
    "metric_point",
    "input_dataset",
    "run_dataset",
    "run_model",
)
FILL = """
    INSERT INTO registered_model (id, name, description, tags, last_version, created_at, created_by,
                                  updated_at)
      SELECT md5('m' || n)::uuid, 'm' || n, '', '{}', 1, now(), 'u', now()
      FROM generate_series(cast(:first AS int), cast(:last AS int)) n;
    INSERT INTO model_version (id, model_id, number, state, stage, description, tags, source_run_id,
        flavor, metrics, params, files, size_bytes, sha256, created_at, created_by, updated_at)
      SELECT md5('v' || n)::uuid, md5('m' || n)::uuid, 1, 'ready', 'None', '', '{}', NULL, 'x', '{}',
             '{}', '[]', 0, '', now(), 'u', now() FROM generate_series(cast(:first AS int), cast(:last AS int)) n;
    INSERT INTO model_alias (model_id, alias, version_id)
      SELECT md5('m' || n)::uuid, 'prod', md5('v' || n)::uuid FROM generate_series(cast(:first AS int), cast(:last AS int)) n;
    INSERT INTO logged_model (id, experiment_id, name, model_type, status, source_run_id, params, tags,
                              created_at, updated_at)
      SELECT 'l' || n, 0, 'l', '', 'READY', '', '{}', '{}', now(), now()
      FROM generate_series(cast(:first AS int), cast(:last AS int)) n;
    INSERT INTO logged_model_metric (model_id, key, at, step, run_id, value)
      SELECT 'l' || n, 'auc', 1, 1, md5('r' || n)::uuid, 1 FROM generate_series(cast(:first AS int), cast(:last AS int)) n;
    INSERT INTO run (id, experiment_id, name, status, user_name, ended_at)
      SELECT md5('r' || n)::uuid, 0, 'r', 'finished', 'u', now() FROM generate_series(cast(:first AS int), cast(:last AS int)) n;
    INSERT INTO run_metric (run_id, key, experiment_id, value, step, at)
      SELECT md5('r' || n)::uuid, 'auc', 0, n, 1, 1 FROM generate_series(cast(:first AS int), cast(:last AS int)) n;
    INSERT INTO metric_point (series_id, step, at, value)
      SELECT m.series_id, 1, 1, m.value FROM run_metric m WHERE m.value BETWEEN cast(:first AS int) AND cast(:last AS int);
    INSERT INTO input_dataset (id, experiment_id, name, digest, source_type, source, schema, profile)
      SELECT md5('d' || n)::uuid, 0, 'd' || n, 'x', '', '', '', ''
      FROM generate_series(cast(:first AS int), cast(:last AS int)) n;
    INSERT INTO run_dataset (run_id, dataset_id, place, tags)
      SELECT md5('r' || n)::uuid, md5('d' || n)::uuid, 1, '{}' FROM generate_series(cast(:first AS int), cast(:last AS int)) n;
    INSERT INTO run_model (run_id, direction, model_id, step)
      SELECT md5('r' || n)::uuid, 'input', 'l' || n, 0 FROM generate_series(cast(:first AS int), cast(:last AS int)) n
"""
CALLED = """
    registry_versions($1, ARRAY[md5('v' || :n)::uuid]);
    registry_find_version($1, 'm' || :n, NULL, 'prod');
    registry_find_version($1, 'm' || :n, 1, NULL);
    registry_find_version($1, 'm' || :n, NULL, NULL);
    registry_models($1, ARRAY[md5('m' || :n)::uuid], NULL);
    registry_models($1, NULL, 'm' || :n);
    registry_create_model($1, gen_random_uuid(), gen_random_uuid(), 'new' || :n, '', '{}', :now);
    registry_create_version($1, gen_random_uuid(), gen_random_uuid(), 'm' || :n, '', '{}', 's3://x',
      NULL, NULL, 'l' || :n, '{"flavor": "x", "files": [], "sha256": ""}', 0, :now);
    registry_set_alias($1, gen_random_uuid(), 'm' || :n, 'prod', 1, :now);
    registry_set_alias($1, gen_random_uuid(), 'm' || :n, 'next', 1, :now);
    tracking_get_run($1, :run);
    tracking_whole_runs($1, ARRAY[:run]);
    tracking_metric_history($1, :run, 'auc');
    tracking_metric_series($1, ARRAY[:run], 'auc');
    tracking_update_run($1, :run, 'finished', now(), NULL, :who);
    tracking_log_metric($1, :run, 'auc', 1, 2, 2);
    tracking_log_metrics($1, ARRAY[:run], ARRAY['auc'], ARRAY[1.0], ARRAY[3], ARRAY[3]);
    tracking_log_batch($1, :run, ARRAY['auc'], ARRAY[1.0], ARRAY[4], ARRAY[4], '{"p": "1"}',
      '{"t": "1"}');
    tracking_log_fields($1, ARRAY[:run], ARRAY['{"q": "1"}'::jsonb], ARRAY['{"q": "1"}'::jsonb]);
    tracking_append_to_tag($1, :run, 'list', '1');
    tracking_delete_tag($1, :run, 't');
    tracking_log_inputs($1, :run, '[{"name": "d1", "digest": "x", "source_type": "", "source": "",
      "schema": "", "profile": "", "tags": {}}]', ARRAY['l1']);
    tracking_log_outputs($1, :run, ARRAY['l1'], ARRAY[1]);
    tracking_logged_models($1, ARRAY['l' || :n]);
    tracking_create_logged_model($1, 'new' || :n, 0, 'l', '', '', '{}', '{}', :now);
    tracking_change_logged_model($1, 'l' || :n, 'FAILED', '{}', '{}', NULL, false, :now);
    tracking_log_model_metrics($1, :run, ARRAY['l' || :n], ARRAY['f1'], ARRAY[1.0], ARRAY[1], ARRAY[1],
      ARRAY[NULL::text], ARRAY[NULL::text])
"""
FUNCTIONS = [" ".join(each.split()) for each in CALLED.split(";")]
SPELLED = {
    ":now": "now(), :who",
    ":who": "'user', NULL, 'u', 'req'",
    ":run": "md5('r' || :n)::uuid",
    ":n": "$2::int::text",
}


async def pages(calls: PreparedCalls, function: str, tenant_id: UUID, number: int) -> int:
    """How many pages a call looks at."""
    statement = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM {function}"
    for word, meaning in SPELLED.items():
        statement = statement.replace(word, meaning)
    explained = orjson.loads(await calls.value(statement, tenant_id, number))[0]["Plan"]
    return int(explained["Shared Hit Blocks"] + explained["Shared Read Blocks"])


@pytest.fixture(scope="module")
async def work(
    platform: object, app: object, installation: Installation, database_url: str
) -> AsyncIterator[dict[str, tuple[int, int, int]]]:
    """Pages that each function looks at: of few rows, of many with the old plan, of many with a new."""
    factory = TenantFactory(platform, app)  # type: ignore[arg-type]
    tenant = await factory.create()
    tenant_id = (await tenant.context()).tenant_id
    old, new = (PreparedCalls(installation.database_url, size=1) for _ in range(2))
    with psycopg.connect(database_url, autocommit=True) as owner:
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)".encode())
        await fill(tenant, 1, FEW)
        few = {each: await settled(old, each, tenant_id, 1) for each in FUNCTIONS}
        await fill(tenant, FEW + 1, MANY)
        many = {each: await settled(old, each, tenant_id, MANY // 2) for each in FUNCTIONS}
        fresh = {each: await settled(new, each, tenant_id, MANY // 3) for each in FUNCTIONS}
        yield {each: (few[each], many[each], fresh[each]) for each in FUNCTIONS}
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} RESET (autovacuum_enabled)".encode())
    await old.close()
    await new.close()
    await factory.close()


async def fill(tenant: TenantHandle, first: int, last: int) -> None:
    async with await tenant.unit() as unit:
        for statement in FILL.split(";"):
            await unit.session.execute(text(statement), {"first": first, "last": last})


async def settled(calls: PreparedCalls, function: str, tenant_id: UUID, first: int) -> int:
    """Pages of the last of some calls."""
    return [await pages(calls, function, tenant_id, first + n) for n in range(CALLS)][-1]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_work_does_not_grow_with_the_tables(
    work: dict[str, tuple[int, int, int]], function: str
) -> None:
    few, many, fresh = work[function]
    # Deeper indexes cost a few pages more, and so do plans of PostgreSQL's own, for foreign keys.
    assert max(many, fresh) <= 2 * few + 40, work[function]
