"""`/api/v1/imports/models` and `…/model-versions`."""

from __future__ import annotations

from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.model_imports import ImportedVersion, ModelImport, VersionImport
from maestro_ml.contracts.registry import Model
from maestro_ml.server.kernel.http import MaestroRouter, Tier, Unit
from maestro_ml.server.registry.imports import RegistryImportService


def model_import_routes(imports: RegistryImportService) -> MaestroRouter:
    """Importing models; sending anything again changes nothing."""
    router = MaestroRouter(prefix="/imports", tag="imports")

    @router.post("/models", permission=Permission.MODEL_WRITE, tier=Tier.INGEST)
    async def import_model(unit: Unit, body: ModelImport) -> Model:
        """Bring in a model, recognised by its name; its versions come afterwards."""
        return await imports.put_model(unit, body)

    @router.post("/model-versions", permission=Permission.MODEL_WRITE, tier=Tier.INGEST)
    async def import_version(unit: Unit, body: VersionImport) -> ImportedVersion:
        """Bring in a version under its own number, with the files of its run or logged model."""
        return await imports.put_version(unit, body)

    return router
