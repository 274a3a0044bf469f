"""The HTTP edge: permission on every route, problem+json, request ids, idempotency, hot paths."""

from maestro_ml.server.kernel.http.edge import ANYONE, PUBLIC, Authenticator, Edge, Limiter, Tier
from maestro_ml.server.kernel.http.hot import HotRequest, HotResponse, HotRoute, HotRoutes
from maestro_ml.server.kernel.http.limiter import WindowLimiter
from maestro_ml.server.kernel.http.middleware import HttpMetrics, RequestMiddleware
from maestro_ml.server.kernel.http.openapi import describe_hot_routes
from maestro_ml.server.kernel.http.problem import as_maestro_error, install_problem_handlers
from maestro_ml.server.kernel.http.router import Cursor, Limit, MaestroRouter, Unit

__all__ = [
    "ANYONE",
    "PUBLIC",
    "Authenticator",
    "Cursor",
    "Edge",
    "HotRequest",
    "HotResponse",
    "HotRoute",
    "HotRoutes",
    "HttpMetrics",
    "Limit",
    "Limiter",
    "MaestroRouter",
    "RequestMiddleware",
    "Tier",
    "Unit",
    "WindowLimiter",
    "as_maestro_error",
    "describe_hot_routes",
    "install_problem_handlers",
]
