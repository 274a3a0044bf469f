"""Who may ask MLflow's endpoints, with which credentials, and how a refusal looks."""

from __future__ import annotations

import base64
import secrets
from typing import Any

import httpx
import psycopg
import pytest
from starlette.types import ASGIApp
from tests.generate import unconnected_platform
from tests.protocol.mlflow.conftest import Protocol
from tests.support.mlflow_wire import PREFIX
from tests.support.tenant import TenantFactory, TenantHandle, open_client

from maestro_ml.contracts.identity import Role
from maestro_ml.server.app import create_app, hot_routes
from maestro_ml.server.identity import Passwords
from maestro_ml.server.installation import Installation
from maestro_ml.server.kernel.http import PUBLIC
from maestro_ml.server.wiring import wire

ROUTES = sorted(
    (route.method, route.path, str(route.permission))
    for route in hot_routes(unconnected_platform())
    if "mlflow" in route.path and route.permission != PUBLIC
)
PASSWORD = "correct horse battery"


def basic(name: str, secret: str) -> dict[str, str]:
    encoded = base64.b64encode(f"{name}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}


def filled(path: str) -> str:
    return (
        path.replace("{rest:path}", "traces")
        .replace(":path}", "}")
        .replace("{", "")
        .replace("}", "")
    )


@pytest.fixture
async def person(
    tenants: TenantFactory, owner_connection: psycopg.Connection
) -> tuple[TenantHandle, str]:
    """A tenant and the e-mail address of a data scientist in it who has a password."""
    tenant = await tenants.create()
    email = f"{secrets.token_hex(6)}@example.org"
    admin = await tenant.client()
    body = {"email": email, "password": PASSWORD, "role": "data_scientist", "kind": "person"}
    made = await admin.post("/api/v1/users", json=body)
    assert made.status_code == 201, made.text
    return tenant, email


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: " ".join(route[:2]))
async def test_every_endpoint_asks_who_it_is(tenants: TenantFactory, route: Any) -> None:
    method, path, _ = route
    answer = await tenants.open().request(method, filled(path))
    assert answer.status_code == 401
    if method != "HEAD":
        assert answer.json()["error_code"] == "UNAUTHENTICATED"
    assert answer.headers["www-authenticate"].startswith("Basic")


async def test_a_viewer_reads_and_cannot_log(mlflow: Protocol) -> None:
    run = await mlflow.run()
    viewer = await mlflow.as_role(Role.VIEWER)
    assert (await viewer.shown(run))["info"]["run_id"] == run
    assert await viewer.post("runs/search", experiment_ids=["0"])
    for path in (
        "log-metric",
        "log-parameter",
        "log-batch",
        "set-tag",
        "create",
        "update",
        "delete",
    ):
        answer = await viewer.post(f"runs/{path}", expect=403, run_id=run)
        assert answer["error_code"] == "PERMISSION_DENIED"
        assert "experiment:" in answer["message"]


async def test_another_tenant_finds_nothing(mlflow: Protocol, tenants: TenantFactory) -> None:
    run = await mlflow.run(tags=[{"key": "a", "value": "1"}])
    experiment = await mlflow.experiment("mine")
    stranger = Protocol(await (await tenants.create()).client(), mlflow.tenant)
    for path, query in (
        ("runs/get", {"run_id": run}),
        ("metrics/get-history", {"run_id": run, "metric_key": "a"}),
        ("experiments/get", {"experiment_id": experiment}),
        ("experiments/get-by-name", {"experiment_name": "mine"}),
    ):
        answer = await stranger.get(path, expect=404, **query)
        assert answer["error_code"] == "RESOURCE_DOES_NOT_EXIST"
    for path, body in (
        ("runs/log-metric", {"key": "a", "value": 1, "timestamp": 1}),
        ("runs/log-batch", {"tags": [{"key": "a", "value": "2"}]}),
        ("runs/delete-tag", {"key": "a"}),
        ("runs/update", {"status": "KILLED"}),
        ("runs/delete", {}),
        ("runs/log-inputs", {"models": [{"model_id": "m"}]}),
    ):
        await stranger.refused(path, "RESOURCE_DOES_NOT_EXIST", run_id=run, **body)
    for path in ("delete", "restore"):
        body = {"experiment_id": experiment}
        await stranger.refused(f"experiments/{path}", "RESOURCE_DOES_NOT_EXIST", **body)
    assert await stranger.post("runs/search", experiment_ids=["0", experiment]) == {}
    assert (await mlflow.shown(run))["info"]["status"] == "RUNNING"


