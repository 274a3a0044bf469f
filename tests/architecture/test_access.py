"""Every route against strangers, too-low roles and other tenants, generated from the route table."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from tests.generate import declared_routes, unconnected_platform
from tests.support.models import a_report, write_model, zipped
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.model_report import REPORT_FILE

# MLflow's protocol has answers of its own; tests/protocol/mlflow walks through its endpoints.
ROUTES = sorted(
    route for route in declared_routes(unconnected_platform()) if route[1].startswith("/api/v1/")
)
PROTECTED = [route for route in ROUTES if route[2] != "public"]
WITH_PERMISSION = [route for route in PROTECTED if route[2] != "anyone"]
# A first upload makes the model, in the caller's own tenant; a prediction is the gateway's answer, and
# tests/server/serving asks it as another tenant.
NOT_FOUND_ELSEWHERE = {
    ("POST", "/api/v1/models/{name}/versions"),
    ("POST", "/api/v1/deployments/{name}/predict"),
}
OF_SOMETHING = [
    route for route in PROTECTED if "{" in route[1] and route[:2] not in NOT_FOUND_ELSEWHERE
]
PUBLIC = {
    # Behind a signed ticket that a caller with experiment:read was given.
    ("GET", "/api/v1/previews/{ticket}/{path:path}"),
    ("GET", "/api/v1/auth/methods"),
    ("POST", "/api/v1/auth/login"),
    ("POST", "/api/v1/auth/refresh"),
    ("POST", "/api/v1/auth/register"),
    ("POST", "/api/v1/auth/session"),
    ("POST", "/api/v1/auth/session/resume"),
}
# A stranger's id is as good as any other for seeing that nothing is told.
NOBODY = "01890000-0000-7000-8000-000000000000"
TABLE = b"age,sex,survived\n" + b"".join(f"{n},{'fm'[n % 2]},{n % 2}\n".encode() for n in range(40))
# What a request needs so that its form is right, and only its target is not there for the caller.
BODIES: dict[tuple[str, str], Any] = {
    ("PATCH", "/users/{user_id}/roles"): {"role": "viewer"},
    ("POST", "/users/{user_id}/password"): {"password": "theirs theirs"},
    ("PATCH", "/datasets/{dataset}"): {"description": "theirs"},
    ("PATCH", "/experiments/{experiment_id}"): {"name": "theirs"},
    ("PATCH", "/runs/{run_id}"): {"name": "theirs"},
    ("PUT", "/experiments/{experiment_id}/note"): {"content": "theirs"},
    ("POST", "/experiments/{experiment_id}/views"): {"name": "theirs", "state": {}},
    ("PATCH", "/run-views/{view_id}"): {"name": "theirs"},
    ("PUT", "/runs/{run_id}/note"): {"content": "theirs"},
    ("POST", "/runs/{run_id}/log-batch"): {"params": {"a": "1"}},
    ("POST", "/runs/{run_id}/metrics"): {"key": "loss", "value": 1.0},
    ("PATCH", "/models/{name}"): {"description": "theirs"},
    ("PATCH", "/models/{name}/versions/{version}"): {"description": "theirs"},
    ("PUT", "/models/{name}/aliases/{alias}"): {"version": 1},
    ("POST", "/models/{name}/versions/{version}/stage"): {"stage": "Production"},
    ("PATCH", "/deployments/{name}"): {"version": 1},
    ("POST", "/uploads/{upload_id}/finish"): {"name": "theirs"},
    ("POST", "/deployments/{name}/predict"): {"inputs": [{"age": 1.0, "sex": "f"}]},
}
QUERIES: dict[tuple[str, str], Any] = {
    ("GET", "/models/{name}/compare"): {"version": ["1", "1"]},
    ("GET", "/explain/local/{model_id}/{instance_id}"): {"wait": 0},
}
STREAMS = {
    ("POST", "/datasets/{dataset}/versions"): (TABLE, {"filename": "table.csv"}),
    ("POST", "/models/{name}/versions"): (b"", {}),
    ("PUT", "/runs/{run_id}/artifacts/{path:path}"): (b"bytes", {}),
    ("PUT", "/uploads/{upload_id}/parts/{number}"): (b"bytes", {}),
}


@dataclass
class World:
    """A tenant with one of everything, and a second tenant that must not see any of it."""

    owner: TenantHandle
    stranger: TenantHandle
    names: dict[str, str] = field(default_factory=dict)

    def fill(self, path: str) -> str:
        """`path` with the names of what the owner has."""
        kind = path.removeprefix("/api/v1/").split("/")[0]

        def name(match: re.Match[str]) -> str:
            key = match.group(1)
            return self.names.get(f"{kind}.{key}", self.names.get(key, NOBODY))

        return re.sub(r"{(\w+)(?::path)?}", name, path)


async def post(client: httpx.AsyncClient, path: str, **options: Any) -> Any:
    answer = await client.post(f"/api/v1{path}", **options)
    assert answer.status_code < 300, (path, answer.text)
    return answer.json()


@pytest.fixture(scope="session")
async def world(session_tenants: TenantFactory, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Built through the API by an administrator of the owning tenant."""
    made = World(await session_tenants.create(), await session_tenants.create())
    client = await made.owner.client()
    package = write_model(tmp_path_factory.mktemp("model") / "package")
    (package / REPORT_FILE).write_text(a_report().model_dump_json())
    model = zipped(package)
    user = await post(client, "/users", json={"email": f"{made.owner.name}@a.b", "kind": "service"})
    key = await post(client, "/auth/api-keys", json={"name": "ci"})
    await post(
        client, "/datasets/upload", content=TABLE, params={"name": "table", "filename": "table.csv"}
    )
    search = await post(client, "/automl/jobs", json={"dataset_id": "table", "target": "survived"})
    experiment = await post(client, "/experiments", json={"name": "mine"})
    run = await post(client, "/runs", json={"experiment_id": experiment["id"]})
    await post(
        client, f"/runs/{run['id']}/log-batch", json={"metrics": [{"key": "loss", "value": 1}]}
    )
    view = await post(
        client, f"/experiments/{experiment['id']}/views", json={"name": "mine", "state": {}}
    )
    await client.put(f"/api/v1/runs/{run['id']}/artifacts/note.txt", content=b"hello")
    upload = await post(client, "/uploads", json={"size": 5})
    await post(client, "/models", json={"name": "model"})
    await post(client, "/models/model/versions", content=model)
    await client.put("/api/v1/models/model/aliases/champion", json={"version": 1})
    explanation = await post(client, "/explain/global/model")
    made.names = {
        "user_id": user["id"],
        "key_id": key["id"],
        "dataset": "table",
        "version": "1",
        "job_id": search["job_id"],
        "experiment_id": str(experiment["id"]),
        "run_id": run["id"],
        "upload_id": upload["id"],
        "number": "1",
        "view_id": view["id"],
        "key": "loss",
        "path": "note.txt",
        "name": "model",
        "alias": "champion",
        "model_id": "model",
        "instance_id": explanation["id"],
        "explanation_id": explanation["id"],
        "deployments.name": "endpoint",
        "models.path": "MLmodel",
    }
    return made


