"""Members of a tenant: what roles may do to each other, and what stays on record."""

from __future__ import annotations

import itertools
import secrets

import httpx
import pytest
from tests.support.tenant import TenantFactory

from maestro_ml.contracts.identity import Permission, Role
from maestro_ml.server.identity import ROLE_PERMISSIONS


def person(role: str = "viewer") -> dict[str, str]:
    return {"email": f"{secrets.token_hex(6)}@example.com", "password": "pass word", "role": role}


async def add(client: httpx.AsyncClient, role: str = "viewer") -> dict[str, str]:
    answer = await client.post("/api/v1/users", json=person(role))
    assert answer.status_code == 201, answer.text
    user: dict[str, str] = answer.json()
    return user


def test_five_roles_and_thirty_five_permissions_grow_from_viewer_to_admin() -> None:
    assert len(Permission) == 35
    assert list(ROLE_PERMISSIONS) == list(Role)
    ladder = list(ROLE_PERMISSIONS.values())
    assert all(lower < higher for lower, higher in itertools.pairwise(ladder))
    assert ladder[-1] == frozenset(Permission)


async def test_users_are_listed_page_by_page(tenants: TenantFactory) -> None:
    client = await (await tenants.create()).client()
    created = [await add(client) for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/api/v1/users", params=query)).json()
        assert len(page["items"]) <= 2
        seen += [user["id"] for user in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen))
    assert {user["id"] for user in created} <= set(seen)


async def test_nobody_gives_more_than_they_hold(tenants: TenantFactory) -> None:
    client = await (await tenants.create()).client(Role.TENANT_ADMIN)
    refused = await client.post("/api/v1/users", json=person("admin"))
    assert (refused.status_code, refused.json()["code"]) == (403, "identity.role_not_assignable")


async def test_the_last_administrator_stays(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    client = await tenant.client()
    admins = [
        user
        for user in (await client.get("/api/v1/users")).json()["items"]
        if user["role"] == "tenant_admin"
    ]
    answers = [
        await client.patch(f"/api/v1/users/{user['id']}/roles", json={"role": "viewer"})
        for user in admins
    ]
    assert [answer.status_code for answer in answers].count(409) == 1
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {
        "identity.last_administrator"
    }


async def test_a_deactivated_user_is_out_at_once(tenants: TenantFactory) -> None:
    administrator = await (await tenants.create()).client()
    user = await add(administrator)
    client = tenants.open()
    login = {"email": user["email"], "password": "pass word"}
    pair = (await client.post("/api/v1/auth/login", json=login)).json()
    bearer = {"Authorization": f"Bearer {pair['access_token']}"}
    assert (await client.get("/api/v1/auth/me", headers=bearer)).status_code == 200
    assert (await administrator.delete(f"/api/v1/users/{user['id']}")).status_code == 204
    assert (await client.get("/api/v1/auth/me", headers=bearer)).status_code == 401
    assert (await client.post("/api/v1/auth/login", json=login)).status_code == 401


async def test_a_role_change_takes_effect_at_once_and_is_audited(tenants: TenantFactory) -> None:
    administrator = await (await tenants.create()).client()
    user = await add(administrator)
    await administrator.patch(f"/api/v1/users/{user['id']}/roles", json={"role": "ml_engineer"})
    events = (await administrator.get("/api/v1/audit", params={"subject_id": user["id"]})).json()
    assert [event["action"] for event in events["items"]] == [
        "identity.user.role_changed",
        "identity.user.created",
    ]
    assert events["items"][0]["before"] == {"role": "viewer"}
    assert events["items"][0]["after"] == {"role": "ml_engineer"}


async def test_a_person_needs_a_password_and_a_service_account_has_none(
    tenants: TenantFactory,
) -> None:
    client = await (await tenants.create()).client()
    body = person() | {"password": None}
    refused = await client.post("/api/v1/users", json=body)
    assert refused.json()["code"] == "identity.password_required"
    robot = await client.post("/api/v1/users", json=body | {"kind": "service"})
    assert robot.status_code == 201


@pytest.mark.parametrize("email", ["", "nobody", "a b@c.d", "@x", "a@"])
async def test_an_email_address_has_a_name_and_a_host(tenants: TenantFactory, email: str) -> None:
    client = await (await tenants.create()).client()
    refused = await client.post("/api/v1/users", json=person() | {"email": email})
    assert (refused.status_code, refused.json()["code"]) == (422, "request.malformed")
    assert refused.json()["errors"][0]["field"] == "email"
