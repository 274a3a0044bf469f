"""Maestro ML: the client and what it raises. Names load when they are first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maestro_ml.sdk.client import MaestroClient
    from maestro_ml.sdk.errors import (
        APIError,
        AuthenticationError,
        ConfigurationError,
        Conflict,
        ConnectionFailed,
        InvalidRequest,
        JobFailed,
        MaestroError,
        NotFound,
        PermissionDenied,
        RateLimited,
        ServerError,
        Timeout,
        UnexpectedAnswer,
    )
    from maestro_ml.sdk.logging.autolog import autolog
    from maestro_ml.sdk.logging.fluent import (
        current_run,
        log,
        log_artifact,
        log_metrics,
        log_params,
        run,
        set_tags,
    )
    from maestro_ml.version import __version__

__all__ = [
    "APIError",
    "AuthenticationError",
    "ConfigurationError",
    "Conflict",
    "ConnectionFailed",
    "InvalidRequest",
    "JobFailed",
    "MaestroClient",
    "MaestroError",
    "NotFound",
    "PermissionDenied",
    "RateLimited",
    "ServerError",
    "Timeout",
    "UnexpectedAnswer",
    "__version__",
    "autolog",
    "current_run",
    "log",
    "log_artifact",
    "log_metrics",
    "log_params",
    "run",
    "set_tags",
]

_FLUENT = "maestro_ml.sdk.logging.fluent"

_ELSEWHERE = {
    "MaestroClient": "maestro_ml.sdk.client",
    "__version__": "maestro_ml.version",
    "autolog": "maestro_ml.sdk.logging.autolog",
    "current_run": _FLUENT,
    "log": _FLUENT,
    "log_artifact": _FLUENT,
    "log_metrics": _FLUENT,
    "log_params": _FLUENT,
    "run": _FLUENT,
    "set_tags": _FLUENT,
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_ELSEWHERE.get(name, "maestro_ml.sdk.errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
