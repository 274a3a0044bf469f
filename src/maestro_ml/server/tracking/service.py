"""What other rooms may do with experiments and runs."""

from __future__ import annotations

from maestro_ml.server.tracking.changes import ChangeUseCases
from maestro_ml.server.tracking.experiment_changes import ExperimentChangeUseCases
from maestro_ml.server.tracking.histories import HistoryUseCases
from maestro_ml.server.tracking.notes import NoteUseCases
from maestro_ml.server.tracking.relations import RelationUseCases
from maestro_ml.server.tracking.runs import RunUseCases


class TrackingService(
    NoteUseCases,
    RunUseCases,
    HistoryUseCases,
    ChangeUseCases,
    ExperimentChangeUseCases,
    RelationUseCases,
):
    """The facade for other rooms: every method works in the caller's unit and audits its changes.

    >>> async with units.tenant(context) as unit:                            # doctest: +SKIP
    ...     experiment = await tracking.get_or_create_experiment(unit, "churn")
    ...     run = await tracking.create_run(unit, RunCreate(experiment_id=experiment.id))
    ...     await tracking.log_batch(unit, run.id, RunBatch(params={"depth": "6"}))
    ...     await tracking.finish_run(unit, run.id)
    """
