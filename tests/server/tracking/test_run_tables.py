"""What a table of runs asks for beside its pages is right for all runs, whatever the order."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest
from sqlalchemy import text
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.identity import Role
from maestro_ml.contracts.run_tables import RunPlacesQuery
from maestro_ml.contracts.tracking import ExperimentId, Metric, RunBatch, RunCreate
from maestro_ml.server.kernel.db import SessionCalls
from maestro_ml.server.search import SearchLanguage, Subject
from maestro_ml.server.tracking import RunQuery, RunSearchRepository, RunSearchService

START = datetime(2026, 1, 1, tzinfo=UTC)
SEEDS = (0.80, 0.82, 0.84)


async def _log(tenant: TenantHandle, **run: Any) -> str:
    metrics = [
        Metric(key=key, value=value, step=step, timestamp=step)
        for key, values in run.pop("metrics", {}).items()
        for step, value in enumerate(values)
    ]
    async with await tenant.unit() as unit:
        tracking = tenant.platform.tracking
        made = await tracking.create_run(unit, RunCreate(experiment_id=ExperimentId(0), **run))
        await tracking.log_batch(unit, made.id, RunBatch(metrics=metrics))
    return str(made.id)


@pytest.fixture
async def sweep(tenants: TenantFactory) -> TenantHandle:
    """Three seeds of each of two models, and one run without a model."""
    tenant = await tenants.create()
    for model, better in (("lgbm", 0.0), ("rf", -0.1)):
        for seed, auc in enumerate(SEEDS):
            await _log(
                tenant,
                name=f"{model}-{seed}",
                params={"model": model, "seed": str(seed)},
                started_at=START + timedelta(hours=seed),
                metrics={"auc": [0.5, auc + better, auc + better - 0.01], "loss": [1.0, 0.4]},
            )
    await _log(tenant, name="=formula", metrics={"auc": [float("nan")]})
    return tenant


async def _post(client: httpx.AsyncClient, path: str, **body: Any) -> Any:
    answer = await client.post(f"/api/v1/{path}", json={"experiment_ids": [0], **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_groups_have_a_mean_and_its_interval(sweep: TenantHandle) -> None:
    client = await sweep.client()
    found = await _post(client, "runs/groups", by=["params.model"], metrics=["auc", "none"])
    assert found["total"] == 3
    assert [(each["values"], each["runs"]) for each in found["items"]] == [
        (["lgbm"], 3),
        (["rf"], 3),
        ([None], 1),
    ]
    [auc] = found["items"][0]["metrics"]
    # The last values are 0.79, 0.81, 0.83; t(2) is 4.303 and their deviation 0.02.
    assert auc["mean"] == pytest.approx(0.81)
    assert auc["half_width"] == pytest.approx(4.303 * 0.02 / 3**0.5, rel=1e-3)
    assert (auc["runs"], auc["lowest"], auc["highest"]) == (3, 0.79, 0.83)
    assert found["items"][2]["metrics"] == []


async def test_groups_keep_to_the_filter_and_to_their_limit(sweep: TenantHandle) -> None:
    client = await sweep.client()
    body = {"by": ["params.model", "params.seed"], "filter": "params.seed != '0'", "limit": 3}
    found = await _post(client, "runs/groups", **body)
    assert found["total"] == 4
    assert [each["values"] for each in found["items"]] == [
        ["lgbm", "1"],
        ["lgbm", "2"],
        ["rf", "1"],
    ]
    wrong = await client.post(
        "/api/v1/runs/groups", json={"experiment_ids": [0], "by": ["metrics.auc"]}
    )
    assert wrong.status_code == 400
    assert "cannot be grouped" in wrong.json()["detail"]


async def test_extremes_are_those_of_the_whole_history(sweep: TenantHandle) -> None:
    client = await sweep.client()
    runs = (await _post(client, "runs/search", filter="run_name = 'lgbm-0'"))["items"]
    answer = await client.post(
        "/api/v1/runs/extremes", json={"run_ids": [runs[0]["id"]], "keys": ["auc", "loss"]}
    )
    found = {each["key"]: (each["lowest"], each["highest"]) for each in answer.json()["items"]}
    assert found == {"auc": (0.5, 0.8), "loss": (0.4, 1.0)}


async def test_keys_are_those_of_the_experiment(sweep: TenantHandle) -> None:
    client = await sweep.client()
    keys = (await client.get("/api/v1/experiments/0/keys")).json()
    assert (keys["metrics"], keys["params"], keys["runs_read"]) == (
        ["auc", "loss"],
        ["model", "seed"],
        7,
    )
    assert (await client.get("/api/v1/experiments/99/keys")).status_code == 404


async def test_histories_of_several_runs_come_together(sweep: TenantHandle) -> None:
    client = await sweep.client()
    runs = (await _post(client, "runs/search", filter="params.seed = '1'"))["items"]
    ids = [run["id"] for run in runs]
    answer = await client.post(
        "/api/v1/runs/histories", json={"run_ids": ids, "keys": ["auc", "loss"]}
    )
    found = {(each["run_id"], each["key"]): each["values"] for each in answer.json()["items"]}
    assert {(run, key) for run in ids for key in ("auc", "loss")} == set(found)
    assert found[ids[0], "loss"] == [1.0, 0.4]


@pytest.mark.parametrize("orders", [[], ["metrics.auc DESC"], ["params.model ASC"]])
async def test_places_lead_into_the_midst_of_a_search(
    sweep: TenantHandle, orders: list[str]
) -> None:
    language = SearchLanguage()
    query = RunQuery((0,), orders=await language.orders(Subject.RUNS, orders))
    async with await sweep.unit() as unit:
        runs = RunSearchRepository(SessionCalls(unit.session), unit.context.tenant_id)
        whole, _ = await runs.page(query, limit=100, token=None)
        size, start, tokens = await runs.places(query, every=2, most=100)
        assert (size, len(tokens)) == (7, 3)
        assert (await runs.page(query, limit=100, token=start))[0] == whole
        for number, token in enumerate(tokens):
            behind, _ = await runs.page(query, limit=100, token=token)
            assert behind == whole[2 * (number + 1) :]
        further, _ = await runs.page(query, limit=2, token=tokens[0], skip=3)
        assert further == whole[5:7]
        assert (await runs.places(query, every=2, most=4))[0] == 4


async def test_what_is_beyond_the_bound_is_estimated(
    sweep: TenantHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maestro_ml.server.tracking.searches.MOST_COUNTED", 5)
    async with await sweep.unit() as unit:
        searches = RunSearchService(SearchLanguage(), SessionCalls(unit.session))
        body = RunPlacesQuery(experiment_ids=[ExperimentId(0)])
        places = await searches.places(unit, body)
    assert not places.exact
    assert places.total >= 5


async def test_csv_has_every_run_and_no_formula(sweep: TenantHandle) -> None:
    client = await sweep.client(Role.VIEWER)
    answer = await client.post(
        "/api/v1/runs/export",
        json={"experiment_ids": [0], "columns": ["metrics.auc", "params.model"]},
    )
    head, *rows = csv.reader(io.StringIO(answer.text))
    assert head[-2:] == ["metrics.auc", "params.model"]
    named = {row[1]: row for row in rows}
    assert len(rows) == 7
    assert named["rf-2"][-2:] == ["0.73", "rf"]
    assert named["'=formula"][-2:] == ["nan", ""]


async def test_parquet_has_numbers_for_metrics(sweep: TenantHandle) -> None:
    client = await sweep.client()
    body = {"experiment_ids": [0], "format": "parquet", "filter": "params.model = 'rf'"}
    answer = await client.post("/api/v1/runs/export", json=body)
    table = pq.read_table(io.BytesIO(answer.content))
    assert table.num_rows == 3
    assert table.schema.field("metrics.auc").type == "double"
    assert set(table.column("params.seed").to_pylist()) == {"0", "1", "2"}


async def test_an_export_of_a_wrong_filter_says_so(sweep: TenantHandle) -> None:
    client = await sweep.client()
    body = {"experiment_ids": [0], "filter": "metrics.auc >> 1"}
    assert (await client.post("/api/v1/runs/export", json=body)).status_code == 400


async def test_views_are_shared_and_guarded(sweep: TenantHandle) -> None:
    client, viewer = await sweep.client(), await sweep.client(Role.VIEWER)
    views = "/api/v1/experiments/0/views"
    made = await client.post(views, json={"name": "best", "state": {"sort": "metrics.auc"}})
    assert made.status_code == 201
    again = await client.post(views, json={"name": "best", "state": {}})
    assert (again.status_code, again.json()["code"]) == (409, "tracking.run_view_name_taken")
    assert (await viewer.post(views, json={"name": "mine", "state": {}})).status_code == 403
    [seen] = (await viewer.get(views)).json()["items"]
    assert seen["state"] == {"sort": "metrics.auc"}
    at = f"/api/v1/run-views/{seen['id']}"
    changed = await client.patch(at, json={"name": "finest", "state": {"asc": True}})
    assert (changed.json()["name"], changed.json()["state"]) == ("finest", {"asc": True})
    large = await client.patch(at, json={"state": {"columns": "x" * 300_000}})
    assert large.status_code == 413
    assert (await client.delete(at)).status_code == 204
    assert (await client.delete(at)).status_code == 404
    other = await (await sweep.factory.create()).client()
    assert (await other.get(views)).json()["items"] == []


async def test_importance_names_its_method_and_abstains(sweep: TenantHandle) -> None:
    client = await sweep.client()
    few = await _post(client, "runs/importance", metric="auc")
    assert (few["items"], few["runs"]) == ([], 6)
    assert "it takes 10" in few["abstained"]
    async with await sweep.unit() as unit:
        await unit.session.execute(
            text(
                "INSERT INTO run (id, experiment_id, name, status, user_name, params) SELECT "
                "gen_random_uuid(), 0, 'many', 'finished', 'u', jsonb_build_object('lr', n::text, "
                "'kind', CASE WHEN n > 20 THEN 'good' ELSE 'bad' END, 'same', '1') "
                "FROM generate_series(1, 40) n"
            )
        )
        await unit.session.execute(
            text(
                "INSERT INTO run_metric (run_id, key, experiment_id, value, step, at) SELECT id, "
                "'auc', 0, (params ->> 'lr')::float, 0, 0 FROM run WHERE name = 'many'"
            )
        )
    found = await _post(client, "runs/importance", metric="auc", filter="run_name = 'many'")
    assert [(each["key"], each["method"]) for each in found["items"]] == [
        ("lr", "spearman"),
        ("kind", "kruskal"),
    ]
    assert found["items"][0]["correlation"] == pytest.approx(1)
    assert found["items"][1]["low"] < found["items"][1]["strength"] ** 2 < found["items"][1]["high"]
