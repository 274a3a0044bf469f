"""`/api/v1/tenant`: the caller's own tenant and its settings."""

from __future__ import annotations

from maestro_ml.contracts.identity import Permission, TenantSettings, TenantUpdate
from maestro_ml.server.identity.tenants import TenantService
from maestro_ml.server.kernel.http import ANYONE, MaestroRouter, Unit


def tenant_routes(tenants: TenantService) -> MaestroRouter:
    """The tenant that the credential is for."""
    router = MaestroRouter(prefix="/tenant", tag="tenant")

    @router.get("", permission=ANYONE)
    async def get_tenant(unit: Unit) -> TenantSettings:
        """The caller's tenant and its settings."""
        return await tenants.get(unit)

    @router.patch("", permission=Permission.TENANT_MANAGE)
    async def update_tenant(unit: Unit, body: TenantUpdate) -> TenantSettings:
        """Give the tenant another name, which logins and keys survive, or empty its trash by itself."""
        return await tenants.update(unit, body)

    return router
