"""From what MLflow's client returns to what an import sends."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from maestro_ml.cli.transfer.source import SourceRun
from maestro_ml.cli.transfer.spool import Point
from maestro_ml.contracts.imports import (
    DatasetInput,
    ExperimentImport,
    LoggedModelImport,
    LoggedModelMetric,
    LoggedModelStatus,
    ModelOutput,
    RunImport,
)
from maestro_ml.contracts.tracking import ExperimentId, Lifecycle, RunId, RunStatus

_NAME_TAG = "mlflow.runName"
_PARENT_TAG = "mlflow.parentRunId"
_EPOCH = datetime.fromtimestamp(0, UTC)


def to_experiment(found: Any) -> ExperimentImport:
    """An experiment; the oldest stores kept no dates."""
    created = found.creation_time or found.last_update_time
    return ExperimentImport(
        name=found.name,
        tags=dict(found.tags),
        lifecycle=Lifecycle(found.lifecycle_stage),
        created_at=to_time(created),
        updated_at=to_time(found.last_update_time or created),
    )


def to_run(found: Any) -> SourceRun:
    """A run; its name has one home, so the tag for it goes."""
    info, tags = found.info, dict(found.data.tags)
    name = tags.pop(_NAME_TAG, None) or info.run_name or info.run_id
    body = RunImport(
        id=RunId(UUID(info.run_id)),
        experiment_id=ExperimentId(0),
        name=name,
        status=RunStatus(str(info.status).lower()),
        user=info.user_id or tags.get("mlflow.user", ""),
        started_at=to_time(info.start_time),
        ended_at=None if info.end_time is None else to_time(info.end_time),
        parent_run_id=_parent(tags.get(_PARENT_TAG)),
        params=dict(found.data.params),
        tags=tags,
        **_links(found),
    )
    metrics = tuple(sorted(found.data.metrics))
    lifecycle = Lifecycle(info.lifecycle_stage)
    return SourceRun(info.run_id, body, lifecycle, metrics, info.artifact_uri or "")


def _links(found: Any) -> dict[str, Any]:
    """What the run read and wrote; old clients know of nothing such."""
    inputs, outputs = getattr(found, "inputs", None), getattr(found, "outputs", None)
    read = getattr(inputs, "model_inputs", None) or ()
    written = getattr(outputs, "model_outputs", None) or ()
    return {
        "datasets": [_dataset(each) for each in getattr(inputs, "dataset_inputs", None) or ()],
        "read_models": list(dict.fromkeys(each.model_id for each in read)),
        "written_models": [
            ModelOutput(model_id=each.model_id, step=each.step or 0) for each in written
        ],
    }


def _dataset(found: Any) -> DatasetInput:
    dataset = found.dataset
    return DatasetInput(
        name=dataset.name,
        digest=dataset.digest,
        source_type=dataset.source_type,
        source=dataset.source,
        columns=dataset.schema or "",
        profile=dataset.profile or "",
        tags={tag.key: tag.value for tag in found.tags},
    )


def to_logged_model(found: Any) -> LoggedModelImport:
    """A logged model with what was measured of it."""
    metrics = [
        LoggedModelMetric(
            key=each.key,
            value=each.value,
            timestamp=each.timestamp,
            step=each.step or 0,
            run_id=RunId(UUID(each.run_id)),
            dataset_name=each.dataset_name,
            dataset_digest=each.dataset_digest,
        )
        for each in found.metrics or ()
        if each.run_id
    ]
    return LoggedModelImport(
        id=found.model_id,
        experiment_id=0,
        name=found.name,
        model_type=found.model_type or "",
        status=LoggedModelStatus(getattr(found.status, "value", found.status)),
        source_run_id=found.source_run_id or "",
        params=dict(found.params or {}),
        tags=dict(found.tags or {}),
        metrics=metrics,
        created_at=to_time(found.creation_timestamp),
        updated_at=to_time(found.last_updated_timestamp),
    )


def to_points(metrics: Iterable[Any]) -> Iterator[Point]:
    """Points of a metric."""
    for each in metrics:
        # One NaN for all: each is different from every other, and this one the same as itself.
        value = math.nan if math.isnan(each.value) else float(each.value)
        yield int(each.step), int(each.timestamp), value


def _parent(text: str | None) -> RunId | None:
    try:
        return None if text is None else RunId(UUID(text))
    except ValueError:
        return None


def to_time(milliseconds: int | None) -> datetime:
    """A time from milliseconds since 1970."""
    return _EPOCH if not milliseconds else datetime.fromtimestamp(milliseconds / 1000, UTC)
