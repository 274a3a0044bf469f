"""Emptying the trash: rows first, then the bytes of files, and no run that a model comes from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from maestro_ml.contracts.purge import PurgeReport
from maestro_ml.server.blobs import BlobKey, BlobStore, blob_key
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.events import notify
from maestro_ml.server.tracking.artifact_tree import path_in_tree
from maestro_ml.server.tracking.artifacts import FILES_IN_RUNS, LOOSE_FILES
from maestro_ml.server.tracking.repository import PurgeRepository
from maestro_ml.server.tracking.rules import MODELS_KEPT, ORPHANED_AFTER, RUN_TOPIC, as_run_id

RunsInUse = Callable[[UnitOfWork, list[UUID]], Awaitable[set[UUID]]]
"""Tells which of some runs must stay, because something else stands on them."""

OpenUnit = Callable[[], UnitOfWork]
_RUNS = 100
_MODELS = 100
"""Runs, or logged models, in one transaction."""


class TrashPurge:
    """Takes what lies in the trash out of the database and the object store, a hundred runs at a time.

    Every step is a transaction of its own and can be repeated: after a crash the rest is still in the
    trash, and files whose rows are gone already are found by `purge_orphans`.
    """

    def __init__(self, blobs: BlobStore, in_use: RunsInUse) -> None:
        self._blobs = blobs
        self._in_use = in_use

    async def purge_runs(self, unit: OpenUnit, run_ids: Sequence[UUID]) -> PurgeReport:
        """Purge those of the runs that are in the trash."""
        total = PurgeReport()
        for start in range(0, len(run_ids), _RUNS):
            total = total.plus(await self._purge(unit, [*run_ids[start : start + _RUNS]]))
        return total

    async def purge_old_runs(self, unit: OpenUnit, before: datetime) -> AsyncIterator[PurgeReport]:
        """Purge the runs that were in the trash then; what is gone so far, after each step."""
        total, after = PurgeReport(), None
        while True:
            async with unit() as opened:
                found = await PurgeRepository(opened.session).deleted_runs(
                    before=before, limit=_RUNS, after=after
                )
            if not found:
                return
            total = total.plus(await self._purge(unit, found))
            yield total
            after = found[-1]

    async def purge_experiment(self, unit: OpenUnit, experiment_id: int) -> PurgeReport:
        """Purge an experiment in the trash with all its runs.

        It stays in the trash, with a run that a model comes from, if there is one; the experiment 0
        stays there without its runs.
        """
        async with unit() as opened:
            await PurgeRepository(opened.session).delete_runs_of(experiment_id, now())
        total, after = PurgeReport(), None
        while True:
            async with unit() as opened:
                found = await PurgeRepository(opened.session).runs_of(
                    experiment_id, limit=_RUNS, after=after
                )
            if not found:
                break
            total = total.plus(await self._purge(unit, found))
            after = found[-1]
        if total.kept or experiment_id == 0:
            return total
        return total.plus(await self._purge_emptied(unit, experiment_id))

    async def old_experiments(self, unit: OpenUnit, before: datetime) -> list[int]:
        """The experiments that were in the trash then."""
        async with unit() as opened:
            return await PurgeRepository(opened.session).deleted_experiments(before=before)

    async def purge_orphans(self, unit: UnitOfWork) -> int:
        """Delete files of the tenant that no row names and a day has passed over; the bytes freed."""
        repository = PurgeRepository(unit.session)

        async def of_runs(keys: list[BlobKey]) -> set[BlobKey]:
            files = {key: _file_of(key) for key in keys}
            wanted = [file for file in files.values() if file is not None]
            kept = await repository.existing_files(wanted)
            return {key for key, file in files.items() if file is None or file in kept}

        async def loose(keys: list[BlobKey]) -> set[BlobKey]:
            paths = {key: key.split("/", 2)[2] for key in keys}
            kept = await repository.existing_loose_files([*paths.values()])
            return {key for key, path in paths.items() if path in kept}

        tenant_id, before = unit.context.tenant_id, now() - ORPHANED_AFTER
        kinds = ((FILES_IN_RUNS, of_runs), (LOOSE_FILES, loose))
        return sum(
            [
                await self._blobs.purge_orphans(blob_key(tenant_id, kind), named, before=before)
                for kind, named in kinds
            ]
        )

    async def purge_deleted_models(self, unit: OpenUnit) -> int:
        """Take out logged models that were deleted a week ago, with their files; the bytes freed.

        Registered versions made of them have files of their own.
        """
        freed, more = 0, True
        while more:
            async with unit() as opened:
                repository = PurgeRepository(opened.session)
                found = await repository.deleted_models(before=now() - MODELS_KEPT, limit=_MODELS)
                folders = [path_in_tree(each.artifact_uri) for each in found]
                for folder in filter(None, folders):
                    await repository.delete_loose_files(folder)
                await repository.delete_models([each.id for each in found])
                for each in found:
                    before = {"name": each.name}
                    opened.record(
                        "tracking.logged_model.purged", "logged_model", each.id, before=before
                    )
                tenant_id = opened.context.tenant_id
            keys = [blob_key(tenant_id, LOOSE_FILES, folder) for folder in filter(None, folders)]
            freed += sum([await self._blobs.delete(key) for key in keys])
            more = len(found) == _MODELS
        return freed

    async def _purge(self, unit: OpenUnit, run_ids: list[UUID]) -> PurgeReport:
        async with unit() as opened:
            repository = PurgeRepository(opened.session)
            found = await repository.lock_deleted(run_ids)
            kept = await self._in_use(opened, [*found])
            gone = [run_id for run_id in found if run_id not in kept]
            points, size = await repository.delete_runs(gone)
            for run_id in gone:
                name = found[run_id]
                opened.record("tracking.run.purged", "run", run_id, before={"name": name})
            await notify(opened, RUN_TOPIC, *gone)
            tenant_id = opened.context.tenant_id
        keys = [blob_key(tenant_id, FILES_IN_RUNS, str(run_id)) for run_id in gone]
        freed = sum([await self._blobs.delete(key) for key in keys])
        return PurgeReport(
            runs=len(gone), kept=len(kept), points=points, row_bytes=size, file_bytes=freed
        )

    async def _purge_emptied(self, unit: OpenUnit, experiment_id: int) -> PurgeReport:
        async with unit() as opened:
            size = await PurgeRepository(opened.session).delete_experiment(experiment_id)
            if size == 0:
                return PurgeReport()
            opened.record("tracking.experiment.purged", "experiment", experiment_id)
            tenant_id = opened.context.tenant_id
        key = blob_key(tenant_id, LOOSE_FILES, str(experiment_id))
        return PurgeReport(experiments=1, row_bytes=size, file_bytes=await self._blobs.delete(key))


def _file_of(key: BlobKey) -> tuple[UUID, str] | None:
    """The run and the path in `<tenant>/runs/<run>/<path>`; None for what is no such key."""
    _, _, run, *path = key.split("/")
    run_id = as_run_id(run)
    return None if run_id is None or not path else (run_id, "/".join(path))
