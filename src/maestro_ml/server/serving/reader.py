"""Deployments: get, list, and find which version answers for one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from maestro_ml.contracts.base import Page
from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.contracts.serving import Deployment, DeploymentState
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.paging import decode_cursor, to_page
from maestro_ml.server.registry import RegistryService
from maestro_ml.server.serving.errors import (
    DeploymentNotFound,
    DeploymentNotReady,
    DeploymentStopped,
)
from maestro_ml.server.serving.repository import DeploymentRepository, to_route


@dataclass(frozen=True, slots=True)
class Target:
    """What answers the requests of a deployment."""

    deployment: Deployment
    version: ModelVersion


class DeploymentReader:
    """The deployments of the caller's tenant, to look at."""

    def __init__(self, registry: RegistryService) -> None:
        self._registry = registry

    async def get(self, unit: UnitOfWork, name: str) -> Deployment:
        """The deployment `name`. Raises DeploymentNotFound."""
        deployment = await DeploymentRepository(unit.session).find(name)
        if deployment is None:
            raise DeploymentNotFound(
                f"There is no deployment {name!r}. `maestro deployments list` shows those there are."
            )
        return (await self._with_routes(unit, [deployment]))[0]

    async def get_target(self, unit: UnitOfWork, name: str) -> Target:
        """The version that answers for a deployment.

        Raises DeploymentNotFound, DeploymentNotReady, DeploymentStopped.
        """
        deployment = await self.get(unit, name)
        if deployment.state is DeploymentState.FAILED:
            raise DeploymentNotReady(
                f"{name!r} could not be deployed: {deployment.error} Deploy a version that loads."
            )
        if deployment.state is DeploymentState.STOPPED:
            raise DeploymentStopped(
                f"{name!r} was stopped. `maestro deployments start {name}` lets it answer again."
            )
        versions = await self._targets(unit, [deployment])
        return Target(deployment, versions[deployment.id])

    async def _targets(
        self, unit: UnitOfWork, deployments: list[Deployment]
    ) -> dict[UUID, ModelVersion]:
        ids = {each.id: each.routes[0].version_id for each in deployments}
        versions = await self._registry.list_versions_by_id(unit, ids.values())
        return {id: versions[version_id] for id, version_id in ids.items()}

    async def _with_routes(
        self, unit: UnitOfWork, deployments: list[Deployment]
    ) -> list[Deployment]:
        routes = await DeploymentRepository(unit.session).routes([each.id for each in deployments])
        ids = {version_id for each in routes.values() for version_id, _ in each}
        versions = await self._registry.list_versions_by_id(unit, ids)
        return [
            each.model_copy(
                update={
                    "routes": [to_route(versions[id], weight) for id, weight in routes[each.id]]
                }
            )
            for each in deployments
        ]

    async def list(self, unit: UnitOfWork, *, limit: int, cursor: str | None) -> Page[Deployment]:
        """A page of deployments by name."""
        key = decode_cursor(cursor, parts=1)
        found = await DeploymentRepository(unit.session).list(
            limit=limit + 1, after=key[0] if key else None
        )
        whole = await self._with_routes(unit, found)
        return to_page(whole, limit, lambda deployment: [deployment.name])
