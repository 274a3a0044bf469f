"""Registered models over MLflow's protocol: what it says, and what it refuses with which code."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.mlflow_wire import INVALID, MISSING, Mlflow
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.identity import Role


@pytest.fixture
async def mlflow(tenant: TenantHandle) -> Mlflow:
    return Mlflow(await tenant.client())


async def test_a_model_from_creation_to_deletion(mlflow: Mlflow) -> None:
    tags = [{"key": "team", "value": "a"}, {"key": "team", "value": "b"}]
    made = await mlflow.post("registered-models/create", name="churn", description="d", tags=tags)
    model = made["registered_model"]
    assert model["tags"] == [{"key": "team", "value": "b"}]
    assert (await mlflow.get("registered-models/get", name="churn"))["registered_model"] == model
    renamed = await mlflow.post("registered-models/rename", name="churn", new_name="leave")
    assert renamed["registered_model"]["name"] == "leave"
    changed = await mlflow.patch("registered-models/update", name="leave", description="")
    assert "description" not in changed["registered_model"]
    assert changed["registered_model"]["last_updated_timestamp"] >= model["creation_timestamp"]
    assert await mlflow.delete("registered-models/delete", name="leave") == {}
    await mlflow.refused(
        "GET", "registered-models/get", 404, "RESOURCE_DOES_NOT_EXIST", name="leave"
    )


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("churn", 400, "RESOURCE_ALREADY_EXISTS"),
        ("", 400, "INVALID_PARAMETER_VALUE"),
        ("  ", 400, "INVALID_PARAMETER_VALUE"),
        ("team/churn", 400, "INVALID_PARAMETER_VALUE"),
        ("churn:1", 400, "INVALID_PARAMETER_VALUE"),
        ("..", 400, "INVALID_PARAMETER_VALUE"),
        ("x" * 257, 400, "INVALID_PARAMETER_VALUE"),
        (7, 400, "INVALID_PARAMETER_VALUE"),
        (None, 400, "INVALID_PARAMETER_VALUE"),
        ("nul\0", 400, "INVALID_PARAMETER_VALUE"),
    ],
)
async def test_a_name_that_cannot_be_is_refused(
    mlflow: Mlflow, name: Any, status: int, code: str
) -> None:
    await mlflow.post("registered-models/create", name="churn")
    told = await mlflow.refused("POST", "registered-models/create", status, code, name=name)
    assert told


async def test_names_are_as_free_as_with_mlflow(mlflow: Mlflow, tenant: TenantHandle) -> None:
    for name in ("a@b", " spaces ", "ünï-cødé", "dots.and_more", "x" * 256):
        await mlflow.post("registered-models/create", name=name)
        await mlflow.post("model-versions/create", name=name, source="s3://bucket/model")
        await mlflow.post("registered-models/alias", name=name, alias="best", version="1")
        found = await mlflow.get("registered-models/alias", name=name, alias="best")
        assert found["model_version"]["name"] == name
    async with await tenant.unit() as unit:
        version = await tenant.platform.registry.resolve(unit, "a@b@best")
        assert (version.model, version.version) == ("a@b", 1)


async def test_tags_are_set_and_removed_one_by_one(mlflow: Mlflow) -> None:
    await mlflow.post("registered-models/create", name="churn")
    for value in ("x", "y" * 100_000):
        await mlflow.post("registered-models/set-tag", name="churn", key="k", value=value)
    await mlflow.post("registered-models/set-tag", name="churn", key="other")
    model = (await mlflow.get("registered-models/get", name="churn"))["registered_model"]
    assert model["tags"] == [
        {"key": "k", "value": "y" * 100_000},
        {"key": "other", "value": ""},
    ]
    for _ in range(2):
        await mlflow.delete("registered-models/delete-tag", name="churn", key="k")
    model = (await mlflow.get("registered-models/get", name="churn"))["registered_model"]
    assert [tag["key"] for tag in model["tags"]] == ["other"]
    bad = ("POST", "registered-models/set-tag")
    await mlflow.refused(*bad, *INVALID, name="churn", key="k" * 251, value="")
    await mlflow.refused(*bad, *INVALID, name="churn", key="k", value="v" * 100_001)
    await mlflow.refused(*bad, *INVALID, name="churn", key="a//b", value="")
    await mlflow.refused(*bad, 404, "RESOURCE_DOES_NOT_EXIST", name="none", key="k", value="")


async def test_aliases_stand_beside_versions(mlflow: Mlflow) -> None:
    await mlflow.post("registered-models/create", name="churn")
    for _ in range(2):
        await mlflow.post("model-versions/create", name="churn", source="s3://bucket/model")
    alias = "registered-models/alias"
    await mlflow.post(alias, name="churn", alias="best", version="1")
    await mlflow.post(alias, name="churn", alias="best", version="2")
    found = await mlflow.get(alias, name="churn", alias="best")
    assert (found["model_version"]["version"], found["model_version"]["aliases"]) == ("2", ["best"])
    newest = await mlflow.get(alias, name="churn", alias="latest")
    assert newest["model_version"]["version"] == "2"
    model = (await mlflow.get("registered-models/get", name="churn"))["registered_model"]
    assert model["aliases"] == [{"alias": "best", "version": "2"}]
    await mlflow.refused("GET", alias, *INVALID, name="churn", alias="none")
    await mlflow.refused("GET", alias, *MISSING, name="none", alias="best")
    for wrong in ("v1", "V22", "Latest", "a b", "x" * 256, ""):
        await mlflow.refused("POST", alias, *INVALID, name="churn", alias=wrong, version="1")
    await mlflow.refused("POST", alias, *MISSING, name="churn", alias="a", version="9")
    await mlflow.refused("POST", alias, *MISSING, name="none", alias="a", version="1")
    await mlflow.refused("POST", alias, *INVALID, name="churn", alias="a", version="x")
    for _ in range(2):
        assert await mlflow.delete(alias, name="churn", alias="best") == {}
    await mlflow.refused("DELETE", alias, *MISSING, name="none", alias="best")


async def test_one_version_of_each_stage_is_the_latest(mlflow: Mlflow) -> None:
    await mlflow.post("registered-models/create", name="churn")
    for _ in range(3):
        await mlflow.post("model-versions/create", name="churn", source="s3://bucket/model")
    await mlflow.post(
        "model-versions/transition-stage", name="churn", version="1", stage="production"
    )
    for found in (
        await mlflow.get("registered-models/get-latest-versions", name="churn"),
        await mlflow.post("registered-models/get-latest-versions", name="churn"),
    ):
        stages = {each["version"]: each["current_stage"] for each in found["model_versions"]}
        assert stages == {"1": "Production", "3": "None"}
    some = await mlflow.get(
        "registered-models/get-latest-versions", name="churn", stages=["PRODUCTION", "staging"]
    )
    assert [each["version"] for each in some["model_versions"]] == ["1"]
    none = await mlflow.post(
        "registered-models/get-latest-versions", name="churn", stages=["Archived"]
    )
    assert none == {}
    await mlflow.refused(
        "GET",
        "registered-models/get-latest-versions",
        400,
        "INVALID_PARAMETER_VALUE",
        name="churn",
        stages=["Gone"],
    )


async def test_prompts_are_told_to_be_missing(mlflow: Mlflow) -> None:
    tags = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]
    await mlflow.refused(
        "POST", "registered-models/create", 501, "NOT_IMPLEMENTED", name="greet", tags=tags
    )


async def test_roles_and_tenants_are_kept_apart(
    mlflow: Mlflow, tenant: TenantHandle, tenants: TenantFactory
) -> None:
    await mlflow.post("registered-models/create", name="churn")
    await mlflow.post("model-versions/create", name="churn", source="s3://bucket/model")
    viewer = Mlflow(await tenant.client(Role.VIEWER))
    assert await viewer.get("registered-models/get", name="churn")
    denied = (403, "PERMISSION_DENIED")
    await viewer.refused("POST", "registered-models/create", *denied, name="mine")
    await viewer.refused("POST", "model-versions/create", *denied, name="churn", source="s3://b/m")
    await viewer.refused("DELETE", "registered-models/delete", *denied, name="churn")
    stranger = Mlflow(await (await tenants.create()).client())
    await stranger.refused("GET", "registered-models/get", *MISSING, name="churn")
    await stranger.refused("GET", "model-versions/get", *MISSING, name="churn", version="1")
    await stranger.refused("DELETE", "registered-models/delete", *MISSING, name="churn")
    await stranger.refused(
        "POST", "registered-models/alias", *MISSING, name="churn", alias="a", version="1"
    )
    assert await stranger.get("registered-models/search") == {}
    anonymous = Mlflow(tenants.open())
    await anonymous.refused("GET", "registered-models/get", 401, "UNAUTHENTICATED", name="churn")
