"""Many runs at once inside a unit of work: compared, tagged, trashed and restored."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from maestro_ml.contracts.selections import ComparedRun, RunComparison, SelectionChange
from maestro_ml.contracts.tracking import ExperimentId, RunId, RunStatus
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.events import notify
from maestro_ml.server.tracking import comparison, outcomes
from maestro_ml.server.tracking.repository import LockedRun, SelectionRepository
from maestro_ml.server.tracking.rules import NAME_TAG, RUN_TOPIC


class SelectionUseCases:
    """Each changes all of its runs or none, and audits every one of them."""

    async def compare_runs(self, unit: UnitOfWork, run_ids: list[RunId]) -> RunComparison:
        """Runs beside each other, in the order of `run_ids`. Raises RunNotFound."""
        wanted = [*dict.fromkeys(run_ids)]
        repository = SelectionRepository(unit.session)
        rows = {row.id: row for row in await repository.runs([*wanted])}
        _require_all(wanted, rows)
        chosen = [rows[run_id] for run_id in wanted]
        metrics = await repository.metrics([*wanted])
        return RunComparison(
            runs=[
                ComparedRun(
                    id=RunId(row.id),
                    name=row.name,
                    status=RunStatus(row.status),
                    experiment_id=ExperimentId(row.experiment_id),
                    user=row.user_name,
                    started_at=row.started_at,
                    ended_at=row.ended_at,
                )
                for row in chosen
            ],
            params=comparison.compare_texts([row.params for row in chosen]),
            metrics=comparison.compare_metrics([metrics.get(row.id, {}) for row in chosen]),
            tags=comparison.compare_texts([row.tags for row in chosen]),
        )

    async def delete_runs(self, unit: UnitOfWork, run_ids: list[RunId]) -> SelectionChange:
        """Move runs to the trash; what is there already stays. Raises RunNotFound."""
        return await self._move_runs(unit, run_ids, now())

    async def restore_runs(self, unit: UnitOfWork, run_ids: list[RunId]) -> SelectionChange:
        """Take runs out of the trash. Raises RunNotFound."""
        return await self._move_runs(unit, run_ids, None)

    async def tag_runs(
        self, unit: UnitOfWork, run_ids: list[RunId], tags: dict[str, str | None]
    ) -> SelectionChange:
        """Set tags of runs; a tag that is None is removed. Raises RunNotFound, RunDeleted."""
        runs = await lock_runs(unit, run_ids)
        for run in runs:
            if run.deleted_at is not None:
                raise outcomes.run_deleted(run.id)
        # The run's name has one home, its column; MLflow's clients set it by this tag.
        name = tags.get(NAME_TAG) or None
        added = {key: value for key, value in tags.items() if value is not None and key != NAME_TAG}
        removed = [key for key, value in tags.items() if value is None]
        await SelectionRepository(unit.session).tag([run.id for run in runs], added, removed, name)
        for run in runs:
            before = {key: run.tags.get(key) for key in tags if key != NAME_TAG}
            unit.record("tracking.run.tagged", "run", run.id, before=before, after=dict(tags))
        await notify(unit, RUN_TOPIC, *(run.id for run in runs))
        return SelectionChange(changed=len(runs))

    async def _move_runs(
        self, unit: UnitOfWork, run_ids: list[RunId], deleted_at: datetime | None
    ) -> SelectionChange:
        runs = await lock_runs(unit, run_ids)
        moved = [run.id for run in runs if (run.deleted_at is None) != (deleted_at is None)]
        await SelectionRepository(unit.session).set_deleted(moved, deleted_at)
        verb = "restored" if deleted_at is None else "deleted"
        for run_id in moved:
            unit.record(f"tracking.run.{verb}", "run", run_id)
        await notify(unit, RUN_TOPIC, *moved)
        return SelectionChange(changed=len(moved))


async def lock_runs(unit: UnitOfWork, run_ids: list[RunId]) -> list[LockedRun]:
    """All of the runs, held until the commit. Raises RunNotFound."""
    found = await SelectionRepository(unit.session).lock([*run_ids])
    _require_all(run_ids, {run.id for run in found})
    return found


def _require_all(run_ids: list[RunId], found: object) -> None:
    assert isinstance(found, dict | set)
    missing: list[UUID] = [run_id for run_id in run_ids if run_id not in found]
    if missing:
        others = f", nor {len(missing) - 1} others of these" if len(missing) > 1 else ""
        raise outcomes.run_not_found(f"{missing[0]}{others}")
