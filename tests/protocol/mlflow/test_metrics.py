"""Metrics over the wire: which point is the latest, and what a history holds."""

from __future__ import annotations

import random
import sys
from typing import Any

import pytest
from tests.protocol.mlflow.conftest import Protocol
from tests.support.mlflow_wire import PREFIX

from maestro_ml.server.protocols.mlflow.histories import history, spread
from maestro_ml.server.tracking import SeriesPiece


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize(
    ("points", "latest"),
    [
        ([(1.0, 10, 2), (9.0, 99, 1)], 1.0),
        ([(1.0, 10, 1), (2.0, 11, 1), (3.0, 9, 1)], 2.0),
        ([(1.0, 10, 1), (5.0, 10, 1), (3.0, 10, 1)], 5.0),
        ([(1.0, 10, -5), (2.0, 10, -1)], 2.0),
    ],
)
async def test_the_latest_point_is_the_greatest(
    mlflow: Protocol, points: list[tuple[float, int, int]], latest: float, together: bool
) -> None:
    """By step, then time, then value; not the one that came last."""
    run = await mlflow.run()
    bodies = [{"key": "a", "value": v, "timestamp": t, "step": s} for v, t, s in points]
    if together:
        await mlflow.post("runs/log-batch", run_id=run, metrics=bodies)
    else:
        for body in bodies:
            await mlflow.post("runs/log-metric", run_id=run, **body)
    assert await mlflow.metrics(run) == {"a": latest}


async def test_a_history_is_a_set(mlflow: Protocol) -> None:
    run = await mlflow.run()
    point: dict[str, Any] = {"key": "a", "value": "NaN", "timestamp": 5, "step": 1}
    other = {**point, "value": 1.5}
    for _ in range(2):
        await mlflow.post("runs/log-metric", run_id=run, **point)
        await mlflow.post("runs/log-batch", run_id=run, metrics=[point, other, other])
    history = await mlflow.get("metrics/get-history", run_id=run, metric_key="a")
    shown = sorted(history["metrics"], key=lambda each: str(each["value"]))
    assert shown == [other, point]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("NaN", "NaN"),
        ("Infinity", sys.float_info.max),
        ("-Infinity", -sys.float_info.max),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (3, 3.0),
        (-0.1, -0.1),
    ],
)
async def test_every_number_comes_back(mlflow: Protocol, sent: Any, shown: Any) -> None:
    run = await mlflow.run()
    await mlflow.post("runs/log-metric", run_id=run, key="a", value=sent, timestamp="7")
    wanted = [{"key": "a", "value": shown, "timestamp": 7, "step": 0}]
    assert (await mlflow.shown(run))["data"]["metrics"] == wanted
    history = await mlflow.get("metrics/get-history", run_uuid=run, metric_key="a")
    assert history == {"metrics": wanted}


async def test_a_history_comes_in_pages(mlflow: Protocol) -> None:
    run = await mlflow.run()
    metrics = [{"key": "a/b c", "value": i / 7, "timestamp": 100 + i, "step": i} for i in range(10)]
    random.Random(0).shuffle(metrics)
    await mlflow.post("runs/log-batch", run_id=run, metrics=metrics[:4])
    await mlflow.post("runs/log-batch", run_id=run, metrics=metrics[4:])
    query: dict[str, Any] = {"run_id": run, "metric_key": "a/b c"}
    whole = (await mlflow.get("metrics/get-history", **query))["metrics"]
    assert whole == sorted(metrics, key=lambda metric: int(str(metric["timestamp"])))
    pages: list[Any] = []
    token: dict[str, str] = {}
    for _ in range(4):
        page = await mlflow.get("metrics/get-history", max_results=3, **query, **token)
        pages += page["metrics"]
        token = {"page_token": page.get("next_page_token", "")}
    assert pages == whole
    assert token == {"page_token": ""}
    assert await mlflow.get("metrics/get-history", run_id=run, metric_key="unknown") == {}


@pytest.mark.parametrize(
    "query",
    [
        {"max_results": 0},
        {"max_results": -1},
        {"max_results": "many"},
        {"page_token": "no token"},
        {"page_token": "eyJvZmZzZXQiOiAtMX0="},
        {"metric_key": ""},
    ],
)
async def test_a_page_that_cannot_be_is_refused(mlflow: Protocol, query: dict[str, Any]) -> None:
    run = await mlflow.run()
    answer = await mlflow.get(
        "metrics/get-history", expect=400, **{"run_id": run, "metric_key": "a", **query}
    )
    assert answer["error_code"] == "INVALID_PARAMETER_VALUE"


