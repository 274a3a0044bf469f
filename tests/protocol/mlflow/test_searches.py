"""Searches for runs over the wire: pages, views, what is kept of ended runs."""

from __future__ import annotations

from typing import Any

import pytest
from tests.protocol.mlflow.conftest import STARTED, Protocol


async def ids(mlflow: Protocol, experiments: list[str], **body: Any) -> list[str]:
    """The ids of the runs of one page."""
    page = await mlflow.post("runs/search", experiment_ids=experiments, **body)
    return [run["info"]["run_id"] for run in page.get("runs", [])]


async def test_runs_are_found_page_by_page(mlflow: Protocol) -> None:
    first, second = await mlflow.experiment(), await mlflow.experiment()
    made = [
        await mlflow.run((first, second)[i % 2], start_time=STARTED + i, run_name=f"run {i}")
        for i in range(5)
    ]
    for i, run in enumerate(made):
        body = {"key": "loss", "value": i % 3, "timestamp": 1}
        await mlflow.post("runs/log-metric", run_id=run, **body)
    for orders, wanted in (
        ([], [4, 3, 2, 1, 0]),
        (["start_time"], [0, 1, 2, 3, 4]),
        (["metrics.loss ASC"], [3, 0, 4, 1, 2]),
        (["metrics.loss DESC", "run_name ASC"], [2, 1, 4, 0, 3]),
    ):
        found: list[str] = []
        token: dict[str, str] = {}
        while True:
            body = {"experiment_ids": [first, second], "max_results": 2, "order_by": orders}
            page = await mlflow.post("runs/search", **body, **token)
            found += [run["info"]["run_id"] for run in page["runs"]]
            if "next_page_token" not in page:
                break
            token = {"page_token": page["next_page_token"]}
        assert found == [made[i] for i in wanted], orders
    assert await mlflow.post("runs/search", experiment_ids=[]) == {}
    assert await mlflow.post("runs/search") == {}
    assert await ids(mlflow, [first, first, "999"]) == [made[4], made[2], made[0]]


async def test_a_page_shows_the_same_as_get(mlflow: Protocol) -> None:
    """While the run goes on, when it has ended, and whatever happens to it afterwards."""
    run = await mlflow.run(tags=[{"key": "a", "value": "1"}])

    async def same() -> Any:
        """What both show."""
        [found] = (await mlflow.post("runs/search", experiment_ids=["0"], run_view_type="ALL"))[
            "runs"
        ]
        shown = await mlflow.shown(run)
        assert found == shown
        return found

    point = {"key": "loss", "value": 1, "timestamp": 1, "step": 1}
    dataset = {"name": "d", "digest": "1", "source_type": "local", "source": "{}"}
    await same()
    for path, body in (
        ("runs/log-metric", point),
        ("runs/update", {"status": "FINISHED", "end_time": STARTED + 1}),
        ("runs/log-metric", {**point, "step": 2, "value": 2}),
        ("runs/log-batch", {"metrics": [{**point, "step": 3 + i} for i in range(99)]}),
        ("runs/log-parameter", {"key": "depth", "value": "3"}),
        ("runs/set-tag", {"key": "a", "value": "2"}),
        ("runs/delete-tag", {"key": "a"}),
        ("runs/log-inputs", {"datasets": [{"dataset": dataset}]}),
        ("runs/outputs", {"models": [{"model_id": "m-1", "step": 1}]}),
        ("runs/delete", {}),
        ("runs/restore", {}),
    ):
        before = await same()
        await mlflow.post(path, run_id=run, **body)
        assert await same() != before, path


async def test_views(mlflow: Protocol) -> None:
    kept, gone = await mlflow.run(), await mlflow.run()
    await mlflow.post("runs/delete", run_id=gone)
    for view, wanted in (
        ("ACTIVE_ONLY", {kept}),
        ("DELETED_ONLY", {gone}),
        ("ALL", {kept, gone}),
        (2, {gone}),
    ):
        assert set(await ids(mlflow, ["0"], run_view_type=view)) == wanted


async def test_runs_are_found_by_the_datasets_they_read(mlflow: Protocol) -> None:
    train, plain = await mlflow.run(), await mlflow.run()
    dataset = {"name": "iris", "digest": "abc", "source_type": "local", "source": "{}"}
    tags = [{"key": "mlflow.data.context", "value": "training"}]
    await mlflow.post(
        "runs/log-inputs", run_id=train, datasets=[{"dataset": dataset, "tags": tags}]
    )
    await mlflow.post("runs/log-inputs", run_id=plain, datasets=[{"dataset": dataset}])
    for text, wanted in (
        ("dataset.name = 'iris'", {train, plain}),
        ("datasets.name ILIKE 'IR%' and dataset.digest IN ('abc', 'x')", {train, plain}),
        ("dataset.context = 'training'", {train}),
        ("dataset.context != 'training'", set()),
        ("dataset.name NOT IN ('iris')", set()),
    ):
        assert set(await ids(mlflow, ["0"], filter=text)) == wanted, text
    body = {"experiment_ids": ["0"]}
    summaries = (await mlflow.post("experiments/search-datasets", **body))["dataset_summaries"]
    plain_summary = {"experiment_id": "0", "name": "iris", "digest": "abc"}
    assert summaries == [{**plain_summary, "context": "training"}, plain_summary]
    await mlflow.refused("experiments/search-datasets")
    await mlflow.refused("experiments/search-datasets", experiment_ids=["0"] * 21)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"filter": "foo.bar = 1"}, "Invalid entity type 'foo'"),
        ({"filter": "metrics.a > 1 OR metrics.a < 0"}, "Invalid clause(s) in filter string"),
        ({"filter": "params.a = 1"}, "Expected a quoted string value"),
        ({"filter": 5}, "parameter 'filter'"),
        ({"order_by": ["metrics.a sideways"]}, "order_by clause"),
        ({"order_by": "start_time"}, "parameter 'order_by'"),
        ({"order_by": [5]}, "parameter 'order_by'"),
        ({"max_results": 0}, "It must be a positive integer"),
        ({"max_results": 50_001}, "Invalid value 50001 for parameter 'max_results'"),
        ({"max_results": "few"}, "parameter 'max_results'"),
        ({"page_token": "x"}, "Invalid page token, could not base64-decode"),
        ({"run_view_type": "SOME"}, "parameter 'run_view_type'"),
        ({"experiment_ids": ["abc"]}, "Invalid experiment ID 'abc'"),
        ({"experiment_ids": "0"}, "parameter 'experiment_ids'"),
    ],
)
async def test_a_search_that_cannot_be_is_refused(
    mlflow: Protocol, body: dict[str, Any], told: str
) -> None:
    asked: dict[str, Any] = {"experiment_ids": ["0"], **body}
    assert told in await mlflow.refused("runs/search", **asked)
