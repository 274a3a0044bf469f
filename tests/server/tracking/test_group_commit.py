"""Group commit: many clients at once, one flush in flight, and everyone gets their own answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.tracking import RunCreate
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.tracking import GroupCommit, RunDeleted, RunNotFound
from maestro_ml.server.tracking.repository import Calls
from maestro_ml.server.tracking.rules import Batch, Points


class Counted:
    """Passes calls on, and counts them and how many were under way at once."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.statements: list[str] = []
        self.under_way = self.most = 0

    async def rows(self, statement: str, *arguments: Any) -> Sequence[Any]:
        self.statements.append(statement)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            return await self._calls.rows(statement, *arguments)
        finally:
            self.under_way -= 1


async def start_runs(tenant: TenantHandle, count: int) -> list[UUID]:
    tracking = tenant.platform.tracking
    async with await tenant.unit() as unit:
        return [(await tracking.create_run(unit, RunCreate())).id for _ in range(count)]


def one(key: str, value: float, step: int = 0) -> Points:
    return Points([key], [value], [step], [step])


def param(key: str, value: str) -> Batch:
    return Batch(Points(), {key: value}, {})


async def stored(tenant: TenantHandle, run_id: UUID, key: str = "m") -> list[float]:
    async with await tenant.unit() as unit:
        return (await tenant.platform.tracking.metric_history(unit, run_id, key)).values


@pytest.fixture
async def context(tenant: TenantHandle) -> Context:
    return await tenant.context()


async def test_what_arrives_together_is_stored_together(
    tenant: TenantHandle, context: Context
) -> None:
    calls = Counted(tenant.platform.calls)
    commits = GroupCommit(calls)
    runs = await start_runs(tenant, 4)
    await asyncio.gather(
        *(
            commits.log(context.tenant_id, runs[number % 4], one("m", float(number), number))
            for number in range(200)
        )
    )
    assert len(calls.statements) <= 3
    assert calls.most == 1
    for position, run_id in enumerate(runs):
        assert await stored(tenant, run_id) == [float(n) for n in range(position, 200, 4)]


async def test_two_hundred_clients_get_their_answers_after_the_commit(
    tenant: TenantHandle,
) -> None:
    client = await tenant.client()
    runs = await start_runs(tenant, 5)

    async def log(number: int) -> float:
        run = runs[number % 5]
        point = {"key": f"k{number}", "value": number, "step": number}
        answer = await client.post(f"/api/v1/runs/{run}/metrics", json=point)
        assert answer.status_code == 200, answer.text
        # Whoever has an answer finds the point: the commit came first.
        latest = (await client.get(f"/api/v1/runs/{run}")).json()["metrics"]
        return float(latest[f"k{number}"])

    assert await asyncio.gather(*(log(number) for number in range(200))) == [
        float(number) for number in range(200)
    ]


async def test_a_run_that_takes_nothing_spoils_it_for_nobody(
    tenant: TenantHandle, context: Context
) -> None:
    good, trashed = await start_runs(tenant, 2)
    async with await tenant.unit() as unit:
        await tenant.platform.tracking.delete_run(unit, trashed)
    commits = GroupCommit(tenant.platform.calls)
    outcomes = await asyncio.gather(
        commits.log(context.tenant_id, good, one("m", 1.0)),
        commits.log(context.tenant_id, trashed, one("m", 2.0)),
        commits.log(context.tenant_id, uuid4(), one("m", 3.0)),
        commits.log(context.tenant_id, good, one("m", 4.0, step=1)),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [
        type(None),
        RunDeleted,
        RunNotFound,
        type(None),
    ]
    assert await stored(tenant, good) == [1.0, 4.0]


async def test_values_that_postgresql_refuses_fail_alone(
    tenant: TenantHandle, context: Context
) -> None:
    (run_id,) = await start_runs(tenant, 1)
    commits = GroupCommit(tenant.platform.calls)
    fine = [commits.log(context.tenant_id, run_id, one("m", float(n), n)) for n in range(5)]
    outcomes = await asyncio.gather(
        *fine,
        commits.log(context.tenant_id, run_id, one("nul \x00", 1.0)),
        return_exceptions=True,
    )
    assert [isinstance(outcome, Exception) for outcome in outcomes] == [False] * 5 + [True]
    assert await stored(tenant, run_id) == [0.0, 1.0, 2.0, 3.0, 4.0]


async def test_tenants_do_not_share_a_flush(tenants: TenantFactory) -> None:
    here, there = await tenants.create(), await tenants.create()
    (mine,), (theirs,) = await start_runs(here, 1), await start_runs(there, 1)
    commits = GroupCommit(here.platform.calls)
    my_tenant = (await here.context()).tenant_id
    their_tenant = (await there.context()).tenant_id
    outcomes = await asyncio.gather(
        commits.log(my_tenant, mine, one("m", 1.0)),
        commits.log(my_tenant, theirs, one("m", 2.0)),
        commits.log(their_tenant, theirs, one("m", 3.0)),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), RunNotFound, type(None)]
    assert await stored(there, theirs) == [3.0]


