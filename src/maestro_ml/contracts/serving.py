"""Deployments and predictions as they cross the wire."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, NewType
from uuid import UUID

from pydantic import Field

from maestro_ml.contracts.base import Contract, Request, Slug, Timestamp
from maestro_ml.contracts.registry import ModelVersionId

DeploymentId = NewType("DeploymentId", UUID)


class DeploymentState(StrEnum):
    """`starting` until its model has been loaded once; `failed` when it could not be.

    `stopped`: somebody stopped it; it answers nothing until it is started again.
    """

    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"
    STOPPED = "stopped"


class Route(Contract):
    """A model version behind a deployment and its share of the requests, in percent."""

    model: str
    version: int
    version_id: ModelVersionId
    weight: int


class Deployment(Contract):
    """A named endpoint; `error` is why the last deploy failed, None after one that worked."""

    id: DeploymentId
    name: str
    state: DeploymentState
    routes: list[Route]
    idle_seconds: float | None
    error: str | None
    created_at: Timestamp
    created_by: str
    updated_at: Timestamp


class Latency(Contract):
    """Milliseconds inside the gateway that half, 95 % and 99 % of the last `rows` requests stayed below."""

    p50: float
    p95: float
    p99: float
    rows: int


class DeploymentFigures(Contract):
    """What the gateway has counted of a deployment `since` it started.

    errors: requests that were refused or failed. last_minute: of the last 1,000 requests.
    """

    since: Timestamp
    requests: int
    errors: int
    last_minute: int
    last_at: Timestamp | None
    milliseconds: Latency | None


class LogSource(StrEnum):
    """Who wrote a line: the model's own code, or the gateway about its process."""

    MODEL = "model"
    GATEWAY = "gateway"


class DeploymentLogLine(Contract):
    """A line of the served version's log; `seq` counts up from 1."""

    seq: int
    at: Timestamp
    source: LogSource
    text: str


class DeploymentLog(Contract):
    """The last lines about the served version's process since the gateway started.

    Pass `next` as `after` for what comes later. loaded: whether the process runs now.
    """

    lines: list[DeploymentLogLine]
    next: int
    loaded: bool


IdleSeconds = Annotated[float, Field(gt=0, le=7 * 24 * 3600)]


class DeploymentCreate(Request):
    """Serve `model` under `name`: a version (3 or "v3"), an alias, or by default the newest one.

    `idle_seconds` without a request unload the model; None leaves it to the gateway's setting.
    """

    name: Slug
    model: str
    version: int | str | None = None
    alias: str | None = None
    idle_seconds: IdleSeconds | None = None


class DeploymentUpdate(Request):
    """Switch to another version without a failed request; `model` defaults to the served one."""

    model: str | None = None
    version: int | str | None = None
    alias: str | None = None
    idle_seconds: IdleSeconds | None = None


class ServedModel(Contract):
    """Which version answered."""

    name: str
    version: int


class Prediction(Contract):
    """One prediction per row; `probabilities` (label → probability) if the model gives them."""

    predictions: list[Any]
    probabilities: list[dict[str, float]] | None = None
    model: ServedModel


class PredictionRequest(Request):
    """Rows by column name; None is a missing value."""

    inputs: list[dict[str, Any]]
