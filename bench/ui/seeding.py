"""Fills a server with the runs that the pages are measured on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import numpy as np
import orjson

from bench.tracking.connection import Server
from bench.tracking.scenarios import Facts
from bench.tracking.seeding import search_experiment

CURVES = 20
_EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
_AT_ONCE = 4
_POINTS_A_LINE = 10_000


@dataclass(frozen=True)
class Seeded:
    """What the pages show: an experiment of many runs, and the ids of runs with long histories."""

    experiment: int
    curves: list[str]


async def seed(server: Server, runs: int, points: int) -> Seeded:
    """An experiment of `runs` runs, and another of 20 runs with `points` points of one metric."""
    facts = Facts("", points=points)
    await search_experiment(server, facts, runs)
    long = await _experiment(server, "long curves")
    curves = {uuid4().hex: number for number in range(CURVES)}
    await _import(server, (_curve(long, run, number, points) for run, number in curves.items()))
    return Seeded(int(facts.searched), list(curves))


async def _experiment(server: Server, name: str) -> int:
    connection = await server.connect()
    body = orjson.dumps({"name": name, "tags": {}})
    answer = await connection.send(server.request("POST", "/api/v1/experiments", body))
    connection.close()
    return int(orjson.loads(answer.body)["id"])


async def _import(server: Server, bodies: Iterable[bytes]) -> None:
    todo = iter(bodies)

    async def some() -> None:
        connection = await server.connect()
        for body in todo:
            answer = await connection.send(server.request("POST", "/api/v1/imports/runs", body))
            if answer.status != 200:
                raise RuntimeError(f"{answer.status}: {answer.body.decode()}")
        connection.close()

    await asyncio.gather(*(some() for _ in range(_AT_ONCE)))


def _curve(experiment: int, run: str, number: int, points: int) -> bytes:
    noise = np.random.default_rng(number).normal(0, 0.02, points)
    steps = np.arange(points)
    loss = (1 + number / 10) / (1 + steps / 5000) + noise
    moment = int(_EPOCH.timestamp() * 1000)
    lines: list[object] = [
        {
            "id": run,
            "experiment_id": experiment,
            "name": f"curve {number}",
            "status": "finished",
            "user": "bench",
            "started_at": _EPOCH.isoformat(),
            "ended_at": (_EPOCH + timedelta(hours=1)).isoformat(),
            "params": {"lr": str(number / 100)},
        }
    ]
    for start in range(0, points, _POINTS_A_LINE):
        part = slice(start, start + _POINTS_A_LINE)
        timestamps = [moment + step for step in steps[part].tolist()]
        lines.append(
            {
                "key": "loss",
                "steps": steps[part].tolist(),
                "timestamps": timestamps,
                "values": loss[part].tolist(),
            }
        )
    return b"\n".join(map(orjson.dumps, lines))
