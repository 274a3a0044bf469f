"""Jobs and their output as tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from maestro_ml.server.kernel.db import Base, TenantScoped


class JobRow(TenantScoped, Base):
    """The truth about a job; whoever runs it holds `attempts` as a fencing token."""

    __tablename__ = "job"
    __table_args__ = (Index(None, "state"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str]
    progress: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]
    attempts: Mapped[int]
    max_attempts: Mapped[int]
    retry_of: Mapped[UUID | None]
    backoff_seconds: Mapped[float]
    limit_seconds: Mapped[int]
    limit_memory_mb: Mapped[int]
    peak_memory_mb: Mapped[float | None]
    cpu_seconds: Mapped[float | None]
    log_seq: Mapped[int]
    log_bytes: Mapped[int]
    worker: Mapped[str | None]
    created_by: Mapped[UUID | None]
    created_by_name: Mapped[str]
    permissions: Mapped[list[Any]]
    request_id: Mapped[str]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]


class JobLogRow(TenantScoped, Base):
    """A chunk of a job's output."""

    __tablename__ = "job_log"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "job_id"], ["job.tenant_id", "job.id"], ondelete="CASCADE"
        ),
    )

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    stream: Mapped[str]
    text: Mapped[str]
