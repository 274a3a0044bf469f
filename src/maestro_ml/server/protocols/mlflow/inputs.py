"""What runs read and wrote: datasets, logged models, and the models of older clients."""

from __future__ import annotations

from typing import Any

import orjson

from maestro_ml.contracts.identity import Permission
from maestro_ml.server.kernel.db import Calls
from maestro_ml.server.kernel.http import HotRequest, HotResponse
from maestro_ml.server.protocols.mlflow.batches import check_run_id
from maestro_ml.server.protocols.mlflow.errors import InvalidParameter
from maestro_ml.server.protocols.mlflow.names import check_length
from maestro_ml.server.protocols.mlflow.outcomes import as_run, run_refused
from maestro_ml.server.protocols.mlflow.routes import Endpoint
from maestro_ml.server.protocols.mlflow.wire import EMPTY, Fields, missing, read
from maestro_ml.server.tracking import InputFunctions

_LIMITS = {"name": 500, "digest": 36, "source": 65_535, "schema": 1_048_575, "profile": 16_777_215}
_REQUIRED = ("name", "digest", "source_type", "source")
MAX_INPUT_TAG_KEY = 255
MAX_INPUT_TAG_VALUE = 500
HISTORY_TAG = "mlflow.log-model.history"
_MODEL_FIELDS = ("run_id", "utc_time_created", "artifact_path", "model_uuid")
_MODEL_REQUIRED = {"artifact_path", "flavors", "utc_time_created", "run_id"}


def input_endpoints(calls: Calls) -> list[Endpoint]:
    """The endpoints that tie runs to data and models."""
    inputs = _Inputs(calls)
    write = Permission.EXPERIMENT_WRITE
    return [
        Endpoint("POST", "runs/log-inputs", inputs.log_inputs, write),
        Endpoint("POST", "runs/outputs", inputs.log_outputs, write),
        Endpoint("POST", "runs/log-model", inputs.log_model, write),
    ]


class _Inputs:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def log_inputs(self, request: HotRequest) -> HotResponse:
        """The datasets and logged models that a run read."""
        fields = await read(request)
        run_id = fields.required_text("run_id")
        check_run_id(run_id)
        datasets = [_dataset(each) for each in fields.messages("datasets")]
        distinct: dict[tuple[str, str], dict[str, Any]] = {}
        for dataset in datasets:
            distinct.setdefault((dataset["name"], dataset["digest"]), dataset)
        models = [each.required_text("model_id") for each in fields.messages("models")]
        word = await self._functions(request).log_inputs(
            as_run(run_id), [*distinct.values()], models
        )
        return _answer(word, run_id)

    async def log_outputs(self, request: HotRequest) -> HotResponse:
        """The logged models that a run wrote."""
        fields = await read(request)
        run_id = fields.required_text("run_id")
        if not fields.has("models"):
            missing("models")
        models = fields.messages("models")
        word = await self._functions(request).log_outputs(
            as_run(run_id),
            [each.required_text("model_id") for each in models],
            [each.whole("step", 0) or 0 for each in models],
        )
        return _answer(word, run_id)

    async def log_model(self, request: HotRequest) -> HotResponse:
        """A model as clients before 3.0 describe it: the run keeps a list of them in a tag."""
        fields = await read(request)
        run_id = fields.required_text("run_id")
        told = _model(fields.required_text("model_json"))
        word = await self._functions(request).append_to_tag(as_run(run_id), HISTORY_TAG, told)
        return _answer(word, run_id)

    def _functions(self, request: HotRequest) -> InputFunctions:
        return InputFunctions(self._calls, request.context.tenant_id)


def _answer(word: str | None, run_id: str) -> HotResponse:
    if word is not None:
        raise run_refused(word, run_id)
    return EMPTY


def _dataset(fields: Fields) -> dict[str, Any]:
    sent = fields.message("dataset")
    if not fields.has("dataset"):
        missing("dataset")
    dataset: dict[str, Any] = {name: sent.required_text(name) for name in _REQUIRED}
    dataset |= {name: sent.text(name) for name in ("schema", "profile")}
    for name, limit in _LIMITS.items():
        check_length(dataset[name], limit, name)
    tags = dict(fields.pairs("tags"))
    for key, value in tags.items():
        check_length(key, MAX_INPUT_TAG_KEY, "key")
        check_length(value, MAX_INPUT_TAG_VALUE, "value")
    return {**dataset, "tags": tags}


def _model(text: str) -> dict[str, Any]:
    try:
        model = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidParameter(
            f"Malformed model info. \n {text[:1000]} \n is not a valid JSON."
        ) from error
    absent = _MODEL_REQUIRED - set(model if isinstance(model, dict) else ())
    if absent:
        raise InvalidParameter(f"Model json is missing mandatory fields: {absent}")
    flavors = model["flavors"] if isinstance(model["flavors"], dict) else {}
    kept = {name: model[name] for name in _MODEL_FIELDS if name in model}
    return {
        **kept,
        "flavors": {
            name: {key: value for key, value in flavor.items() if key != "config"}
            if isinstance(flavor, dict)
            else flavor
            for name, flavor in flavors.items()
        },
    }
