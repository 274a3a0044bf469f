"""The installation as its operator sees it, and the limits that everybody meets."""

from __future__ import annotations

from tests.support.tenant import TenantFactory

from maestro_ml.contracts.identity import Role


async def test_the_operator_sees_versions_parts_disk_and_queue(tenants: TenantFactory) -> None:
    client = await (await tenants.create()).client(Role.ADMIN)
    seen = (await client.get("/api/v1/system")).json()
    assert seen["postgres"].split(".")[0].isdigit()
    assert seen["health"]["components"]["database"]["status"] == "ok"
    assert 0 < seen["disk"]["free"] < seen["disk"]["total"]
    assert seen["database_bytes"] > 1_000_000
    assert seen["memory_bytes"] > 10_000_000
    assert set(seen["jobs"]) == {"queued", "running", "succeeded", "failed", "cancelled", "lost"}
    tenant_admin = await (await tenants.create()).client(Role.TENANT_ADMIN)
    assert (await tenant_admin.get("/api/v1/system")).status_code == 403


async def test_everybody_may_know_the_limits(tenants: TenantFactory) -> None:
    tenant = await tenants.create()
    seen = (await (await tenant.client(Role.VIEWER)).get("/api/v1/limits")).json()
    settings = tenant.platform.settings
    assert seen["registration"] == settings.registration_open
    assert seen["upload_bytes"] == settings.upload.max_bytes
