"""Logged models over MLflow's protocol: their life, their files, their search."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.support.mlflow_wire import INVALID, MISSING, PROXY, Mlflow
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.identity import Role


@pytest.fixture
async def mlflow(client: httpx.AsyncClient) -> Mlflow:
    return Mlflow(client)


async def create(mlflow: Mlflow, **fields: Any) -> str:
    made = await mlflow.post("logged-models", **{"experiment_id": "0", **fields})
    model_id: str = made["model"]["info"]["model_id"]
    return model_id


async def found(mlflow: Mlflow, **fields: Any) -> list[str]:
    page = await mlflow.post("logged-models/search", **{"experiment_ids": ["0"], **fields})
    return [each["info"]["name"] for each in page.get("models", [])]


async def test_a_model_from_pending_to_deleted(mlflow: Mlflow, client: httpx.AsyncClient) -> None:
    made = await mlflow.post(
        "logged-models",
        experiment_id="0",
        name="net",
        model_type="Agent",
        source_run_id="r",
        params=[{"key": "depth", "value": "3"}],
        tags=[{"key": "k", "value": "v"}],
    )
    info = made["model"]["info"]
    model_id = info["model_id"]
    root = f"0/models/{model_id}/artifacts"
    assert info == {
        "model_id": model_id,
        "experiment_id": "0",
        "name": "net",
        "creation_timestamp_ms": info["creation_timestamp_ms"],
        "last_updated_timestamp_ms": info["creation_timestamp_ms"],
        "artifact_uri": f"mlflow-artifacts:/{root}",
        "status": "LOGGED_MODEL_PENDING",
        "model_type": "Agent",
        "source_run_id": "r",
        "tags": [{"key": "k", "value": "v"}],
    }
    assert made["model"]["data"] == {"params": [{"key": "depth", "value": "3"}]}
    one = f"logged-models/{model_id}"
    assert await mlflow.get(one) == made
    await client.put(f"{PROXY}/{root}/sub/f", content=b"bytes")
    listed = await mlflow.get(f"{one}/artifacts/directories")
    assert listed == {
        "root_uri": f"mlflow-artifacts:/{root}",
        "files": [{"path": "sub", "is_dir": True}],
    }
    listed = await mlflow.get(f"{one}/artifacts/directories", artifact_directory_path="sub")
    assert listed["files"] == [{"path": "sub/f", "is_dir": False, "file_size": 5}]
    files = f"/ajax-api/2.0/mlflow/{one}/artifacts/files"
    got = await client.get(files, params={"artifact_file_path": "sub/f"})
    assert got.content == b"bytes"
    assert (await client.get(files)).json()["error_code"] == "BAD_REQUEST"
    done = await mlflow.patch(one, model_id=model_id, status="LOGGED_MODEL_READY")
    assert done["model"]["info"]["status"] == "LOGGED_MODEL_READY"
    for _ in range(2):
        assert await mlflow.delete(one) == {}
    await mlflow.refused("GET", one, *MISSING)
    kept = await mlflow.get(one, allow_deleted="true")
    assert kept["model"]["info"]["name"] == "net"
    assert await found(mlflow) == []


async def test_params_stay_and_tags_change(mlflow: Mlflow) -> None:
    one = f"logged-models/{await create(mlflow)}"
    await mlflow.post(f"{one}/params", params=[{"key": "a", "value": "1"}])
    await mlflow.post(f"{one}/params", params=[{"key": "a", "value": "1"}, {"key": "b"}])
    changed = [{"key": "a", "value": "2"}, {"key": "c", "value": "3"}]
    await mlflow.refused("POST", f"{one}/params", *INVALID, params=changed)
    data = (await mlflow.get(one))["model"]["data"]
    assert data["params"] == [{"key": "a", "value": "1"}, {"key": "b", "value": ""}]
    for value in ("x", "y"):
        await mlflow.patch(f"{one}/tags", tags=[{"key": "team/a b", "value": value}])
    info = (await mlflow.get(one))["model"]["info"]
    assert info["tags"] == [{"key": "team/a b", "value": "y"}]
    assert await mlflow.delete(f"{one}/tags/team/a%20b") == {}
    await mlflow.refused("DELETE", f"{one}/tags/team/a%20b", *MISSING)
    assert "tags" not in (await mlflow.get(one))["model"]["info"]


async def test_refusals(mlflow: Mlflow, tenant: TenantHandle, tenants: TenantFactory) -> None:
    one = f"logged-models/{await create(mlflow)}"
    new = ("POST", "logged-models")
    for name in ("a/b", "a:b", "a.b", "100%", "a'b", 'a"b'):
        await mlflow.refused(*new, *INVALID, experiment_id="0", name=name)
    await mlflow.refused(*new, *INVALID, experiment_id="x")
    await mlflow.refused(*new, *INVALID)
    await mlflow.refused(*new, *MISSING, experiment_id="77")
    for status in ("GONE", 9, None, True):
        await mlflow.refused("PATCH", one, *INVALID, status=status)
    assert (await mlflow.patch(one, status=2))["model"]["info"]["status"] == "LOGGED_MODEL_READY"
    for method, path, fields in (
        ("GET", "", {}),
        ("PATCH", "", {"status": "LOGGED_MODEL_READY"}),
        ("DELETE", "", {}),
        ("PATCH", "/tags", {"tags": []}),
        ("DELETE", "/tags/k", {}),
        ("POST", "/params", {"params": []}),
        ("GET", "/artifacts/directories", {}),
    ):
        await mlflow.refused(method, f"logged-models/m-{'0' * 32}{path}", *MISSING, **fields)
    stranger = Mlflow(await (await tenants.create()).client())
    await stranger.refused("GET", one, *MISSING)
    await stranger.refused("DELETE", one, *MISSING)
    assert (
        await stranger.client.put(f"{PROXY}/0/models/{one[14:]}/artifacts/f")
    ).status_code == 404
    viewer = Mlflow(await tenant.client(Role.VIEWER))
    assert await viewer.get(one)
    await viewer.refused(*new, 403, "PERMISSION_DENIED", experiment_id="0")
    await viewer.refused("DELETE", one, 403, "PERMISSION_DENIED")


async def _measure(mlflow: Mlflow, model_id: str, *points: tuple[str, float, int, str]) -> str:
    run = (await mlflow.post("runs/create", experiment_id="0"))["run"]["info"]["run_id"]
    for key, value, step, dataset in points:
        await mlflow.post(
            "runs/log-metric",
            run_id=run,
            key=key,
            value=value,
            timestamp=1000 + step,
            step=step,
            model_id=model_id,
            dataset_name=dataset,
            dataset_digest=f"{dataset}-1",
        )
    run_id: str = run
    return run_id


async def test_metrics_of_runs_are_the_models_too(mlflow: Mlflow) -> None:
    model_id = await create(mlflow)
    run = await _measure(mlflow, model_id, ("loss", 0.5, 0, "train"), ("loss", 0.4, 1, "eval"))
    metrics = (await mlflow.get(f"logged-models/{model_id}"))["model"]["data"]["metrics"]
    assert metrics[1] == {
        "key": "loss",
        "value": 0.4,
        "timestamp": 1001,
        "step": 1,
        "model_id": model_id,
        "run_id": run,
        "dataset_name": "eval",
        "dataset_digest": "eval-1",
    }
    assert len(metrics) == 2


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("", ["c", "b", "a"]),
        ("name = 'a'", ["a"]),
        ("name != 'a'", ["c", "b"]),
        ("name LIKE '%'", ["c", "b", "a"]),
        ("attributes.name IN ('a', 'c')", ["c", "a"]),
        ("name NOT IN ('a', 'c')", ["b"]),
        ("model_type = 'x' AND status = 'READY'", ["b"]),
        ("status = 'PENDING'", ["c", "a"]),
        ("source_run_id ILIKE 'R%'", ["a"]),
        ("creation_timestamp > 0", ["c", "b", "a"]),
        ("creation_time < 1000", []),
        ("params.depth = '1'", ["b", "a"]),
        ("params.depth != '1'", []),
        ("tags.team LIKE 'a%'", ["a"]),
        ("params.depth IN ('1', '2')", ["b", "a"]),
        ("params.depth NOT IN ('1', '2')", []),
        ("experiment_id != '-1'", ["c", "b", "a"]),
        ("experiment_id IN ('-1')", []),
        ("artifact_location LIKE 'mlflow-artifacts:/0/models/m-%/artifacts'", ["c", "b", "a"]),
        ("artifact_location = 'mlflow-artifacts:/0'", []),
        ("metrics.loss < 0.45", ["b", "a"]),
        ("metrics.loss >= 0.5", ["a"]),
        ("metrics.loss = 0.1", ["b"]),
        ("metrics.loss < 0.45 AND params.depth = '1' AND name = 'b'", ["b"]),
    ],
)
async def test_search(mlflow: Mlflow, search: str, names: list[str]) -> None:
    await _three(mlflow)
    assert await found(mlflow, filter=search) == names


async def _three(mlflow: Mlflow) -> None:
    depth = [{"key": "depth", "value": "1"}]
    a = await create(
        mlflow,
        name="a",
        params=depth,
        source_run_id="run",
        tags=[{"key": "team", "value": "ab"}],
    )
    b = await create(mlflow, name="b", params=depth, model_type="x")
    await create(mlflow, name="c")
    await mlflow.patch(f"logged-models/{b}", status="LOGGED_MODEL_READY")
    # A model that was measured twice is found once.
    await _measure(mlflow, a, ("loss", 0.5, 0, "train"), ("loss", 0.4, 1, "eval"))
    await _measure(mlflow, b, ("loss", 0.1, 0, "train"), ("loss", 0.2, 1, "train"))


async def test_search_by_dataset_and_in_an_order(mlflow: Mlflow) -> None:
    await _three(mlflow)

    def by(field: str, **more: Any) -> list[dict[str, Any]]:
        return [{"field_name": field, **more}]

    assert await found(mlflow, order_by=by("name")) == ["a", "b", "c"]
    assert await found(mlflow, order_by=by("creation_timestamp")) == ["a", "b", "c"]
    assert await found(mlflow, order_by=by("metrics.loss")) == ["b", "a", "c"]
    assert await found(mlflow, order_by=by("metrics.loss", ascending=False)) == ["a", "b", "c"]
    on_train = by("metrics.loss", ascending=False, dataset_name="train")
    assert await found(mlflow, order_by=on_train) == ["a", "b", "c"]
    on_eval = by("metrics.loss", dataset_name="eval", dataset_digest="eval-1")
    assert await found(mlflow, order_by=on_eval) == ["a", "c", "b"]
    on_digest = by("metrics.loss", dataset_digest="train-1")
    assert await found(mlflow, order_by=on_digest) == ["b", "a", "c"]
    assert await found(mlflow, order_by=by("experiment_id") + by("name")) == ["a", "b", "c"]
    assert await found(mlflow, order_by=by("artifact_location")) != []
    assert await found(mlflow, datasets=[{"dataset_name": "eval"}]) == ["a"]
    other = [{"dataset_name": "eval", "dataset_digest": "other"}]
    assert await found(mlflow, datasets=other) == []
    small = {"filter": "metrics.loss < 0.45", "datasets": [{"dataset_name": "train"}]}
    assert await found(mlflow, **small) == ["b"]
    assert await found(mlflow, experiment_ids=[]) == []
    assert await found(mlflow, experiment_ids=["99"]) == []


@pytest.mark.parametrize("order", [[], [{"field_name": "metrics.loss"}], [{"field_name": "name"}]])
async def test_pages_are_whole_and_belong_to_one_search(
    mlflow: Mlflow, order: list[dict[str, Any]]
) -> None:
    await _three(mlflow)
    await create(mlflow, name="d")
    everything = await found(mlflow, order_by=order)
    asked = {"experiment_ids": ["0"], "order_by": order, "max_results": 3}
    first = await mlflow.post("logged-models/search", **asked)
    token = first["next_page_token"]
    second = await mlflow.post("logged-models/search", **asked, page_token=token)
    pages = [each["info"]["name"] for page in (first, second) for each in page["models"]]
    assert pages == everything
    assert "next_page_token" not in second
    search = ("POST", "logged-models/search")
    await mlflow.refused(*search, *INVALID, **{**asked, "filter": "name = 'a'"}, page_token=token)
    await mlflow.refused(*search, *INVALID, **asked, page_token="x")


@pytest.mark.parametrize(
    "fields",
    [
        {"experiment_ids": None},
        {"experiment_ids": ["x"]},
        {"filter": "foo.bar = 'x'"},
        {"filter": "name = 'a' OR name = 'b'"},
        {"filter": "metrics.loss LIKE 'x'"},
        {"order_by": [{"field_name": "params.a"}]},
        {"order_by": [{"field_name": "nothing"}]},
        {"datasets": [{"dataset_digest": "d"}]},
        {"max_results": -1},
        {"max_results": "x"},
    ],
)
async def test_a_search_that_cannot_be_is_refused(mlflow: Mlflow, fields: dict[str, Any]) -> None:
    asked = {"experiment_ids": ["0"], **fields}
    await mlflow.refused("POST", "logged-models/search", *INVALID, **asked)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Foo", "Invalid filter string"),
        ("name = 'a' OR name = 'b'", "Invalid filter string"),
        ("foo.bar = 'a'", "Invalid entity type"),
        ("name > 'a'", "Invalid comparison operator"),
    ],
)
async def test_a_filter_is_refused_in_mlflow_s_words(mlflow: Mlflow, text: str, told: str) -> None:
    asked = {"experiment_ids": ["0"], "filter": text}
    assert told in await mlflow.refused("POST", "logged-models/search", *INVALID, **asked)


async def test_an_id_with_a_character_that_no_text_has_is_refused(mlflow: Mlflow) -> None:
    for path in ("logged-models/%00", "logged-models/m%00/artifacts/directories"):
        await mlflow.refused("GET", path, *INVALID)
    await mlflow.refused("DELETE", "logged-models/m/tags/%00", *INVALID)


async def test_a_model_needs_an_experiment_that_is_there(mlflow: Mlflow) -> None:
    told = await mlflow.refused("POST", "logged-models", *MISSING, experiment_id="999")
    assert told == "No Experiment with id=999 exists"
    gone = (await mlflow.post("experiments/create", name="gone"))["experiment_id"]
    await mlflow.post("experiments/delete", experiment_id=gone)
    told = await mlflow.refused("POST", "logged-models", *INVALID, experiment_id=gone)
    assert "must be in the 'active' state" in told
