"""`/api/v1/search`, `/api/v1/overview`, `/api/v1/notifications` and `/api/v1/storage`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.overview import (
    Notifications,
    NotificationsRead,
    Overview,
    SearchResults,
    Storage,
)
from maestro_ml.server.kernel.http import ANYONE, MaestroRouter, Unit
from maestro_ml.server.overview.service import OverviewService

Wanted = Annotated[str, Query(max_length=200, description="words of a name, or part of an id")]
Few = Annotated[int, Query(ge=1, le=50, description="how many items at most")]


def overview_routes(overview: OverviewService) -> MaestroRouter:
    """What spans the domains; each caller sees of it what they may read."""
    router = MaestroRouter(tag="overview")

    @router.get("/search", permission=ANYONE)
    async def search(unit: Unit, q: Wanted, limit: Few = 12) -> SearchResults:
        """Runs, experiments, models, data sets, deployments and jobs by name or id, the best first."""
        return await overview.search(unit, q, limit=limit)

    @router.get("/overview", permission=ANYONE)
    async def get_overview(unit: Unit, limit: Few = 10) -> Overview:
        """The last runs, whatever their experiment, and the last changes."""
        return await overview.overview(unit, limit=limit)

    @router.get("/notifications", permission=ANYONE)
    async def list_notifications(unit: Unit) -> Notifications:
        """The caller's jobs that ended, runs that failed, and deployments that broke."""
        return await overview.notifications(unit)

    @router.post("/notifications/read", permission=ANYONE, status_code=204)
    async def mark_notifications_read(unit: Unit, body: NotificationsRead) -> None:
        """The caller has seen what came until then."""
        await overview.mark_read(unit, body.until)

    @router.get("/storage", permission=Permission.TENANT_MANAGE)
    async def get_storage(unit: Unit) -> Storage:
        """What the tenant keeps, domain by domain, and how much of it is in the trash."""
        return await overview.storage(unit)

    return router
