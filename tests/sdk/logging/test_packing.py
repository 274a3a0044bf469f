"""Records of a journal as requests."""

from __future__ import annotations

import json
import math
from typing import Any

from maestro_ml.contracts.tracking import RunBatch, RunStatus, RunUpdate
from maestro_ml.sdk.logging.packing import Batch, pack


def packed(*records: dict[str, Any]) -> list[Any]:
    refused: list[object] = []
    requests = [*pack(records, lambda what, _: refused.append(what))]
    assert refused == []
    return requests


def metrics(count: int, step: int = 0) -> dict[str, Any]:
    return {"metrics": {f"m{i}": float(i) for i in range(count)}, "step": step, "at": 5}


def test_batches_are_as_large_as_the_server_takes_them() -> None:
    parts = packed(*(metrics(7, step) for step in range(300)))
    assert [len(part.metrics) for part in parts] == [994, 994, 112]
    for part in parts:
        assert len(RunBatch.model_validate_json(part.body()).metrics) == len(part.metrics)
    tags = packed(*({"tags": {f"t{i}": "x"}, "params": {f"p{i}": "y"}} for i in range(150)))
    assert [(len(part.tags), len(part.params)) for part in tags] == [(100, 100), (50, 50)]


def test_of_a_tag_the_last_value_is_sent() -> None:
    (part,) = packed({"tags": {"a": "1"}}, {"tags": {"a": "2"}})
    assert part.tags == {"a": "2"}


def test_an_end_comes_after_what_was_logged_before_it() -> None:
    first, end, later = packed(metrics(1), {"end": "failed", "at": 1500}, metrics(1, step=1))
    assert isinstance(end, RunUpdate)
    assert (end.status, end.ended_at and end.ended_at.timestamp()) == (RunStatus.FAILED, 1.5)
    assert (first.metrics[0]["step"], later.metrics[0]["step"]) == (0, 1)


def test_numbers_that_json_lacks_are_texts() -> None:
    values = {"a": math.nan, "b": math.inf, "c": -math.inf, "d": 0.1}
    (part,) = packed({"metrics": values, "step": 0, "at": 1})
    assert [each["value"] for each in json.loads(part.body())["metrics"]] == [
        "NaN",
        "Infinity",
        "-Infinity",
        0.1,
    ]


def test_what_is_no_record_is_refused_and_the_rest_goes_on() -> None:
    broken: list[dict[str, Any]] = [
        {"metrics": {"a": 1.0}},
        {"metrics": {"a": "high"}, "step": 0, "at": 0},
        {"metrics": [1], "step": 0, "at": 0},
        {"params": 3},
        {"end": "exploded", "at": 0},
        {"end": "finished", "at": 1e300},
    ]
    refused: list[object] = []
    requests = [*pack([*broken, metrics(1)], lambda what, _: refused.append(what))]
    assert refused == broken
    assert isinstance(requests[0], Batch)
    assert len(requests) == 1


def test_a_batch_can_be_taken_apart() -> None:
    batch = Batch(metrics=metrics_of(2), params={"p": "1"}, tags={"t": "2"})
    assert [len(each) for each in batch.singles()] == [1, 1, 1, 1]
    assert len(batch) == 4


def metrics_of(count: int) -> list[dict[str, Any]]:
    (part,) = packed(metrics(count))
    assert isinstance(part, Batch)
    return part.metrics
