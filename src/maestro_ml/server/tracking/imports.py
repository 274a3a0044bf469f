"""Brings in experiments and runs from another tracking server, with their ids and dates.

To send a thing again is to find it: an experiment by name and date, a run by its id. Nothing that is
here already is removed by an import.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel, ValidationError

from maestro_ml.contracts.imports import (
    ExperimentImport,
    LoggedModelContents,
    LoggedModelImport,
    RunContents,
    RunContentsList,
    RunImport,
    SeriesImport,
)
from maestro_ml.contracts.tracking import (
    Experiment,
    ExperimentCreate,
    Lifecycle,
    RunArtifact,
)
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.tracking import outcomes
from maestro_ml.server.tracking.artifact_tree import ArtifactTree, path_in_tree
from maestro_ml.server.tracking.errors import ImportMalformed, RunElsewhere
from maestro_ml.server.tracking.repository import (
    ExperimentRepository,
    InputFunctions,
    LoggedModelFunctions,
    SessionCalls,
    TrackingFunctions,
)
from maestro_ml.server.tracking.repository.imports import ImportRepository
from maestro_ml.server.tracking.rules import Batch, Points, model_artifact_uri
from maestro_ml.server.tracking.service import TrackingService

Line = TypeVar("Line", bound=BaseModel)
_MAX_LINE = 16 * 1024**2
_MAX_FILES = 100_000


class ImportService:
    """What an import calls, each call in one unit of work."""

    def __init__(self, tracking: TrackingService, tree: ArtifactTree) -> None:
        self._tracking = tracking
        self._tree = tree

    async def put_experiment(self, unit: UnitOfWork, body: ExperimentImport) -> Experiment:
        """The experiment with this name, made if there is none.

        One that was made here, and not by an earlier import, keeps its dates and its tags and never
        goes to the trash; the untouched `Default` takes the dates of the one that comes.
        """
        found = await self._tracking.find_experiment(unit, body.name)
        if found is None:
            found = await self._tracking.create_experiment(unit, ExperimentCreate(name=body.name))
            ours = False
        else:
            untouched = found.id == 0 and found.created_at == found.updated_at
            ours = found.created_at != body.created_at and not untouched
        tags = {**body.tags, **found.tags} if ours else {**found.tags, **body.tags}
        gone = body.lifecycle is Lifecycle.DELETED and not ours
        changed = found.model_copy(update={"tags": tags, "updated_at": now()})
        await ExperimentRepository(unit.session).save(changed, deleted_at=now() if gone else None)
        if not ours:
            await ImportRepository(unit.session, unit.context.tenant_id).set_dates(
                found.id, created_at=body.created_at, updated_at=body.updated_at
            )
        after = body.model_dump(mode="json", include={"name", "lifecycle"})
        unit.record("tracking.experiment.imported", "experiment", found.id, after=after)
        return await self._tracking.get_experiment(unit, found.id)

    async def put_run(self, unit: UnitOfWork, body: AsyncIterator[bytes]) -> RunContents:
        """Store a run with every point, all or nothing: a RunImport, then SeriesImports, by line.

        Raises ImportMalformed, ExperimentNotFound, RunElsewhere.
        """
        lines = _lines(body)
        run = _parse(RunImport, await anext(lines, b""))
        await self._tracking.get_experiment(unit, run.experiment_id)
        repository = ImportRepository(unit.session, unit.context.tenant_id)
        if not await repository.save_run(run):
            raise RunElsewhere(
                f"The run {run.id.hex} is in another experiment than {run.experiment_id} already. "
                "Runs do not move; leave it out."
            )
        functions = TrackingFunctions(SessionCalls(unit.session), unit.context.tenant_id)
        await self._link(unit, run)
        async for line in lines:
            series = _parse(SeriesImport, line)
            problem = await functions.log_batch(run.id, Batch(_points(series), {}, {}))
            if problem is not None:
                raise outcomes.logging_refused(problem, run.id)
        [contents] = await repository.contents([run.id])
        after = {"experiment_id": run.experiment_id, "name": run.name, "points": contents.points}
        unit.record("tracking.run.imported", "run", run.id, after=after)
        return contents

    async def put_logged_model(
        self, unit: UnitOfWork, body: LoggedModelImport
    ) -> LoggedModelContents:
        """A logged model under its own id, made if there is none. Raises ExperimentNotFound."""
        await self._tracking.get_experiment(unit, body.experiment_id)
        await ImportRepository(unit.session, unit.context.tenant_id).save_logged_model(body)
        after = {"experiment_id": body.experiment_id, "name": body.name}
        unit.record("tracking.logged_model.imported", "logged_model", body.id, after=after)
        calls = SessionCalls(unit.session)
        [found] = await LoggedModelFunctions(calls, unit.context.tenant_id).list([body.id])
        location = model_artifact_uri(found.experiment_id, found.artifact_location, found.id)
        files: list[RunArtifact] = []
        if (path := path_in_tree(location)) is not None:
            files = await self._tree.list_files(unit, path, limit=_MAX_FILES)
        return LoggedModelContents(
            id=found.id,
            artifact_location=location,
            params=len(orjson.loads(found.params)),
            tags=len(orjson.loads(found.tags)),
            metrics=len(found.keys or ()),
            artifacts={file.path: file.size for file in files},
        )

    async def _link(self, unit: UnitOfWork, run: RunImport) -> None:
        functions = InputFunctions(SessionCalls(unit.session), unit.context.tenant_id)
        if run.datasets or run.read_models:
            datasets = [
                {**each.model_dump(exclude={"columns"}), "schema": each.columns}
                for each in run.datasets
            ]
            await functions.log_inputs(run.id, datasets, run.read_models)
        if run.written_models:
            models = [each.model_id for each in run.written_models]
            await functions.log_outputs(run.id, models, [each.step for each in run.written_models])

    async def list_contents(self, unit: UnitOfWork, ids: Sequence[UUID]) -> RunContentsList:
        """How much those of the runs hold that there are."""
        repository = ImportRepository(unit.session, unit.context.tenant_id)
        return RunContentsList(runs=await repository.contents(ids))


def _points(series: SeriesImport) -> Points:
    keys = [series.key] * len(series.steps)
    return Points(keys, series.values, series.timestamps, series.steps)


def _parse(kind: type[Line], line: bytes) -> Line:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"]))
        raise ImportMalformed(
            f"A line is no {kind.__name__}: {where}: {fault['msg']}. Send the run as it was."
        ) from error


async def _lines(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in body:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line
        if len(rest) > _MAX_LINE:
            raise ImportMalformed(f"A line has at most {_MAX_LINE:,} bytes. Send shorter series.")
    if rest:
        yield rest