async def test_a_name_and_a_password_are_as_good_as_a_token(
    app: ASGIApp, person: tuple[TenantHandle, str]
) -> None:
    _, email = person
    async with open_client(app, None) as client:
        client.headers.update(basic(email, PASSWORD))
        made = await client.post(PREFIX + "runs/create", json={"experiment_id": "0"})
        assert made.status_code == 200, made.text
        assert made.json()["run"]["info"]["user_id"] == email


async def test_an_api_key_stands_for_a_password(app: ASGIApp, mlflow: Protocol) -> None:
    key = await mlflow.tenant.token(Role.VIEWER)
    async with open_client(app, None) as client:
        client.headers.update(basic("whoever", key))
        answer = await client.get(PREFIX + "experiments/get", params={"experiment_id": "0"})
        assert answer.json()["experiment"]["name"] == "Default"


@pytest.mark.parametrize(
    "header",
    [
        basic("nobody@example.org", "wrong"),
        basic("whoever", "mml_unknown"),
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic " + base64.b64encode(b"no colon").decode()},
        {"Authorization": "Basic " + base64.b64encode(b"a\x00b:c").decode()},
        {"Authorization": "Basic " + base64.b64encode(b"\xff:\xff").decode()},
        {"Authorization": "Digest abc"},
        {"Authorization": "Bearer abc"},
    ],
)
async def test_wrong_credentials_are_refused(app: ASGIApp, header: dict[str, str]) -> None:
    async with open_client(app, None) as client:
        answer = await client.get(PREFIX + "runs/get", headers=header)
    assert (answer.status_code, answer.json()["error_code"]) == (401, "UNAUTHENTICATED")


async def test_a_changed_password_ends_the_old_one_at_once(
    app: ASGIApp,
    person: tuple[TenantHandle, str],
    owner_connection: psycopg.Connection,
) -> None:
    """The slow hash is remembered, and what it was compared with is read again."""
    tenant, email = person
    async with open_client(app, None) as client:
        client.headers.update(basic(email, PASSWORD))
        url = PREFIX + "experiments/get?experiment_id=0"
        assert (await client.get(url)).status_code == 200
        changed = await Passwords().hash("another password")
        owner_connection.execute("SET ROLE maestro_system")
        owner_connection.execute(
            "UPDATE user_account SET password_hash = %s WHERE email = %s", (changed, email)
        )
        tenant.platform.authenticator.forget()
        assert (await client.get(url)).status_code == 401
        client.headers.update(basic(email, "another password"))
        assert (await client.get(url)).status_code == 200


async def test_guessing_is_slowed_down(installation: Installation) -> None:
    """Right credentials are checked once, wrong ones cost an attempt each."""
    limited = installation.settings.model_copy(
        update={"limit": installation.settings.limit.model_copy(update={"login_per_minute": 3})}
    )
    platform = wire(limited)
    async with platform.running(), open_client(create_app(platform), None) as client:
        url = PREFIX + "experiments/get?experiment_id=0"
        answers: list[httpx.Response] = [
            await client.get(url, headers=basic("nobody@example.org", f"guess {i}"))
            for i in range(4)
        ]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
        assert answers[-1].json()["error_code"] == "REQUEST_LIMIT_EXCEEDED"
        assert int(answers[-1].headers["retry-after"]) > 0
