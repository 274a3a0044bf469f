"""`/api/v1/registered-versions`: what became of a run's models."""

from __future__ import annotations

from uuid import UUID

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.server.kernel.http import Limit, MaestroRouter, Unit
from maestro_ml.server.registry.versions import RegistryService


def registered_version_routes(registry: RegistryService) -> MaestroRouter:
    """Versions of whichever models, by where they come from."""
    router = MaestroRouter(tag="models")

    @router.get("/registered-versions", permission=Permission.MODEL_READ)
    async def list_registered_versions(
        unit: Unit, run_id: UUID, limit: Limit = 100
    ) -> Page[ModelVersion]:
        """The versions that were registered from a run, the newest first."""
        return Page(items=[*await registry.list_versions_of_run(unit, run_id, limit=limit)])

    return router
