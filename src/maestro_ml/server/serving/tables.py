"""Deployments and their routes as tables."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from maestro_ml.server.kernel.db import Base, TenantScoped


class DeploymentRow(TenantScoped, Base):
    """A named endpoint."""

    __tablename__ = "deployment"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    state: Mapped[str]
    idle_seconds: Mapped[float | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    updated_at: Mapped[datetime]


class RouteRow(TenantScoped, Base):
    """A model version behind a deployment; a version that has one cannot be deleted."""

    __tablename__ = "deployment_route"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "deployment_id"],
            ["deployment.tenant_id", "deployment.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "version_id"], ["model_version.tenant_id", "model_version.id"]
        ),
        Index(None, "tenant_id", "version_id"),
    )

    deployment_id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(primary_key=True)
    weight: Mapped[int]
