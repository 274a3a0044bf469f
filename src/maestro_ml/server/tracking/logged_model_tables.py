"""Logged models, the metrics and runs they belong to, and files that lie in no run, as tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Double, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from maestro_ml.server.kernel.db import Base, TenantScoped


class LoggedModelRow(TenantScoped, Base):
    """A model as a run left it, with an id such as `m-0198…`; `deleted_at` hides it."""

    __tablename__ = "logged_model"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "experiment_id"],
            ["experiment.tenant_id", "experiment.id"],
            ondelete="CASCADE",
        ),
        Index(None, "tenant_id", "experiment_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    model_type: Mapped[str]
    status: Mapped[str]
    source_run_id: Mapped[str]
    params: Mapped[dict[str, Any]]
    tags: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class LoggedModelMetricRow(TenantScoped, Base):
    """A point of a metric that a run measured of a logged model, on a dataset if it said so."""

    __tablename__ = "logged_model_metric"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "model_id"],
            ["logged_model.tenant_id", "logged_model.id"],
            ondelete="CASCADE",
        ),
    )

    model_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    step: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    value: Mapped[float] = mapped_column(Double)
    dataset_name: Mapped[str | None]
    dataset_digest: Mapped[str | None]


class RunModelRow(TenantScoped, Base):
    """A logged model that a run read (`input`) or wrote (`output`); the model may be gone."""

    __tablename__ = "run_model"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "run_id"], ["run.tenant_id", "run.id"], ondelete="CASCADE"
        ),
    )

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    direction: Mapped[str] = mapped_column(primary_key=True)
    model_id: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(BigInteger, primary_key=True)


class LooseArtifactRow(TenantScoped, Base):
    """A file below no run, at its path in the tenant's artifact tree; paths sort bytewise."""

    __tablename__ = "loose_artifact"

    path: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None]
    modified_at: Mapped[datetime]
