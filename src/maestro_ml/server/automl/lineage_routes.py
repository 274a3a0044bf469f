"""`/api/v1/datasets/{dataset}/lineage`."""

from __future__ import annotations

from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.lineage import DatasetLineage
from maestro_ml.server.automl.lineage import DatasetLineageService
from maestro_ml.server.kernel.http import MaestroRouter, Unit


def lineage_routes(lineage: DatasetLineageService) -> MaestroRouter:
    """What came of data sets."""
    router = MaestroRouter(prefix="/datasets", tag="datasets")

    @router.get("/{dataset}/lineage", permission=Permission.DATASET_READ)
    async def get_lineage(unit: Unit, dataset: str) -> DatasetLineage:
        """The searches, models and runs that used a data set, as far as they said so."""
        return await lineage.get(unit, dataset)

    return router
