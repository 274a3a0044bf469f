"""What people and programs ask of a tracking server, as requests of MLflow's protocol."""

from __future__ import annotations

import itertools
import random
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import quote

import orjson

from bench.tracking.load import Operation, Scenario, User

API = "/api/2.0/mlflow/"
FILTER = "metrics.accuracy > 0.9 and params.depth = '5'"
PARAMS = ("depth", "lr", "model", "n_estimators", "seed")
_RUN, _TIME = b"@RUN", b"1111111111111"


@dataclass
class Facts:
    """What is there to be asked for."""

    writing: str
    searched: str = ""
    run_ids: list[str] = field(default_factory=list)
    matches: int = 0
    history: str = ""
    points: int = 10_000
    pool: list[str] = field(default_factory=list)
    model: str = ""


def now() -> int:
    """Milliseconds since 1970."""
    return int(time.time() * 1000)


def batch(points: int, keys: int) -> bytes:
    """The body of a log-batch, with places for the run and for a time of its own."""
    metrics = [
        {
            "key": f"m{i % keys}",
            "value": 0.001 * i + 0.5,
            "timestamp": int(_TIME),
            "step": i // keys,
        }
        for i in range(points)
    ]
    return orjson.dumps({"run_id": _RUN.decode(), "metrics": metrics})


async def create_run(user: User, experiment: str, name: str | None = None) -> str | None:
    """A new run, as MLflow's client makes one."""
    body = {
        "experiment_id": experiment,
        "start_time": now(),
        "run_name": name or f"bench-{uuid.uuid4().hex[:8]}",
        "user_id": "bench",
        "tags": [
            {"key": "mlflow.user", "value": "bench"},
            {"key": "mlflow.source.name", "value": "train.py"},
        ],
    }
    answer = await user.call("POST", API + "runs/create", body)
    return None if answer is None else str(orjson.loads(answer)["run"]["info"]["run_id"])


async def finish_run(user: User, run: str) -> bool:
    """End a run."""
    body = {"run_id": run, "status": "FINISHED", "end_time": now()}
    return await user.call("POST", API + "runs/update", body) is not None


async def create_model(user: User) -> str | None:
    """A model with one version under an alias: three requests."""
    name = f"bench-{uuid.uuid4().hex[:12]}"
    version = {"name": name, "source": "s3://bench/models/x"}
    alias = {"name": name, "alias": "prod", "version": "1"}
    made = await user.call("POST", API + "registered-models/create", {"name": name})
    made = made and await user.call("POST", API + "model-versions/create", version)
    made = made and await user.call("POST", API + "registered-models/alias", alias)
    return name if made is not None else None


