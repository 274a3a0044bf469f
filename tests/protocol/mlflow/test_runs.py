"""Runs over the wire: made, changed, logged to, moved to the trash and back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from tests.protocol.mlflow.conftest import STARTED, Protocol


async def test_a_new_run_is_told_at_once_and_the_same_afterwards(mlflow: Protocol) -> None:
    experiment = await mlflow.experiment()
    made = await mlflow.post(
        "runs/create",
        experiment_id=experiment,
        user_id="ada",
        run_name="first",
        start_time=STARTED,
        tags=[{"key": "team", "value": "a"}],
    )
    run = made["run"]
    run_id = run["info"]["run_id"]
    assert run["info"] == {
        "run_id": run_id,
        "run_uuid": run_id,
        "run_name": "first",
        "experiment_id": experiment,
        "user_id": "ada",
        "status": "RUNNING",
        "start_time": STARTED,
        "lifecycle_stage": "active",
        "artifact_uri": f"mlflow-artifacts:/{experiment}/{run_id}/artifacts",
    }
    tags = [{"key": "team", "value": "a"}, {"key": "mlflow.runName", "value": "first"}]
    assert run["data"] == {"tags": tags}
    assert await mlflow.shown(run_id) == {**run, "outputs": {}}
    assert len(run_id) == 32


async def test_a_run_without_a_name_gets_one(mlflow: Protocol) -> None:
    shown = await mlflow.shown(await mlflow.run())
    assert shown["info"]["run_name"]
    assert {"key": "mlflow.runName", "value": shown["info"]["run_name"]} in shown["data"]["tags"]


async def test_the_name_has_two_places_and_one_value(mlflow: Protocol) -> None:
    run = await mlflow.run(tags=[{"key": "mlflow.runName", "value": "by tag"}])

    async def names() -> list[str]:
        shown = await mlflow.shown(run)
        tags = {tag["key"]: tag["value"] for tag in shown["data"]["tags"]}
        return [shown["info"]["run_name"], tags["mlflow.runName"]]

    assert await names() == ["by tag"] * 2
    await mlflow.post("runs/update", run_id=run, run_name="by update")
    assert await names() == ["by update"] * 2
    await mlflow.post("runs/set-tag", run_id=run, key="mlflow.runName", value="by set-tag")
    assert await names() == ["by set-tag"] * 2
    await mlflow.post("runs/set-tag", run_id=run, key="mlflow.runName", value="")
    await mlflow.post("runs/update", run_id=run, run_name="")
    assert await names() == ["by set-tag"] * 2
    message = await mlflow.refused(
        "runs/create", run_name="a", tags=[{"key": "mlflow.runName", "value": "b"}]
    )
    assert "different values (run_name='a', mlflow.runName='b')" in message


async def test_a_run_ends(mlflow: Protocol) -> None:
    run = await mlflow.run()
    ended = await mlflow.post("runs/update", run_id=run, status="FINISHED", end_time=STARTED + 5)
    assert ended["run_info"]["status"] == "FINISHED"
    assert ended["run_info"]["end_time"] == STARTED + 5
    assert (await mlflow.shown(run))["info"] == ended["run_info"]
    again = await mlflow.post("runs/update", run_uuid=run, status=1)
    assert again["run_info"]["status"] == "RUNNING"


@pytest.mark.parametrize(
    "body",
    [
        {"status": "DONE"},
        {"status": 9},
        {"end_time": "noon"},
        {"end_time": 2**63},
        {"end_time": 10**17},
        {"run_name": 5},
    ],
)
async def test_a_change_that_cannot_be_is_refused(mlflow: Protocol, body: dict[str, Any]) -> None:
    await mlflow.refused("runs/update", run_id=await mlflow.run(), **body)


async def test_params_keep_their_first_value(mlflow: Protocol) -> None:
    run = await mlflow.run()
    for _ in range(2):
        await mlflow.post("runs/log-parameter", run_id=run, key="depth", value="3")
    message = await mlflow.refused("runs/log-parameter", run_id=run, key="depth", value="4")
    assert message == (
        "Changing param values is not allowed. Param with key='depth' was already logged with "
        f"value='3' for run ID='{run}'. Attempted logging new value '4'."
    )
    await mlflow.post("runs/log-parameter", run_uuid=run, key="empty", value="")
    assert (await mlflow.shown(run))["data"]["params"] == [
        {"key": "depth", "value": "3"},
        {"key": "empty", "value": ""},
    ]


async def test_a_batch_is_stored_whole_or_not_at_all(mlflow: Protocol) -> None:
    run = await mlflow.run()
    await mlflow.post(
        "runs/log-batch",
        run_id=run,
        metrics=[{"key": "loss", "value": 1.5, "timestamp": 1, "step": 2}],
        params=[{"key": "depth", "value": "3"}],
        tags=[{"key": "team", "value": "a"}, {"key": "team", "value": "b"}],
    )
    before = await mlflow.shown(run)
    assert before["data"]["metrics"] == [{"key": "loss", "value": 1.5, "timestamp": 1, "step": 2}]
    assert {"key": "team", "value": "b"} in before["data"]["tags"]
    message = await mlflow.refused(
        "runs/log-batch",
        run_id=run,
        metrics=[{"key": "loss", "value": 0, "timestamp": 2, "step": 9}],
        params=[{"key": "new", "value": "1"}, {"key": "depth", "value": "4"}],
        tags=[{"key": "team", "value": "c"}],
    )
    assert "[{'key': 'depth', 'old_value': '3', 'new_value': '4'}]" in message
    assert await mlflow.shown(run) == before


async def test_what_is_too_long_is_cut(mlflow: Protocol) -> None:
    run = await mlflow.run()
    await mlflow.post("runs/log-parameter", run_id=run, key="p", value="x" * 7000)
    await mlflow.post("runs/set-tag", run_id=run, key="t", value="x" * 9000)
    data = (await mlflow.shown(run))["data"]
    assert len(data["params"][0]["value"]) == 6000
    assert [len(tag["value"]) for tag in data["tags"] if tag["key"] == "t"] == [8000]


@pytest.mark.parametrize(
    ("batch", "told"),
    [
        (
            {"metrics": [{"key": f"m{i}", "value": 1, "timestamp": 1} for i in range(1001)]},
            "at most 1000 metrics. Got 1001 metrics",
        ),
        (
            {"params": [{"key": f"p{i}", "value": "1"} for i in range(101)]},
            "at most 100 params. Got 101 params",
        ),
        (
            {"tags": [{"key": f"t{i}", "value": "1"} for i in range(101)]},
            "at most 100 tags. Got 101 tags",
        ),
        (
            {
                "metrics": [{"key": f"m{i}", "value": 1, "timestamp": 1} for i in range(950)],
                "params": [{"key": f"p{i}", "value": "1"} for i in range(51)],
            },
            "at most 1000 metrics, params, and tags. Got 1001",
        ),
        (
            {"params": [{"key": "a", "value": "1"}, {"key": "a", "value": "1"}]},
            "Duplicate parameter keys have been submitted: ['a']",
        ),
        ({"metrics": [{"value": 1, "timestamp": 1}]}, "required parameter 'metrics[0].key'"),
        ({"metrics": [{"key": "a", "timestamp": 1}]}, "required parameter 'metrics[0].value'"),
        ({"metrics": [{"key": "a", "value": 1}]}, "required parameter 'metrics[0].timestamp'"),
        (
            {"metrics": [{"key": "a", "value": 1, "timestamp": -1}]},
            "Invalid value -1 for parameter 'metrics[0].timestamp' supplied",
        ),
        (
            {"metrics": [{"key": "../a", "value": 1, "timestamp": 1}]},
            "\"../a\" for parameter 'metrics[0].name' supplied: Names may be treated as files",
        ),
        (
            {"metrics": [{"key": "a", "value": "abc", "timestamp": 1}]},
            "Invalid value \"abc\" for parameter 'value'",
        ),
        ({"metrics": {"key": "a"}}, "parameter 'metrics'"),
        ({"params": [{"value": "1"}]}, "required parameter 'params[0].key'"),
        ({"params": [{"key": "a" * 251, "value": "1"}]}, "'Param key' exceeds the maximum length"),
        ({"tags": [{"key": "a" * 251, "value": "1"}]}, "'tags[0].key' exceeds the maximum length"),
        ({"tags": [{"key": "a\x00", "value": "1"}]}, "NUL"),
        ({"run_id": ""}, "required parameter 'run_id'"),
        ({"run_id": "../x"}, "Invalid value \"../x\" for parameter 'run_id' supplied"),
    ],
)
async def test_a_batch_that_cannot_be_is_refused(
    mlflow: Protocol, batch: dict[str, Any], told: str
) -> None:
    body: dict[str, Any] = {"run_id": await mlflow.run(), **batch}
    message = await mlflow.refused("runs/log-batch", **body)
    assert told in message


async def test_a_batch_in_an_unusual_form_is_understood(mlflow: Protocol) -> None:
    """Digits for numbers, words for NaN and infinity, null for what is not there."""
    run = await mlflow.run()
    metric = {"key": "a", "value": "NaN", "timestamp": "17", "step": None, "unknown": 1}
    await mlflow.post("runs/log-batch", run_id=run, metrics=[metric], params=None, more=[1])
    assert (await mlflow.shown(run))["data"]["metrics"] == [
        {"key": "a", "value": "NaN", "timestamp": 17, "step": 0}
    ]
    await mlflow.post("runs/log-batch", run_id=run)


@pytest.mark.parametrize("name", ["a", "a b/c.d-e_f:g", "ü", "x" * 250, "a..b", ".a"])
async def test_a_name_may_be_a_path(mlflow: Protocol, name: str) -> None:
    run = await mlflow.run()
    await mlflow.post("runs/log-metric", run_id=run, key=name, value=1, timestamp=1)
    await mlflow.post("runs/log-parameter", run_id=run, key=name, value="1")
    await mlflow.post("runs/set-tag", run_id=run, key=name, value="1")
    assert await mlflow.metrics(run) == {name: 1.0}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("../x", "must not resolve to other names when treated as such"),
        ("/x", "must not resolve to other names"),
        ("a//b", "would resolve to 'a/b'"),
        ("a/./b", "would resolve to 'a/b'"),
        ("a/", "would resolve to 'a'"),
        (".", "must not resolve"),
        ("..a", "must not resolve"),
        ("a%b", "Names may only contain alphanumerics"),
        ("a\\b", "Names may only contain alphanumerics"),
        ("x" * 251, "exceeds the maximum length of 250 characters"),
    ],
)
async def test_a_name_that_is_no_plain_path_is_refused(
    mlflow: Protocol, name: str, told: str
) -> None:
    run = await mlflow.run()
    point = {"key": name, "value": 1, "timestamp": 1}
    assert told in await mlflow.refused("runs/log-batch", run_id=run, metrics=[point])
    for path in ("runs/log-parameter", "runs/set-tag"):
        assert told in await mlflow.refused(path, run_id=run, key=name, value="1")


async def test_tags_come_and_go(mlflow: Protocol) -> None:
    run = await mlflow.run(tags=[{"key": "a", "value": "1"}])
    await mlflow.post("runs/set-tag", run_id=run, key="a", value="2")
    await mlflow.post("runs/set-tag", run_id=run, key="b")
    tags = (await mlflow.shown(run))["data"]["tags"]
    assert {"key": "a", "value": "2"} in tags
    assert {"key": "b", "value": ""} in tags
    await mlflow.post("runs/delete-tag", run_id=run, key="a")
    gone = await mlflow.refused("runs/delete-tag", "RESOURCE_DOES_NOT_EXIST", run_id=run, key="a")
    assert gone == f"No tag with name: a in run with id {run}"


async def test_a_run_in_the_trash_is_read_and_takes_nothing(mlflow: Protocol) -> None:
    run = await mlflow.run(tags=[{"key": "a", "value": "1"}])
    for _ in range(2):
        await mlflow.post("runs/delete", run_id=run)
    assert (await mlflow.shown(run))["info"]["lifecycle_stage"] == "deleted"
    told = f"The run {run} must be in the 'active' state. Current state is deleted."
    for path, body in WRITES.items():
        assert await mlflow.refused(path, run_id=run, **body) == told, path
    for _ in range(2):
        await mlflow.post("runs/restore", run_id=run)
    assert (await mlflow.shown(run))["info"]["lifecycle_stage"] == "active"


WRITES: dict[str, dict[str, Any]] = {
    "runs/log-metric": {"key": "a", "value": 1, "timestamp": 1},
    "runs/log-parameter": {"key": "a", "value": "1"},
    "runs/set-tag": {"key": "a", "value": "1"},
    "runs/delete-tag": {"key": "a"},
    "runs/log-batch": {
        "metrics": [{"key": f"a{i}", "value": 1, "timestamp": 1} for i in range(99)]
    },
    "runs/update": {"status": "FINISHED"},
    "runs/log-inputs": {"models": [{"model_id": "m-1"}]},
    "runs/outputs": {"models": [{"model_id": "m-1", "step": 0}]},
    "runs/log-model": {
        "model_json": '{"run_id": "a", "artifact_path": "m", "flavors": {}, "utc_time_created": ""}'
    },
}


@pytest.mark.parametrize("run_id", ["f" * 32, "no id", "x" * 300])
async def test_a_run_that_is_not_there(mlflow: Protocol, run_id: str) -> None:
    answer = await mlflow.get("runs/get", expect=404, run_id=run_id)
    assert answer["error_code"] == "RESOURCE_DOES_NOT_EXIST"
    assert answer["message"] == f"Run with id={run_id} not found"
    if run_id == "f" * 32:
        for path, body in {**WRITES, "runs/delete": {}, "runs/restore": {}}.items():
            await mlflow.refused(path, "RESOURCE_DOES_NOT_EXIST", run_id=run_id, **body)


async def test_a_run_needs_an_active_experiment(mlflow: Protocol) -> None:
    experiment = await mlflow.experiment()
    await mlflow.post("experiments/delete", experiment_id=experiment)
    message = await mlflow.refused("runs/create", experiment_id=experiment)
    assert message == (
        f"The experiment {experiment} must be in the 'active' state. Current state is deleted."
    )
    await mlflow.refused("runs/create", "RESOURCE_DOES_NOT_EXIST", experiment_id="999")
    await mlflow.refused("runs/create", experiment_id="abc")


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("runs/log-metric", {"key": "a", "value": 1}, "'timestamp'"),
        ("runs/log-metric", {"key": "a", "timestamp": 1}, "'value'"),
        ("runs/log-metric", {"value": 1, "timestamp": 1}, "'key'"),
        ("runs/log-metric", {"key": "a", "value": "abc", "timestamp": 1}, "'value'"),
        ("runs/log-metric", {"key": "a", "value": True, "timestamp": 1}, "'value'"),
        ("runs/log-metric", {"key": "a", "value": 1, "timestamp": "x"}, "'timestamp'"),
        ("runs/log-metric", {"key": "a", "value": 1, "timestamp": 1, "step": 2**63}, "'step'"),
        ("runs/log-metric", {"key": 5, "value": 1, "timestamp": 1}, "'key'"),
        ("runs/log-parameter", {"value": "1"}, "'key'"),
        ("runs/log-parameter", {"key": "a", "value": 1}, "'value'"),
        ("runs/set-tag", {"value": "1"}, "'key'"),
        ("runs/delete-tag", {}, "'key'"),
        ("runs/create", {"experiment_id": ""}, "'experiment_id'"),
        ("runs/create", {"start_time": "noon"}, "'start_time'"),
        ("runs/create", {"start_time": 10**17}, "'start_time'"),
        ("runs/create", {"tags": [{"key": "a" * 251, "value": "1"}]}, "'Tag key'"),
        ("runs/create", {"tags": "a"}, "'tags'"),
    ],
)
async def test_a_missing_or_wrong_field_is_named(
    mlflow: Protocol, path: str, body: dict[str, Any], told: str
) -> None:
    run = {"experiment_id": "0"} if path == "runs/create" else {"run_id": await mlflow.run()}
    assert told in await mlflow.refused(path, **{**run, **body})


async def test_a_run_is_known_by_its_32_digits_alone(mlflow: Protocol) -> None:
    run = await mlflow.run()
    for other in (run.upper(), str(UUID(run)), f" {run}", run[:31]):
        for path in ("runs/get", "artifacts/list"):
            answer = await mlflow.get(path, run_id=other, expect=404)
            assert answer["message"] == f"Run with id={other} not found"


async def test_of_a_name_that_a_query_has_twice_the_first_counts(mlflow: Protocol) -> None:
    run = await mlflow.run()
    found = await mlflow.get("runs/get", run_id=[run, "0" * 32])
    assert found["run"]["info"]["run_id"] == run
    await mlflow.get("runs/get", runId=run, expect=400)


@pytest.mark.parametrize("path", ["runs/get", "metrics/get-history"])
async def test_a_read_names_its_run(mlflow: Protocol, path: str) -> None:
    answer = await mlflow.get(path, expect=400, metric_key="a")
    assert "required parameter 'run_id'" in answer["message"]


async def test_children_are_found_by_the_tag_of_their_parent(mlflow: Protocol) -> None:
    """Whether the tag came with the run or later, and whatever it names."""
    parent = await mlflow.run()
    tag: dict[str, Any] = {"key": "mlflow.parentRunId", "value": parent}
    first, second = await mlflow.run(tags=[tag]), await mlflow.run()
    await mlflow.post("runs/set-tag", run_id=second, **tag)
    loose = await mlflow.run(tags=[{"key": "mlflow.parentRunId", "value": "nobody"}])

    async def children(of: str) -> set[str]:
        found = await mlflow.post(
            "runs/search", experiment_ids=["0"], filter=f"tags.mlflow.parentRunId = '{of}'"
        )
        return {run["info"]["run_id"] for run in found.get("runs", [])}

    assert await children(parent) == {first, second}
    assert await children("nobody") == {loose}
    await mlflow.post("runs/delete-tag", run_id=first, key="mlflow.parentRunId")
    assert await children(parent) == {second}
