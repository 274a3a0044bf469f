"""Pure decisions of tracking: what a new run is, where artifacts are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from maestro_ml.contracts.run_names import invent_run_name
from maestro_ml.contracts.tracking import (
    RunBatch,
    RunCreate,
    RunStatus,
    RunUpdate,
)
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.context import Context
from maestro_ml.server.kernel.ids import new_id

FINAL = frozenset(status for status in RunStatus if status.final)
NAME_TAG = "mlflow.runName"
PARENT_TAG = "mlflow.parentRunId"
_SPELLED_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\Z", re.IGNORECASE)

ORPHANED_AFTER = timedelta(days=1)
"""Longer than any upload lasts: a file without a row is left over from a crash by then."""
MODELS_KEPT = timedelta(days=7)
"""How long the files of a deleted logged model stay, for those who still load it."""
RUN_TOPIC = "run"
"""Hints about this kind of thing tell that a run changed."""


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run that is about to be stored."""

    id: UUID
    experiment_id: int
    name: str
    user_name: str
    params: dict[str, str]
    tags: dict[str, str]
    parent_run_id: UUID | None
    started_at: datetime
    parent_is_sure: bool = False


@dataclass(frozen=True, slots=True)
class NewLoggedModel:
    """A logged model that is about to be stored."""

    id: str
    experiment_id: int
    name: str
    model_type: str
    source_run_id: str
    params: dict[str, str]
    tags: dict[str, str]
    created_at: datetime


@dataclass(slots=True)
class Points:
    """Points of metrics by column; equal positions belong together. Times are in milliseconds."""

    keys: list[str] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    timestamps: list[int] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(slots=True)
class Batch:
    """What is logged together."""

    points: Points
    params: dict[str, str]
    tags: dict[str, str]


def now_ms() -> int:
    """Milliseconds since 1970."""
    return int(now().timestamp() * 1000)


def new_run(context: Context, body: RunCreate, *, idempotency_key: str = "") -> NewRun:
    """The run that `body` asks for.

    A run's name has one home, its column, and so has its parent; the MLflow tags for both are read,
    and the parent's is kept for clients that look for it.
    """
    tags = dict(body.tags)
    name = body.name or tags.pop(NAME_TAG, "") or invent_run_name()
    tags.pop(NAME_TAG, None)
    parent = body.parent_run_id or parent_of(tags)
    if parent is not None:
        tags[PARENT_TAG] = parent.hex
    return NewRun(
        id=body.id or _repeatable_id(context, idempotency_key) or new_id(),
        experiment_id=body.experiment_id,
        name=name,
        user_name=context.actor.name,
        params=dict(body.params),
        tags=tags,
        parent_run_id=parent,
        started_at=body.started_at or now(),
    )


def _repeatable_id(context: Context, key: str) -> UUID | None:
    """The same key of the same caller makes the same id, so that a repeated request finds its run."""
    return uuid5(context.tenant_id, f"{context.actor.id}:{key}") if key else None


def parent_of(tags: dict[str, str]) -> UUID | None:
    """The run that the tags name as the parent."""
    return as_run_id(tags.get(PARENT_TAG, ""))


def as_run_id(text: str) -> UUID | None:
    """The id that `text` spells, with or without dashes; None if it spells none."""
    return UUID(text) if _SPELLED_ID.match(text) else None


def end_of(update: RunUpdate) -> datetime | None:
    """When the run ended, as `update` says or implies."""
    if update.ended_at is None and update.status in FINAL:
        return now()
    return update.ended_at


def to_batch(body: RunBatch) -> Batch:
    """The columns of `body`; points without a time happened now."""
    moment = now_ms()
    points = Points(
        keys=[metric.key for metric in body.metrics],
        values=[metric.value for metric in body.metrics],
        timestamps=[
            moment if metric.timestamp is None else metric.timestamp for metric in body.metrics
        ],
        steps=[metric.step for metric in body.metrics],
    )
    return Batch(points, dict(body.params), dict(body.tags))


def artifact_location(experiment_id: int, chosen: str | None) -> str:
    """Where an experiment's artifacts are: with us unless another place was chosen."""
    return chosen or f"mlflow-artifacts:/{experiment_id}"


def artifact_uri(experiment_id: int, chosen: str | None, run_id: UUID) -> str:
    """Where a run's artifacts are."""
    return _below(artifact_location(experiment_id, chosen), f"{run_id.hex}/artifacts")


def model_artifact_uri(experiment_id: int, chosen: str | None, model_id: str) -> str:
    """Where a logged model's files are."""
    return _below(artifact_location(experiment_id, chosen), f"models/{model_id}/artifacts")


def _below(location: str, path: str) -> str:
    """`path` in the folder `location`, whose query, if it has one, stays at the end."""
    folder, mark, query = location.partition("?")
    return f"{folder.rstrip('/')}/{path}{mark}{query}"
