"""Runs: made, read, changed, moved to the trash and back."""

from __future__ import annotations

from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.run_names import invent_run_name
from maestro_ml.contracts.tracking import RunStatus
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import Calls, UnitsOfWork
from maestro_ml.server.kernel.http import HotRequest, HotResponse
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.protocols.mlflow.documents import (
    NAME_TAG,
    pairs,
    run_document,
    run_info,
    to_milliseconds,
    to_moment,
)
from maestro_ml.server.protocols.mlflow.errors import InvalidParameter
from maestro_ml.server.protocols.mlflow.names import MAX_KEY, MAX_TAG_VALUE, check_length
from maestro_ml.server.protocols.mlflow.outcomes import (
    as_experiment,
    as_run,
    experiment_deleted,
    experiment_missing,
    run_missing,
    run_refused,
)
from maestro_ml.server.protocols.mlflow.routes import Endpoint
from maestro_ml.server.protocols.mlflow.wire import (
    EMPTY,
    Fields,
    invalid_value,
    json_response,
    read,
)
from maestro_ml.server.tracking import (
    NewRun,
    RunNotFound,
    TrackingFunctions,
    TrackingService,
    artifact_uri,
    parent_of,
)

_STATUSES = {status.name: status for status in RunStatus}
_NUMBERED = ("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED")


def run_endpoints(
    calls: Calls, reads: Calls, units: UnitsOfWork, tracking: TrackingService
) -> list[Endpoint]:
    """The endpoints of single runs."""
    runs = _Runs(calls, reads, units, tracking)
    write = Permission.EXPERIMENT_WRITE
    return [
        Endpoint("POST", "runs/create", runs.create, write),
        Endpoint("GET", "runs/get", runs.get, Permission.EXPERIMENT_READ),
        Endpoint("POST", "runs/update", runs.update, write),
        Endpoint("POST", "runs/delete", runs.delete, Permission.EXPERIMENT_DELETE),
        Endpoint("POST", "runs/restore", runs.restore, write),
    ]


class _Runs:
    def __init__(
        self, calls: Calls, reads: Calls, units: UnitsOfWork, tracking: TrackingService
    ) -> None:
        self._calls = calls
        self._reads = reads
        self._units = units
        self._tracking = tracking

    async def create(self, request: HotRequest) -> HotResponse:
        """A new run, which the answer tells without reading it back."""
        run = _new_run(request, await read(request))
        functions = TrackingFunctions(self._calls, request.context.tenant_id)
        created = await functions.create_run(run, auditor=request.context)
        if created.problem == "experiment_missing":
            raise experiment_missing(run.experiment_id)
        if created.problem == "experiment_deleted":
            raise experiment_deleted(run.experiment_id)
        run_id = run.id.hex
        info = {
            "run_uuid": run_id,
            "experiment_id": str(run.experiment_id),
            "run_name": run.name,
            "user_id": run.user_name,
            "status": "RUNNING",
            "start_time": to_milliseconds(run.started_at),
            "artifact_uri": artifact_uri(run.experiment_id, created.artifact_location, run.id),
            "lifecycle_stage": "active",
            "run_id": run_id,
        }
        tags = pairs({**run.tags, NAME_TAG: run.name})
        return json_response({"run": {"info": info, "data": {"tags": tags}, "inputs": {}}})

    async def get(self, request: HotRequest) -> HotResponse:
        """A run with all that belongs to it."""
        run_id = (await read(request)).run_id()
        functions = TrackingFunctions(self._reads, request.context.tenant_id)
        found = await functions.find_runs([as_run(run_id)])
        if not found:
            raise run_missing(run_id)
        return json_response({"run": run_document(found[0])})

    async def update(self, request: HotRequest) -> HotResponse:
        """Change a run's status, end or name."""
        fields = await read(request)
        run_id = fields.run_id()
        end = fields.whole("end_time") or None  # 0 is how proto-JSON says nothing
        found = await TrackingFunctions(self._calls, request.context.tenant_id).update_run(
            as_run(run_id),
            status=_status(fields),
            ended_at=None if end is None else to_moment("end_time", end),
            name=fields.text("run_name") or None,
            auditor=request.context,
        )
        if found is None:
            raise run_missing(run_id)
        if found.deleted_at is not None:
            raise run_refused("run_deleted", run_id)
        return json_response({"run_info": run_info(found)})

    async def delete(self, request: HotRequest) -> HotResponse:
        """Move a run to the trash; what is there already stays."""
        run_id = (await read(request)).required_text("run_id")
        run = as_run(run_id)
        try:
            async with self._units.tenant(request.context) as unit:
                await self._tracking.delete_run(unit, run)
        except RunNotFound as error:
            raise run_missing(run_id) from error
        return EMPTY

    async def restore(self, request: HotRequest) -> HotResponse:
        """Take a run out of the trash; one that is not there stays as it is."""
        run_id = (await read(request)).required_text("run_id")
        run = as_run(run_id)
        try:
            async with self._units.tenant(request.context) as unit:
                await self._tracking.restore_run(unit, run)
        except RunNotFound as error:
            raise run_missing(run_id) from error
        return EMPTY


def _new_run(request: HotRequest, fields: Fields) -> NewRun:
    tags = dict(fields.pairs("tags"))
    for key in tags:
        check_length(key, MAX_KEY, "Tag key")
    name, tagged = fields.text("run_name"), tags.pop(NAME_TAG, "")
    if name and tagged and name != tagged:
        raise InvalidParameter(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different "
            f"values (run_name='{name}', mlflow.runName='{tagged}')."
        )
    start = fields.whole("start_time")
    return NewRun(
        id=new_id(),
        experiment_id=as_experiment(fields.required_text("experiment_id")),
        name=name or tagged or invent_run_name(),
        user_name=fields.text("user_id") or request.context.actor.name,
        params={},
        tags={key: value[:MAX_TAG_VALUE] for key, value in tags.items()},
        parent_run_id=parent_of(tags),
        parent_is_sure=True,
        started_at=now() if start is None else to_moment("start_time", start),
    )


def _status(fields: Fields) -> RunStatus | None:
    sent = fields.raw("status")
    if isinstance(sent, int) and 1 <= sent <= len(_NUMBERED):
        sent = _NUMBERED[sent - 1]
    if sent is None or sent in _STATUSES:
        return None if sent is None else _STATUSES[sent]
    raise invalid_value("status", sent, f"One of {', '.join(_NUMBERED)} is needed.")
