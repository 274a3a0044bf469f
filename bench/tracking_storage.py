"""What a point costs on disk, in our tables and in MLflow's, in the same PostgreSQL.

    python -m bench.tracking_storage [--points 200000]

The same points go into both: ours through the functions of the API, MLflow's into tables made as its
own migrations make them (version 3.17, with the indexes that grow with each metric). Sizes include
indexes and TOAST. Ours are taken twice: while runs are running, and when they have finished and been
packed. The tables of both are rewritten before they are measured (VACUUM FULL), so that only what is kept
counts: the room of dead rows is used again on a server that goes on, in a measure that depends on its pace.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg

from bench.installation import temporary_home
from maestro_ml.contracts.tracking import RunCreate
from maestro_ml.server.installation import open_installation
from maestro_ml.server.kernel.settings import read_settings
from maestro_ml.server.tracking import Batch, Points, RunCompaction, TrackingFunctions
from maestro_ml.server.wiring import Platform, wire

OURS = ("metric_point", "metric_chunk", "metric_overview", "run_metric")
MLFLOWS = ("metrics", "latest_metrics")
FIELDS = ("key", "value", "timestamp", "step")
LAYOUT = """
    DROP TABLE IF EXISTS metrics, latest_metrics;
    CREATE TABLE metrics (
      key varchar(250) NOT NULL, value double precision NOT NULL, timestamp bigint NOT NULL,
      run_uuid varchar(32) NOT NULL, step bigint DEFAULT 0 NOT NULL,
      is_nan boolean DEFAULT false NOT NULL,
      CONSTRAINT metric_pk PRIMARY KEY (key, timestamp, step, run_uuid, value, is_nan));
    CREATE INDEX index_metrics_run_uuid ON metrics (run_uuid);
    CREATE INDEX index_metrics_run_uuid_key_step ON metrics (run_uuid, key, step);
    CREATE TABLE latest_metrics (
      key varchar(250) NOT NULL, value double precision, timestamp bigint, step bigint NOT NULL,
      is_nan boolean NOT NULL, run_uuid varchar(32) NOT NULL,
      CONSTRAINT latest_metric_pk PRIMARY KEY (key, run_uuid));
    CREATE INDEX index_latest_metrics_run_uuid ON latest_metrics (run_uuid);
"""
FILL = """
    INSERT INTO metrics (key, value, timestamp, run_uuid, step) SELECT * FROM unnest(
      %s::text[], %s::float8[], %s::bigint[], %s::text[], %s::bigint[])
"""
LATEST = """
    INSERT INTO latest_metrics SELECT DISTINCT ON (run_uuid, key) key, value, timestamp, step, is_nan,
      run_uuid FROM metrics ORDER BY run_uuid, key, step DESC
"""


@dataclass(frozen=True)
class Shape:
    """How a training logs: so many metrics, so many steps, so many steps in one request."""

    name: str
    keys: int
    steps: int
    together: int


SHAPES = (
    Shape("10 metrics x 1000 steps, a step at a time", 10, 1000, 1),
    Shape("10 metrics x 1000 steps, 100 steps at a time", 10, 1000, 100),
    Shape("10 metrics x 100 steps, a step at a time", 10, 100, 1),
    Shape("10 metrics x 10 steps, a step at a time", 10, 10, 1),
    Shape("100 metrics x 1 step", 100, 1, 1),
)


def batches(shape: Shape, chance: random.Random) -> Iterator[list[dict[str, object]]]:
    """What a run logs, request by request: losses that fall with noise, half a second a step."""
    start = 1_760_000_000_000 + chance.randrange(10**9)
    for first in range(0, shape.steps, shape.together):
        yield [
            {
                "key": f"metric_{key}",
                "value": chance.gauss(1, 0.1) / (1 + step),
                "step": step,
                "timestamp": start + step * 500 + chance.randrange(100),
            }
            for step in range(first, min(shape.steps, first + shape.together))
            for key in range(shape.keys)
        ]


async def measure(platform: Platform, dsn: str, shape: Shape, points: int) -> tuple[float, ...]:
    """Bytes a point: ours while running, ours when packed, MLflow's."""
    runs = max(1, points // (shape.keys * shape.steps))
    total = runs * shape.keys * shape.steps
    name = f"bench-{uuid4()}"
    context = await platform.authenticator.authenticate(
        f"Bearer {await platform.tenants.create(name)}", "bench"
    )
    sizes_before = sizes(dsn, OURS)
    ids: list[UUID] = []
    sent: list[tuple[UUID, dict[str, object]]] = []
    chance = random.Random(shape.name)
    functions = TrackingFunctions(platform.calls, context.tenant_id)
    for _ in range(runs):
        async with platform.units.tenant(context) as unit:
            ids.append((await platform.tracking.create_run(unit, RunCreate())).id)
        for batch in batches(shape, chance):
            columns = zip(*([point[name] for name in FIELDS] for point in batch), strict=True)
            assert (
                await functions.log_batch(ids[-1], Batch(Points(*map(list, columns)), {}, {}))
                is None
            )
            sent += [(ids[-1], point) for point in batch]
    live = sizes(dsn, OURS) - sizes_before
    for run_id in ids:
        async with platform.units.tenant(context) as unit:
            await platform.tracking.finish_run(unit, run_id)
    while packed := await waiting(dsn):
        await RunCompaction(platform.units, settle_seconds=0).run()
        assert await waiting(dsn) < packed
    ours = sizes(dsn, OURS) - sizes_before
    return live / total, ours / total, fill_mlflows(dsn, sent) / total


async def waiting(dsn: str) -> int:
    """How many runs are to be packed."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET ROLE maestro_system")
        found = connection.execute("SELECT count(*) FROM uncompacted_run").fetchall()
    return int(found[0][0])


def fill_mlflows(dsn: str, sent: list[tuple[UUID, dict[str, object]]]) -> int:
    """Bytes of MLflow's tables with the same points, logged in the same order."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(LAYOUT)
        columns = ([point[name] for _, point in sent] for name in ("key", "value", "timestamp"))
        keys, values, times = columns
        runs = [run_id.hex for run_id, _ in sent]
        steps = [point["step"] for _, point in sent]
        for first in range(0, len(sent), 1000):
            part = slice(first, first + 1000)
            connection.execute(
                FILL, [keys[part], values[part], times[part], runs[part], steps[part]]
            )
        connection.execute(LATEST)
    return sizes(dsn, MLFLOWS)


def sizes(dsn: str, tables: tuple[str, ...]) -> int:
    """Bytes of tables with their indexes, without dead rows."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"VACUUM FULL {', '.join(tables)}".encode())
        found = connection.execute(
            "SELECT sum(pg_total_relation_size(t::regclass)) FROM unnest(%s::text[]) t",
            [[*tables]],
        ).fetchall()
    return int(found[0][0])


async def run(points: int) -> None:
    """Measure every shape on an installation of its own, and print the table."""
    with temporary_home() as home:
        for number, shape in enumerate(SHAPES):
            settings = read_settings().model_copy(update={"home": home / str(number)})
            installation = open_installation(settings)
            platform = wire(installation.settings)
            async with platform.running():
                live, ours, theirs = await measure(
                    platform, installation.database_url, shape, points
                )
            installation.close()
            print(
                f"{shape.name:46} running {live:6.1f}   packed {ours:6.1f}   MLflow {theirs:6.1f}   "
                f"1/{theirs / ours:.1f}",
                flush=True,
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=200_000, help="for each shape")
    asyncio.run(run(parser.parse_args().points))
