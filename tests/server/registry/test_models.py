"""Models over HTTP: names, versions whose numbers never return, aliases, stages, history, rights."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import httpx
import pytest
from tests.support.models import write_model, zipped
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.identity import Role

MODELS = "/api/v1/models"


@pytest.fixture
async def client(tenant: TenantHandle) -> httpx.AsyncClient:
    return await tenant.client(Role.ML_ENGINEER)


async def register(client: httpx.AsyncClient, folder: Path, name: str = "churn") -> httpx.Response:
    return await client.post(f"{MODELS}/{name}/versions", content=zipped(write_model(folder)))


async def registered(client: httpx.AsyncClient, folder: Path, count: int) -> None:
    for _ in range(count):
        answer = await register(client, folder)
        assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("name", ["team/churn", "churn:1", "two\nlines"])
async def test_a_name_that_would_break_a_reference_is_refused(
    client: httpx.AsyncClient, name: str
) -> None:
    answer = await client.post(MODELS, json={"name": name})
    assert answer.status_code == 400
    assert answer.json()["code"] == "registry.model_name_invalid"
    assert "dash" in answer.json()["detail"]


async def test_a_name_is_taken_once_in_a_tenant_and_free_in_another(
    client: httpx.AsyncClient, tenants: TenantFactory
) -> None:
    assert (await client.post(MODELS, json={"name": "churn"})).status_code == 201
    again = await client.post(MODELS, json={"name": "churn"})
    assert (again.status_code, again.json()["code"]) == (409, "registry.model_name_taken")
    elsewhere = await (await tenants.create()).client()
    assert (await elsewhere.post(MODELS, json={"name": "churn"})).status_code == 201


async def test_a_registered_version_tells_what_its_files_say(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    answer = await client.post(
        f"{MODELS}/churn/versions?description=first&source_run_id=run1",
        content=zipped(write_model(tmp_path), inside="my-model/"),
    )
    version = answer.json()
    assert version["version"] == 1
    assert version["state"] == "ready"
    assert version["flavor"] == "custom"
    assert version["source_run_id"] == "run1"
    assert version["signature"]["inputs"][0] == {"name": "age", "type": "double", "required": True}
    assert version["input_example"]["columns"] == ["age", "sex"]
    assert {file["path"] for file in version["files"]} == {
        "MLmodel",
        "data/weights.txt",
        "input_example.json",
    }
    assert version["size_bytes"] == sum(file["size"] for file in version["files"])
    model = (await client.get(f"{MODELS}/churn")).json()
    assert model["latest_version"] == 1
    by_id = await client.get(f"{MODELS}/{model['id']}/versions/v1")
    assert by_id.json()["sha256"] == version["sha256"]


async def test_a_version_number_never_comes_back(client: httpx.AsyncClient, tmp_path: Path) -> None:
    await registered(client, tmp_path, 2)
    assert (await client.delete(f"{MODELS}/churn/versions/2")).status_code == 204
    assert (await client.get(f"{MODELS}/churn/versions/2")).status_code == 404
    assert (await register(client, tmp_path)).json()["version"] == 3
    listed = (await client.get(f"{MODELS}/churn/versions")).json()["items"]
    assert [version["version"] for version in listed] == [3, 1]


async def test_an_alias_moves_and_the_history_knows_where_it_was(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    await registered(client, tmp_path, 2)
    alias = f"{MODELS}/churn/aliases/champion"
    assert (await client.put(alias, json={"version": 1})).json()["aliases"] == ["champion"]
    assert (await client.put(alias, json={"version": 2})).json()["version"] == 2
    assert (await client.get(alias)).json()["version"] == 2
    history = (await client.get(f"{MODELS}/churn/history")).json()
    moved = history["events"][0]
    assert (moved["kind"], moved["version"], moved["previous"]) == ("alias_set", 2, "1")
    between = history["events"][1]["at"]
    assert datetime.fromisoformat(between) <= datetime.fromisoformat(moved["at"])
    then = (await client.get(f"{MODELS}/churn/history", params={"at": between})).json()
    assert then["aliases"] == {"champion": 1}
    assert (await client.delete(alias)).status_code == 204
    gone = await client.get(alias)
    assert (gone.status_code, gone.json()["code"]) == (404, "registry.alias_not_found")


@pytest.mark.parametrize("alias", ["v3", "12", "latest", "a.b"])
async def test_an_alias_that_looks_like_something_else_is_refused(
    client: httpx.AsyncClient, tmp_path: Path, alias: str
) -> None:
    await registered(client, tmp_path, 1)
    answer = await client.put(f"{MODELS}/churn/aliases/{alias}", json={"version": 1})
    assert answer.json()["code"] == "registry.alias_invalid"


async def test_a_promotion_can_archive_the_version_before(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    await registered(client, tmp_path, 2)
    for number in (1, 2):
        answer = await client.post(
            f"{MODELS}/churn/versions/{number}/stage",
            json={"stage": "production", "archive_existing": True},
        )
        assert answer.json()["stage"] == "Production"
    history = (await client.get(f"{MODELS}/churn/history")).json()
    assert history["stages"] == {"1": "Archived", "2": "Production"}
    unknown = await client.post(f"{MODELS}/churn/versions/1/stage", json={"stage": "Retired"})
    assert unknown.status_code == 422


async def test_the_history_outlives_the_model(client: httpx.AsyncClient, tmp_path: Path) -> None:
    await registered(client, tmp_path, 1)
    assert (await client.delete(f"{MODELS}/churn")).status_code == 204
    history = (await client.get(f"{MODELS}/churn/history")).json()
    assert history["exists"] is False
    assert [event["kind"] for event in history["events"]] == [
        "model_deleted",
        "version_registered",
        "model_created",
    ]
    never = await client.get(f"{MODELS}/never/history")
    assert never.json()["code"] == "registry.model_not_found"


async def test_history_pages_follow_their_cursor(client: httpx.AsyncClient, tmp_path: Path) -> None:
    await registered(client, tmp_path, 3)
    kinds, cursor = [], None
    for _ in range(4):
        params = {"limit": 1, **({"cursor": cursor} if cursor else {})}
        page = (await client.get(f"{MODELS}/churn/history", params=params)).json()
        kinds += [event["kind"] for event in page["events"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert kinds == ["version_registered"] * 3 + ["model_created"]


async def test_a_rename_keeps_versions_and_history(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    await registered(client, tmp_path, 1)
    renamed = await client.patch(
        f"{MODELS}/churn", json={"name": "attrition", "tags": {"team": "crm"}}
    )
    assert renamed.json()["latest_version"] == 1
    assert (await client.get(f"{MODELS}/churn")).status_code == 404
    found = (await client.get(MODELS, params={"search": "TRIT", "tag": "team=crm"})).json()["items"]
    assert [model["name"] for model in found] == ["attrition"]
    assert (await client.get(MODELS, params={"tag": "team=x"})).json()["items"] == []
    history = (await client.get(f"{MODELS}/attrition/history")).json()
    assert history["events"][0]["previous"] == "churn"


async def test_versions_are_compared(client: httpx.AsyncClient, tmp_path: Path) -> None:
    await registered(client, tmp_path / "a", 1)
    other = write_model(
        tmp_path / "b", signature={"inputs": [{"type": "long", "name": "age"}], "outputs": []}
    )
    await client.post(f"{MODELS}/churn/versions", content=zipped(other))
    answer = await client.get(f"{MODELS}/churn/compare", params={"version": ["1", "v2"]})
    assert answer.json()["columns"] == {
        "inputs.age": {"1": "double", "2": "long"},
        "inputs.sex": {"1": "string", "2": None},
        "outputs.prediction": {"1": "long", "2": None},
    }


async def test_another_tenant_sees_nothing(
    client: httpx.AsyncClient, tenants: TenantFactory, tmp_path: Path
) -> None:
    await registered(client, tmp_path, 1)
    id = (await client.get(f"{MODELS}/churn")).json()["id"]
    stranger = await (await tenants.create()).client()
    for path in (
        f"{MODELS}/churn",
        f"{MODELS}/{id}",
        f"{MODELS}/churn/versions/1",
        f"{MODELS}/churn/versions/1/download",
        f"{MODELS}/churn/history",
    ):
        assert (await stranger.get(path)).status_code == 404
    assert (await stranger.delete(f"{MODELS}/{id}")).status_code == 404
    assert (await stranger.get(MODELS)).json()["items"] == []


async def test_a_viewer_reads_and_changes_nothing(
    client: httpx.AsyncClient, tenant: TenantHandle, tmp_path: Path
) -> None:
    await registered(client, tmp_path, 1)
    viewer = await tenant.client(Role.VIEWER)
    assert (await viewer.get(f"{MODELS}/churn/versions/1")).status_code == 200
    assert (await viewer.post(MODELS, json={"name": "mine"})).status_code == 403
    assert (await register(viewer, tmp_path)).status_code == 403
    scientist = await tenant.client(Role.DATA_SCIENTIST)
    refused = await scientist.delete(f"{MODELS}/churn")
    assert refused.json()["code"] == "auth.permission_missing"


async def test_every_change_is_audited(
    client: httpx.AsyncClient, tenant: TenantHandle, tmp_path: Path
) -> None:
    await registered(client, tmp_path, 1)
    await client.put(f"{MODELS}/churn/aliases/champion", json={"version": 1})
    auditor = await tenant.client()
    events = (await auditor.get("/api/v1/audit")).json()["items"]
    actions = [each["action"] for each in events if each["action"].startswith("registry.")]
    assert actions == [
        "registry.alias.set",
        "registry.version.registered",
        "registry.model.created",
    ]


async def test_models_are_listed_by_name_or_by_their_last_change(tenants: TenantFactory) -> None:
    client = await (await tenants.create()).client()
    for name in ("b", "a", "c"):
        await client.post("/api/v1/models", json={"name": name})
    await client.patch("/api/v1/models/b", json={"description": "changed last"})
    for order, wanted in {"name": ["a", "b", "c"], "updated": ["b", "c", "a"]}.items():
        first = (await client.get("/api/v1/models", params={"order": order, "limit": 2})).json()
        params = {"order": order, "cursor": first["next_cursor"]}
        rest = (await client.get("/api/v1/models", params=params)).json()
        assert [model["name"] for model in first["items"] + rest["items"]] == wanted
    wrong = await client.get("/api/v1/models", params={**params, "order": "name"})
    assert wrong.json()["code"] == "request.cursor_invalid"
