"""What is refused, in MLflow's words: our error codes become its `error_code` and HTTP status."""

from __future__ import annotations

from types import MappingProxyType

import orjson

from maestro_ml.server.kernel.errors import (
    Conflict,
    InvalidInput,
    MaestroError,
    NotFound,
)
from maestro_ml.server.kernel.http import HotResponse

STATUS_OF = MappingProxyType(
    {
        "INVALID_PARAMETER_VALUE": 400,
        "BAD_REQUEST": 400,
        "INVALID_STATE": 400,
        "RESOURCE_ALREADY_EXISTS": 400,
        "UNAUTHENTICATED": 401,
        "PERMISSION_DENIED": 403,
        "RESOURCE_DOES_NOT_EXIST": 404,
        "ENDPOINT_NOT_FOUND": 404,
        "METHOD_NOT_ALLOWED": 405,
        "RESOURCE_CONFLICT": 409,
        "REQUEST_LIMIT_EXCEEDED": 429,
        "INTERNAL_ERROR": 500,
        "NOT_IMPLEMENTED": 501,
        "TEMPORARILY_UNAVAILABLE": 503,
        "RESOURCE_EXHAUSTED": 507,
    }
)
"""The HTTP status of each `error_code`; clients retry 408, 429, 500 and 502 to 504 for minutes."""

_BY_CODE = MappingProxyType(
    {
        "tracking.experiment_name_taken": "RESOURCE_ALREADY_EXISTS",
        "tracking.experiment_deleted": "INVALID_PARAMETER_VALUE",
        "tracking.run_deleted": "INVALID_PARAMETER_VALUE",
        "tracking.param_changed": "INVALID_PARAMETER_VALUE",
        "registry.model_name_taken": "RESOURCE_ALREADY_EXISTS",
        "mlflow.resource_already_exists": "RESOURCE_ALREADY_EXISTS",
        "mlflow.bad_request": "BAD_REQUEST",
        "mlflow.invalid_state": "INVALID_STATE",
        "mlflow.endpoint_not_found": "ENDPOINT_NOT_FOUND",
        "mlflow.method_not_allowed": "METHOD_NOT_ALLOWED",
        "mlflow.not_implemented": "NOT_IMPLEMENTED",
    }
)
_BY_STATUS = MappingProxyType(
    {
        400: "INVALID_PARAMETER_VALUE",
        401: "UNAUTHENTICATED",
        403: "PERMISSION_DENIED",
        404: "RESOURCE_DOES_NOT_EXIST",
        409: "RESOURCE_CONFLICT",
        413: "INVALID_PARAMETER_VALUE",
        422: "INVALID_PARAMETER_VALUE",
        429: "REQUEST_LIMIT_EXCEEDED",
        503: "TEMPORARILY_UNAVAILABLE",
        507: "RESOURCE_EXHAUSTED",
    }
)


class InvalidParameter(InvalidInput):
    """INVALID_PARAMETER_VALUE: a field is missing, has the wrong type, or a value that cannot be."""

    code = "mlflow.invalid_parameter_value"


class BadRequest(InvalidInput):
    """BAD_REQUEST: the request is no JSON request at all."""

    code = "mlflow.bad_request"


class InvalidState(Conflict):
    """INVALID_STATE, with a status that no client retries."""

    code = "mlflow.invalid_state"


class AlreadyExists(Conflict):
    """RESOURCE_ALREADY_EXISTS: the name is taken."""

    code = "mlflow.resource_already_exists"


class DoesNotExist(NotFound):
    """RESOURCE_DOES_NOT_EXIST: there is no such thing for this caller."""

    code = "mlflow.resource_does_not_exist"


class EndpointNotFound(NotFound):
    """ENDPOINT_NOT_FOUND: MLflow's protocol has no such path."""

    code = "mlflow.endpoint_not_found"


class MethodNotAllowed(MaestroError):
    """The path is known with other verbs."""

    code = "mlflow.method_not_allowed"
    status = 405
    title = "Another method is needed"

    def __init__(self, allowed: list[str]) -> None:
        verbs = ", ".join(allowed)
        super().__init__(f"This endpoint is asked with {verbs}.", headers={"Allow": verbs})


class NotImplementedHere(MaestroError):
    """NOT_IMPLEMENTED: MLflow has it, Maestro has not."""

    code = "mlflow.not_implemented"
    status = 501
    title = "Not part of Maestro"


def error_code(error: MaestroError) -> str:
    """MLflow's `error_code` for `error`."""
    return _BY_CODE.get(error.code) or _BY_STATUS.get(error.status, "INTERNAL_ERROR")


def error_response(error: MaestroError, _request_id: str | None = None) -> HotResponse:
    """`error` in MLflow's form; without credentials the client is asked for a name and password."""
    code = error_code(error)
    return HotResponse(
        orjson.dumps({"error_code": code, "message": error.detail}),
        STATUS_OF[code],
        headers=((b"www-authenticate", b'Basic realm="mlflow"'),) if error.status == 401 else (),
    )
