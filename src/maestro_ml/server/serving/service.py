"""Deployments: create, switch, stop, start and delete them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.contracts.serving import (
    Deployment,
    DeploymentCreate,
    DeploymentFigures,
    DeploymentId,
    DeploymentLog,
    DeploymentState,
    DeploymentUpdate,
)
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.errors import MaestroError
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.registry import RegistryService
from maestro_ml.server.serving.errors import (
    DeploymentNameTaken,
    VersionAmbiguous,
)
from maestro_ml.server.serving.reader import DeploymentReader
from maestro_ml.server.serving.repository import DeploymentRepository, to_route


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf the gateway is asked: the credential and the id of the user's own request."""

    authorization: str
    request_id: str


class Gateway(Protocol):
    """What this service asks of the process that holds the models."""

    async def warm(self, caller: Caller, version_id: UUID, idle_seconds: float | None) -> None:
        """Load a version. Raises GatewayUnavailable, ModelUnloadable, OutOfMemory."""

    async def forget(self, caller: Caller, deployment: str) -> None:
        """Look at a deployment again. Raises GatewayUnavailable."""

    async def figures(self, caller: Caller, deployment: str) -> DeploymentFigures:
        """What was counted of a deployment. Raises GatewayUnavailable."""

    async def logs(self, caller: Caller, version_id: UUID, after: int) -> DeploymentLog:
        """What the process of a version printed. Raises GatewayUnavailable."""


