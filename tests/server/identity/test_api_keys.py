"""API keys: shown once, scoped, expiring, revocable, never stored in clear."""

from __future__ import annotations

from typing import Any

import httpx
import psycopg
from tests.support.tenant import TenantFactory

from maestro_ml.contracts.identity import Role


async def create(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/auth/api-keys", json={"name": "ci"} | body)
    assert answer.status_code == 201, answer.text
    key: dict[str, Any] = answer.json()
    return key


async def test_a_key_works_until_it_is_revoked(tenants: TenantFactory) -> None:
    owner = await (await tenants.create()).client()
    key = await create(owner)
    client = tenants.open(key["secret"])
    assert (await client.get("/api/v1/auth/me")).status_code == 200
    assert (await owner.delete(f"/api/v1/auth/api-keys/{key['id']}")).status_code == 204
    refused = await client.get("/api/v1/auth/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "auth.token_revoked")


async def test_a_secret_is_shown_once_and_stored_nowhere(
    tenants: TenantFactory, owner_connection: psycopg.Connection
) -> None:
    owner = await (await tenants.create()).client()
    key = await create(owner)
    listed = await owner.get("/api/v1/auth/api-keys")
    assert key["secret"] not in listed.text
    assert key["prefix"] in listed.text
    dump = owner_connection.execute("SELECT string_agg(k::text, ' ') FROM api_key k").fetchone()
    assert dump is not None
    assert key["secret"] not in str(dump[0])


async def test_scopes_narrow_what_a_key_may_do(tenants: TenantFactory) -> None:
    owner = await (await tenants.create()).client()
    key = await create(owner, scopes=["experiment:read"])
    client = tenants.open(key["secret"])
    assert (await client.get("/api/v1/auth/me")).json()["permissions"] == ["experiment:read"]
    refused = await client.get("/api/v1/users")
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.permission_missing")


async def test_a_narrow_key_begets_no_wider_one(tenants: TenantFactory) -> None:
    owner = await (await tenants.create()).client()
    narrow = tenants.open((await create(owner, scopes=["experiment:read"]))["secret"])
    child = await create(narrow)
    assert child["scopes"] == ["experiment:read"]
    body = {"name": "wide", "scopes": ["user:read"]}
    refused = await narrow.post("/api/v1/auth/api-keys", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "identity.scope_not_held")


async def test_an_expired_key_is_refused(
    tenants: TenantFactory, owner_connection: psycopg.Connection
) -> None:
    owner = await (await tenants.create()).client()
    key = await create(owner, expires_in_days=1)
    owner_connection.execute("ALTER TABLE api_key NO FORCE ROW LEVEL SECURITY")
    try:
        moved = owner_connection.execute(
            "UPDATE api_key SET expires_at = now() - interval '1 second' WHERE id = %s", [key["id"]]
        )
        assert moved.rowcount == 1
    finally:
        owner_connection.execute("ALTER TABLE api_key FORCE ROW LEVEL SECURITY")
    refused = await tenants.open(key["secret"]).get("/api/v1/auth/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "auth.token_expired")


async def test_keys_of_others_are_unknown(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    key = await create(await tenant.client())
    for other in (await tenant.client(Role.VIEWER), await (await tenants.create()).client()):
        assert (await other.delete(f"/api/v1/auth/api-keys/{key['id']}")).status_code == 404


async def test_a_lost_role_takes_its_keys_along(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    administrator = await tenant.client()
    engineer = await tenant.client(Role.ML_ENGINEER)
    me = (await engineer.get("/api/v1/auth/me")).json()
    key = await create(engineer)
    await administrator.patch(f"/api/v1/users/{me['user']['id']}/roles", json={"role": "viewer"})
    after = (await tenants.open(key["secret"]).get("/api/v1/auth/me")).json()
    assert "model:write" in me["permissions"]
    assert "model:write" not in after["permissions"]
