"""Who is let in, who is put out, and what a connection bears."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import httpx
import jwt
import pytest
from tests.server.live.conftest import LiveAddress
from tests.support.job_child import Note
from tests.support.jobs import Jobs
from tests.support.live import live_server
from tests.support.tenant import TenantFactory, TenantHandle
from tests.support.workers import StartWorker, worker_environment, workers
from websockets.asyncio.client import connect

from maestro_ml.contracts.identity import Role
from maestro_ml.server.identity import AccessTokens
from maestro_ml.server.installation import Installation
from maestro_ml.server.wiring import Platform


async def key_of(client: httpx.AsyncClient, *scopes: str) -> tuple[str, str]:
    body = {"name": "live", **({"scopes": [*scopes]} if scopes else {})}
    made = (await client.post("/api/v1/auth/api-keys", json=body)).json()
    return made["id"], made["secret"]


async def test_the_handshake_may_carry_the_token(
    address: LiveAddress, tenant: TenantHandle
) -> None:
    headers = {"Authorization": f"Bearer {await tenant.token(Role.VIEWER)}"}
    async with connect(address.url, additional_headers=headers, proxy=None) as connection:
        assert await connection.recv() == '{"type":"ready"}'


@pytest.mark.parametrize(
    "first", ['{"type": "login", "token": "mml_unknown"}', '{"type": "login"}', "hello", b"\x00"]
)
async def test_strangers_are_put_out(address: LiveAddress, first: str | bytes) -> None:
    async with address.open(None) as follower:
        await follower.connection.send(first)
        code, reason = await follower.close_code()
        assert code == 4401
        assert reason in ("auth.required", "auth.token_invalid")


async def test_a_revoked_key_ends_the_connection(
    address: LiveAddress, tenant: TenantHandle
) -> None:
    client = await tenant.client()
    key_id, secret = await key_of(client)
    run = (await client.post("/api/v1/runs", json={})).json()["id"]
    async with address.open(secret) as follower:
        await follower.follow("run", run)
        await follower.hear("run")
        assert (await client.delete(f"/api/v1/auth/api-keys/{key_id}")).status_code == 204
        assert await follower.close_code() == (4401, "auth.token_revoked")


async def test_an_expired_token_ends_the_connection(
    address: LiveAddress, tenants: TenantFactory, platform: Platform
) -> None:
    client = tenants.open()
    body = {"email": f"{secrets.token_hex(6)}@example.com", "password": "correct horse"}
    await client.post("/api/v1/auth/register", json=body)
    pair = (await client.post("/api/v1/auth/login", json=body)).json()
    claims = jwt.decode(pair["access_token"], options={"verify_signature": False})
    key = platform.settings.auth.secret_key
    assert key is not None
    tokens = AccessTokens(key.get_secret_value(), lifetime=timedelta(seconds=2))
    short = tokens.issue(user_id=claims["sub"], tenant_id=claims["tid"], session_id=claims["sid"])
    async with address.open(short) as follower:
        assert await follower.close_code() == (4401, "auth.token_expired")


async def test_permissions_count_for_each_subscription(
    address: LiveAddress, tenant: TenantHandle
) -> None:
    client = await tenant.client()
    run = (await client.post("/api/v1/runs", json={})).json()["id"]
    _, secret = await key_of(client, "job:read")
    async with address.open(secret) as follower:
        await follower.follow("run", run)
        problem = await follower.hear()
        assert (problem["code"], problem["id"]) == ("auth.permission_missing", f"run {run}")
        await follower.follow("job", str(uuid4()))
        assert (await follower.hear())["code"] == "job.not_found"


async def test_nonsense_is_answered_and_the_connection_lives(
    address: LiveAddress, tenant: TenantHandle
) -> None:
    client = await tenant.client()
    run = (await client.post("/api/v1/runs", json={})).json()["id"]
    async with address.open(await tenant.token()) as follower:
        for nonsense in ("{", '{"type": "dance"}', '{"type": "subscribe", "id": "x"}', b"\x00"):
            await follower.connection.send(nonsense)
            assert (await follower.hear())["code"] == "live.message_malformed"
        await follower.follow("run", run)
        await follower.hear("run")
        await follower.follow("run", run)
        assert (await follower.hear())["code"] == "live.id_taken"
        await follower.send(type="unsubscribe", id=f"run {run}")
        await follower.send(type="unsubscribe", id="unknown")
        for number in range(101):
            await follower.send(type="subscribe", id=str(number), kind="run", target=run)
        assert (await follower.hear("error"))["code"] == "live.too_many"


async def test_many_followers_share_a_few_connections_of_the_database(
    address: LiveAddress, tenant: TenantHandle
) -> None:
    client = await tenant.client()
    run = (await client.post("/api/v1/runs", json={})).json()["id"]
    async with address.open(await tenant.token(Role.VIEWER)) as follower:
        ids = {str(number) for number in range(100)}
        for number in ids:
            await follower.send(type="subscribe", id=number, kind="run", target=run)
        assert {(await follower.hear("run"))["id"] for _ in ids} == ids
        await client.post(f"/api/v1/runs/{run}/metrics", json={"key": "m", "value": 1})
        assert {(await follower.hear("points"))["id"] for _ in ids} == ids
        answer = await client.get(f"/api/v1/runs/{run}/metrics")
        assert answer.status_code == 200


async def test_subscriptions_count_as_requests(
    installation: Installation, tenant: TenantHandle
) -> None:
    client = await tenant.client()
    run = (await client.post("/api/v1/runs", json={})).json()["id"]
    token = await tenant.token()
    with live_server(installation, MAESTRO_LIMIT_API_PER_MINUTE="3") as server:
        address = LiveAddress(server.url.replace("http", "ws") + "/api/v1/ws")
        async with address.open(token) as follower:
            for number in range(3):
                await follower.send(type="subscribe", id=str(number), kind="run", target=run)
            assert (await follower.hear("error"))["code"] == "request.rate_limited"
        async with address.open(None) as follower:
            await follower.send(type="login", token=token)
            assert await follower.close_code() == (4429, "request.rate_limited")


@pytest.mark.slow
async def test_silence_is_filled_with_heartbeats(
    address: LiveAddress, tenant: TenantHandle
) -> None:
    async with address.open(await tenant.token()) as follower:
        assert await follower.hear(seconds=20) == {"type": "heartbeat"}


@pytest.fixture
def start_worker(
    installation: Installation, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StartWorker]:
    environment = worker_environment(installation, tmp_path_factory.getbasetemp() / "compiled")
    with workers(environment, database_url) as start:
        yield start


async def test_a_job_is_followed_to_its_end_over_a_cut(
    address: LiveAddress, tenant: TenantHandle, start_worker: StartWorker
) -> None:
    token = await tenant.token(Role.VIEWER)
    job_id = await Jobs(tenant).submit("echo", Note(text="hello"))
    async with address.open(token) as follower:
        await follower.follow("job", str(job_id))
        first = await follower.hear()
        assert (first["type"], first["job"]["state"], first["cursor"]) == ("job", "queued", "0")
        start_worker()
        said, states = "", [first["job"]["state"]]
        while "hello" not in said:
            message = await follower.hear(seconds=30)
            if message["type"] == "log":
                said += "".join(chunk["text"] for chunk in message["chunks"])
            else:
                states.append(message["job"]["state"])
            cursor = message["cursor"]
    async with address.open(token) as follower:
        await follower.follow("job", str(job_id), cursor=cursor)
        done = False
        while not done:
            message = await follower.hear(seconds=30)
            if message["type"] == "log":
                said += "".join(chunk["text"] for chunk in message["chunks"])
                done = message["complete"]
            else:
                states.append(message["job"]["state"])
    assert sorted(said.split("\n")) == ["", "err: hello", "out: hello"]
    assert (states[0], states[-1]) == ("queued", "succeeded")
