"""The report that a version brings along, and its route."""

from __future__ import annotations

from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.model_report import REPORT_FILE, ModelReport
from maestro_ml.server.kernel.http import MaestroRouter, Unit
from maestro_ml.server.registry.errors import ReportNotFound
from maestro_ml.server.registry.versions import RegistryService

_MAX_BYTES = 8 * 2**20


def report_routes(registry: RegistryService) -> MaestroRouter:
    """How versions did on rows they were not trained on."""
    router = MaestroRouter(prefix="/models", tag="models")

    @router.get("/{name}/versions/{version}/report", permission=Permission.MODEL_READ)
    async def get_report(unit: Unit, name: str, version: str) -> ModelReport:
        """Confusion, curves and calibration, or residuals, and what the inputs usually hold."""
        found = await registry.get_version(unit, name, version)
        sizes = {file.path: file.size for file in found.files}
        if not 0 < sizes.get(REPORT_FILE, 0) <= _MAX_BYTES:
            raise ReportNotFound(
                f"Version {found.version} of {found.model} has no report. AutoML searches make one for "
                "the version that they register; search again to get it."
            )
        blob = await registry.open_file(unit, name, version, REPORT_FILE)
        content = b"".join([chunk async for chunk in blob.chunks])
        try:
            return ModelReport.model_validate_json(content)
        except ValueError as error:
            # Anybody can upload a model with a file of this name.
            raise ReportNotFound(f"{REPORT_FILE} of this version is no report of ours.") from error

    return router
