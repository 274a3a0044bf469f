"""The SQL that measures what a tenant keeps."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.overview import StorageShare

_SHARES = text(
    """
    SELECT 'datasets', count(*), coalesce(sum(v.bytes), 0),
      count(*) FILTER (WHERE d.deleted_at IS NOT NULL),
      coalesce(sum(v.bytes) FILTER (WHERE d.deleted_at IS NOT NULL), 0)
    FROM dataset_version v JOIN dataset d ON d.id = v.dataset_id
    UNION ALL
    SELECT 'models', count(*), coalesce(sum(size_bytes), 0), 0, 0 FROM model_version
    UNION ALL
    SELECT 'run_files', count(*), coalesce(sum(a.size), 0),
      count(*) FILTER (WHERE r.deleted_at IS NOT NULL),
      coalesce(sum(a.size) FILTER (WHERE r.deleted_at IS NOT NULL), 0)
    FROM run_artifact a JOIN run r ON r.id = a.run_id
    UNION ALL
    SELECT 'runs', count(*), coalesce(sum(pg_column_size(run.*)), 0),
      count(*) FILTER (WHERE deleted_at IS NOT NULL),
      coalesce(sum(pg_column_size(run.*)) FILTER (WHERE deleted_at IS NOT NULL), 0) FROM run
    UNION ALL
    SELECT 'experiments', count(*), coalesce(sum(pg_column_size(experiment.*)), 0),
      count(*) FILTER (WHERE deleted_at IS NOT NULL),
      coalesce(sum(pg_column_size(experiment.*)) FILTER (WHERE deleted_at IS NOT NULL), 0)
    FROM experiment
    """
)
# Millions of points are not counted for a figure on a page: a sample of the pages tells as much.
_PAGES = text("SELECT relpages FROM pg_class WHERE oid = cast(:table AS regclass)")
_SAMPLED_PAGES = 2000
_POINTS = {
    "metric_point": "count(*), coalesce(sum(24 + pg_column_size(t.*)), 0)",
    "metric_chunk": "coalesce(sum(cardinality(steps)), 0), coalesce(sum(24 + pg_column_size(t.*)), 0)",
    "metric_overview": "0, coalesce(sum(24 + pg_column_size(t.*)), 0)",
}


class StorageRepository:
    """Counts and bytes of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def shares(self) -> list[StorageShare]:
        """Everything but the points of metrics, exactly."""
        found = await self._session.execute(_SHARES)
        return [
            StorageShare(
                domain=domain, items=items, bytes=size, trash_items=trash, trash_bytes=trash_size
            )
            for domain, items, size, trash, trash_size in found
        ]

    async def points(self) -> StorageShare:
        """The points of metrics: exact while they are few, else estimated from a sample of pages."""
        items, size, estimated = 0.0, 0.0, False
        for table, figures in _POINTS.items():
            pages = await self._session.scalar(_PAGES, {"table": table}) or 0
            percent = min(100.0, 100.0 * _SAMPLED_PAGES / max(pages, 1))
            query = f"SELECT {figures} FROM {table} t TABLESAMPLE SYSTEM (:percent)"  # noqa: S608
            found = (await self._session.execute(text(query), {"percent": percent})).one()
            items += float(found[0]) * 100 / percent
            size += float(found[1]) * 100 / percent
            estimated |= percent < 100.0
        return StorageShare(
            domain="metric_points", items=round(items), bytes=round(size), estimated=estimated
        )
