"""`/api/v1/…` for tables of runs: places, groups, keys, extremes, histories, files."""

from __future__ import annotations

from starlette.responses import StreamingResponse

from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.importance import ImportanceQuery, ParamImportances
from maestro_ml.contracts.run_tables import (
    ExperimentKeys,
    ExtremesQuery,
    HistoriesQuery,
    MetricExtremesList,
    RunGrouping,
    RunGroups,
    RunHistories,
    RunPlaces,
    RunPlacesQuery,
    RunTableExport,
    TableFormat,
)
from maestro_ml.server.kernel.http import MaestroRouter, Tier, Unit
from maestro_ml.server.tracking.routes import ExperimentKey
from maestro_ml.server.tracking.run_tables import RunTableService
from maestro_ml.server.tracking.searches import RunSearchService
from maestro_ml.server.tracking.service import TrackingService
from maestro_ml.server.tracking.table_files import TableFiles

_MEDIA = {
    TableFormat.CSV: "text/csv; charset=utf-8",
    TableFormat.PARQUET: "application/vnd.apache.parquet",
}


def table_routes(
    searches: RunSearchService, tables: RunTableService, tracking: TrackingService
) -> MaestroRouter:
    """Questions about all runs of a search at once."""
    router = MaestroRouter(tag="run tables")

    @router.post("/runs/places", permission=Permission.EXPERIMENT_READ, idempotent=False)
    async def find_run_places(unit: Unit, body: RunPlacesQuery) -> RunPlaces:
        """How many runs a search finds, and cursors to read on from in its midst."""
        return await searches.places(unit, body)

    @router.post("/runs/groups", permission=Permission.EXPERIMENT_READ, idempotent=False)
    async def group_runs(unit: Unit, body: RunGrouping) -> RunGroups:
        """Runs by what they have in common, with means of metrics and their 95 % intervals."""
        return await tables.groups(unit, body)

    @router.post("/runs/extremes", permission=Permission.EXPERIMENT_READ, idempotent=False)
    async def find_metric_extremes(unit: Unit, body: ExtremesQuery) -> MetricExtremesList:
        """The lowest and the highest value of metrics in some runs."""
        return await tables.extremes(unit, body)

    @router.post("/runs/importance", permission=Permission.EXPERIMENT_READ, idempotent=False)
    async def rank_params(unit: Unit, body: ImportanceQuery) -> ParamImportances:
        """Which params go together with a metric, and how surely."""
        return await tables.importance(unit, body)

    @router.post("/runs/histories", permission=Permission.EXPERIMENT_READ, idempotent=False)
    async def get_run_histories(unit: Unit, body: HistoriesQuery) -> RunHistories:
        """Metrics of several runs for charts, in one answer."""
        return await tracking.run_histories(unit, body)

    @router.get("/experiments/{experiment_id}/keys", permission=Permission.EXPERIMENT_READ)
    async def list_experiment_keys(unit: Unit, experiment_id: ExperimentKey) -> ExperimentKeys:
        """The metrics, params and tags that an experiment's runs have."""
        return await tables.keys(unit, experiment_id)

    return router


def table_file_routes(files: TableFiles) -> MaestroRouter:
    """Tables of runs to take away."""
    router = MaestroRouter(tag="run tables")

    @router.post(
        "/runs/export",
        permission=Permission.EXPERIMENT_READ,
        tier=Tier.INGEST,
        idempotent=False,
        response_class=StreamingResponse,
    )
    async def export_run_table(unit: Unit, body: RunTableExport) -> StreamingResponse:
        """Every run that a search finds, as CSV or Parquet."""
        chunks = await files.open(unit, body)
        headers = {"Content-Disposition": f'attachment; filename="runs.{body.format.value}"'}
        return StreamingResponse(chunks, media_type=_MEDIA[body.format], headers=headers)

    return router
