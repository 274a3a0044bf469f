"""What is logged to a run all the time: metrics, params and tags."""

from __future__ import annotations

from uuid import UUID

from maestro_ml.contracts.identity import Permission
from maestro_ml.server.kernel.db import Calls
from maestro_ml.server.kernel.http import HotRequest, HotResponse
from maestro_ml.server.protocols.mlflow.batches import (
    ModelMetrics,
    check_dataset,
    read_batch,
    read_point,
)
from maestro_ml.server.protocols.mlflow.errors import DoesNotExist, InvalidParameter
from maestro_ml.server.protocols.mlflow.names import check_metric, checked_param, checked_tag
from maestro_ml.server.protocols.mlflow.outcomes import as_run, run_refused
from maestro_ml.server.protocols.mlflow.routes import Endpoint
from maestro_ml.server.protocols.mlflow.wire import EMPTY, read, require_json
from maestro_ml.server.tracking import (
    SHARED,
    Batch,
    GroupCommit,
    LoggedModelFunctions,
    Points,
    RunDeleted,
    RunNotFound,
    TrackingFunctions,
)


def logging_endpoints(calls: Calls, commits: GroupCommit) -> list[Endpoint]:
    """The endpoints that write to a run."""
    logging = _Logging(calls, commits)
    write = Permission.EXPERIMENT_WRITE
    return [
        Endpoint("POST", "runs/log-metric", logging.log_metric, write),
        Endpoint("POST", "runs/log-parameter", logging.log_param, write),
        Endpoint("POST", "runs/log-batch", logging.log_batch, write),
        Endpoint("POST", "runs/set-tag", logging.set_tag, write),
        Endpoint("POST", "runs/delete-tag", logging.delete_tag, write),
    ]


class _Logging:
    def __init__(self, calls: Calls, commits: GroupCommit) -> None:
        self._calls = calls
        self._commits = commits

    async def log_metric(self, request: HotRequest) -> HotResponse:
        """One point of one metric."""
        fields = await read(request)
        run_id = fields.run_id()
        point = read_point(fields)
        check_metric(point.key, point.value, point.timestamp)
        check_dataset(point)
        run = as_run(run_id)
        points = Points([point.key], [point.value], [point.timestamp], [point.step])
        await self._log_points(request, run_id, run, points)
        if point.model_id:
            measured = ModelMetrics()
            measured.add(point)
            await self._log_of_models(request, run, measured)
        return EMPTY

    async def log_param(self, request: HotRequest) -> HotResponse:
        """One param."""
        fields = await read(request)
        run_id = fields.run_id()
        key = fields.required_text("key")
        value = checked_param(key, fields.text("value"))
        await self._log_batch(request, run_id, Batch(Points(), {key: value}, {}), alone=True)
        return EMPTY

    async def log_batch(self, request: HotRequest) -> HotResponse:
        """Metrics, params and tags: all of it, or nothing."""
        require_json(request)
        logged = read_batch(await request.body())
        batch = logged.batch
        if not batch.params and not batch.tags and 0 < len(batch.points) <= SHARED:
            run = as_run(logged.run_id)
            await self._log_points(request, logged.run_id, run, batch.points)
        else:
            await self._log_batch(request, logged.run_id, batch)
        if logged.model_metrics.models:
            await self._log_of_models(request, as_run(logged.run_id), logged.model_metrics)
        return EMPTY

    async def set_tag(self, request: HotRequest) -> HotResponse:
        """One tag."""
        fields = await read(request)
        run_id = fields.run_id()
        key = fields.required_text("key")
        value = checked_tag(key, fields.text("value"))
        await self._log_batch(request, run_id, Batch(Points(), {}, {key: value}))
        return EMPTY

    async def delete_tag(self, request: HotRequest) -> HotResponse:
        """Remove a tag."""
        fields = await read(request)
        run_id, key = fields.required_text("run_id"), fields.required_text("key")
        word = await self._functions(request).delete_tag(as_run(run_id), key)
        if word == "tag_missing":
            raise DoesNotExist(f"No tag with name: {key} in run with id {run_id}")
        if word is not None:
            raise run_refused(word, run_id)
        return EMPTY

    def _functions(self, request: HotRequest) -> TrackingFunctions:
        return TrackingFunctions(self._calls, request.context.tenant_id)

    async def _log_points(
        self, request: HotRequest, run_id: str, run: UUID, points: Points
    ) -> None:
        try:
            await self._commits.log(request.context.tenant_id, run, points)
        except RunNotFound as error:
            raise run_refused("run_missing", run_id) from error
        except RunDeleted as error:
            raise run_refused("run_deleted", run_id) from error

    async def _log_batch(
        self, request: HotRequest, run_id: str, batch: Batch, *, alone: bool = False
    ) -> None:
        tenant_id = request.context.tenant_id
        problem = await self._commits.log_batch(tenant_id, as_run(run_id), batch)
        if isinstance(problem, dict):
            raise _param_changed(problem, run_id, alone=alone)
        if problem is not None:
            raise run_refused(problem, run_id)

    async def _log_of_models(self, request: HotRequest, run: UUID, measured: ModelMetrics) -> None:
        points = measured.points
        await LoggedModelFunctions(self._calls, request.context.tenant_id).log_metrics(
            run,
            measured.models,
            (points.keys, points.values, points.timestamps, points.steps),
            (measured.dataset_names, measured.dataset_digests),
        )


def _param_changed(problem: dict[str, str], run_id: str, *, alone: bool) -> InvalidParameter:
    key, old, new = problem["key"], problem["old"], problem["new"]
    if alone:
        return InvalidParameter(
            f"Changing param values is not allowed. Param with key='{key}' was already logged with "
            f"value='{old}' for run ID='{run_id}'. Attempted logging new value '{new}'."
        )
    changed = [{"key": key, "old_value": old, "new_value": new}]
    return InvalidParameter(
        f"Changing param values is not allowed. Params were already logged='{changed}' for run "
        f"ID='{run_id}'."
    )