async def test_a_client_that_gives_up_leaves_the_others_their_answers(
    tenant: TenantHandle, context: Context
) -> None:
    (run_id,) = await start_runs(tenant, 1)
    commits = GroupCommit(tenant.platform.calls)
    tasks = [
        asyncio.create_task(commits.log(context.tenant_id, run_id, one("m", float(n), n)))
        for n in range(10)
    ]
    await asyncio.sleep(0)  # let every task put its point in the line
    tasks[3].cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(outcome, BaseException) for outcome in outcomes] == [
        n == 3 for n in range(10)
    ]
    assert set(await stored(tenant, run_id)) >= {float(n) for n in range(10) if n != 3}


async def test_batches_that_meet_on_the_same_metrics_wait_for_each_other(
    tenant: TenantHandle,
) -> None:
    client = await tenant.client()
    (run_id,) = await start_runs(tenant, 1)
    keys = [f"k{number}" for number in range(50)]

    async def log(writer: int) -> int:
        ordered = keys if writer % 2 else keys[::-1]
        metrics = [{"key": key, "value": writer, "step": writer} for key in ordered]
        address = f"/api/v1/runs/{run_id}/log-batch"
        return (await client.post(address, json={"metrics": metrics})).status_code

    assert await asyncio.gather(*(log(writer) for writer in range(20))) == [200] * 20
    latest = (await client.get(f"/api/v1/runs/{run_id}")).json()["metrics"]
    assert latest == dict.fromkeys(keys, 19.0)
    assert await stored(tenant, run_id, "k7") == [float(writer) for writer in range(20)]


async def fields_of(tenant: TenantHandle, run_id: UUID) -> tuple[dict[str, str], dict[str, str]]:
    async with await tenant.unit() as unit:
        run = await tenant.platform.tracking.get_run(unit, run_id)
    return run.params, run.tags


async def test_params_and_tags_that_arrive_together_are_stored_together(
    tenant: TenantHandle, context: Context
) -> None:
    calls = Counted(tenant.platform.calls)
    commits = GroupCommit(calls)
    runs = await start_runs(tenant, 4)
    problems = await asyncio.gather(
        *(
            commits.log_batch(context.tenant_id, runs[number % 4], given)
            for number in range(40)
            for given in (param(f"p{number}", "1"), Batch(Points(), {}, {f"t{number}": "2"}))
        )
    )
    assert problems == [None] * 80
    assert len(calls.statements) <= 3
    assert calls.most == 1
    for position, run_id in enumerate(runs):
        params, tags = await fields_of(tenant, run_id)
        assert params == {f"p{number}": "1" for number in range(position, 40, 4)}
        assert tags == {f"t{number}": "2" for number in range(position, 40, 4)}


async def test_each_param_that_is_refused_is_told_to_who_sent_it(
    tenant: TenantHandle, context: Context
) -> None:
    run_id, other = await start_runs(tenant, 2)
    commits = GroupCommit(tenant.platform.calls)
    outcomes = await asyncio.gather(
        commits.log_batch(context.tenant_id, run_id, param("lr", "1")),
        commits.log_batch(context.tenant_id, run_id, param("lr", "1")),
        commits.log_batch(context.tenant_id, run_id, param("lr", "2")),
        commits.log_batch(context.tenant_id, other, param("lr", "3")),
        commits.log_batch(context.tenant_id, uuid4(), param("lr", "4")),
        commits.log_batch(context.tenant_id, run_id, Batch(Points(), {"lr": "5", "new": "5"}, {})),
    )
    changed = {"key": "lr", "old": "1"}
    assert [*outcomes] == [
        None,
        None,
        changed | {"new": "2"},
        None,
        "run_missing",
        changed | {"new": "5"},
    ]
    assert (await fields_of(tenant, run_id))[0] == {"lr": "1"}
    assert (await fields_of(tenant, other))[0] == {"lr": "3"}


async def test_a_param_that_postgresql_refuses_fails_alone(
    tenant: TenantHandle, context: Context
) -> None:
    (run_id,) = await start_runs(tenant, 1)
    commits = GroupCommit(tenant.platform.calls)
    outcomes = await asyncio.gather(
        *(commits.log_batch(context.tenant_id, run_id, param(f"p{n}", "1")) for n in range(3)),
        commits.log_batch(context.tenant_id, run_id, param("nul", "\x00")),
        return_exceptions=True,
    )
    assert [isinstance(outcome, Exception) for outcome in outcomes] == [False] * 3 + [True]
    assert (await fields_of(tenant, run_id))[0] == {"p0": "1", "p1": "1", "p2": "1"}
