"""What happened to the runs of an experiment since somebody looked, inside a unit of work."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from maestro_ml.contracts.tracking import Run
from maestro_ml.server.kernel.db import SessionCalls, UnitOfWork
from maestro_ml.server.tracking import outcomes
from maestro_ml.server.tracking.changes import checked_moment
from maestro_ml.server.tracking.repository import (
    ExperimentChangeRepository,
    ExperimentRepository,
    TrackingFunctions,
)
from maestro_ml.server.tracking.wire import to_run

MOST_RUNS = 200
"""Changed runs in one answer; whoever has more of them to catch up with reads them as pages."""
_MOST_VALUES = 20_000


@dataclass(frozen=True, slots=True)
class ExperimentChanges:
    """The runs that changed until `moment`, as they are now, and those that were purged.

    Neither is known if there were `too_many`: more runs, or more of their values, than one may carry.
    """

    moment: str
    runs: list[Run] = field(default_factory=list)
    gone: Collection[UUID] = ()
    too_many: bool = False


class ExperimentChangeUseCases:
    """For whoever follows the runs of an experiment."""

    async def experiment_changes(
        self,
        unit: UnitOfWork,
        experiment_id: int,
        *,
        since: str | None,
        only: set[UUID] | None = None,
    ) -> ExperimentChanges:
        """What happened since the `moment` of another answer; without one this moment alone.

        With `only`, those of them that the experiment holds, changed or not, and the moment stays;
        that costs the same however many runs there are. Raises ExperimentNotFound, CursorInvalid.
        """
        if await ExperimentRepository(unit.session).find(id=experiment_id) is None:
            raise outcomes.experiment_not_found(experiment_id)
        repository = ExperimentChangeRepository(unit.session, unit.context.tenant_id, experiment_id)
        if since is None:
            return ExperimentChanges(await repository.now())
        moment, ids = checked_moment(since), None
        gone: Collection[UUID] = ()
        if only is None:
            moment, ids = await repository.since(moment, most=MOST_RUNS)
        else:
            ids, gone = await repository.of(only)
        if ids is None or len(ids) > MOST_RUNS:
            return ExperimentChanges(moment, too_many=True)
        functions = TrackingFunctions(SessionCalls(unit.session), unit.context.tenant_id)
        runs = [to_run(record) for record in await functions.find_runs(ids)] if ids else []
        values = sum(len(run.metrics) + len(run.params) + len(run.tags) for run in runs)
        if values > _MOST_VALUES:
            return ExperimentChanges(moment, too_many=True)
        return ExperimentChanges(moment, runs, gone)
