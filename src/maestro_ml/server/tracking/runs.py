"""Runs inside a unit of work."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.tracking import (
    Run,
    RunBatch,
    RunCreate,
    RunStatus,
    RunUpdate,
)
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.events import notify
from maestro_ml.server.kernel.paging import CursorInvalid, decode_cursor, to_page
from maestro_ml.server.tracking import outcomes, rules
from maestro_ml.server.tracking.repository import (
    ExperimentRepository,
    RunKey,
    RunRecord,
    RunRepository,
    RunSelection,
    SessionCalls,
    TrackingFunctions,
)
from maestro_ml.server.tracking.wire import to_run


class RunUseCases:
    """Make, log to, end, trash, restore and list runs."""

    async def create_run(self, unit: UnitOfWork, body: RunCreate) -> Run:
        """A new run, or the one that has its `id` already; with `parent_run_id` a child run.

        Raises ExperimentNotFound, ExperimentDeleted, or RunNotFound for the parent.
        """
        run = rules.new_run(unit.context, body)
        problem = (await _functions(unit).create_run(run, auditor=None)).problem
        if problem == "exists":
            return await self.get_run(unit, run.id)
        if problem is not None:
            raise outcomes.creation_refused(problem, run)
        unit.record(
            "tracking.run.created",
            "run",
            run.id,
            after={"experiment_id": run.experiment_id, "name": run.name},
        )
        await notify(unit, rules.RUN_TOPIC, run.id)
        return await self.get_run(unit, run.id)

    async def get_run(self, unit: UnitOfWork, run_id: UUID) -> Run:
        """The run with its latest metrics, in the trash or not. Raises RunNotFound."""
        found = await _functions(unit).find_run(run_id)
        if found is None:
            raise outcomes.run_not_found(run_id)
        return to_run(found)

    async def log_batch(self, unit: UnitOfWork, run_id: UUID, batch: RunBatch) -> None:
        """Log metrics, params and tags, all or none; at most what one RunBatch holds.

        Raises RunNotFound, RunDeleted or ParamChanged; then the unit must not go on.
        """
        problem = await _functions(unit).log_batch(run_id, rules.to_batch(batch))
        if problem is not None:
            raise outcomes.logging_refused(problem, run_id)
        await notify(unit, rules.RUN_TOPIC, run_id)

    async def set_tags(self, unit: UnitOfWork, run_id: UUID, tags: dict[str, str]) -> None:
        """Set tags of a run. Raises RunNotFound or RunDeleted."""
        await self.log_batch(unit, run_id, RunBatch(tags=tags))

    async def update_run(self, unit: UnitOfWork, run_id: UUID, body: RunUpdate) -> Run:
        """Change status, end or name. Raises RunNotFound or RunDeleted."""
        functions = _functions(unit)
        was = await functions.find_run(run_id)
        found = await functions.update_run(
            run_id, status=body.status, ended_at=rules.end_of(body), name=body.name, auditor=None
        )
        if was is None or found is None:
            raise outcomes.run_not_found(run_id)
        if found.deleted_at is not None:
            raise outcomes.run_deleted(run_id)
        ends = body.status in rules.FINAL and was.status != body.status
        unit.record(
            f"tracking.run.{'finished' if ends else 'updated'}",
            "run",
            run_id,
            before=_audited(was),
            after=_audited(found),
        )
        await notify(unit, rules.RUN_TOPIC, run_id)
        return to_run(found)

    async def finish_run(
        self,
        unit: UnitOfWork,
        run_id: UUID,
        status: RunStatus = RunStatus.FINISHED,
        *,
        ended_at: datetime | None = None,
    ) -> Run:
        """End a run, now unless told otherwise. Raises RunNotFound or RunDeleted."""
        return await self.update_run(unit, run_id, RunUpdate(status=status, ended_at=ended_at))

    async def delete_run(self, unit: UnitOfWork, run_id: UUID) -> None:
        """Move a run to the trash. Raises RunNotFound; what is there already stays."""
        if await self._set_deleted(unit, run_id, now()):
            unit.record("tracking.run.deleted", "run", run_id)

    async def restore_run(self, unit: UnitOfWork, run_id: UUID) -> Run:
        """Take a run out of the trash. Raises RunNotFound."""
        if await self._set_deleted(unit, run_id, None):
            unit.record("tracking.run.restored", "run", run_id)
        return await self.get_run(unit, run_id)

    async def _set_deleted(
        self, unit: UnitOfWork, run_id: UUID, deleted_at: datetime | None
    ) -> bool:
        moved = await RunRepository(unit.session).set_deleted(run_id, deleted_at)
        if moved is None:
            raise outcomes.run_not_found(run_id)
        await notify(unit, rules.RUN_TOPIC, run_id)
        return moved

    async def list_children(
        self, unit: UnitOfWork, run_id: UUID, *, limit: int, cursor: str | None
    ) -> Page[Run]:
        """The child runs of a run, the newest first. Raises RunNotFound."""
        await self.get_run(unit, run_id)
        return await self._page(unit, RunSelection(parent_run_id=run_id), limit, cursor)

    async def list_runs(
        self, unit: UnitOfWork, chosen: RunSelection, *, limit: int, cursor: str | None
    ) -> Page[Run]:
        """A page of an experiment's runs. Raises ExperimentNotFound or CursorInvalid."""
        experiment_id = chosen.experiment_id or 0
        if await ExperimentRepository(unit.session).find(id=experiment_id) is None:
            raise outcomes.experiment_not_found(experiment_id)
        return await self._page(unit, chosen, limit, cursor)

    async def _page(
        self, unit: UnitOfWork, chosen: RunSelection, limit: int, cursor: str | None
    ) -> Page[Run]:
        key = decode_cursor(cursor, parts=2)
        found = await RunRepository(unit.session).list(
            chosen, limit=limit + 1, after=None if key is None else _place(chosen, key)
        )
        page = to_page(found, limit, lambda each: [_spell(each), str(each.run.id)])
        return Page(items=[each.run for each in page.items], next_cursor=page.next_cursor)


def _functions(unit: UnitOfWork) -> TrackingFunctions:
    return TrackingFunctions(SessionCalls(unit.session), unit.context.tenant_id)


def _audited(run: RunRecord) -> dict[str, str]:
    return {"status": run.status, "name": run.name}


def _spell(each: RunKey) -> str:
    value = each.sorted_by
    return value.isoformat() if isinstance(value, datetime) else repr(value)


def _place(chosen: RunSelection, key: list[str]) -> tuple[datetime | float, UUID]:
    try:
        read = datetime.fromisoformat if chosen.metric is None else float
        return read(key[0]), UUID(key[1])
    except (TypeError, ValueError, AttributeError) as error:
        raise CursorInvalid(
            "This cursor belongs to another list. Leave it out to start with the first page."
        ) from error
