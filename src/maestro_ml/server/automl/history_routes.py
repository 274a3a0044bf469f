"""`/api/v1/automl/history` and `/api/v1/automl/ledger`."""

from __future__ import annotations

from uuid import UUID

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.value_ledger import PastSearch, ValueLedger
from maestro_ml.server.automl.history import SearchHistory
from maestro_ml.server.kernel.http import Cursor, Limit, MaestroRouter, Unit


def history_routes(history: SearchHistory) -> MaestroRouter:
    """What past searches left, and what that is worth."""
    router = MaestroRouter(prefix="/automl", tag="automl")

    @router.get("/ledger", permission=Permission.JOB_READ)
    async def get_ledger(unit: Unit) -> ValueLedger:
        """Warm against cold starts: evaluations and seconds to the same score, or that it is too early."""
        return await history.ledger(unit)

    @router.get("/history", permission=Permission.JOB_READ)
    async def list_history(
        unit: Unit, limit: Limit = 100, cursor: Cursor = None
    ) -> Page[PastSearch]:
        """The searches that later ones learn from, newest first."""
        return await history.list(unit, limit=limit, cursor=cursor)

    @router.delete("/history/{search_id}", permission=Permission.EXPERIMENT_DELETE, status_code=204)
    async def forget(unit: Unit, search_id: UUID) -> None:
        """Erase what a search left, so that no other learns from it."""
        await history.forget(unit, search_id)

    return router
