"""Searches for runs find what MLflow's own comparison and order find in memory."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from mlflow.entities import Metric, Param, Run, RunData, RunInfo, RunTag
from mlflow.utils import search_utils
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts import tracking as contracts
from maestro_ml.contracts.tracking import ExperimentCreate, RunBatch, RunCreate, RunStatus, View
from maestro_ml.server.kernel.db import SessionCalls
from maestro_ml.server.search import SearchInvalid, SearchLanguage, Subject
from maestro_ml.server.tracking import TrackingService
from maestro_ml.server.tracking.repository.run_query import RunQuery
from maestro_ml.server.tracking.repository.run_search import RunSearchRepository

LANGUAGE = SearchLanguage()
MLFLOW: Any = search_utils.SearchUtils
START = datetime(2026, 1, 1, tzinfo=UTC)
ACCURACIES = [0.5, 0.9, 0.9, math.nan, None, 0.7, math.inf, -1.0, None, 0.9]


class World:
    """Ten runs in one experiment and three in another, each with a twin in MLflow's form."""

    def __init__(self, tenant: TenantHandle) -> None:
        self.tenant = tenant
        self.tracking = TrackingService()
        self.experiments: list[int] = []
        self.twins: list[Run] = []

    async def build(self) -> None:
        async with await self.tenant.unit() as unit:
            for name in ("first", "second"):
                made = await self.tracking.create_experiment(unit, ExperimentCreate(name=name))
                self.experiments.append(made.id)
            for number, accuracy in enumerate(ACCURACIES):
                experiment = self.experiments[number >= 7]
                body = RunCreate(
                    experiment_id=contracts.ExperimentId(experiment),
                    name=f"run {number}",
                    params={"depth": str(number % 3), **({"only": "1"} if number == 2 else {})},
                    tags={
                        "team": "ab"[number % 2],
                        **({"note": "50% \\ _x"} if number < 2 else {}),
                    },
                    started_at=START + timedelta(hours=number // 2),
                )
                run = await self.tracking.create_run(unit, body)
                metrics = [contracts.Metric(key="loss", value=number / 4, timestamp=1, step=1)]
                if accuracy is not None:
                    metrics.append(contracts.Metric(key="accuracy", value=accuracy, timestamp=1))
                await self.tracking.log_batch(unit, run.id, RunBatch(metrics=metrics))
                if number % 4 == 0:
                    await self.tracking.finish_run(
                        unit, run.id, RunStatus.FAILED, ended_at=START + timedelta(days=number + 1)
                    )
                self.twins.append(twin(await self.tracking.get_run(unit, run.id)))

    async def search(
        self, text: str = "", orders: tuple[str, ...] = (), *, limit: int = 100
    ) -> list[str]:
        """The ids of all pages."""
        query = RunQuery(
            tuple(self.experiments),
            conditions=await LANGUAGE.conditions(Subject.RUNS, text),
            orders=await LANGUAGE.orders(Subject.RUNS, orders),
        )
        ids: list[UUID] = []
        token = None
        async with await self.tenant.unit() as unit:
            runs = RunSearchRepository(SessionCalls(unit.session), unit.context.tenant_id)
            while True:
                page, token = await runs.page(query, limit=limit, token=token)
                assert len(page) <= limit
                ids += [run.id for run in page]
                if token is None:
                    return [each.hex for each in ids]


def twin(run: contracts.Run) -> Run:
    """`run` as MLflow's client sees it."""
    info = RunInfo(
        run_id=run.id.hex,
        experiment_id=str(run.experiment_id),
        user_id=run.user,
        status=run.status.upper(),
        start_time=int(run.started_at.timestamp() * 1000),
        end_time=None if run.ended_at is None else int(run.ended_at.timestamp() * 1000),
        lifecycle_stage="active",
        artifact_uri=run.artifact_uri,
        run_name=run.name,
    )
    data = RunData(
        [Metric(key, value, 1, 1) for key, value in run.metrics.items()],
        [Param(key, value) for key, value in run.params.items()],
        [RunTag(key, value) for key, value in {**run.tags, "mlflow.runName": run.name}.items()],
    )
    return Run(info, data)


@pytest.fixture(scope="module")
async def world(platform: object, app: object) -> AsyncIterator[World]:
    factory = TenantFactory(platform, app)  # type: ignore[arg-type]
    made = World(await factory.create())
    await made.build()
    yield made
    await factory.close()


FILTERS = [
    "metrics.accuracy > 0.6",
    "metrics.accuracy >= 0.9 and params.depth = '1'",
    "metrics.accuracy < 0.9",
    "metrics.accuracy != 0.9",
    "metrics.accuracy = 0.9 and metrics.loss <= 0.5",
    "metrics.nothing > 0",
    "params.depth != '0'",
    "params.depth LIKE '%1'",
    "params.only IS NULL",
    "params.only IS NOT NULL",
    "tags.team ILIKE 'A'",
    "tags.team LIKE 'A'",
    "tags.note LIKE '50!%%'",
    "tags.note LIKE '%_x'",
    "tags.note = '50% \\ _x'",
    "tags.mlflow.runName = 'run 3'",
    "tags.`mlflow.runName` LIKE 'run %'",
    "run_name != 'run 3'",
    "attributes.status = 'FAILED'",
    "status LIKE 'RUN%'",
    "status != 'RUNNING'",
    "start_time > 1767225600000",
    "start_time >= 1767225600000",
    "created < 1767232800000",
    "start_time <= 1767229200000",
    "start_time = 1767229200000",
    "start_time != 1767229200000",
    "end_time > 0",
    "end_time < 1.5",
    "start_time > 99999999999999999",
    "start_time > -99999999999999999",
    "artifact_uri LIKE 'mlflow-artifacts:/1/%'",
    "user_id = 'nobody'",
]


@pytest.mark.parametrize("text", FILTERS)
async def test_a_filter_finds_what_mlflow_finds(world: World, text: str) -> None:
    wanted = {run.info.run_id for run in MLFLOW.filter(world.twins, text)}
    assert set(await world.search(text)) == wanted


@pytest.mark.parametrize("comparator", ["=", "!=", "IN", "NOT IN", "LIKE", "ILIKE"])
async def test_runs_are_found_by_their_id(world: World, comparator: str) -> None:
    one = world.twins[4].info.run_id
    value = f"('{one}', 'x')" if "IN" in comparator else f"'{one}'"
    found = await world.search(f"run_id {comparator} {value}")
    others = {run.info.run_id for run in world.twins} - {one}
    assert set(found) == (others if comparator in ("!=", "NOT IN") else {one})
    assert await world.search("run_id = 'no id'") == []


ORDERS = [
    (),
    ("metrics.accuracy DESC",),
    ("metrics.accuracy ASC",),
    ("metrics.accuracy DESC", "metrics.loss ASC"),
    ("params.depth ASC", "metrics.accuracy DESC"),
    ("metrics.nothing DESC",),
    ("params.only DESC", "start_time ASC"),
    ("tags.note ASC",),
    ("tags.mlflow.runName DESC",),
    ("attributes.status ASC", "run_id DESC"),
    ("end_time DESC",),
    ("end_time ASC",),
    ("run_name DESC",),
    ("artifact_uri DESC",),
    ("start_time ASC",),
]


@pytest.mark.parametrize("orders", ORDERS, ids=" ".join)
@pytest.mark.parametrize("limit", [1, 3, 100])
async def test_pages_follow_mlflow_s_order(
    world: World, orders: tuple[str, ...], limit: int
) -> None:
    wanted = [run.info.run_id for run in MLFLOW.sort(world.twins, list(orders))]
    assert await world.search("", orders, limit=limit) == wanted


async def test_a_filter_holds_in_every_part_of_an_order(world: World) -> None:
    for text in ("metrics.accuracy > 0.6", "metrics.accuracy != 0.9", "params.depth = '1'"):
        matching = MLFLOW.filter(world.twins, text)
        wanted = [r.info.run_id for r in MLFLOW.sort(matching, ["metrics.accuracy DESC"])]
        assert await world.search(text, ("metrics.accuracy DESC",), limit=2) == wanted


@pytest.mark.parametrize("near", [1, 2, 5, 100])
@pytest.mark.parametrize(
    "orders",
    [(), ("start_time ASC",), ("metrics.accuracy DESC",), ("metrics.accuracy", "run_name DESC")],
    ids=" ".join,
)
async def test_what_is_near_is_looked_through_first(
    world: World, near: int, orders: tuple[str, ...]
) -> None:
    """The pages are the same, wherever the matching runs are."""
    for text in ("metrics.accuracy > 0.6", "params.depth = '1'", "artifact_uri LIKE '%a%'"):
        twins = [run for run in world.twins if run.info.experiment_id == str(world.experiments[0])]
        matching = MLFLOW.sort(MLFLOW.filter(twins, text), list(orders))
        query = RunQuery(
            (world.experiments[0],),
            conditions=await LANGUAGE.conditions(Subject.RUNS, text),
            orders=await LANGUAGE.orders(Subject.RUNS, orders),
        )
        async with await world.tenant.unit() as unit:
            calls, tenant_id = SessionCalls(unit.session), unit.context.tenant_id
            runs = RunSearchRepository(calls, tenant_id, near=near)
            found, token = await runs.page(query, limit=2, token=None)
            while token is not None:
                page, token = await runs.page(query, limit=2, token=token)
                found += page
        assert [run.id.hex for run in found] == [run.info.run_id for run in matching]


async def test_a_token_of_another_order_is_refused(world: World) -> None:
    query = RunQuery(tuple(world.experiments))
    async with await world.tenant.unit() as unit:
        runs = RunSearchRepository(SessionCalls(unit.session), unit.context.tenant_id)
        _, token = await runs.page(query, limit=1, token=None)
        for wrong in ("", "x", "0", "1", f"1{(token or '')[1:]}", f"{token}x", "0" + "e" * 40):
            with pytest.raises(SearchInvalid):
                await runs.page(query, limit=1, token=wrong)


async def test_the_trash_is_seen_when_asked_for(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    tracking = TrackingService()
    async with await tenant.unit() as unit:
        runs = RunSearchRepository(SessionCalls(unit.session), unit.context.tenant_id)
        kept = await tracking.create_run(unit, RunCreate())
        gone = await tracking.create_run(unit, RunCreate())
        await tracking.delete_run(unit, gone.id)
        found = {}
        for view in View:
            page, _ = await runs.page(RunQuery((0,), view), limit=5, token=None)
            found[view] = {run.id for run in page}
    assert found == {
        View.ACTIVE: {kept.id},
        View.DELETED: {gone.id},
        View.ALL: {kept.id, gone.id},
    }


async def test_nothing_of_another_tenant_is_found(tenants: TenantFactory) -> None:
    """The statement binds its own tenant, on a connection that has none."""
    mine, theirs = await tenants.create(), await tenants.create()
    async with await theirs.unit() as unit:
        await TrackingService().create_run(unit, RunCreate())
    calls = mine.platform.calls
    context, other = await mine.context(), await theirs.context()
    page, _ = await RunSearchRepository(calls, context.tenant_id).page(
        RunQuery((0,)), limit=5, token=None
    )
    assert page == []
    page, _ = await RunSearchRepository(calls, other.tenant_id).page(
        RunQuery((0,)), limit=5, token=None
    )
    assert len(page) == 1
