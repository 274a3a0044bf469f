"""Explanations as a table; their contents lie in the object store."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from maestro_ml.server.kernel.db import Base, TenantScoped


class ExplanationRow(TenantScoped, Base):
    """What was asked of a version, once: `digest` is over the question and all that it rests on."""

    __tablename__ = "explanation"
    __table_args__ = (
        UniqueConstraint("tenant_id", "version_id", "digest"),
        ForeignKeyConstraint(
            ["tenant_id", "version_id"],
            ["model_version.tenant_id", "model_version.id"],
            ondelete="CASCADE",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID]
    kind: Mapped[str]
    digest: Mapped[str]
    question: Mapped[dict[str, Any]]
    job_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    finished_at: Mapped[datetime | None]