@pytest.fixture(scope="session")
async def narrow_keys(world: World) -> dict[str, str]:
    """For each permission, a key of the owner's that holds another one only."""
    client = await world.owner.client()
    keys = {}
    for held in (Permission.AUDIT_READ, Permission.COST_READ):
        body = {"name": f"only {held.value.replace(':', ' ')}", "scopes": [held.value]}
        keys[held.value] = (await post(client, "/auth/api-keys", json=body))["secret"]
    return {
        permission.value: keys["cost:read" if permission.value == "audit:read" else "audit:read"]
        for permission in Permission
    }


@pytest.fixture(scope="session")
async def session_tenants(platform: Any, app: Any) -> AsyncIterator[TenantFactory]:
    factory = TenantFactory(platform, app)
    yield factory
    await factory.close()


async def ask(client: httpx.AsyncClient, method: str, path: str, filled: str) -> httpx.Response:
    key = (method, path.removeprefix("/api/v1"))
    if key in STREAMS:
        content, params = STREAMS[key]
        return await client.request(method, filled, content=content, params=params)
    return await client.request(method, filled, json=BODIES.get(key), params=QUERIES.get(key))


def spell(route: tuple[str, str, str]) -> str:
    return f"{route[0]} {route[1]}"


def test_what_is_public_is_spelled_out_here() -> None:
    assert {route[:2] for route in ROUTES if route[2] == "public"} == PUBLIC


@pytest.mark.parametrize("route", PROTECTED, ids=spell)
async def test_a_stranger_is_asked_for_credentials(
    world: World, session_tenants: TenantFactory, route: tuple[str, str, str]
) -> None:
    method, path, _ = route
    answer = await ask(session_tenants.open(), method, path, world.fill(path))
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.required")


@pytest.mark.parametrize("route", WITH_PERMISSION, ids=spell)
async def test_a_caller_without_the_permission_is_refused(
    world: World,
    session_tenants: TenantFactory,
    narrow_keys: dict[str, str],
    route: tuple[str, str, str],
) -> None:
    method, path, permission = route
    client = session_tenants.open(narrow_keys[permission])
    answer = await ask(client, method, path, world.fill(path))
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.permission_missing")
    assert permission in answer.json()["detail"]


@pytest.mark.parametrize("route", OF_SOMETHING, ids=spell)
async def test_another_tenant_does_not_learn_that_it_exists(
    world: World, route: tuple[str, str, str]
) -> None:
    method, path, _ = route
    filled = world.fill(path)
    answer = await ask(await world.stranger.client(), method, path, filled)
    assert answer.status_code == 404, (filled, answer.text)


@pytest.mark.parametrize("path", [r[1] for r in OF_SOMETHING if r[0] == "GET"])
async def test_the_owner_sees_it(world: World, path: str) -> None:
    """Otherwise the 404 above would prove nothing."""
    if "deployments" in path:
        pytest.skip("a deployment needs a gateway; tests/server/serving and tests/e2e have one")
    if "uploads" in path:
        pytest.skip("an upload is its sender's alone; tests/server/datasets has both")
    if path.endswith("/files/{file}"):
        pytest.skip("an explanation is made by a worker; tests/server/explain has files of one")
    filled = world.fill(path)
    answer = await ask(await world.owner.client(), "GET", path, filled)
    expected = {200, 409} if path.endswith("/results") else {200}
    expected |= {202} if "/explain/" in path else set()
    assert answer.status_code in expected, (filled, answer.text)
