"""`/api/v1/deployments`, and the hot path that hands predictions to the gateway."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.types import Scope

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.identity import Permission
from maestro_ml.contracts.serving import (
    Deployment,
    DeploymentCreate,
    DeploymentFigures,
    DeploymentLog,
    DeploymentUpdate,
    Prediction,
)
from maestro_ml.server.kernel.http import (
    Cursor,
    HotRequest,
    HotResponse,
    HotRoute,
    Limit,
    MaestroRouter,
    Tier,
    Unit,
)
from maestro_ml.server.serving.client import PREDICT, GatewayClient, find_problem
from maestro_ml.server.serving.service import Caller, DeploymentService

After = Annotated[int, Query(ge=0, description="the last line that is known")]


def deployment_routes(deployments: DeploymentService) -> MaestroRouter:
    """The deployments of the tenant."""
    router = MaestroRouter(prefix="/deployments", tag="deployments")

    # Replaying is of no use here: the name makes a second POST fail, and the work is not one transaction.
    @router.post("", permission=Permission.DEPLOYMENT_WRITE, status_code=201, idempotent=False)
    async def create_deployment(unit: Unit, request: Request, body: DeploymentCreate) -> Deployment:
        """Serve a model version under a name; answers when it is loaded."""
        return await deployments.create(unit, body, caller_of(request.scope))

    @router.get("", permission=Permission.DEPLOYMENT_READ)
    async def list_deployments(
        unit: Unit, limit: Limit = 100, cursor: Cursor = None
    ) -> Page[Deployment]:
        """The deployments by name."""
        return await deployments.list(unit, limit=limit, cursor=cursor)

    @router.get("/{name}", permission=Permission.DEPLOYMENT_READ)
    async def get_deployment(unit: Unit, name: str) -> Deployment:
        """One deployment."""
        return await deployments.get(unit, name)

    @router.get("/{name}/figures", permission=Permission.DEPLOYMENT_READ)
    async def get_figures(unit: Unit, request: Request, name: str) -> DeploymentFigures:
        """How often it was asked since the gateway started, and how long that took."""
        return await deployments.figures(unit, name, caller_of(request.scope))

    @router.get("/{name}/logs", permission=Permission.DEPLOYMENT_READ)
    async def get_logs(unit: Unit, request: Request, name: str, after: After = 0) -> DeploymentLog:
        """What the served model printed, and what befell its process, since the gateway started."""
        return await deployments.logs(unit, name, caller_of(request.scope), after=after)

    @router.post("/{name}/stop", permission=Permission.DEPLOYMENT_WRITE, idempotent=False)
    async def stop_deployment(unit: Unit, request: Request, name: str) -> Deployment:
        """Answer no more predictions until it is started; its model stays registered."""
        return await deployments.stop(unit, name, caller_of(request.scope))

    @router.post("/{name}/start", permission=Permission.DEPLOYMENT_WRITE, idempotent=False)
    async def start_deployment(unit: Unit, request: Request, name: str) -> Deployment:
        """Let a stopped or failed deployment answer again; answers when its model is loaded."""
        return await deployments.start(unit, name, caller_of(request.scope))

    @router.patch("/{name}", permission=Permission.DEPLOYMENT_WRITE)
    async def update_deployment(
        unit: Unit, request: Request, name: str, body: DeploymentUpdate
    ) -> Deployment:
        """Switch to another version without a failed request; answers when it is loaded."""
        return await deployments.update(unit, name, body, caller_of(request.scope))

    @router.delete("/{name}", permission=Permission.DEPLOYMENT_WRITE, status_code=204)
    async def delete_deployment(unit: Unit, request: Request, name: str) -> None:
        """End a deployment; its model stays registered."""
        await deployments.delete(unit, name, caller_of(request.scope))

    return router


def predict_route(gateway: GatewayClient) -> HotRoute:
    """Predictions have the API's address, and are the gateway's work."""

    async def predict(request: HotRequest) -> HotResponse:
        answer = await gateway.predict(
            caller_of(request.scope), request.path["name"], await request.body()
        )
        if error := find_problem(answer):
            raise error
        return HotResponse(answer.body, answer.status, answer.headers[b"content-type"])

    return HotRoute(
        "POST",
        PREDICT,
        predict,
        Permission.DEPLOYMENT_PREDICT,
        Tier.INGEST,
        tag="deployments",
        answers=Prediction,
    )


def caller_of(scope: Scope) -> Caller:
    """The credential and request id of a request that has passed the edge."""
    authorization = next(
        (value for name, value in scope["headers"] if name == b"authorization"), b""
    )
    return Caller(authorization.decode("latin-1"), scope["state"]["request_id"])
