"""Bytes in, bytes out: what the hot paths decode and render without a model in between."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import orjson

from maestro_ml.contracts.tracking import (
    MAX_BATCH_METRICS,
    MAX_BATCH_PARAMS,
    MAX_BATCH_TAGS,
    MAX_KEY,
    MAX_PARAM_VALUE,
    MAX_TAG_VALUE,
    ExperimentId,
    Lifecycle,
    Run,
    RunId,
    RunStatus,
    spell_numbers,
)
from maestro_ml.server.tracking.errors import BatchMalformed
from maestro_ml.server.tracking.repository import ExperimentRecord, RunRecord
from maestro_ml.server.tracking.rules import (
    Batch,
    Points,
    artifact_location,
    artifact_uri,
    now_ms,
)

JSON = orjson.OPT_UTC_Z

_Key = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_KEY)]
_Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_Param = Annotated[str, msgspec.Meta(max_length=MAX_PARAM_VALUE)]
_Tag = Annotated[str, msgspec.Meta(max_length=MAX_TAG_VALUE)]


class MetricBody(msgspec.Struct, forbid_unknown_fields=True):
    """`contracts.tracking.Metric` as it arrives."""

    key: _Key
    value: float | str
    step: _Int64 = 0
    timestamp: _Int64 | None = None


class BatchBody(msgspec.Struct, forbid_unknown_fields=True):
    """`contracts.tracking.RunBatch` as it arrives."""

    metrics: Annotated[list[MetricBody], msgspec.Meta(max_length=MAX_BATCH_METRICS)] = []
    params: Annotated[dict[_Key, _Param], msgspec.Meta(max_length=MAX_BATCH_PARAMS)] = {}
    tags: Annotated[dict[_Key, _Tag], msgspec.Meta(max_length=MAX_BATCH_TAGS)] = {}


_batches = msgspec.json.Decoder(BatchBody)
_metrics = msgspec.json.Decoder(MetricBody)


def read_batch(body: bytes) -> Batch:
    """The batch in `body`. Raises BatchMalformed, which names the field."""
    try:
        batch = _batches.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _malformed(error) from error
    _refuse_nul(body, batch)
    return Batch(_columns(batch.metrics, "metrics[{}].value"), batch.params, batch.tags)


def read_metric(body: bytes) -> Points:
    """The one point in `body`. Raises BatchMalformed, which names the field."""
    try:
        metric = _metrics.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _malformed(error) from error
    _refuse_nul(body, BatchBody(metrics=[metric]))
    return _columns([metric], "value")


def _columns(metrics: list[MetricBody], field: str) -> Points:
    moment = now_ms()
    return Points(
        keys=[metric.key for metric in metrics],
        values=[
            metric.value if metric.value.__class__ is float else _number(metric.value, field, i)
            for i, metric in enumerate(metrics)
        ],
        timestamps=[moment if metric.timestamp is None else metric.timestamp for metric in metrics],
        steps=[metric.step for metric in metrics],
    )


def _number(text: float | str, field: str, position: int) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise BatchMalformed(
            f"{field.format(position)}: {str(text)[:50]!r} is no number. Send a number, or one of "
            '"NaN", "Infinity", "-Infinity".'
        ) from error


def _refuse_nul(body: bytes, batch: BatchBody) -> None:
    r"""PostgreSQL's text has no place for NUL, which JSON can only spell as \u0000."""
    if b"\\u0000" not in body:
        return
    texts = [metric.key for metric in batch.metrics]
    for pairs in (batch.params, batch.tags):
        texts += [*pairs, *pairs.values()]
    if any("\x00" in text for text in texts):
        raise BatchMalformed("A key or value holds the character NUL (\\u0000); leave it out.")


def _malformed(error: Exception) -> BatchMalformed:
    what, _, where = str(error).partition(" - at `")
    place = where.rstrip("`").removeprefix("$.").replace("` in `$.", " of ")
    told = f"{place}: {what}" if place else what
    return BatchMalformed(f"{told}. The API reference at /docs shows the expected form.")


def experiment_document(record: ExperimentRecord) -> dict[str, Any]:
    """`contracts.tracking.Experiment` for orjson; the tags pass through as PostgreSQL wrote them."""
    return {
        "id": record.id,
        "name": record.name,
        "artifact_location": artifact_location(record.id, record.artifact_location),
        "lifecycle": "active" if record.deleted_at is None else "deleted",
        "tags": orjson.Fragment(record.tags),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }


def run_document(record: RunRecord) -> dict[str, Any]:
    """`contracts.tracking.Run` for orjson; params and tags pass through as PostgreSQL wrote them."""
    return {
        "id": str(record.id),
        "experiment_id": record.experiment_id,
        "name": record.name,
        "status": record.status,
        "lifecycle": "active" if record.deleted_at is None else "deleted",
        "user": record.user_name,
        "parent_run_id": None if record.parent_run_id is None else str(record.parent_run_id),
        "started_at": record.started_at,
        "ended_at": record.ended_at,
        "artifact_uri": artifact_uri(record.experiment_id, record.artifact_location, record.id),
        "params": orjson.Fragment(record.params),
        "tags": orjson.Fragment(record.tags),
        "metrics": dict(zip(record.keys or (), spell_numbers(record.values or []), strict=True)),
    }


def to_run(record: RunRecord) -> Run:
    """The contract of a record."""
    return Run(
        id=RunId(record.id),
        experiment_id=ExperimentId(record.experiment_id),
        name=record.name,
        status=RunStatus(record.status),
        lifecycle=Lifecycle.ACTIVE if record.deleted_at is None else Lifecycle.DELETED,
        user=record.user_name,
        parent_run_id=None if record.parent_run_id is None else RunId(record.parent_run_id),
        started_at=record.started_at,
        ended_at=record.ended_at,
        artifact_uri=artifact_uri(record.experiment_id, record.artifact_location, record.id),
        params=orjson.loads(record.params),
        tags=orjson.loads(record.tags),
        metrics=dict(zip(record.keys or (), record.values or (), strict=True)),
    )