class DeploymentService(DeploymentReader):
    """The deployments of the caller's tenant."""

    def __init__(self, registry: RegistryService, gateway: Gateway) -> None:
        super().__init__(registry)
        self._gateway = gateway

    async def create(self, unit: UnitOfWork, body: DeploymentCreate, caller: Caller) -> Deployment:
        """Serve a version under a new name, once it has been loaded.

        While it is loaded the deployment is `starting`; if that fails it stays, `failed`, and the
        error is raised: DeploymentNameTaken, ModelNotFound, VersionNotFound, ModelUnloadable,
        OutOfMemory or GatewayUnavailable.
        """
        version = await self._choose(unit, body.model, body)
        repository = DeploymentRepository(unit.session)
        if await repository.find(body.name):
            raise DeploymentNameTaken(
                f"There is a deployment {body.name!r} already. Switch it with PATCH or "
                f"`maestro deploy {body.model} --name {body.name}`, or choose another name."
            )
        deployment = Deployment(
            id=DeploymentId(new_id()),
            name=body.name,
            state=DeploymentState.STARTING,
            routes=[to_route(version, 100)],
            idle_seconds=body.idle_seconds,
            error=None,
            created_at=now(),
            created_by=unit.context.actor.name,
            updated_at=now(),
        )
        repository.add(deployment)
        await repository.set_route(deployment.id, version)
        _record(unit, "created", deployment)
        await unit.commit()
        return await self._switch(unit, deployment, version, caller)

    async def update(
        self, unit: UnitOfWork, name: str, body: DeploymentUpdate, caller: Caller
    ) -> Deployment:
        """Switch a deployment to another version; the old one answers until the new one is loaded.

        One that was stopped answers again. Raises what `create` raises; the old version then goes
        on serving, `error` says why.
        """
        deployment = await self.get(unit, name)
        if body.idle_seconds is not None:
            deployment = deployment.model_copy(update={"idle_seconds": body.idle_seconds})
        if body.version is None and body.alias is None and body.model is None:
            version = (await self._targets(unit, [deployment]))[deployment.id]
        else:
            version = await self._choose(unit, body.model or deployment.routes[0].model, body)
        await unit.commit()
        return await self._switch(unit, deployment, version, caller)

    async def figures(self, unit: UnitOfWork, name: str, caller: Caller) -> DeploymentFigures:
        """How often it is asked and how long it takes. Raises DeploymentNotFound, GatewayUnavailable."""
        deployment = await self.get(unit, name)
        await unit.commit()
        return await self._gateway.figures(caller, deployment.name)

    async def logs(
        self, unit: UnitOfWork, name: str, caller: Caller, *, after: int
    ) -> DeploymentLog:
        """What the served version's process printed, and what befell it, since line `after`.

        Raises DeploymentNotFound, GatewayUnavailable.
        """
        deployment = await self.get(unit, name)
        await unit.commit()
        return await self._gateway.logs(caller, deployment.routes[0].version_id, after)

    async def stop(self, unit: UnitOfWork, name: str, caller: Caller) -> Deployment:
        """Answer no predictions until it is started again; its process ends, if nothing else needs
        it. One that is stopped already stays so. Raises DeploymentNotFound.
        """
        deployment = await self.get(unit, name)
        if deployment.state is DeploymentState.STOPPED:
            return deployment
        stopped = deployment.model_copy(
            update={"state": DeploymentState.STOPPED, "error": None, "updated_at": now()}
        )
        await DeploymentRepository(unit.session).change(
            deployment.id, state=stopped.state.value, error=None, updated_at=stopped.updated_at
        )
        _record(unit, "stopped", stopped, before=deployment)
        await unit.commit()
        await self._tell(caller, name)
        return stopped

    async def start(self, unit: UnitOfWork, name: str, caller: Caller) -> Deployment:
        """Load the served version and answer again; nothing happens to one that is ready.

        Raises DeploymentNotFound, and what loading raises: it is then `failed`.
        """
        deployment = await self.get(unit, name)
        if deployment.state is DeploymentState.READY:
            return deployment
        version = (await self._targets(unit, [deployment]))[deployment.id]
        starting = deployment.model_copy(update={"state": DeploymentState.STARTING})
        await DeploymentRepository(unit.session).change(
            deployment.id, state=starting.state.value, error=None, updated_at=now()
        )
        await unit.commit()
        return await self._switch(unit, starting, version, caller, done="started")

    async def delete(self, unit: UnitOfWork, name: str, caller: Caller) -> None:
        """End a deployment; its model stays registered. Raises DeploymentNotFound."""
        deployment = await self.get(unit, name)
        await DeploymentRepository(unit.session).delete(deployment.id)
        _record(unit, "deleted", deployment)
        await unit.commit()
        await self._tell(caller, name)

    async def _switch(
        self,
        unit: UnitOfWork,
        deployment: Deployment,
        version: ModelVersion,
        caller: Caller,
        *,
        done: str = "deployed",
    ) -> Deployment:
        """Load `version`, then send all requests to it. No transaction is open while it loads."""
        repository = DeploymentRepository(unit.session)
        try:
            await self._gateway.warm(caller, version.id, deployment.idle_seconds)
        except MaestroError as error:
            stays = deployment.state in (DeploymentState.READY, DeploymentState.STOPPED)
            state = deployment.state if stays else DeploymentState.FAILED
            await repository.change(
                deployment.id, state=state.value, error=error.detail, updated_at=now()
            )
            failed = deployment.model_copy(update={"state": state, "error": error.detail})
            _record(unit, "failed", failed)
            await unit.commit()
            raise
        await repository.set_route(deployment.id, version)
        await repository.change(
            deployment.id,
            state=DeploymentState.READY.value,
            idle_seconds=deployment.idle_seconds,
            error=None,
            updated_at=now(),
        )
        switched = await self.get(unit, deployment.name)
        _record(unit, done, switched, before=deployment)
        await unit.commit()
        await self._tell(caller, deployment.name)
        return switched

    async def _choose(
        self, unit: UnitOfWork, model: str, body: DeploymentCreate | DeploymentUpdate
    ) -> ModelVersion:
        if body.version is not None and body.alias is not None:
            raise VersionAmbiguous("Name a version or an alias, not both.")
        if body.alias is not None:
            return await self._registry.get_aliased(unit, model, body.alias)
        if body.version is not None:
            return await self._registry.get_version(unit, model, body.version)
        return await self._registry.get_latest(unit, model)

    async def _tell(self, caller: Caller, name: str) -> None:
        # The gateway finds out by itself within a second or two.
        with suppress(MaestroError):
            await self._gateway.forget(caller, name)


def _record(
    unit: UnitOfWork, done: str, deployment: Deployment, *, before: Deployment | None = None
) -> None:
    shown = {"name", "state", "routes", "idle_seconds", "error"}
    unit.record(
        f"serving.deployment.{done}",
        "deployment",
        deployment.id,
        before=None if before is None else before.model_dump(mode="json", include=shown),
        after=deployment.model_dump(mode="json", include=shown),
    )
