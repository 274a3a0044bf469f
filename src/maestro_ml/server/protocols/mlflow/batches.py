"""The body of log-batch: decoded at once when it is as clients send it, else field by field.

A thousand metrics a request leave no time to ask each field for its type. What does not fit the usual
form is read again by the rules of proto-JSON, which either understand it or say what is wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from maestro_ml.server.protocols.mlflow.errors import InvalidParameter
from maestro_ml.server.protocols.mlflow.names import (
    check_metric,
    checked_param,
    checked_tag,
    is_name,
)
from maestro_ml.server.protocols.mlflow.wire import Fields, as_object, invalid_value, missing
from maestro_ml.server.tracking import Batch, Points

MAX_METRICS = 1000
MAX_PARAMS = 100
MAX_TAGS = 100
MAX_TOGETHER = 1000
_RUN_ID = re.compile(r"[a-zA-Z0-9][\w\-]{0,255}\Z")
_Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_Time = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


@dataclass(slots=True)
class ModelMetrics:
    """Which points of a batch were measured of a logged model, on which dataset."""

    models: list[str] = field(default_factory=list)
    points: Points = field(default_factory=Points)
    dataset_names: list[str | None] = field(default_factory=list)
    dataset_digests: list[str | None] = field(default_factory=list)

    def add(self, point: Point) -> None:
        """Add `point`, which was measured of a model."""
        self.models.append(point.model_id or "")
        self.points.keys.append(point.key)
        self.points.values.append(float(point.value))
        self.points.timestamps.append(point.timestamp)
        self.points.steps.append(point.step)
        self.dataset_names.append(point.dataset_name or None)
        self.dataset_digests.append(point.dataset_digest or None)


@dataclass(slots=True)
class LogBatch:
    """What one request logs to a run."""

    run_id: str
    batch: Batch
    model_metrics: ModelMetrics


class Point(msgspec.Struct, gc=False):
    """A Metric of MLflow."""

    key: str
    value: float
    timestamp: _Time
    step: _Int64 = 0
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None


class _Pair(msgspec.Struct, gc=False):
    key: str
    value: str = ""


class _Body(msgspec.Struct):
    run_id: str
    metrics: list[Point] = []
    params: list[_Pair] = []
    tags: list[_Pair] = []


_bodies = msgspec.json.Decoder(_Body)


def read_batch(body: bytes) -> LogBatch:
    """What `body` logs. Raises InvalidParameter, which names the field."""
    try:
        usual = _bodies.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _read_fields(Fields(as_object(body)))
    if not _fits(usual, body):
        return _read_fields(Fields(as_object(body)))
    check_run_id(usual.run_id)
    return _to_batch(
        usual.run_id,
        usual.metrics,
        [(pair.key, pair.value) for pair in usual.params],
        [(pair.key, pair.value) for pair in usual.tags],
    )


def _fits(body: _Body, raw: bytes) -> bool:
    keys = {point.key for point in body.metrics}
    named = all(pair.key for pair in (*body.params, *body.tags))
    return bool(body.run_id) and named and b"\\u0000" not in raw and all(map(is_name, keys))


def check_run_id(run_id: str) -> None:
    """Raise InvalidParameter for what is no run id at all."""
    if not _RUN_ID.match(run_id):
        raise invalid_value("run_id", run_id)


def _read_fields(fields: Fields) -> LogBatch:
    run_id = fields.text("run_id") or missing("run_id")
    points = [
        _read_point(each, f"metrics[{i}]") for i, each in enumerate(fields.messages("metrics"))
    ]
    params = [_read_pair(each, f"params[{i}]") for i, each in enumerate(fields.messages("params"))]
    tags = [_read_pair(each, f"tags[{i}]") for i, each in enumerate(fields.messages("tags"))]
    check_run_id(run_id)
    for i, point in enumerate(points):
        check_metric(point.key, point.value, point.timestamp, f"metrics[{i}]")
    return _to_batch(run_id, points, params, tags)


def _read_point(fields: Fields, path: str) -> Point:
    for name in ("key", "value", "timestamp"):
        if fields.raw(name) in (None, ""):
            missing(f"{path}.{name}")
    return read_point(fields)


def read_point(fields: Fields) -> Point:
    """A metric that is logged alone or with others. Raises InvalidParameter."""
    return Point(
        key=fields.required_text("key"),
        value=fields.required_number("value"),
        timestamp=fields.required_whole("timestamp"),
        step=fields.whole("step", 0) or 0,
        model_id=fields.text("model_id"),
        dataset_name=fields.text("dataset_name"),
        dataset_digest=fields.text("dataset_digest"),
    )


def check_dataset(point: Point) -> None:
    """Raise InvalidParameter for one of a dataset's name and digest without the other."""
    if bool(point.dataset_name) != bool(point.dataset_digest):
        raise InvalidParameter(
            "Both dataset_name and dataset_digest must be provided if one is provided"
        )


def _read_pair(fields: Fields, path: str) -> tuple[str, str]:
    return fields.text("key") or missing(f"{path}.key"), fields.text("value")


def _to_batch(
    run_id: str, points: list[Point], params: list[tuple[str, str]], tags: list[tuple[str, str]]
) -> LogBatch:
    stored_params = {
        key: checked_param(key, value, f"params[{i}].key") for i, (key, value) in enumerate(params)
    }
    stored_tags = {
        key: checked_tag(key, value, f"tags[{i}]") for i, (key, value) in enumerate(tags)
    }
    _check_sizes(len(points), len(params), len(tags))
    if len(stored_params) < len(params):
        twice = [key for key, times in Counter(key for key, _ in params).items() if times > 1]
        raise InvalidParameter(
            f"Duplicate parameter keys have been submitted: {twice}. Please ensure the request "
            "contains only one param value per param key."
        )
    columns = Points(
        keys=[point.key for point in points],
        values=[point.value for point in points],
        timestamps=[point.timestamp for point in points],
        steps=[point.step for point in points],
    )
    of_models = ModelMetrics()
    for point in points:
        if point.dataset_name is not point.dataset_digest:
            check_dataset(point)
        if point.model_id:
            of_models.add(point)
    return LogBatch(run_id, Batch(columns, stored_params, stored_tags), of_models)


def _check_sizes(metrics: int, params: int, tags: int) -> None:
    for what, most, sent in (
        ("metrics", MAX_METRICS, metrics),
        ("params", MAX_PARAMS, params),
        ("tags", MAX_TAGS, tags),
        ("metrics, params, and tags", MAX_TOGETHER, metrics + params + tags),
    ):
        if sent > most:
            raise InvalidParameter(
                f"A batch logging request can contain at most {most} {what}. Got {sent} {what}. "
                f"Please split up {what} across multiple requests and try again."
            )
