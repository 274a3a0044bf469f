"""The facade as other rooms use it: inside their own unit of work."""

from __future__ import annotations

import asyncio

import pytest
from tests.support.tenant import TenantFactory

from maestro_ml.contracts.tracking import (
    ExperimentCreate,
    Metric,
    RunBatch,
    RunCreate,
    RunId,
    RunStatus,
)
from maestro_ml.server.tracking import (
    ExperimentDeleted,
    ExperimentNameTaken,
    ParamChanged,
    RunNotFound,
)


async def test_a_unit_keeps_all_or_nothing(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    tracking = tenant.platform.tracking
    made: list[RunId] = []

    async def fail_at_last() -> None:
        async with await tenant.unit() as unit:
            run = await tracking.create_run(unit, RunCreate(params={"a": "1"}))
            made.append(run.id)
            await tracking.log_batch(unit, run.id, RunBatch(metrics=[Metric(key="m", value=1.0)]))
            await tracking.log_batch(unit, run.id, RunBatch(params={"a": "2"}))

    with pytest.raises(ParamChanged):
        await fail_at_last()
    async with await tenant.unit() as unit:
        with pytest.raises(RunNotFound):
            await tracking.get_run(unit, made[0])


async def test_a_job_logs_its_trials_as_child_runs(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    tracking = tenant.platform.tracking
    async with await tenant.unit() as unit:
        experiment = await tracking.get_or_create_experiment(unit, "automl")
        search = await tracking.create_run(unit, RunCreate(experiment_id=experiment.id))
    for score in (0.7, 0.9):
        async with await tenant.unit() as unit:
            trial = await tracking.create_run(
                unit, RunCreate(experiment_id=experiment.id, parent_run_id=search.id)
            )
            metrics = [Metric(key="auc", value=score)]
            await tracking.log_batch(unit, trial.id, RunBatch(metrics=metrics))
            await tracking.set_tags(unit, trial.id, {"family": "linear"})
            ended = await tracking.finish_run(unit, trial.id, RunStatus.FAILED)
            assert (ended.status, ended.metrics) == (RunStatus.FAILED, {"auc": score})
    async with await tenant.unit() as unit:
        page = await tracking.list_children(unit, search.id, limit=10, cursor=None)
        assert [trial.metrics["auc"] for trial in page.items] == [0.9, 0.7]
    events = (await (await tenant.client()).get("/api/v1/audit")).json()["items"]
    actions = [event["action"] for event in reversed(events) if "tracking" in event["action"]]
    assert actions == [
        "tracking.experiment.created",
        "tracking.run.created",
        *["tracking.run.created", "tracking.run.finished"] * 2,
    ]


async def test_many_may_want_the_same_experiment_at_once(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    tracking = tenant.platform.tracking

    async def want() -> int:
        async with await tenant.unit() as unit:
            return (await tracking.get_or_create_experiment(unit, "shared")).id

    numbers = await asyncio.gather(*(want() for _ in range(8)))
    assert len(set(numbers)) == 1
    async with await tenant.unit() as unit:
        await tracking.delete_experiment(unit, numbers[0])
        with pytest.raises(ExperimentDeleted):
            await tracking.get_or_create_experiment(unit, "shared")
        found = await tracking.find_experiment(unit, "shared")
        assert found is not None
        with pytest.raises(ExperimentNameTaken):
            await tracking.create_experiment(unit, ExperimentCreate(name=found.name))
