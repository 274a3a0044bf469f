"""What people do with their own account, in all of their tenants, and what administrators may not."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import httpx
import pytest
from tests.support.tenant import TenantFactory, TenantHandle

from maestro_ml.server.identity import ROLE_PERMISSIONS

PASSWORD = "correct horse"
AUTH = "/api/v1/auth"


@dataclass
class Person:
    """Somebody with an account; each login is a client of its own."""

    tenants: TenantFactory
    email: str
    id: str

    async def login(self, password: str = PASSWORD, **more: str) -> httpx.Response:
        body = {"email": self.email, "password": password, **more}
        return await self.tenants.open().post(f"{AUTH}/login", json=body)

    async def client(self, **more: str) -> httpx.AsyncClient:
        answer = await self.login(**more)
        assert answer.status_code == 200, answer.text
        return self.tenants.open(answer.json()["access_token"])


async def join(tenants: TenantFactory, tenant: TenantHandle, role: str = "viewer") -> Person:
    email = f"{secrets.token_hex(6)}@example.com"
    body = {"email": email, "password": PASSWORD, "role": role}
    answer = await (await tenant.client()).post("/api/v1/users", json=body)
    assert answer.status_code == 201, answer.text
    return Person(tenants, email, answer.json()["id"])


async def where(client: httpx.AsyncClient) -> str:
    name: str = (await client.get(f"{AUTH}/me")).json()["tenant"]["name"]
    return name


async def test_strangers_learn_which_ways_in_there_are(tenants: TenantFactory) -> None:
    found = (await tenants.open().get(f"{AUTH}/methods")).json()
    assert found == {"password": True, "registration": True, "providers": []}


async def test_a_new_password_ends_every_other_login(tenants: TenantFactory) -> None:
    person = await join(tenants, await tenants.create())
    here, there = await person.client(), await person.client()
    wrong = {"current_password": "a guess", "new_password": "battery staple"}
    refused = await here.post(f"{AUTH}/password", json=wrong)
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.password_wrong")
    assert (await there.get(f"{AUTH}/me")).status_code == 200
    right = {"current_password": PASSWORD, "new_password": "battery staple"}
    assert (await here.post(f"{AUTH}/password", json=right)).status_code == 204
    assert (await here.get(f"{AUTH}/me")).status_code == 200
    assert (await there.get(f"{AUTH}/me")).json()["code"] == "auth.token_revoked"
    assert (await person.login()).status_code == 401
    assert (await person.login("battery staple")).status_code == 200


async def test_a_logout_everywhere_ends_all_logins_or_all_others(tenants: TenantFactory) -> None:
    person = await join(tenants, await tenants.create())
    here, there = await person.client(), await person.client()
    kept = await here.delete(f"{AUTH}/sessions", params={"keep_current": True})
    assert kept.status_code == 204
    assert (await there.get(f"{AUTH}/me")).status_code == 401
    assert (await here.delete(f"{AUTH}/sessions")).status_code == 204
    assert (await here.get(f"{AUTH}/me")).status_code == 401


async def test_a_new_name_is_seen_and_audited(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    person = await join(tenants, tenant)
    client = await person.client()
    assert (await client.patch(f"{AUTH}/me", json={"name": "Ada"})).json()["name"] == "Ada"
    assert (await client.get(f"{AUTH}/me")).json()["user"]["name"] == "Ada"
    events = await (await tenant.client()).get("/api/v1/audit", params={"subject_id": person.id})
    renamed = events.json()["items"][0]
    assert (renamed["action"], renamed["actor_name"]) == ("identity.user.renamed", person.email)
    assert (renamed["before"], renamed["after"]) == ({"name": ""}, {"name": "Ada"})


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/me", {"name": "Mallory"}),
        ("POST", "/password", {"current_password": PASSWORD, "new_password": "mine, now"}),
        ("DELETE", "/sessions", None),
        ("POST", "/switch", {"tenant": "elsewhere"}),
        ("POST", "/session/switch", {"tenant": "elsewhere"}),
    ],
)
async def test_a_key_that_was_stolen_does_not_open_the_account(
    tenants: TenantFactory, method: str, path: str, body: dict[str, str] | None
) -> None:
    client = await (await tenants.create()).client()
    refused = await client.request(method, AUTH + path, json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.login_required")


async def test_one_account_goes_from_tenant_to_tenant(tenants: TenantFactory) -> None:
    first, second = await tenants.create(), await tenants.create()
    person = await join(tenants, first)
    body = {"email": person.email, "role": "ml_engineer"}
    added = await (await second.client()).post("/api/v1/users", json=body)
    assert (added.status_code, added.json()["role"]) == (201, "ml_engineer")
    again = await (await second.client()).post("/api/v1/users", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "identity.email_taken")

    client = await person.client()
    found = (await client.get(f"{AUTH}/memberships")).json()["items"]
    assert [(each["tenant"]["name"], each["role"]) for each in found] == [
        (first.name, "viewer"),
        (second.name, "ml_engineer"),
    ]
    pair = (await client.post(f"{AUTH}/switch", json={"tenant": second.name})).json()
    moved = tenants.open(pair["access_token"])
    assert await where(moved) == second.name
    assert (await client.get(f"{AUTH}/me")).status_code == 401, "the login before it has ended"
    nowhere = await moved.post(f"{AUTH}/switch", json={"tenant": "not mine"})
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "identity.tenant_not_found")


async def test_a_browser_keeps_its_login_in_the_tenant_it_went_to(tenants: TenantFactory) -> None:
    first, second = await tenants.create(), await tenants.create()
    person = await join(tenants, first)
    await (await second.client()).post("/api/v1/users", json={"email": person.email})
    browser = tenants.open()
    body = {"email": person.email, "password": PASSWORD}
    token = (await browser.post(f"{AUTH}/session", json=body)).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    choice = {"tenant": second.name}
    switched = await browser.post(f"{AUTH}/session/switch", json=choice, headers=bearer)
    assert switched.status_code == 200, switched.text
    assert "refresh_token" not in switched.json()
    csrf = {"X-CSRF-Token": browser.cookies["maestro_csrf_"]}
    resumed = await browser.post(f"{AUTH}/session/resume", headers=csrf)
    assert await where(tenants.open(resumed.json()["access_token"])) == second.name


async def test_an_administrator_gives_members_of_their_own_another_password(
    tenants: TenantFactory,
) -> None:
    tenant = await tenants.create()
    person = await join(tenants, tenant)
    client, administrator = await person.client(), await tenant.client()
    body = {"password": "battery staple"}
    path = f"/api/v1/users/{person.id}/password"
    assert (await administrator.post(path, json=body)).status_code == 204
    assert (await client.get(f"{AUTH}/me")).status_code == 401
    assert (await person.login("battery staple")).status_code == 200


async def test_no_tenant_takes_over_an_account_that_belongs_to_another_one_too(
    tenants: TenantFactory,
) -> None:
    first, second = await tenants.create(), await tenants.create()
    person = await join(tenants, first)
    await (await second.client()).post("/api/v1/users", json={"email": person.email})
    for tenant in (first, second):
        path = f"/api/v1/users/{person.id}/password"
        refused = await (await tenant.client()).post(path, json={"password": "mine, now"})
        assert (refused.status_code, refused.json()["code"]) == (
            409,
            "identity.password_not_yours",
        )
    assert (await person.login()).status_code == 200


async def test_a_deactivated_member_comes_back_with_the_role_of_before(
    tenants: TenantFactory,
) -> None:
    tenant = await tenants.create()
    person = await join(tenants, tenant, "data_scientist")
    administrator = await tenant.client()
    await administrator.delete(f"/api/v1/users/{person.id}")
    assert (await person.login()).status_code == 401
    back = (await administrator.post(f"/api/v1/users/{person.id}/activate")).json()
    assert (back["active"], back["role"]) == (True, "data_scientist")
    assert (await person.login()).status_code == 200


async def test_whoever_is_in_may_read_what_roles_permit(tenants: TenantFactory) -> None:
    client = await (await tenants.create()).client()
    found = (await client.get("/api/v1/roles")).json()["items"]
    assert {each["role"]: set(each["permissions"]) for each in found} == {
        role.value: {permission.value for permission in permissions}
        for role, permissions in ROLE_PERMISSIONS.items()
    }
