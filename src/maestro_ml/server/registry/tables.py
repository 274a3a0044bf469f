"""Models, versions, aliases and their history as tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from maestro_ml.server.kernel.db import Base, TenantScoped


class ModelRow(TenantScoped, Base):
    """A named line of versions; `last_version` only grows, so a number never comes back."""

    __tablename__ = "registered_model"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str]
    tags: Mapped[dict[str, Any]]
    last_version: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    updated_at: Mapped[datetime]


class VersionRow(TenantScoped, Base):
    """One version; its files lie in the object store under its id."""

    __tablename__ = "model_version"
    __table_args__ = (
        UniqueConstraint("tenant_id", "model_id", "number"),
        ForeignKeyConstraint(
            ["tenant_id", "model_id"],
            ["registered_model.tenant_id", "registered_model.id"],
            ondelete="CASCADE",
        ),
        Index(None, "tenant_id", "source_run_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    model_id: Mapped[UUID]
    number: Mapped[int]
    state: Mapped[str]
    stage: Mapped[str]
    description: Mapped[str]
    tags: Mapped[dict[str, Any]]
    source_run_id: Mapped[str | None]
    flavor: Mapped[str]
    signature: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    input_example: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    metrics: Mapped[dict[str, Any]]
    params: Mapped[dict[str, Any]]
    files: Mapped[list[Any]]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    updated_at: Mapped[datetime]
    source: Mapped[str | None]
    run_link: Mapped[str | None]
    logged_model_id: Mapped[str | None]


class AliasRow(TenantScoped, Base):
    """The version that an alias names now; where it pointed before is in the history."""

    __tablename__ = "model_alias"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "model_id"],
            ["registered_model.tenant_id", "registered_model.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "version_id"],
            ["model_version.tenant_id", "model_version.id"],
            ondelete="CASCADE",
        ),
        Index(None, "tenant_id", "version_id"),
    )

    model_id: Mapped[UUID] = mapped_column(primary_key=True)
    alias: Mapped[str] = mapped_column(primary_key=True)
    version_id: Mapped[UUID]


class ModelEventRow(TenantScoped, Base):
    """One change of a model; the application's role can only add and read."""

    __tablename__ = "model_event"
    __table_args__ = (
        Index(None, "tenant_id", "model_id", "id"),
        Index(None, "tenant_id", "model", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    model_id: Mapped[UUID]
    model: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[str]
    kind: Mapped[str]
    version: Mapped[int | None]
    alias: Mapped[str | None]
    stage: Mapped[str | None]
    previous: Mapped[str | None]
