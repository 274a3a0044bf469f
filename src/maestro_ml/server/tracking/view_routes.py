"""`/api/v1/…` for saved views of run tables."""

from __future__ import annotations

from uuid import UUID

from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.run_views import RunView, RunViewCreate, RunViews, RunViewUpdate
from maestro_ml.server.kernel.http import MaestroRouter, Unit
from maestro_ml.server.tracking.routes import ExperimentKey
from maestro_ml.server.tracking.run_views import RunViewService


def view_routes(views: RunViewService) -> MaestroRouter:
    """Saved views; who may write to an experiment may save one for all."""
    router = MaestroRouter(tag="run tables")

    @router.get("/experiments/{experiment_id}/views", permission=Permission.EXPERIMENT_READ)
    async def list_run_views(unit: Unit, experiment_id: ExperimentKey) -> RunViews:
        """The saved views of an experiment's runs."""
        return await views.list(unit, experiment_id)

    @router.post(
        "/experiments/{experiment_id}/views",
        permission=Permission.EXPERIMENT_WRITE,
        status_code=201,
    )
    async def create_run_view(
        unit: Unit, experiment_id: ExperimentKey, body: RunViewCreate
    ) -> RunView:
        """Save a view for everybody who may read the experiment."""
        return await views.create(unit, experiment_id, body)

    @router.patch("/run-views/{view_id}", permission=Permission.EXPERIMENT_WRITE)
    async def update_run_view(unit: Unit, view_id: UUID, body: RunViewUpdate) -> RunView:
        """Rename a view, or let it show something else."""
        return await views.update(unit, view_id, body)

    @router.delete("/run-views/{view_id}", permission=Permission.EXPERIMENT_WRITE, status_code=204)
    async def delete_run_view(unit: Unit, view_id: UUID) -> None:
        """Delete a view."""
        await views.delete(unit, view_id)

    return router
