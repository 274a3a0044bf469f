"""A tenant's own settings: who may change them, and what is written down."""

from __future__ import annotations

import asyncio
import secrets

from tests.support.tenant import TenantFactory

from maestro_ml.contracts.identity import Role

TENANT = "/api/v1/tenant"


async def test_an_administrator_renames_the_tenant_and_it_is_on_record(
    tenants: TenantFactory,
) -> None:
    tenant = await tenants.create()
    admin = await tenant.client(Role.TENANT_ADMIN)
    before = (await admin.get(TENANT)).json()
    name = f"Ada and co {secrets.token_hex(4)}"
    renamed = await admin.patch(TENANT, json={"name": name})
    assert (renamed.status_code, renamed.json()) == (200, {**before, "name": name})
    assert (await admin.get("/api/v1/auth/me")).json()["tenant"]["name"] == name
    (event,) = (
        await admin.get("/api/v1/audit", params={"action": "identity.tenant.updated"})
    ).json()["items"]
    assert (event["before"], event["after"]) == ({"name": before["name"]}, {"name": name})
    # The same name again changes nothing, so that there is nothing to record.
    assert (await admin.patch(TENANT, json={"name": name})).status_code == 200
    events = await admin.get("/api/v1/audit", params={"action": "identity.tenant.updated"})
    assert len(events.json()["items"]) == 1


async def test_a_name_is_one_tenant_s_alone(tenants: TenantFactory) -> None:
    ours, theirs = await tenants.create(), await tenants.create()
    admin = await ours.client(Role.TENANT_ADMIN)
    taken = (await (await theirs.client()).get(TENANT)).json()["name"]
    refused = await admin.patch(TENANT, json={"name": taken})
    assert (refused.status_code, refused.json()["code"]) == (409, "identity.tenant_name_taken")
    assert (await (await theirs.client()).get(TENANT)).json()["name"] == taken
    assert (await admin.get(TENANT)).json()["name"] != taken


async def test_of_two_that_want_a_name_at_once_one_gets_it(tenants: TenantFactory) -> None:
    admins = [await (await tenants.create()).client(Role.TENANT_ADMIN) for _ in range(2)]
    for _ in range(5):
        wanted = {"name": f"Wanted {secrets.token_hex(4)}"}
        answers = await asyncio.gather(*(admin.patch(TENANT, json=wanted) for admin in admins))
        assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_others_see_it_and_leave_it(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    engineer = await tenant.client(Role.ML_ENGINEER)
    assert (await engineer.get(TENANT)).status_code == 200
    assert (await engineer.patch(TENANT, json={"name": "mine"})).status_code == 403
    admin = await tenant.client(Role.TENANT_ADMIN)
    for wrong in ({"name": ""}, {"name": "x" * 2000}, {"trash_days": -1}, {"trash_days": "soon"}):
        assert (await admin.patch(TENANT, json=wrong)).status_code == 422
