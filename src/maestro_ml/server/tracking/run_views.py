"""Saved views of an experiment's run table: named, shared with everybody who may read it."""

from __future__ import annotations

from uuid import UUID

import orjson

from maestro_ml.contracts.run_views import (
    RunView,
    RunViewCreate,
    RunViewId,
    RunViews,
    RunViewUpdate,
)
from maestro_ml.contracts.tracking import ExperimentId
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.tracking import outcomes
from maestro_ml.server.tracking.errors import RunViewNameTaken, RunViewNotFound, RunViewTooLarge
from maestro_ml.server.tracking.repository import ExperimentRepository
from maestro_ml.server.tracking.repository.run_views import RunViewRepository
from maestro_ml.server.tracking.tables import RunViewRow

MOST_BYTES = 200_000


class RunViewService:
    """What a view shows is the page's business; here it is a document under a name."""

    async def create(self, unit: UnitOfWork, experiment_id: int, body: RunViewCreate) -> RunView:
        """A new view. Raises ExperimentNotFound, RunViewNameTaken, RunViewTooLarge."""
        await _require_experiment(unit, experiment_id)
        _bound(body.state)
        row = RunViewRow(
            id=new_id(),
            experiment_id=experiment_id,
            name=body.name,
            author=unit.context.actor.name,
            state=body.state,
            updated_at=now(),
        )
        if not await RunViewRepository(unit.session).add(row):
            raise _name_taken(body.name)
        unit.record("tracking.run_view.created", "run_view", row.id, after={"name": body.name})
        return _to_view(row)

    async def update(self, unit: UnitOfWork, view_id: UUID, body: RunViewUpdate) -> RunView:
        """Rename a view or change what it shows.

        Raises RunViewNotFound, RunViewNameTaken, RunViewTooLarge.
        """
        row = await _row(unit, view_id)
        before = {"name": row.name}
        if body.state is not None:
            _bound(body.state)
            row.state = body.state
        if body.name is not None and body.name != row.name:
            if await RunViewRepository(unit.session).named(row.experiment_id, body.name):
                raise _name_taken(body.name)
            row.name = body.name
        row.updated_at = now()
        unit.record(
            "tracking.run_view.updated", "run_view", row.id, before=before, after={"name": row.name}
        )
        return _to_view(row)

    async def delete(self, unit: UnitOfWork, view_id: UUID) -> None:
        """Delete a view. Raises RunViewNotFound."""
        row = await _row(unit, view_id)
        await unit.session.delete(row)
        unit.record("tracking.run_view.deleted", "run_view", row.id, before={"name": row.name})

    async def list(self, unit: UnitOfWork, experiment_id: int) -> RunViews:
        """The views of an experiment, by name. Raises ExperimentNotFound."""
        await _require_experiment(unit, experiment_id)
        rows = await RunViewRepository(unit.session).list(experiment_id)
        return RunViews(items=[_to_view(row) for row in rows])


async def _require_experiment(unit: UnitOfWork, experiment_id: int) -> None:
    if await ExperimentRepository(unit.session).find(id=experiment_id) is None:
        raise outcomes.experiment_not_found(experiment_id)


async def _row(unit: UnitOfWork, view_id: UUID) -> RunViewRow:
    row = await RunViewRepository(unit.session).find(view_id)
    if row is None:
        raise RunViewNotFound(
            f"There is no view {view_id}. GET /api/v1/experiments/{{id}}/views lists them."
        )
    return row


def _bound(state: object) -> None:
    if len(orjson.dumps(state)) > MOST_BYTES:
        raise RunViewTooLarge(f"A view has at most {MOST_BYTES:,} bytes. Show fewer columns.")


def _name_taken(name: str) -> RunViewNameTaken:
    return RunViewNameTaken(
        f"The experiment has a view {name!r} already. Choose another name, or update that one."
    )


def _to_view(row: RunViewRow) -> RunView:
    return RunView(
        id=RunViewId(row.id),
        experiment_id=ExperimentId(row.experiment_id),
        name=row.name,
        author=row.author,
        state=row.state,
        updated_at=row.updated_at,
    )
