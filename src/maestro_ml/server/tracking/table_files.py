"""Gives out every run that a search finds as a CSV or Parquet file, a stretch at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator

from maestro_ml.contracts.run_tables import RunTableExport, TableFormat
from maestro_ml.contracts.selections import RunSearch
from maestro_ml.contracts.tracking import Run
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import UnitOfWork, UnitsOfWork
from maestro_ml.server.tracking.run_tables import RunTableService
from maestro_ml.server.tracking.searches import RunSearchService
from maestro_ml.server.tracking.table_csv import to_csv
from maestro_ml.server.tracking.table_parquet import to_parquet

_PAGE = 1000


class TableFiles:
    """Reads in short units of its own, so that a slow reader holds no transaction open."""

    def __init__(
        self, searches: RunSearchService, tables: RunTableService, units: UnitsOfWork
    ) -> None:
        self._searches = searches
        self._tables = tables
        self._units = units

    async def open(self, unit: UnitOfWork, body: RunTableExport) -> AsyncIterator[bytes]:
        """The bytes of the file. Raises SearchInvalid, ExperimentNotFound before the first."""
        await self._searches.query(body, body.order_by)
        asked = [each for each in body.columns if not each.startswith("attributes.")]
        columns = list(dict.fromkeys(asked)) or await self._all_columns(unit, body)
        pages = self._pages(unit.context, body)
        write = to_csv if body.format is TableFormat.CSV else to_parquet
        return write(columns, pages)

    async def _all_columns(self, unit: UnitOfWork, body: RunTableExport) -> list[str]:
        columns: dict[str, None] = {}
        for experiment_id in body.experiment_ids:
            keys = await self._tables.keys(unit, experiment_id)
            for group in ("metrics", "params", "tags"):
                columns |= dict.fromkeys(f"{group}.{key}" for key in getattr(keys, group))
        return sorted(columns, key=lambda column: ("mpt".index(column[0]), column))

    async def _pages(self, context: Context, body: RunTableExport) -> AsyncIterator[list[Run]]:
        cursor: str | None = None
        while True:
            search = RunSearch(
                experiment_ids=body.experiment_ids,
                filter=body.filter,
                order_by=body.order_by,
                view=body.view,
                limit=_PAGE,
                cursor=cursor,
            )
            async with self._units.tenant(context) as unit:
                page = await self._searches.search(unit, search)
            yield page.items
            cursor = page.next_cursor
            if cursor is None:
                break
