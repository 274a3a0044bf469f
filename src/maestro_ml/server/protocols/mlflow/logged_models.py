"""MLflow's logged models: made by a run, filled with files, then finalized."""

from __future__ import annotations

from typing import Any

import orjson

from maestro_ml.contracts.identity import Permission
from maestro_ml.server.kernel.http import HotRequest, HotResponse
from maestro_ml.server.protocols.mlflow.documents import metric_value, pairs, to_milliseconds
from maestro_ml.server.protocols.mlflow.errors import InvalidParameter
from maestro_ml.server.protocols.mlflow.outcomes import (
    as_experiment,
    experiment_deleted,
    experiment_missing,
)
from maestro_ml.server.protocols.mlflow.registered_models import page
from maestro_ml.server.protocols.mlflow.routes import Endpoint
from maestro_ml.server.protocols.mlflow.wire import (
    EMPTY,
    Fields,
    invalid_value,
    json_response,
    missing,
    read,
    refuse_nul,
)
from maestro_ml.server.search import Entity, SearchLanguage, Subject
from maestro_ml.server.tracking import (
    Dataset,
    ExperimentDeleted,
    ExperimentNotFound,
    LoggedModelOrder,
    LoggedModelRecord,
    LoggedModelSelection,
    LoggedModelService,
    model_artifact_uri,
)

_STATUSES = {
    "PENDING": "LOGGED_MODEL_PENDING",
    "READY": "LOGGED_MODEL_READY",
    "FAILED": "LOGGED_MODEL_UPLOAD_FAILED",
    "UNSPECIFIED": "LOGGED_MODEL_STATUS_UNSPECIFIED",
}
_NUMBERS = ("UNSPECIFIED", "PENDING", "READY", "FAILED")
_BY_NAME = {name: status for status, name in _STATUSES.items()}
_NOT_IN_NAMES = ("/", ":", ".", "%", '"', "'")
_PAGE = 100
_MOST = 10_000
_ORDERS = frozenset(
    {
        "name",
        "model_id",
        "model_type",
        "status",
        "source_run_id",
        "experiment_id",
        "artifact_location",
        "creation_timestamp",
        "last_updated_timestamp",
    }
)
_ALIASES = {"creation_time": "creation_timestamp", "last_updated_time": "last_updated_timestamp"}


class _LoggedModels:
    def __init__(self, models: LoggedModelService, language: SearchLanguage) -> None:
        self._models = models
        self._language = language

    async def create(self, request: HotRequest) -> HotResponse:
        fields = await read(request)
        experiment_id = as_experiment(fields.required_text("experiment_id"))
        try:
            made = await self._models.create(
                request.context,
                experiment_id,
                name=_name(fields),
                model_type=fields.text("model_type"),
                source_run_id=fields.text("source_run_id"),
                params=dict(fields.pairs("params")),
                tags=dict(fields.pairs("tags")),
            )
        except ExperimentNotFound as error:
            raise experiment_missing(experiment_id) from error
        except ExperimentDeleted as error:
            raise experiment_deleted(experiment_id) from error
        return _answer(made)

    async def get(self, request: HotRequest) -> HotResponse:
        allowed = request.query.get("allow_deleted", "false").lower() == "true"
        model_id = _model_id(request)
        return _answer(await self._models.get(request.context, model_id, allow_deleted=allowed))

    async def finalize(self, request: HotRequest) -> HotResponse:
        status = _status((await read(request)).raw("status"))
        model_id = _model_id(request)
        return _answer(await self._models.finalize(request.context, model_id, status))

    async def delete(self, request: HotRequest) -> HotResponse:
        await self._models.delete(request.context, _model_id(request))
        return EMPTY

    async def log_params(self, request: HotRequest) -> HotResponse:
        params = dict((await read(request)).pairs("params"))
        await self._models.log_params(request.context, _model_id(request), params)
        return EMPTY

    async def set_tags(self, request: HotRequest) -> HotResponse:
        tags = dict((await read(request)).pairs("tags"))
        await self._models.set_tags(request.context, _model_id(request), tags)
        return EMPTY

    async def delete_tag(self, request: HotRequest) -> HotResponse:
        key = refuse_nul("tag_key", request.path["tag_key"])
        await self._models.delete_tag(request.context, _model_id(request), key)
        return EMPTY

    async def search(self, request: HotRequest) -> HotResponse:
        fields = await read(request)
        limit = fields.whole("max_results", _PAGE) or _PAGE
        if not 1 <= limit <= _MOST:
            raise InvalidParameter(f"'max_results' must be from 1 to {_MOST}, got {limit}.")
        chosen = LoggedModelSelection(
            experiment_ids=tuple(as_experiment(each) for each in _experiments(fields)),
            conditions=await self._language.conditions(
                Subject.LOGGED_MODELS, fields.text("filter")
            ),
            datasets=tuple(_dataset(each) for each in fields.messages("datasets")),
            orders=tuple(_order(each) for each in fields.messages("order_by")),
        )
        token = fields.text("page_token")
        found, following = await self._models.search(
            request.context, chosen, limit=limit, token=token
        )
        return json_response(page("models", [model_document(each) for each in found], following))


