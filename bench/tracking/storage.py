"""What a point costs on disk, once its run has finished."""

from __future__ import annotations

import asyncio
import time

import psycopg

from bench.tracking.load import Seen, User
from bench.tracking.scenarios import API, create_run, finish_run, now
from bench.tracking.servers import Contender

TABLES = {
    "Maestro": ("metric_point", "metric_chunk", "metric_overview", "run_metric"),
    "MLflow": ("metrics", "latest_metrics"),
}
_RUNS, _KEYS = 8, 10
_PACKING_SECONDS = 120


async def bytes_per_point(contender: Contender, experiment: str, steps: int) -> float:
    """Bytes of tables and indexes that training runs of `steps` steps add, for each point.

    Every step logs ten metrics, as a training loop does; the tables are freed of dead rows before
    and after, so that only what is kept counts.
    """
    before = _size(contender)
    unpacked = _rows(contender) if contender.name == "Maestro" else 0
    seen = Seen(on=True)
    await asyncio.gather(
        *(_train(User(contender.server, run, seen), experiment, steps) for run in range(_RUNS))
    )
    if seen.errors:
        raise RuntimeError(str(seen.samples))
    if contender.name == "Maestro":
        _wait_until_packed(contender, unpacked)
    return (_size(contender) - before) / (_RUNS * _KEYS * steps)


async def _train(user: User, experiment: str, steps: int) -> None:
    run = str(await create_run(user, experiment))
    for step in range(steps):
        at = now()
        metrics = [
            {"key": f"metric{key}", "value": user.random.random(), "timestamp": at, "step": step}
            for key in range(_KEYS)
        ]
        await user.call("POST", API + "runs/log-batch", {"run_id": run, "metrics": metrics})
    await finish_run(user, run)


def _size(contender: Contender) -> int:
    tables = TABLES[contender.name]
    with psycopg.connect(contender.dsn, autocommit=True) as connection:
        for table in tables:
            connection.execute(f"VACUUM FULL {table}".encode())
        sizes = [
            connection.execute("SELECT pg_total_relation_size(%s)", (table,)).fetchone()
            for table in tables
        ]
    return sum(int(size[0]) for size in sizes if size)


def _rows(contender: Contender) -> int:
    with psycopg.connect(contender.dsn, autocommit=True) as connection:
        connection.execute("SET ROLE maestro_system")
        found = connection.execute("SELECT count(*) FROM metric_point").fetchone()
    assert found is not None
    return int(found[0])


def _wait_until_packed(contender: Contender, unpacked: int) -> None:
    """Packing is work of the background; only what it leaves is what is kept."""
    deadline = time.monotonic() + _PACKING_SECONDS
    while _rows(contender) > unpacked:
        if time.monotonic() > deadline:
            raise RuntimeError("the points of finished runs were not packed in time")
        time.sleep(1)
