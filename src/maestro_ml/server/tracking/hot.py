"""The endpoints that are asked thousands of times a second: one SQL function each, no model."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel, ValidationError

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.tracking import (
    Experiment,
    Metric,
    Run,
    RunBatch,
    RunCreate,
    RunUpdate,
    View,
)
from maestro_ml.server.kernel.errors import InvalidInput
from maestro_ml.server.kernel.http import HotRequest, HotResponse, HotRoute, Tier
from maestro_ml.server.kernel.http.edge import header
from maestro_ml.server.kernel.paging import decode_cursor, encode_cursor
from maestro_ml.server.tracking import outcomes, rules, wire
from maestro_ml.server.tracking.errors import BatchMalformed
from maestro_ml.server.tracking.group_commit import SHARED, GroupCommit
from maestro_ml.server.tracking.repository import Calls, TrackingFunctions

Model = TypeVar("Model", bound=BaseModel)
STORED = HotResponse(b"{}")


def tracking_hot_routes(calls: Calls, reads: Calls, commits: GroupCommit) -> list[HotRoute]:
    """The hot endpoints under `/api/v1`."""
    hot = _HotTracking(calls, reads, commits)
    read, write = Permission.EXPERIMENT_READ, Permission.EXPERIMENT_WRITE
    run = "/api/v1/runs/{run_id}"
    tag, ingest = "runs", Tier.INGEST
    return [
        HotRoute(
            "GET",
            "/api/v1/experiments",
            hot.list_experiments,
            read,
            Tier.API,
            "experiments",
            None,
            Page[Experiment],
        ),
        HotRoute("POST", "/api/v1/runs", hot.create_run, write, ingest, tag, RunCreate, Run),
        HotRoute("GET", run, hot.get_run, read, Tier.API, tag, None, Run),
        HotRoute("PATCH", run, hot.update_run, write, ingest, tag, RunUpdate, Run),
        HotRoute("POST", run + "/metrics", hot.log_metric, write, ingest, tag, Metric),
        HotRoute("POST", run + "/log-batch", hot.log_batch, write, ingest, tag, RunBatch),
    ]


class _HotTracking:
    def __init__(self, calls: Calls, reads: Calls, commits: GroupCommit) -> None:
        self._calls = calls
        self._reads = reads
        self._commits = commits

    def _functions(self, request: HotRequest) -> TrackingFunctions:
        return TrackingFunctions(self._calls, request.context.tenant_id)

    def _readers(self, request: HotRequest) -> TrackingFunctions:
        return TrackingFunctions(self._reads, request.context.tenant_id)

    async def list_experiments(self, request: HotRequest) -> HotResponse:
        """A page of experiments, the newest first: `view`, `name` (a part of it), `limit`, `cursor`."""
        query = request.query if request.scope["query_string"] else {}
        limit = _limit(query.get("limit", "100"))
        after = decode_cursor(query.get("cursor"), parts=1)
        found = await self._readers(request).list_experiments(
            view=_view(query.get("view", "active")),
            name=_text(query.get("name")),
            before=None if after is None else _whole(after[0]),
            limit=limit + 1,
        )
        shown = found[:limit]
        return _json(
            {
                "items": [wire.experiment_document(record) for record in shown],
                "next_cursor": encode_cursor([shown[-1].id]) if len(found) > limit else None,
            }
        )

    async def create_run(self, request: HotRequest) -> HotResponse:
        """A new run; the same `Idempotency-Key` finds the run of the first request."""
        body = _read(RunCreate, await request.body())
        key = header(request.scope, b"idempotency-key")
        run = rules.new_run(request.context, body, idempotency_key=key)
        functions = self._functions(request)
        problem = (await functions.create_run(run, auditor=request.context)).problem
        if problem not in (None, "exists"):
            raise outcomes.creation_refused(problem or "", run)
        return await self._answer(functions, run.id, 201)

    async def get_run(self, request: HotRequest) -> HotResponse:
        """A run with its latest metrics."""
        return await self._answer(self._readers(request), _run_id(request))

    async def update_run(self, request: HotRequest) -> HotResponse:
        """Change a run's status, end or name."""
        run_id = _run_id(request)
        body = _read(RunUpdate, await request.body())
        found = await self._functions(request).update_run(
            run_id,
            status=body.status,
            ended_at=rules.end_of(body),
            name=body.name,
            auditor=request.context,
        )
        if found is None:
            raise outcomes.run_not_found(run_id)
        if found.deleted_at is not None:
            raise outcomes.run_deleted(run_id)
        return _json(wire.run_document(found))

    async def log_metric(self, request: HotRequest) -> HotResponse:
        """One point of one metric."""
        run_id = _run_id(request)
        points = wire.read_metric(await request.body())
        await self._commits.log(request.context.tenant_id, run_id, points)
        return STORED

    async def log_batch(self, request: HotRequest) -> HotResponse:
        """Metrics, params and tags: all of it, or nothing."""
        run_id = _run_id(request)
        batch = wire.read_batch(await request.body())
        if not batch.params and not batch.tags and 0 < len(batch.points) <= SHARED:
            await self._commits.log(request.context.tenant_id, run_id, batch.points)
            return STORED
        problem = await self._commits.log_batch(request.context.tenant_id, run_id, batch)
        if problem is not None:
            raise outcomes.logging_refused(problem, run_id)
        return STORED

    async def _answer(
        self, functions: TrackingFunctions, run_id: UUID, status: int = 200
    ) -> HotResponse:
        found = await functions.find_run(run_id)
        if found is None:
            raise outcomes.run_not_found(run_id)
        return _json(wire.run_document(found), status)


def _json(document: dict[str, Any], status: int = 200) -> HotResponse:
    return HotResponse(orjson.dumps(document, option=wire.JSON), status)


def _run_id(request: HotRequest) -> UUID:
    text = request.path["run_id"]
    run_id = rules.as_run_id(text)
    if run_id is None:
        raise outcomes.run_not_found(text[:100])
    return run_id


def _read(model: type[Model], body: bytes) -> Model:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg']}"
            for fault in error.errors()[:3]
        ]
        raise BatchMalformed(
            f"{'; '.join(faults)}. The API reference at /docs shows the expected form."
        ) from error


def _limit(text: str) -> int:
    limit = int(text) if text.isdecimal() and len(text) < 5 else 0
    if not 1 <= limit <= 1000:
        raise InvalidInput("`limit` is a number from 1 to 1000.")
    return limit


def _text(value: str | None) -> str | None:
    if value is not None and "\x00" in value:
        raise InvalidInput("`name` holds the character NUL, which no name has.")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int):
        raise InvalidInput("This cursor belongs to another list. Leave it out for the first page.")
    return value


def _view(text: str) -> View:
    try:
        return View(text)
    except ValueError as error:
        raise InvalidInput(f"`view` is one of {', '.join(View)}.") from error
