"""What runs read and wrote: datasets, logged models, and the models of older clients."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from tests.protocol.mlflow.conftest import Protocol

DATASET = {"name": "iris", "digest": "abc", "source_type": "local", "source": "{}"}


async def test_datasets_are_kept_once_with_their_first_tags(mlflow: Protocol) -> None:
    runs = [await mlflow.run(), await mlflow.run()]
    tagged = [{"key": "mlflow.data.context", "value": "train"}]
    for run in runs:
        await mlflow.post(
            "runs/log-inputs",
            run_id=run,
            datasets=[
                {"dataset": {**DATASET, "schema": "s", "profile": "p"}, "tags": tagged},
                {"dataset": {**DATASET, "digest": "def"}},
                {"dataset": DATASET, "tags": [{"key": "second", "value": "ignored"}]},
            ],
        )
        again = {"dataset": DATASET, "tags": [{"key": "later", "value": "ignored"}]}
        await mlflow.post("runs/log-inputs", run_id=run, datasets=[again])
        shown = (await mlflow.shown(run))["inputs"]
        assert shown == {
            "dataset_inputs": [
                {"dataset": {**DATASET, "schema": "s", "profile": "p"}, "tags": tagged},
                {"dataset": {**DATASET, "digest": "def"}},
            ]
        }


async def test_models_are_tied_to_runs(mlflow: Protocol) -> None:
    run = await mlflow.run()
    await mlflow.post("runs/log-inputs", run_id=run, models=[{"model_id": "m-in"}] * 2)
    outputs = [{"model_id": "m-1", "step": 0}, {"model_id": "m-2", "step": "3"}]
    for _ in range(2):
        await mlflow.post("runs/outputs", run_id=run, models=outputs)
    shown = await mlflow.shown(run)
    assert shown["inputs"] == {"model_inputs": [{"model_id": "m-in"}]}
    assert shown["outputs"] == {
        "model_outputs": [{"model_id": "m-1", "step": 0}, {"model_id": "m-2", "step": 3}]
    }


async def test_older_clients_keep_their_models_in_a_tag(mlflow: Protocol) -> None:
    run = await mlflow.run()
    model = {
        "run_id": run,
        "artifact_path": "model",
        "utc_time_created": "2026-01-01",
        "model_uuid": "u",
        "flavors": {"sklearn": {"version": "1", "config": {"secret": 1}}},
        "signature": "left out",
    }
    kept = {**model, "flavors": {"sklearn": {"version": "1"}}}
    del kept["signature"]
    await mlflow.post("runs/log-model", run_id=run, model_json=orjson.dumps(model).decode())
    await mlflow.post("runs/log-model", run_id=run, model_json=orjson.dumps(model).decode())
    tags = {tag["key"]: tag["value"] for tag in (await mlflow.shown(run))["data"]["tags"]}
    assert orjson.loads(tags["mlflow.log-model.history"]) == [kept, kept]
    await mlflow.post("runs/set-tag", run_id=run, key="mlflow.log-model.history", value="no json")
    await mlflow.post("runs/log-model", run_id=run, model_json=orjson.dumps(model).decode())
    tags = {tag["key"]: tag["value"] for tag in (await mlflow.shown(run))["data"]["tags"]}
    assert orjson.loads(tags["mlflow.log-model.history"]) == [kept]


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("log-inputs", {"datasets": [{}]}, "'dataset'"),
        ("log-inputs", {"datasets": [{"dataset": {**DATASET, "name": ""}}]}, "'name'"),
        (
            "log-inputs",
            {"datasets": [{"dataset": {**DATASET, "name": "x" * 501}}]},
            "'name' exceeds",
        ),
        ("log-inputs", {"datasets": [{"dataset": {**DATASET, "digest": "x" * 37}}]}, "'digest'"),
        (
            "log-inputs",
            {"datasets": [{"dataset": {**DATASET, "source": "x" * 65_536}}]},
            "'source'",
        ),
        (
            "log-inputs",
            {"datasets": [{"dataset": {**DATASET, "schema": "x" * 1_048_576}}]},
            "'schema'",
        ),
        (
            "log-inputs",
            {"datasets": [{"dataset": DATASET, "tags": [{"key": "x" * 256, "value": ""}]}]},
            "'key' exceeds the maximum length of 255",
        ),
        (
            "log-inputs",
            {"datasets": [{"dataset": DATASET, "tags": [{"key": "x", "value": "x" * 501}]}]},
            "'value' exceeds the maximum length of 500",
        ),
        ("log-inputs", {"models": [{}]}, "'model_id'"),
        ("log-inputs", {"run_id": "../x"}, "Invalid value \"../x\" for parameter 'run_id'"),
        ("outputs", {}, "'models'"),
        ("outputs", {"models": [{"step": 1}]}, "'model_id'"),
        ("log-model", {}, "'model_json'"),
        ("log-model", {"model_json": "{"}, "is not a valid JSON"),
        ("log-model", {"model_json": "{}"}, "missing mandatory fields"),
        ("log-model", {"model_json": "[]"}, "missing mandatory fields"),
    ],
)
async def test_what_cannot_be_is_refused(
    mlflow: Protocol, path: str, body: dict[str, Any], told: str
) -> None:
    asked: dict[str, Any] = {"run_id": await mlflow.run(), **body}
    assert told in await mlflow.refused(f"runs/{path}", **asked)
