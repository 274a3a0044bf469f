"""`/api/v1/audit`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from starlette.responses import StreamingResponse

from maestro_ml.contracts.audit import AuditEvent, AuditFilter, AuditFormat, AuditVerification
from maestro_ml.contracts.base import Page, Timestamp
from maestro_ml.contracts.identity import Permission
from maestro_ml.server.audit.export import AuditExport
from maestro_ml.server.audit.service import AuditService
from maestro_ml.server.kernel.http import Cursor, Limit, MaestroRouter, Unit

Action = Annotated[str | None, Query(description="a whole action, or its beginning up to a dot")]
_MEDIA = {AuditFormat.CSV: "text/csv; charset=utf-8", AuditFormat.JSONL: "application/x-ndjson"}


def wanted_events(
    action: Action = None,
    actor: str | None = None,
    subject_type: str | None = None,
    subject_id: str | None = None,
    since: Timestamp | None = None,
    until: Timestamp | None = None,
) -> AuditFilter:
    """The filter that the query's parameters make."""
    return AuditFilter(
        action=action,
        actor=actor,
        subject_type=subject_type,
        subject_id=subject_id,
        since=since,
        until=until,
    )


Wanted = Annotated[AuditFilter, Depends(wanted_events)]


def audit_routes(audit: AuditService, export: AuditExport) -> MaestroRouter:
    """The endpoints of the audit log."""
    router = MaestroRouter(prefix="/audit", tag="audit")

    @router.get("", permission=Permission.AUDIT_READ)
    async def list_events(
        unit: Unit, wanted: Wanted, limit: Limit = 100, cursor: Cursor = None
    ) -> Page[AuditEvent]:
        """The changes of the tenant, newest first."""
        return await audit.list(unit, limit=limit, cursor=cursor, wanted=wanted)

    @router.get("/export", permission=Permission.AUDIT_READ, response_class=StreamingResponse)
    async def export_events(
        unit: Unit, wanted: Wanted, format: AuditFormat = AuditFormat.JSONL
    ) -> StreamingResponse:
        """The changes of the tenant as a file, newest first."""
        lines = export.lines(unit.context, wanted, format)
        name = f'attachment; filename="audit.{format.value}"'
        return StreamingResponse(
            lines, media_type=_MEDIA[format], headers={"Content-Disposition": name}
        )

    @router.get("/verification", permission=Permission.AUDIT_READ)
    async def verify(unit: Unit) -> AuditVerification:
        """Recompute every seal of the tenant's chain."""
        return (await audit.verify(unit))[0]

    return router
