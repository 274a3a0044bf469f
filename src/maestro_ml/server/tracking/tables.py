"""Experiments, runs and metrics as tables.

Metrics have no foreign keys: they are written a thousand at a time under a run that was just checked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKeyConstraint,
    Identity,
    Index,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from maestro_ml.server.kernel.db import Base, TenantScoped


class ExperimentCounterRow(TenantScoped, Base):
    """The last experiment id that a tenant gave away; none ever comes back."""

    __tablename__ = "experiment_counter"

    last_id: Mapped[int] = mapped_column(BigInteger)


class ExperimentRow(TenantScoped, Base):
    """An experiment; `deleted_at` puts it into the trash, where it keeps its name."""

    __tablename__ = "experiment"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "name"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str]
    artifact_location: Mapped[str | None]
    tags: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class RunRow(TenantScoped, Base):
    """A run with its params and tags; `ver` grows with every change once the run has ended."""

    __tablename__ = "run"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "experiment_id"],
            ["experiment.tenant_id", "experiment.id"],
            ondelete="CASCADE",
        ),
        Index(None, "tenant_id", "experiment_id", "started_at", "id"),
        Index(
            None,
            "tenant_id",
            "parent_run_id",
            "started_at",
            "id",
            postgresql_where=text("parent_run_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(BigInteger)
    parent_run_id: Mapped[UUID | None]
    name: Mapped[str]
    status: Mapped[str]
    user_name: Mapped[str]
    params: Mapped[dict[str, Any]]
    tags: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    ver: Mapped[int] = mapped_column(BigInteger)


class RunMetricRow(TenantScoped, Base):
    """The latest point of a metric, and the series that holds all of them."""

    __tablename__ = "run_metric"
    __table_args__ = (Index(None, "tenant_id", "experiment_id", "key", "value", "run_id"),)

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(BigInteger)
    series_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    value: Mapped[float] = mapped_column(Double)
    step: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[int] = mapped_column(BigInteger)


def _tenant_id() -> Column[UUID]:
    return Column("tenant_id", Uuid, nullable=False)


class UncompactedRunRow(TenantScoped, Base):
    """A run that has ended and whose points may lie in single rows; a trigger adds it."""

    __tablename__ = "uncompacted_run"

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    since: Mapped[datetime]


class RunArtifactRow(TenantScoped, Base):
    """A file of a run, whose bytes are in the object store; paths sort bytewise, as folders do."""

    __tablename__ = "run_artifact"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "run_id"], ["run.tenant_id", "run.id"], ondelete="CASCADE"
        ),
    )

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None]
    modified_at: Mapped[datetime]


class InputDatasetRow(TenantScoped, Base):
    """A dataset that runs of an experiment read, as they described it."""

    __tablename__ = "input_dataset"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "experiment_id"],
            ["experiment.tenant_id", "experiment.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("tenant_id", "experiment_id", "name", "digest"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    digest: Mapped[str]
    source_type: Mapped[str]
    source: Mapped[str]
    schema: Mapped[str]
    profile: Mapped[str]


class RunDatasetRow(TenantScoped, Base):
    """A dataset that a run read; `place` is its position among them."""

    __tablename__ = "run_dataset"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "run_id"], ["run.tenant_id", "run.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "dataset_id"],
            ["input_dataset.tenant_id", "input_dataset.id"],
            ondelete="CASCADE",
        ),
        Index(None, "tenant_id", "dataset_id"),
    )

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    dataset_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int]
    tags: Mapped[dict[str, Any]]


# Points are written and read by series alone, so they carry no key of their own: an index more would
# cost a third of the write speed. A point that was sent twice is dropped when the history is read.
metric_point = Table(
    "metric_point",
    Base.metadata,
    _tenant_id(),
    Column("series_id", BigInteger, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("value", Double, nullable=False),
    Index(None, "series_id"),
)

metric_chunk = Table(
    "metric_chunk",
    Base.metadata,
    _tenant_id(),
    Column("series_id", BigInteger, nullable=False),
    Column("steps", ARRAY(BigInteger), nullable=False),
    Column("ats", ARRAY(BigInteger), nullable=False),
    Column("vals", ARRAY(Double), nullable=False),
    # Made by compaction: when its points came cannot be told any more.
    Column("packed", Boolean, nullable=False, server_default=text("false")),
    Index(None, "series_id"),
)


class MetricOverviewRow(TenantScoped, Base):
    """What a chart shows of a long history: the extremes of stretches of its `points` packed points."""

    __tablename__ = "metric_overview"

    series_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    points: Mapped[int] = mapped_column(BigInteger)
    steps: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    ats: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    vals: Mapped[list[float]] = mapped_column(ARRAY(Double))


class RunViewRow(TenantScoped, Base):
    """A named way to look at an experiment's runs."""

    __tablename__ = "run_view"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "experiment_id"],
            ["experiment.tenant_id", "experiment.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("tenant_id", "experiment_id", "name"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    experiment_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    author: Mapped[str]
    state: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]
