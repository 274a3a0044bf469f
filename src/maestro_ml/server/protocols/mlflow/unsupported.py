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
from maestro_ml.server.protocols.mlflow.routes import Endpoint

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
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
}


def unsupported_endpoints(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """Catch what no endpoint of `endpoints` answers; they come last."""
    rest = _Rest(endpoints)
    return [
        Endpoint(method, "{rest:path}", rest.refuse, Permission.EXPERIMENT_READ, prefixes=_PREFIXES)
        for method in _METHODS
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
        if missing is not None:
            raise NotImplementedHere(
                f"{missing} of MLflow are not part of Maestro ML: {path[:200]}"
            )
        raise EndpointNotFound(
            f"MLflow's protocol has no endpoint {request.scope['method']} {path[:200]}."
        )
