"""Experiments over the wire: names, tags, the trash, searches."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from tests.protocol.mlflow.conftest import Protocol


async def names(mlflow: Protocol, **body: Any) -> list[str]:
    """The names of all pages of a search."""
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = await mlflow.post("experiments/search", **{"max_results": 2, **body}, **token)
        found += [each["name"] for each in page.get("experiments", [])]
        if "next_page_token" not in page:
            return found
        assert len(page["experiments"]) == 2
        token = {"page_token": page["next_page_token"]}


async def test_every_tenant_has_experiment_zero(mlflow: Protocol) -> None:
    found = (await mlflow.get("experiments/get", experiment_id="0"))["experiment"]
    assert (found["experiment_id"], found["name"]) == ("0", "Default")
    assert found["artifact_location"] == "mlflow-artifacts:/0"
    assert found["lifecycle_stage"] == "active"
    await mlflow.post("experiments/delete", experiment_id="0")
    await mlflow.post("experiments/restore", experiment_id="0")


async def test_a_new_experiment_is_found_by_id_and_name(mlflow: Protocol) -> None:
    made = await mlflow.post(
        "experiments/create",
        name=" spaces stay ",
        artifact_location="s3://bucket/place",
        tags=[{"key": "team", "value": "x" * 20_000}],
    )
    assert isinstance(made["experiment_id"], str)
    by_id = await mlflow.get("experiments/get", experiment_id=made["experiment_id"])
    assert by_id["experiment"]["name"] == " spaces stay "
    assert by_id["experiment"]["artifact_location"] == "s3://bucket/place"
    assert by_id["experiment"]["tags"] == [{"key": "team", "value": "x" * 20_000}]
    assert by_id["experiment"]["creation_time"] == by_id["experiment"]["last_update_time"]
    assert await mlflow.get("experiments/get-by-name", experiment_name=" spaces stay ") == by_id


async def test_a_location_s_query_stays_at_the_end(mlflow: Protocol) -> None:
    place = {"name": "elsewhere", "artifact_location": "s3://bucket/place/?version=7"}
    experiment = (await mlflow.post("experiments/create", **place))["experiment_id"]
    run = await mlflow.run(experiment)
    uri = f"s3://bucket/place/{run}/artifacts?version=7"
    assert (await mlflow.shown(run))["info"]["artifact_uri"] == uri
    search = {"experiment_ids": [experiment], "filter": f"attributes.artifact_uri = '{uri}'"}
    assert len((await mlflow.post("runs/search", **search))["runs"]) == 1
    made = await mlflow.post("logged-models", experiment_id=experiment, name="net")
    info = made["model"]["info"]
    assert (
        info["artifact_uri"] == f"s3://bucket/place/models/{info['model_id']}/artifacts?version=7"
    )
    search["filter"] = f"artifact_location = '{info['artifact_uri']}'"
    assert len((await mlflow.post("logged-models/search", **search))["models"]) == 1


async def test_a_deleted_experiment_keeps_its_name(mlflow: Protocol) -> None:
    experiment = await mlflow.experiment("kept")
    run = await mlflow.run(experiment)
    binned = await mlflow.run(experiment)
    await mlflow.post("runs/delete", run_id=binned)
    await mlflow.post("experiments/delete", experiment_id=experiment)
    told = await mlflow.refused("experiments/create", "RESOURCE_ALREADY_EXISTS", name="kept")
    assert told == "Experiment(name=kept) already exists."
    for path, query in (
        ("experiments/get", {"experiment_id": experiment}),
        ("experiments/get-by-name", {"experiment_name": "kept"}),
    ):
        shown = (await mlflow.get(path, **query))["experiment"]
        assert shown["lifecycle_stage"] == "deleted"
    assert (await mlflow.shown(run))["info"]["lifecycle_stage"] == "deleted"
    assert await mlflow.post("runs/search", experiment_ids=[experiment]) == {}
    for path, body in (
        ("delete", {}),
        ("set-experiment-tag", {"key": "a", "value": "b"}),
        ("delete-experiment-tag", {"key": "a"}),
        ("update", {"new_name": "other"}),
    ):
        code = {"delete": "RESOURCE_DOES_NOT_EXIST", "update": "INVALID_STATE"}.get(
            path, "INVALID_PARAMETER_VALUE"
        )
        await mlflow.refused(f"experiments/{path}", code, experiment_id=experiment, **body)
    await mlflow.post("experiments/restore", experiment_id=experiment)
    assert (await mlflow.shown(run))["info"]["lifecycle_stage"] == "active"
    assert (await mlflow.shown(binned))["info"]["lifecycle_stage"] == "deleted"
    body = {"experiment_id": experiment}
    await mlflow.refused("experiments/restore", "RESOURCE_DOES_NOT_EXIST", **body)


async def test_an_experiment_is_renamed_and_tagged(mlflow: Protocol) -> None:
    experiment = await mlflow.experiment("old")
    await mlflow.experiment("taken")
    await mlflow.post("experiments/update", experiment_id=experiment, new_name="new")
    await mlflow.post(
        "experiments/set-experiment-tag", experiment_id=experiment, key="a", value="1"
    )
    await mlflow.post("experiments/set-experiment-tag", experiment_id=experiment, key="b")
    shown = (await mlflow.get("experiments/get", experiment_id=experiment))["experiment"]
    assert shown["name"] == "new"
    assert shown["tags"] == [{"key": "a", "value": "1"}, {"key": "b", "value": ""}]
    body = {"experiment_id": experiment, "key": "a"}
    await mlflow.post("experiments/delete-experiment-tag", **body)
    told = await mlflow.refused(
        "experiments/delete-experiment-tag", "RESOURCE_DOES_NOT_EXIST", **body
    )
    assert told == f"No tag with name: a in experiment with id {experiment}"
    body = {"experiment_id": experiment, "new_name": "taken"}
    await mlflow.refused("experiments/update", "RESOURCE_ALREADY_EXISTS", **body)


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("create", {}, "required parameter 'name'"),
        ("create", {"name": ""}, "required parameter 'name'"),
        ("create", {"name": 5}, "parameter 'name'"),
        ("create", {"name": "x" * 501}, "'name' exceeds the maximum length of 500 characters"),
        ("create", {"name": "x\x00"}, "NUL"),
        ("create", {"name": "x", "artifact_location": "runs:/abc"}, "cannot be a runs:/ URI"),
        ("create", {"name": "x", "artifact_location": "s3://a#b"}, "fragments"),
        ("create", {"name": "x", "artifact_location": "x" * 2049}, "2048 characters"),
        ("create", {"name": "x", "tags": [{"key": "/a", "value": ""}]}, "Names may be treated"),
        ("create", {"name": "x", "tags": [{"key": "a", "value": "x" * 20_001}]}, "'value' exceeds"),
        ("update", {"experiment_id": "0"}, "required parameter 'new_name'"),
        ("update", {"new_name": "a"}, "required parameter 'experiment_id'"),
        ("update", {"experiment_id": "0", "new_name": "x" * 501}, "'name' exceeds"),
        ("delete", {"experiment_id": "abc"}, "Invalid experiment ID 'abc'"),
        ("restore", {"experiment_id": 0}, "parameter 'experiment_id'"),
        ("set-experiment-tag", {"experiment_id": "0", "value": "a"}, "required parameter 'key'"),
        ("set-experiment-tag", {"experiment_id": "0", "key": "x" * 251}, "'key' exceeds"),
        ("search", {}, "Invalid value 0 for parameter 'max_results'"),
        ("search", {"max_results": 50_001}, "at most 50000"),
        ("search", {"max_results": 1, "view_type": "SOME"}, "'view_type'"),
        ("search", {"max_results": 1, "filter": "name = 1"}, "quoted string"),
        ("search", {"max_results": 1, "filter": "experiment_id = 'x'"}, "Invalid experiment ID"),
        ("search", {"max_results": 1, "order_by": ["tags.a"]}, "Invalid order_by entity"),
        ("search", {"max_results": 1, "page_token": "x"}, "Invalid page token"),
    ],
)
async def test_a_request_that_cannot_be_is_refused(
    mlflow: Protocol, path: str, body: dict[str, Any], told: str
) -> None:
    assert told in await mlflow.refused(f"experiments/{path}", **body)


@pytest.mark.parametrize("experiment_id", ["999", "-1", "9" * 30])
async def test_an_experiment_that_is_not_there(mlflow: Protocol, experiment_id: str) -> None:
    answer = await mlflow.get("experiments/get", expect=404, experiment_id=experiment_id)
    assert answer["error_code"] == "RESOURCE_DOES_NOT_EXIST"
    assert "No Experiment with id=" in answer["message"]
    missing = await mlflow.get("experiments/get-by-name", expect=404, experiment_name="nope")
    assert missing["message"] == "Could not find experiment with name 'nope'"


async def test_experiments_are_searched_in_pages(mlflow: Protocol) -> None:
    ids = {}
    for name in ("alpha", "beta", "Gamma", "delta"):
        ids[name] = await mlflow.experiment(name)
        await mlflow.post(
            "experiments/set-experiment-tag", experiment_id=ids[name], key="first", value=name[0]
        )
    await mlflow.post("experiments/delete", experiment_id=ids["delta"])
    assert await names(mlflow) == ["Gamma", "beta", "alpha", "Default"]
    assert await names(mlflow, order_by=["name ASC"]) == ["Default", "Gamma", "alpha", "beta"]
    assert await names(mlflow, order_by=["name DESC"]) == ["beta", "alpha", "Gamma", "Default"]
    by_id = await names(mlflow, order_by=["experiment_id"])
    assert by_id == ["Default", "alpha", "beta", "Gamma"]
    assert await names(mlflow, view_type="DELETED_ONLY") == ["delta"]
    assert len(await names(mlflow, view_type=3)) == 5
    for text, wanted in (
        ("name = 'beta'", {"beta"}),
        ("name != 'beta' and name LIKE '%a%'", {"alpha", "Gamma", "Default"}),
        ("name ILIKE 'g%'", {"Gamma"}),
        ("tags.first = 'a'", {"alpha"}),
        ("tags.first != 'a'", {"beta", "Gamma"}),
        ("tags.first IS NULL", {"Default"}),
        (f"experiment_id IN ('{ids['alpha']}', '0')", {"alpha", "Default"}),
        (f"experiment_id NOT IN ('{ids['alpha']}', '0')", {"beta", "Gamma"}),
        ("creation_time > 0", {"alpha", "beta", "Gamma", "Default"}),
        ("last_update_time < 5", set()),
    ):
        assert set(await names(mlflow, filter=text)) == wanted, text
    query = {"max_results": 10, "filter": "name = 'beta'", "order_by": ["name"]}
    found = await mlflow.get("experiments/search", **query)
    assert [each["name"] for each in found["experiments"]] == ["beta"]


async def test_names_are_a_tenant_s_own(mlflow: Protocol) -> None:
    name = secrets.token_hex(4)
    first = await mlflow.experiment(name)
    other = Protocol(await (await mlflow.tenant.factory.create()).client(), mlflow.tenant)
    assert await other.experiment(name) == first == "1"
