"""`/api/v1/audit`."""

from __future__ import annotations

from maestro_ml.contracts.audit import AuditEvent, AuditVerification
from maestro_ml.contracts.base import Page
from maestro_ml.contracts.identity import Permission
from maestro_ml.server.audit.service import AuditService
from maestro_ml.server.kernel.http import Cursor, Limit, MaestroRouter, Unit


def audit_routes(audit: AuditService) -> MaestroRouter:
    """The endpoints of the audit log."""
    router = MaestroRouter(prefix="/audit", tag="audit")

    @router.get("", permission=Permission.AUDIT_READ)
    async def list_events(
        unit: Unit,
        limit: Limit = 100,
        cursor: Cursor = None,
        action: str | None = None,
        subject_id: str | None = None,
    ) -> Page[AuditEvent]:
        """The changes of the tenant, newest first."""
        return await audit.list(
            unit, limit=limit, cursor=cursor, action=action, subject_id=subject_id
        )

    @router.get("/verification", permission=Permission.AUDIT_READ)
    async def verify(unit: Unit) -> AuditVerification:
        """Recompute every seal of the tenant's chain."""
        return (await audit.verify(unit))[0]

    return router