def _model_id(request: HotRequest) -> str:
    return refuse_nul("model_id", request.path["model_id"])


def _answer(record: LoggedModelRecord) -> HotResponse:
    return json_response({"model": model_document(record)})


def model_document(record: LoggedModelRecord) -> dict[str, Any]:
    """A LoggedModel of MLflow."""
    info: dict[str, Any] = {
        "model_id": record.id,
        "experiment_id": str(record.experiment_id),
        "name": record.name,
        "creation_timestamp_ms": to_milliseconds(record.created_at),
        "last_updated_timestamp_ms": to_milliseconds(record.updated_at),
        "artifact_uri": model_artifact_uri(
            record.experiment_id, record.artifact_location, record.id
        ),
        "status": _STATUSES[record.status],
        "model_type": record.model_type,
        "source_run_id": record.source_run_id,
    }
    data: dict[str, Any] = {}
    if record.tags != "{}":
        info["tags"] = pairs(orjson.loads(record.tags))
    if record.params != "{}":
        data["params"] = pairs(orjson.loads(record.params))
    if record.keys:
        data["metrics"] = _metrics(record)
    return {"info": info, "data": data}


def _metrics(record: LoggedModelRecord) -> list[dict[str, Any]]:
    columns = (
        record.keys or (),
        record.values or (),
        record.timestamps or (),
        record.steps or (),
        record.run_ids or (),
        record.dataset_names or (),
        record.dataset_digests or (),
    )
    shown = []
    for key, value, timestamp, step, run_id, name, digest in zip(*columns, strict=True):
        metric = {
            "key": key,
            "value": metric_value(value),
            "timestamp": timestamp,
            "step": step,
            "model_id": record.id,
            "run_id": run_id.hex,
        }
        on = {"dataset_name": name, "dataset_digest": digest}
        shown.append({**metric, **{field: told for field, told in on.items() if told}})
    return shown


def _name(fields: Fields) -> str:
    name = fields.text("name")
    if any(char in name for char in _NOT_IN_NAMES):
        raise InvalidParameter(
            f"Invalid model name ({name!r}) provided. Model name must be a non-empty string and "
            f"cannot contain the following characters: {_NOT_IN_NAMES}"
        )
    return name


def _status(given: Any) -> str:
    """A status by its name in the protocol, or by its number."""
    if isinstance(given, str) and given in _BY_NAME:
        return _BY_NAME[given]
    number = int(given) if isinstance(given, str) and given.isdecimal() else given
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < len(_NUMBERS):
        return _NUMBERS[number]
    raise invalid_value("status", given)


def _experiments(fields: Fields) -> list[str]:
    return (
        fields.texts("experiment_ids")
        if fields.has("experiment_ids")
        else [missing("experiment_ids")]
    )


def _dataset(fields: Fields) -> Dataset:
    name = fields.text("dataset_name")
    if not name:
        raise InvalidParameter("`dataset_name` in the `datasets` clause must be specified.")
    return Dataset(name, fields.text("dataset_digest") or None)


def _order(fields: Fields) -> LoggedModelOrder:
    field, ascending = (
        fields.required_text("field_name").strip(),
        fields.flag("ascending", default=True),
    )
    name, digest = fields.text("dataset_name") or None, fields.text("dataset_digest") or None
    entity, dot, metric = field.partition(".")
    if dot:
        if entity != "metrics":
            raise InvalidParameter(
                f"Invalid order by field name: {field}. Only metrics are supported."
            )
        on = Dataset(name, digest) if name or digest else None
        return LoggedModelOrder(Entity.METRIC, metric, ascending, on)
    key = _ALIASES.get(field, field)
    if key not in _ORDERS:
        raise InvalidParameter(f"Invalid order by field name: {field}")
    return LoggedModelOrder(Entity.ATTRIBUTE, key, ascending)


def logged_model_endpoints(models: LoggedModelService, language: SearchLanguage) -> list[Endpoint]:
    """`logged-models…`."""
    logged = _LoggedModels(models, language)
    get, write = Permission.EXPERIMENT_READ, Permission.EXPERIMENT_WRITE
    gone = Permission.EXPERIMENT_DELETE
    one = "logged-models/{model_id}"
    return [
        Endpoint("POST", "logged-models", logged.create, write),
        Endpoint("POST", "logged-models/search", logged.search, get),
        Endpoint("PATCH", one, logged.finalize, write),
        Endpoint("GET", one, logged.get, get),
        Endpoint("DELETE", one, logged.delete, gone),
        Endpoint("PATCH", f"{one}/tags", logged.set_tags, write),
        Endpoint("DELETE", one + "/tags/{tag_key:path}", logged.delete_tag, write),
        Endpoint("POST", f"{one}/params", logged.log_params, write),
    ]
