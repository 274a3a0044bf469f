"""The searches of models and versions: every comparator, every order, pages without gaps."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.mlflow_wire import INVALID, Mlflow
from tests.support.tenant import TenantFactory, TenantHandle

MODELS, VERSIONS = "registered-models/search", "model-versions/search"


@pytest.fixture(scope="module")
async def mlflow(platform: Any, app: Any) -> Mlflow:
    """A tenant with three models, of two, one and no versions; nothing here changes it."""
    factory = TenantFactory(platform, app)
    tenant: TenantHandle = await factory.create()
    made = Mlflow(await tenant.client())
    for name, team in (("churn", "blue"), ("Churn2", "green"), ("100%_sure", "")):
        tags = [{"key": "team", "value": team}] if team else []
        await made.post("registered-models/create", name=name, tags=tags)
    for name, source, run in (
        ("churn", "s3://b/one", "r1"),
        ("Churn2", "s3://b/two", ""),
        ("churn", "s3://b/three", "r2"),
    ):
        tags = [{"key": "metric.é", "value": source[-3:]}]
        await made.post("model-versions/create", name=name, source=source, run_id=run, tags=tags)
    return made


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("", ["100%_sure", "Churn2", "churn"]),
        ("name = 'churn'", ["churn"]),
        ("name != 'churn'", ["100%_sure", "Churn2"]),
        ("name LIKE 'ch%'", ["churn"]),
        ("name ILIKE 'CH%'", ["Churn2", "churn"]),
        ("name LIKE '%_sure'", ["100%_sure"]),
        ("name IN ('churn', 'other')", ["churn"]),
        ("name NOT IN ('churn')", ["100%_sure", "Churn2"]),
        ("tags.team = 'blue'", ["churn"]),
        ("tag.`team` != 'blue'", ["Churn2"]),
        ("tags.team LIKE '%e%' AND name ILIKE 'churn_'", ["Churn2"]),
        ("tags.`mlflow.prompt.is_prompt` != 'true'", ["100%_sure", "Churn2", "churn"]),
        ("tags.`mlflow.prompt.is_prompt` = 'true'", []),
    ],
)
async def test_filters_of_models(mlflow: Mlflow, search: str, names: list[str]) -> None:
    page = await mlflow.get(MODELS, filter=search)
    found = [model["name"] for model in page.get("registered_models", [])]
    assert sorted(found) == names


@pytest.mark.parametrize(
    ("search", "versions"),
    [
        ("", ["churn/2", "Churn2/1", "churn/1"]),
        ("name = 'churn'", ["churn/2", "churn/1"]),
        ("name ILIKE 'churn%' AND version_number < 2", ["Churn2/1", "churn/1"]),
        ("version_number = 2", ["churn/2"]),
        ("version_number != 1", ["churn/2"]),
        ("run_id = 'r1'", ["churn/1"]),
        ("run_id IN ('r1', 'r2')", ["churn/2", "churn/1"]),
        ("run_id NOT IN ('r1', 'r2')", ["Churn2/1"]),
        ("source_path LIKE 's3://b/t%'", ["churn/2", "Churn2/1"]),
        ("source_path != 's3://b/two'", ["churn/2", "churn/1"]),
        ("tags.`metric.é` = 'one'", ["churn/1"]),
    ],
)
async def test_filters_of_versions(mlflow: Mlflow, search: str, versions: list[str]) -> None:
    page = await mlflow.get(VERSIONS, filter=search)
    found = [f"{each['name']}/{each['version']}" for each in page.get("model_versions", [])]
    assert found == versions


@pytest.mark.parametrize(
    ("path", "order", "expected"),
    [
        (MODELS, ["name DESC"], None),
        (MODELS, ["last_updated_timestamp ASC"], ["100%_sure", "Churn2", "churn"]),
        (MODELS, ["timestamp DESC", "name"], ["churn", "Churn2", "100%_sure"]),
        (VERSIONS, ["version_number DESC", "name ASC"], None),
        (VERSIONS, ["creation_timestamp ASC"], ["churn/1", "Churn2/1", "churn/2"]),
        (VERSIONS, ["last_updated_timestamp DESC"], ["churn/2", "Churn2/1", "churn/1"]),
        (VERSIONS, ["name DESC", "version_number"], None),
    ],
)
async def test_pages_in_an_order_have_everything_once(
    mlflow: Mlflow, path: str, order: list[str], expected: list[str] | None
) -> None:
    pages: list[str] = []
    token = ""
    for _ in range(4):
        page = await mlflow.get(path, order_by=order, max_results=1, page_token=token)
        pages += [_label(each) for each in page.get("registered_models", [])]
        pages += [_label(each) for each in page.get("model_versions", [])]
        token = page.get("next_page_token", "")
        if not token:
            break
    whole = await mlflow.get(path, order_by=order)
    listed = whole.get("registered_models") or whole["model_versions"]
    assert pages == [_label(each) for each in listed]
    assert expected in (None, pages)
    assert len(pages) == 3


def _label(each: dict[str, Any]) -> str:
    return f"{each['name']}/{each['version']}" if "version" in each else each["name"]


@pytest.mark.parametrize("path", [MODELS, VERSIONS])
@pytest.mark.parametrize(
    "fields",
    [
        {"filter": "foo.bar = 'x'"},
        {"filter": "name = churn"},
        {"filter": "name = 'a' OR name = 'b'"},
        {"filter": "name > 'a'"},
        {"filter": "nothing = 'x'"},
        {"filter": "tags.a IN ('b')"},
        {"order_by": ["nothing ASC"]},
        {"order_by": ["name SIDEWAYS"]},
        {"order_by": ["name", "name DESC"]},
        {"max_results": "0"},
        {"max_results": "-3"},
        {"max_results": "200001"},
        {"max_results": "many"},
        {"page_token": "nonsense"},
    ],
)
async def test_a_search_that_cannot_be_is_refused(
    mlflow: Mlflow, path: str, fields: dict[str, Any]
) -> None:
    await mlflow.refused("GET", path, *INVALID, **fields)


async def test_a_page_has_at_most_a_thousand_models(mlflow: Mlflow) -> None:
    assert await mlflow.get(MODELS, max_results="1000")
    await mlflow.refused("GET", MODELS, *INVALID, max_results="1001")
    await mlflow.refused("GET", VERSIONS, *INVALID, filter="version_number > 1.5")
    assert await mlflow.get(VERSIONS, max_results="200000")


async def test_a_model_comes_with_its_latest_versions_and_aliases(mlflow: Mlflow) -> None:
    page = await mlflow.get(MODELS, filter="name = 'churn'")
    model = page["registered_models"][0]
    assert [each["version"] for each in model["latest_versions"]] == ["2"]
    assert model == (await mlflow.get("registered-models/get", name="churn"))["registered_model"]
