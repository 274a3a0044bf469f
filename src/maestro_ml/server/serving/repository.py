"""All SQL of deployments."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from maestro_ml.contracts.registry import ModelVersion
from maestro_ml.contracts.serving import Deployment, DeploymentId, DeploymentState, Route
from maestro_ml.server.serving.tables import DeploymentRow, RouteRow


class DeploymentRepository:
    """The deployments of the session's tenant; which model a version is of, the registry knows."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, deployment: Deployment) -> None:
        """Insert a deployment; its routes are set apart."""
        self._session.add(
            DeploymentRow(
                id=deployment.id,
                name=deployment.name,
                state=deployment.state.value,
                idle_seconds=deployment.idle_seconds,
                error=deployment.error,
                created_at=deployment.created_at,
                created_by=deployment.created_by,
                updated_at=deployment.updated_at,
            )
        )

    async def find(self, name: str, *, lock: bool = False) -> Deployment | None:
        """A deployment without its routes; locked against other changes."""
        query = select(DeploymentRow).where(DeploymentRow.name == name)
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        row = await self._session.scalar(query)
        return None if row is None else _to_deployment(row)

    async def routes(self, ids: list[UUID]) -> dict[UUID, list[tuple[UUID, int]]]:
        """Version and weight of each route of some deployments."""
        rows = await self._session.scalars(
            select(RouteRow).where(RouteRow.deployment_id.in_(ids)).order_by(RouteRow.version_id)
        )
        found: dict[UUID, list[tuple[UUID, int]]] = {}
        for row in rows:
            found.setdefault(row.deployment_id, []).append((row.version_id, row.weight))
        return found

    async def set_route(self, id: UUID, version: ModelVersion) -> None:
        """Send every request of a deployment to one version."""
        await self._session.flush()
        await self._session.execute(delete(RouteRow).where(RouteRow.deployment_id == id))
        self._session.add(RouteRow(deployment_id=id, version_id=version.id, weight=100))
        await self._session.flush()

    async def change(self, id: UUID, **changes: object) -> None:
        """Set columns of a deployment."""
        row = await self._session.get_one(DeploymentRow, (self._session.info["tenant_id"], id))
        for column, value in changes.items():
            setattr(row, column, value)
        await self._session.flush()

    async def delete(self, id: UUID) -> None:
        """Delete a deployment and its routes."""
        await self._session.execute(delete(DeploymentRow).where(DeploymentRow.id == id))

    async def list(self, *, limit: int, after: str | None) -> list[Deployment]:
        """Deployments by name, without their routes."""
        query = select(DeploymentRow).order_by(DeploymentRow.name).limit(limit)
        if after is not None:
            query = query.where(DeploymentRow.name > after)
        return [_to_deployment(row) for row in await self._session.scalars(query)]


def to_route(version: ModelVersion, weight: int) -> Route:
    """A route as it crosses the wire."""
    return Route(model=version.model, version=version.version, version_id=version.id, weight=weight)


def _to_deployment(row: DeploymentRow) -> Deployment:
    return Deployment(
        id=DeploymentId(row.id),
        name=row.name,
        state=DeploymentState(row.state),
        routes=[],
        idle_seconds=row.idle_seconds,
        error=row.error,
        created_at=row.created_at,
        created_by=row.created_by,
        updated_at=row.updated_at,
    )
