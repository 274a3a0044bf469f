"""Logins: rotation, reuse detection, logout, and every kind of bad token."""

from __future__ import annotations

import secrets
from datetime import timedelta

import httpx
import jwt
import pytest
from tests.support.tenant import TenantFactory

from maestro_ml.server.identity import AccessTokens
from maestro_ml.server.wiring import Platform

PASSWORD = "correct horse"


async def register(client: httpx.AsyncClient) -> str:
    email = f"{secrets.token_hex(6)}@example.com"
    answer = await client.post("/api/v1/auth/register", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return email


async def login(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/api/v1/auth/login", json={"email": email, "password": password})


async def me(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})


async def test_a_registered_person_administers_a_tenant_of_their_own(
    tenants: TenantFactory,
) -> None:
    client = tenants.open()
    email = await register(client)
    pair = (await login(client, email)).json()
    who = (await me(client, pair["access_token"])).json()
    assert who["user"]["email"] == email
    assert who["user"]["role"] == "tenant_admin"
    assert "system:admin" not in who["permissions"]


async def test_an_email_address_is_taken_once(tenants: TenantFactory) -> None:
    client = tenants.open()
    email = await register(client)
    again = await client.post(
        "/api/v1/auth/register", json={"email": email.upper(), "password": PASSWORD}
    )
    assert again.status_code == 409
    assert again.json()["code"] == "identity.email_taken"
    administrator = await (await tenants.create()).client()
    added = await administrator.post(
        "/api/v1/users", json={"email": email, "password": PASSWORD, "role": "viewer"}
    )
    assert added.status_code == 409


@pytest.mark.parametrize("known", [True, False])
async def test_a_failed_login_does_not_say_what_was_wrong(
    tenants: TenantFactory, known: bool
) -> None:
    client = tenants.open()
    email = await register(client) if known else "nobody@example.com"
    answer = await login(client, email, "wrong password")
    assert answer.status_code == 401
    assert answer.json()["code"] == "auth.login_failed"


async def test_a_refresh_token_works_once_and_its_reuse_ends_the_session(
    tenants: TenantFactory,
) -> None:
    client = tenants.open()
    first = (await login(client, await register(client))).json()

    async def refresh(token: str) -> httpx.Response:
        return await client.post("/api/v1/auth/refresh", json={"refresh_token": token})

    second = await refresh(first["refresh_token"])
    assert second.status_code == 200
    stolen = await refresh(first["refresh_token"])
    assert stolen.json()["code"] == "auth.token_revoked"
    assert (await refresh(second.json()["refresh_token"])).status_code == 401
    assert (await me(client, second.json()["access_token"])).status_code == 401


async def test_logout_revokes_every_token_of_the_login(tenants: TenantFactory) -> None:
    client = tenants.open()
    pair = (await login(client, await register(client))).json()
    bearer = {"Authorization": f"Bearer {pair['access_token']}"}
    assert (await client.post("/api/v1/auth/logout", headers=bearer)).status_code == 204
    refused = await me(client, pair["access_token"])
    assert refused.json()["code"] == "auth.token_revoked"
    refresh = {"refresh_token": pair["refresh_token"]}
    assert (await client.post("/api/v1/auth/refresh", json=refresh)).status_code == 401


async def test_expired_garbled_and_foreign_tokens_are_told_apart(
    tenants: TenantFactory, platform: Platform
) -> None:
    client = tenants.open()
    pair = (await login(client, await register(client))).json()
    claims = jwt.decode(pair["access_token"], options={"verify_signature": False})
    secret = platform.settings.auth.secret_key
    assert secret is not None
    names = {"user_id": claims["sub"], "tenant_id": claims["tid"], "session_id": claims["sid"]}
    expired = AccessTokens(secret.get_secret_value(), lifetime=timedelta(seconds=-1))
    foreign = AccessTokens("another installation's secret, 32+ bytes", lifetime=timedelta(hours=1))
    for token, code in [
        (expired.issue(**names), "auth.token_expired"),
        (foreign.issue(**names), "auth.token_invalid"),
        (pair["access_token"][:-4] + "abcd", "auth.token_invalid"),
        ("garbage", "auth.token_invalid"),
        ("mml_unknown", "auth.token_invalid"),
    ]:
        answer = await me(client, token)
        assert (answer.status_code, answer.json()["code"]) == (401, code)


async def test_a_token_for_another_tenant_is_no_token_here(
    tenants: TenantFactory, platform: Platform
) -> None:
    client = tenants.open()
    mine = (await login(client, await register(client))).json()
    other = (await login(client, await register(client))).json()
    claims = jwt.decode(mine["access_token"], options={"verify_signature": False})
    elsewhere = jwt.decode(other["access_token"], options={"verify_signature": False})
    secret = platform.settings.auth.secret_key
    assert secret is not None
    tokens = AccessTokens(secret.get_secret_value(), lifetime=timedelta(hours=1))
    crossed = tokens.issue(
        user_id=claims["sub"], tenant_id=elsewhere["tid"], session_id=claims["sid"]
    )
    assert (await me(client, crossed)).json()["code"] == "auth.token_invalid"
