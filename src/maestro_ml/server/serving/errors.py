"""What can go wrong with deployments and predictions."""

from __future__ import annotations

from maestro_ml.server.kernel.errors import (
    Conflict,
    InvalidInput,
    MaestroError,
    NotFound,
    TooLarge,
    Unavailable,
)


class DeploymentNotFound(NotFound):
    """No such deployment in the caller's tenant."""

    code = "serving.deployment_not_found"


class DeploymentNameTaken(Conflict):
    """A deployment with this name exists."""

    code = "serving.deployment_name_taken"


class DeploymentNotReady(Conflict):
    """The deployment's model could not be loaded when it was deployed."""

    code = "serving.deployment_not_ready"


class DeploymentStopped(Conflict):
    """Somebody stopped the deployment."""

    code = "serving.deployment_stopped"


class VersionAmbiguous(InvalidInput):
    """A version and an alias, or several models, were named."""

    code = "serving.version_ambiguous"


class InputMalformed(InvalidInput):
    """The body is no JSON, or holds no rows in a known form."""

    code = "serving.input_malformed"


class InputRefused(MaestroError):
    """The rows do not fit the model's signature."""

    code = "serving.input_refused"
    status = 422
    title = "The rows do not fit the model"


class NoRows(InputRefused):
    """There is nothing to predict."""

    code = "serving.no_rows"


class ColumnMissing(InputRefused):
    """A row lacks a column of the signature."""

    code = "serving.column_missing"


class ColumnUnknown(InputRefused):
    """A row has a column that the signature does not know."""

    code = "serving.column_unknown"


class ValueInvalid(InputRefused):
    """A value is not of its column's type."""

    code = "serving.value_invalid"


class TooManyRows(TooLarge):
    """More rows than one request may have."""

    code = "serving.too_many_rows"


class ModelRaised(MaestroError):
    """The model itself failed on these rows."""

    code = "serving.model_raised"
    status = 422
    title = "The model failed on these rows"


class ModelUnloadable(MaestroError):
    """The model's files cannot be turned into a model here."""

    code = "serving.model_unloadable"
    status = 422
    title = "The model cannot be loaded"


class OutOfMemory(Unavailable):
    """The model needed more memory than it may have."""

    code = "serving.out_of_memory"


class ModelCrashed(Unavailable):
    """The model's process ended in the middle of a request."""

    code = "serving.model_crashed"


class Overloaded(Unavailable):
    """More requests wait for the model than can be answered in time."""

    code = "serving.overloaded"


class PredictTimeout(MaestroError):
    """The model took longer than it may."""

    code = "serving.predict_timeout"
    status = 504
    title = "The model took too long"


class GatewayUnavailable(Unavailable):
    """No gateway answers."""

    code = "serving.gateway_unavailable"


_KNOWN: tuple[type[MaestroError], ...] = (
    DeploymentNotFound,
    DeploymentNotReady,
    DeploymentStopped,
    InputMalformed,
    NoRows,
    ColumnMissing,
    ColumnUnknown,
    ValueInvalid,
    TooManyRows,
    ModelRaised,
    ModelUnloadable,
    OutOfMemory,
    ModelCrashed,
    Overloaded,
    PredictTimeout,
)


def find_error(code: str) -> type[MaestroError] | None:
    """The class behind a code that a gateway or a model's process sent."""
    return next((kind for kind in _KNOWN if kind.code == code), None)
