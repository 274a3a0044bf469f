"""Experiments, runs and metrics as MLflow's JSON shows them: what is empty or unset is left out."""

from __future__ import annotations

import math
import sys
from datetime import datetime, timedelta
from typing import Any

import orjson

from maestro_ml.contracts.tracking import Experiment
from maestro_ml.server.protocols.mlflow.errors import InvalidParameter
from maestro_ml.server.search import EPOCH
from maestro_ml.server.tracking import RunRecord, WholeRunRecord, artifact_uri

_MILLISECOND = timedelta(milliseconds=1)
NAME_TAG = "mlflow.runName"


def to_milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970."""
    return (moment - EPOCH) // _MILLISECOND


def to_moment(name: str, milliseconds: int) -> datetime:
    """The time that the field `name` tells. Raises InvalidParameter when no calendar has it."""
    try:
        return EPOCH + milliseconds * _MILLISECOND
    except OverflowError as error:
        raise InvalidParameter(f"Invalid value {milliseconds} for parameter '{name}'.") from error


def metric_value(value: float) -> float | str:
    """NaN is a text, and the infinities are the outermost numbers."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else math.copysign(sys.float_info.max, value)


def pairs(values: dict[str, str]) -> list[dict[str, str]]:
    """`values` as a list of keys and values."""
    return [{"key": key, "value": value} for key, value in values.items()]


def experiment_document(experiment: Experiment) -> dict[str, Any]:
    """An Experiment of MLflow."""
    document: dict[str, Any] = {
        "experiment_id": str(experiment.id),
        "name": experiment.name,
        "artifact_location": experiment.artifact_location,
        "lifecycle_stage": experiment.lifecycle.value,
        "last_update_time": to_milliseconds(experiment.updated_at),
        "creation_time": to_milliseconds(experiment.created_at),
        "workspace": "default",
    }
    if experiment.tags:
        document["tags"] = pairs(experiment.tags)
    return document


def run_info(record: RunRecord) -> dict[str, Any]:
    """A RunInfo of MLflow."""
    run_id = record.id.hex
    info = {
        "run_uuid": run_id,
        "experiment_id": str(record.experiment_id),
        "run_name": record.name,
        "user_id": record.user_name,
        "status": record.status.upper(),
        "start_time": to_milliseconds(record.started_at),
        "artifact_uri": artifact_uri(record.experiment_id, record.artifact_location, record.id),
        "lifecycle_stage": "active" if record.deleted_at is None else "deleted",
        "run_id": run_id,
    }
    if record.ended_at is not None:
        info["end_time"] = to_milliseconds(record.ended_at)
    return info


def run_document(record: WholeRunRecord) -> dict[str, Any]:
    """A Run of MLflow."""
    data: dict[str, Any] = {
        "tags": pairs({**orjson.loads(record.tags), NAME_TAG: record.name}),
    }
    if record.keys:
        columns = (record.keys, record.values or (), record.timestamps or (), record.steps or ())
        data["metrics"] = [
            {"key": key, "value": metric_value(value), "timestamp": timestamp, "step": step}
            for key, value, timestamp, step in zip(*columns, strict=True)
        ]
    if record.params != "{}":
        data["params"] = pairs(orjson.loads(record.params))
    inputs, outputs = _links(record)
    return {"info": run_info(record), "data": data, "inputs": inputs, "outputs": outputs}


def _links(record: WholeRunRecord) -> tuple[dict[str, Any], dict[str, Any]]:
    inputs: dict[str, Any] = {}
    outputs: dict[str, Any] = {}
    if record.datasets is not None:
        inputs["dataset_inputs"] = [_dataset(each) for each in orjson.loads(record.datasets)]
    for model in orjson.loads(record.models) if record.models is not None else ():
        if model["direction"] == "input":
            inputs.setdefault("model_inputs", []).append({"model_id": model["model_id"]})
        else:
            shown = {"model_id": model["model_id"], "step": model["step"]}
            outputs.setdefault("model_outputs", []).append(shown)
    return inputs, outputs


def _dataset(given: dict[str, Any]) -> dict[str, Any]:
    tags = pairs(given.pop("tags"))
    dataset = {key: value for key, value in given.items() if value}
    return {"tags": tags, "dataset": dataset} if tags else {"dataset": dataset}