async def test_histories_of_many_runs(mlflow: Protocol) -> None:
    runs = sorted([await mlflow.run(), await mlflow.run()])
    for number, run in enumerate(runs):
        metrics = [
            {"key": "a", "value": i, "timestamp": 10 + i, "step": i} for i in range(5 + number)
        ]
        await mlflow.post("runs/log-batch", run_id=run, metrics=metrics)
    found = await mlflow.get(
        "metrics/get-history-bulk", run_id=[*runs, "f" * 32], metric_key="a", max_results=7
    )
    assert [each["run_id"] for each in found["metrics"]] == [runs[0]] * 5 + [runs[1]] * 2
    assert found["metrics"][0] == {
        "key": "a", "value": 0.0, "timestamp": 10, "step": 0, "run_id": runs[0],
    }  # fmt: skip
    for query in ({}, {"run_id": ["a"] * 101, "metric_key": "a"}, {"run_id": runs}):
        await mlflow.get("metrics/get-history-bulk", expect=400, **query)


async def test_histories_are_thinned_out(mlflow: Protocol) -> None:
    run = await mlflow.run()
    metrics = [{"key": "a", "value": i, "timestamp": 10 + i, "step": i} for i in range(10)]
    await mlflow.post("runs/log-batch", run_id=run, metrics=metrics)

    async def steps(expect: int = 200, **query: Any) -> list[int]:
        """The steps that are left; the endpoint is also at a path of a later version."""
        answer = await mlflow.client.get(
            "/api/2.11/mlflow/metrics/get-history-bulk-interval",
            params={"run_ids": run, "metric_key": "a", **query},
        )
        assert answer.status_code == expect, answer.text
        return [each["step"] for each in answer.json().get("metrics", [])]

    assert await steps() == [*range(10)]
    assert await steps(max_results=4) == [0, 3, 6, 9]
    assert await steps(max_results=1) == [9]
    assert await steps(start_step=2, end_step=4) == [2, 3, 4]
    assert await steps(start_step=20, end_step=40) == []
    for query in (
        {"max_results": 0},
        {"max_results": 2501},
        {"start_step": 1},
        {"start_step": 3, "end_step": 2},
        {"run_ids": ["f" * 32] * 101},
    ):
        await steps(400, **query)
    await steps(404, run_ids="f" * 32)


async def test_metrics_of_a_logged_model_reach_the_run_as_well(mlflow: Protocol) -> None:
    run = await mlflow.run()
    point: dict[str, Any] = {"key": "a", "value": 1, "timestamp": 1, "model_id": "m-unknown"}
    await mlflow.post("runs/log-metric", run_id=run, dataset_name="d", dataset_digest="1", **point)
    await mlflow.post("runs/log-batch", run_id=run, metrics=[{**point, "key": "b"}])
    assert await mlflow.metrics(run) == {"a": 1.0, "b": 1.0}


async def test_a_dataset_is_named_with_its_digest(mlflow: Protocol) -> None:
    run = await mlflow.run()
    point: dict[str, Any] = {"key": "a", "value": 1, "timestamp": 1}
    for half in ({"dataset_name": "d"}, {"dataset_digest": "1"}):
        told = "Both dataset_name and dataset_digest must be provided"
        assert told in await mlflow.refused("runs/log-metric", run_id=run, **point, **half)
        metrics = [point, {**point, **half}]
        assert told in await mlflow.refused("runs/log-batch", run_id=run, metrics=metrics)
    assert await mlflow.metrics(run) == {}


async def test_the_answer_to_a_write_is_an_empty_object(mlflow: Protocol) -> None:
    run = await mlflow.run()
    body = {"run_id": run, "key": "a", "value": 1, "timestamp": 1}
    answer = await mlflow.client.post(PREFIX + "runs/log-metric", json=body)
    assert (answer.content, answer.headers["content-type"]) == (b"{}", "application/json")


def test_pieces_of_a_history_are_put_in_order() -> None:
    """Packed arrays, single points, duplicates and ties make one sorted set."""
    chance = random.Random(1)
    points = [
        (chance.randrange(20), chance.randrange(3), float(chance.randrange(2))) for _ in range(300)
    ]
    pieces = []
    for start in range(0, 300, 30):
        ats, steps, values = zip(*points[start : start + 30], strict=True)
        pieces.append(SeriesPiece([*steps], [*ats], [*values]))
    merged = history(pieces)
    assert [*zip(merged.timestamps, merged.steps, merged.values, strict=True)] == sorted(
        set(points)
    )
    in_order = [
        SeriesPiece([3, 4], [30, 40], [0.3, 0.4]),
        SeriesPiece([1, 2], [10, 20], [0.1, 0.2]),
    ]
    assert history(in_order) == ([1, 2, 3, 4], [10, 20, 30, 40], [0.1, 0.2, 0.3, 0.4])
    assert history([]) == ([], [], [])


@pytest.mark.parametrize("total", [1, 2, 5, 99, 100, 101, 1000])
@pytest.mark.parametrize("most", [1, 2, 7, 100])
def test_a_sample_is_even_and_keeps_the_ends(total: int, most: int) -> None:
    chosen = spread(range(total), most)
    assert len(chosen) == min(total, most)
    assert chosen[-1] == total - 1
    assert most == 1 or chosen[0] == 0
    assert [*chosen] == sorted(set(chosen))
