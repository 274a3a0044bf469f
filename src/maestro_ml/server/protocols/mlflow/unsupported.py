"""Whatever else is asked below MLflow's prefixes: what Maestro has not, and what nobody has."""

from __future__ import annotations

from collections.abc import Iterable

from maestro_ml.contracts.identity import Permission
from maestro_ml.server.kernel.http import HotRequest, HotResponse
from maestro_ml.server.protocols.mlflow.errors import (
    EndpointNotFound,
    MethodNotAllowed,
    NotImplementedHere,
)
from maestro_ml.server.protocols.mlflow.routes import Endpoint, Handler

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_PREFIXES = tuple(
    f"/{root}/{version}/mlflow/"
    for root in ("api", "ajax-api")
    for version in ("2.0", "2.11", "3.0")
)
_MISSING = {
    "traces": "Traces",
    "unified-traces": "Traces",
    "get-online-trace-details": "Traces",
    "get-trace-artifact": "Traces",
    "assessments": "Assessments of traces",
    "issues": "Issues",
    "prompts": "Prompts",
    "prompt-optimization": "Prompt optimization",
    "gateway": "The AI gateway",
    "gateway-proxy": "The AI gateway",
    "endpoints": "The AI gateway",
    "webhooks": "Webhooks",
    "scorers": "Scorers",
    "evaluation": "Evaluation datasets",
    "datasets": "Evaluation datasets",
    "label-schemas": "Labelling",
    "labeling-sessions": "Labelling",
    "review-queues": "Review queues",
    "workspaces": "Workspaces",
    "jobs": "MLflow's own jobs",
    "assistant": "The assistant",
    "mcp-servers": "The registry of MCP servers",
    "genai": "Evaluation of generative models",
    "scorer": "Scorers",
    "graphql": "GraphQL",
    "ui-telemetry": "Telemetry",
    "demo": "Demo data",
}
_ELSEWHERE = {
    "/graphql": "GraphQL",
    "/v1/traces": "Traces",
    "/gateway/{rest:path}": "The AI gateway",
    "/ajax-api/3.0/jobs/{rest:path}": "MLflow's own jobs",
}


def unsupported_endpoints(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """Catch what no endpoint of `endpoints` answers; they come last."""
    rest, get = _Rest(endpoints), Permission.EXPERIMENT_READ
    return [
        *(
            Endpoint(method, "{rest:path}", rest.refuse, get, prefixes=_PREFIXES)
            for method in _METHODS
        ),
        *(
            Endpoint(method, path, _missing(what), get, prefixes=("",))
            for path, what in _ELSEWHERE.items()
            for method in ("GET", "POST")
        ),
    ]


class _Rest:
    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._methods: dict[str, set[str]] = {}
        for endpoint in endpoints:
            for prefix in endpoint.prefixes:
                self._methods.setdefault(prefix + endpoint.path, set()).add(endpoint.method)

    async def refuse(self, request: HotRequest) -> HotResponse:
        """Say what is missing. Raises NotImplementedHere, MethodNotAllowed or EndpointNotFound."""
        path = request.scope["path"]
        known = self._methods.get(path)
        if known is not None:
            raise MethodNotAllowed(sorted(known))
        missing = _MISSING.get(request.path["rest"].partition("/")[0])
        if request.path["rest"] == "runs/create-promptlab-run":
            missing = "Prompts"
        if missing is not None:
            raise _not_here(missing, path)
        raise EndpointNotFound(
            f"MLflow's protocol has no endpoint {request.scope['method']} {path[:200]}."
        )


def _missing(what: str) -> Handler:
    async def refuse(request: HotRequest) -> HotResponse:
        raise _not_here(what, request.scope["path"])

    return refuse


def _not_here(what: str, path: str) -> NotImplementedHere:
    return NotImplementedHere(f"Not part of Maestro ML: {what}, which MLflow has at {path[:200]}.")
