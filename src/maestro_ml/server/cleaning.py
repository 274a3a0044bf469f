"""The nightly cleaning: what crashes left behind, and what is over, in every tenant."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from maestro_ml.contracts.identity import TenantId
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.db import SYSTEM_ACTOR, UnitOfWork
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.registry import runs_behind_versions
from maestro_ml.server.tracking import RunCompaction, TrashPurge
from maestro_ml.server.wiring import Platform

log = structlog.get_logger()


class Cleaning:
    """Deletes files that no row names, half-received uploads, logins that have ended, datasets and
    logged models that were deleted a week ago, and what tenants keep no longer in their trash."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._compaction = RunCompaction(platform.units)
        self._trash = TrashPurge(platform.blobs, runs_behind_versions)

    async def run(self) -> int:
        """Clean every tenant; where one fails, the others go on. The bytes of files that were freed."""
        self._platform.uploads.purge_spool()
        await self._compaction.add_long_runs()
        logins = await self._platform.sessions.purge()
        tenants = await self._platform.tenants.list()
        freed = sum([await self._clean(tenant.id) for tenant in tenants])
        log.info("platform.cleaned", tenants=len(tenants), logins=logins, file_bytes=freed)
        return freed

    async def _clean(self, tenant_id: TenantId) -> int:
        context = Context(tenant_id, SYSTEM_ACTOR, frozenset(), request_id=str(new_id()))
        try:
            models = await self._trash.purge_deleted_models(
                lambda: self._platform.units.tenant(context)
            )
            async with self._platform.units.tenant(context) as unit:
                days = (await self._platform.tenants.get(unit)).trash_days
            before = now() - timedelta(days=days) if days else None
            runs = 0 if before is None else await self._empty_trash(context, before)
            async with self._platform.units.tenant(context) as unit:
                return (
                    models
                    + runs
                    + await self._platform.dataset_trash.purge_expired(unit, before)
                    + await self._platform.tables.purge_orphans(unit)
                    + await self._platform.partial_uploads.purge_abandoned(unit)
                    + await self._trash.purge_orphans(unit)
                    + await self._platform.registry.purge_orphans(unit)
                    + await self._platform.explain.purge_orphans(unit)
                )
        except Exception as error:
            log.error("platform.cleaning.failed", tenant_id=str(tenant_id), exc_info=error)
            return 0

    async def _empty_trash(self, context: Context, before: datetime) -> int:
        """Purge the runs and experiments that were in the trash then; the bytes of files freed."""

        def unit() -> UnitOfWork:
            return self._platform.units.tenant(context)

        freed = 0
        async for report in self._trash.purge_old_runs(unit, before):
            freed = report.file_bytes
        for number in await self._trash.old_experiments(unit, before):
            freed += (await self._trash.purge_experiment(unit, number)).file_bytes
        return freed
