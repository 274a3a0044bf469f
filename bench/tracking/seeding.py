"""Fills a server with the runs, the history and the model that the scenarios ask for."""

from __future__ import annotations

import asyncio
import random

import orjson

from bench.tracking.connection import Server
from bench.tracking.load import Seen, User
from bench.tracking.scenarios import API, Facts, create_model, create_run, finish_run, now

METRICS = (
    "accuracy",
    "loss",
    "val_loss",
    "val_accuracy",
    "f1",
    "precision",
    "recall",
    "auc",
    "lr",
    "epoch_time",
)
_AT_ONCE = 8
_POOL = 64


class SeedingFailed(Exception):
    """The server did not take what the scenarios need."""


async def seed(server: Server, runs: int, points: int) -> Facts:
    """An experiment of `runs` finished runs, a run with `points` points, live runs and a model."""
    user = User(server, 0, Seen(on=True))
    facts = Facts(await _experiment(user, "bench-write"), points=points)
    await search_experiment(server, facts, runs)
    facts.history = await _history(user, points)
    facts.pool = [str(await create_run(user, facts.writing)) for _ in range(_POOL)]
    facts.model = str(await create_model(user))
    if user.seen.errors:
        raise SeedingFailed(f"{server.url}: {user.seen.samples}")
    return facts


async def search_experiment(server: Server, facts: Facts, runs: int) -> None:
    """Let the searches of `facts` go to a new experiment of `runs` runs."""
    seen = Seen(on=True)
    user = User(server, 0, seen)
    facts.searched = await _experiment(user, f"bench-search-{runs}")
    todo = iter(range(runs))

    async def some(number: int) -> None:
        own = User(server, number, seen)
        for run in todo:
            await _seed_run(own, facts.searched, run)

    await asyncio.gather(*(some(number + 1) for number in range(_AT_ONCE)))
    if seen.errors:
        raise SeedingFailed(f"{server.url}: {seen.samples}")
    body = {"experiment_ids": [facts.searched], "max_results": 500}
    page = orjson.loads(await user.call("POST", API + "runs/search", body) or b"{}")
    facts.run_ids = [run["info"]["run_id"] for run in page["runs"]]
    facts.matches = sum(_depth(run) == 5 and _accuracy(run) > 0.9 for run in range(runs))


async def _experiment(user: User, name: str) -> str:
    answer = await user.call("POST", API + "experiments/create", {"name": name})
    if answer is None:
        raise SeedingFailed(f"{user.server.url}: {user.seen.samples}")
    return str(orjson.loads(answer)["experiment_id"])


def _depth(run: int) -> int:
    return 1 + run % 10


def _accuracy(run: int) -> float:
    return 0.5 + random.Random(run).random() / 2


async def _seed_run(user: User, experiment: str, number: int) -> None:
    drawn = random.Random(number)
    values = {name: drawn.random() * 3 for name in METRICS} | {"accuracy": _accuracy(number)}
    params = {
        "depth": _depth(number),
        "lr": drawn.random() / 10,
        "model": drawn.choice(("lgbm", "xgb", "rf")),
        "n_estimators": drawn.randrange(50, 1000),
        "seed": number,
    }
    run = await create_run(user, experiment, f"seed-{number}")
    if run is None:
        return
    at = now()
    body = {
        "run_id": run,
        "metrics": [
            {"key": key, "value": value, "timestamp": at, "step": 10}
            for key, value in values.items()
        ],
        "params": [{"key": key, "value": str(value)} for key, value in params.items()],
    }
    await user.call("POST", API + "runs/log-batch", body)
    await finish_run(user, run)


async def _history(user: User, points: int) -> str:
    run = str(await create_run(user, await _experiment(user, "bench-history"), "history"))
    at = now()
    for start in range(0, points, 1000):
        metrics = [
            {"key": "loss", "value": 1 / (1 + step), "timestamp": at + step, "step": step}
            for step in range(start, min(start + 1000, points))
        ]
        await user.call("POST", API + "runs/log-batch", {"run_id": run, "metrics": metrics})
    return run
