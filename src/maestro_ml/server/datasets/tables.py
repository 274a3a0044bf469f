"""Datasets and their versions as tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from maestro_ml.server.kernel.db import Base, TenantScoped


class DatasetRow(TenantScoped, Base):
    """A named table; `last_version` counts up only, so that no number is ever used twice.

    With a `deleted_at` it is in the trash, and its name is free.
    """

    __tablename__ = "dataset"
    __table_args__ = (
        Index(None, "tenant_id", "name", unique=True, postgresql_where=text("deleted_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str]
    tags: Mapped[dict[str, Any]]
    last_version: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    created_by_name: Mapped[str]
    deleted_at: Mapped[datetime | None]


class DatasetVersionRow(TenantScoped, Base):
    """An immutable version; its id names the blob that holds its table."""

    __tablename__ = "dataset_version"
    __table_args__ = (
        UniqueConstraint("tenant_id", "dataset_id", "number"),
        ForeignKeyConstraint(
            ["tenant_id", "dataset_id"], ["dataset.tenant_id", "dataset.id"], ondelete="CASCADE"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dataset_id: Mapped[UUID]
    number: Mapped[int]
    rows: Mapped[int] = mapped_column(BigInteger)
    columns: Mapped[list[Any]]
    bytes: Mapped[int] = mapped_column(BigInteger)
    content_sha256: Mapped[str]
    source: Mapped[str]
    source_format: Mapped[str]
    source_bytes: Mapped[int] = mapped_column(BigInteger)
    source_sha256: Mapped[str]
    git_commit: Mapped[str | None]
    # Large and seldom read.
    profile: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    created_by_name: Mapped[str]
