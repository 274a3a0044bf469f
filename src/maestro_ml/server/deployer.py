"""AutoML's port to serving: wired by the composition root, because AutoML stands below serving."""

from __future__ import annotations

from maestro_ml.contracts.serving import Deployment, DeploymentCreate, DeploymentUpdate
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.errors import NotFound
from maestro_ml.server.serving import Caller, DeploymentService


class WinnerDeployer:
    """Serves the winner of a search, under a new name or in place of what is served there."""

    def __init__(self, deployments: DeploymentService) -> None:
        self._deployments = deployments

    async def deploy(
        self, unit: UnitOfWork, *, name: str, model: str, version: int, authorization: str
    ) -> Deployment:
        """Serve version `version` of `model` under `name`; raises what deploying raises."""
        caller = Caller(authorization, unit.context.request_id)
        try:
            await self._deployments.get(unit, name)
        except NotFound:
            create = DeploymentCreate(name=name, model=model, version=version)
            return await self._deployments.create(unit, create, caller)
        update = DeploymentUpdate(model=model, version=version)
        return await self._deployments.update(unit, name, update, caller)
