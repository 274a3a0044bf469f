"""The table of MLflow's endpoints: each module contributes its own, both prefixes serve them all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from maestro_ml.contracts.identity import Permission
from maestro_ml.server.kernel.http import HotRequest, HotResponse, HotRoute, Tier
from maestro_ml.server.protocols.mlflow.errors import error_response

PREFIXES = ("/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/")

Handler = Callable[[HotRequest], Awaitable[HotResponse]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint below `/api/2.0/mlflow/`, or below `prefixes`; `path` as in a HotRoute."""

    method: str
    path: str
    handler: Handler
    permission: Permission
    tier: Tier = Tier.INGEST
    prefixes: tuple[str, ...] = PREFIXES


def to_hot_routes(endpoints: Iterable[Endpoint]) -> list[HotRoute]:
    """Every endpoint under each of its prefixes, with errors in MLflow's form."""
    return [
        HotRoute(
            each.method,
            prefix + each.path,
            each.handler,
            each.permission,
            each.tier,
            on_error=error_response,
        )
        for each in endpoints
        for prefix in each.prefixes
    ]