class Scenarios:
    """Each scenario by its name, on what `facts` says there is."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._times = itertools.count(now() + random.randrange(1000))
        self._batches = {
            (points, keys): batch(points, keys)
            for points, keys in ((50, 10), (100, 10), (1000, 10), (1000, 1000))
        }

    def __getitem__(self, name: str) -> Scenario:
        return {
            "small_run": lambda: Scenario(self._small_run),
            "log_metric": lambda: Scenario(self._log_metric, self._own_run),
            "log_batch_10": lambda: Scenario(self._logging(1000, 10), self._own_run),
            "log_batch_1000": lambda: Scenario(self._logging(1000, 1000), self._own_run),
            "search_plain": lambda: Scenario(self._searching()),
            "search_filter": lambda: Scenario(self._searching(filtered=True, ordered=True)),
            "get_history": lambda: Scenario(self._get_history),
            "get_run": lambda: Scenario(self._get_run),
            "registry_write": lambda: Scenario(self._registry_write),
            "registry_alias": lambda: Scenario(self._get_alias, self._own_model),
            "mixed": lambda: Scenario(self._mixed(), self._shared),
        }[name]()

    # What comes before

    async def _own_run(self, user: User) -> None:
        run = await create_run(user, self._facts.writing)
        user.memory.update(run=_there(run), key="loss", step=0)

    async def _own_model(self, user: User) -> None:
        user.memory["model"] = _there(await create_model(user))

    async def _shared(self, user: User) -> None:
        run = self._facts.pool[user.number % len(self._facts.pool)]
        user.memory.update(run=run, key=f"loss{user.number}", step=0, model=self._facts.model)

    # Writing

    async def _small_run(self, user: User) -> bool:
        run = await create_run(user, self._facts.writing)
        if run is None:
            return False
        good = True
        for param in PARAMS:
            body = {"run_id": run, "key": param, "value": "5"}
            good &= await user.call("POST", API + "runs/log-parameter", body) is not None
        good &= await self._log(user, run, 100, 10)
        return await finish_run(user, run) and good

    async def _log_metric(self, user: User) -> bool:
        step = user.memory["step"] = user.memory["step"] + 1
        body = {
            "run_id": user.memory["run"],
            "key": user.memory["key"],
            "value": user.random.random(),
            "timestamp": now(),
            "step": step,
        }
        return await user.call("POST", API + "runs/log-metric", body) is not None

    def _logging(self, points: int, keys: int) -> Operation:
        async def act(user: User) -> bool:
            return await self._log(user, user.memory["run"], points, keys)

        return act

    async def _log(self, user: User, run: str, points: int, keys: int) -> bool:
        # A time of its own makes every batch new points, and costs the client next to nothing.
        body = self._batches[points, keys].replace(_RUN, run.encode())
        body = body.replace(_TIME, str(next(self._times)).encode())
        return await user.call("POST", API + "runs/log-batch", body) is not None

    async def _registry_write(self, user: User) -> bool:
        return await create_model(user) is not None

    # Reading

    def _searching(self, *, filtered: bool = False, ordered: bool = False) -> Operation:
        page = {"experiment_ids": [self._facts.searched], "max_results": 100}
        page |= {"filter": FILTER} if filtered else {}
        page |= {"order_by": ["metrics.accuracy DESC"]} if ordered else {}
        body = orjson.dumps(page)
        expected = min(100, self._facts.matches if filtered else len(self._facts.run_ids))

        def right(answer: bytes) -> bool:
            return len(orjson.loads(answer).get("runs", ())) == expected

        async def act(user: User) -> bool:
            return await user.call("POST", API + "runs/search", body, check=right) is not None

        return act

    async def _get_history(self, user: User) -> bool:
        path = f"{API}metrics/get-history?run_id={self._facts.history}&metric_key=loss"

        def right(answer: bytes) -> bool:
            return answer.count(b'"step"') == self._facts.points

        return await user.call("GET", path, check=right) is not None

    async def _get_run(self, user: User) -> bool:
        run = user.random.choice(self._facts.run_ids)
        path = f"{API}runs/get?run_id={run}"
        return await user.call("GET", path, check=lambda body: run.encode() in body) is not None

    async def _get_alias(self, user: User) -> bool:
        model = user.memory["model"]
        path = f"{API}registered-models/alias?name={quote(model)}&alias=prod"
        return await user.call("GET", path, check=lambda body: model.encode() in body) is not None

    def _mixed(self) -> Operation:
        """A platform in use: training jobs log without end, people and services read."""
        plain, filtered = self._searching(), self._searching(filtered=True, ordered=True)

        async def whole_run(user: User) -> bool:
            run = await create_run(user, self._facts.writing)
            return run is not None and await finish_run(user, run)

        parts = (
            (0.40, self._log_metric),
            (0.15, self._logging(50, 10)),
            (0.05, whole_run),
            (0.15, self._get_run),
            (0.10, plain),
            (0.05, filtered),
            (0.02, self._get_history),
            (0.08, self._get_alias),
        )
        shares, acts = zip(*parts, strict=True)

        async def act(user: User) -> bool:
            [chosen] = user.random.choices(acts, shares)
            done: bool = await chosen(user)
            return done

        return act


def _there(made: str | None) -> str:
    if made is None:
        raise RuntimeError("the server could not make what the scenario needs")
    return made
