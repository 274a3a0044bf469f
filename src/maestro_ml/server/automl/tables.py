"""Searches that are over, and what they evaluated, as tables; no row of anybody's data is in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from maestro_ml.server.kernel.db import Base, TenantScoped


class AutoMLSearchRow(TenantScoped, Base):
    """A search by the id of its job: what was asked, how it began, and how well it ended.

    arm, propensity, draw_seed: what a draw decided, with its chance, and what it can be drawn again
    from; None where nothing was drawn. evaluations: how many were started; best_score is theirs.
    """

    __tablename__ = "automl_search"
    __table_args__ = (
        CheckConstraint("(arm IS NULL) = (propensity IS NULL)", name="draw"),
        Index(
            "ix_automl_search_task",
            "tenant_id",
            "dataset",
            "version",
            "target",
            "metric",
            "best_score",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dataset: Mapped[str]
    version: Mapped[int]
    target: Mapped[str]
    task: Mapped[str]
    metric: Mapped[str]
    group_column: Mapped[str | None]
    time_column: Mapped[str | None]
    row_count: Mapped[int]
    column_count: Mapped[int]
    meta_features: Mapped[dict[str, Any]]
    time_budget: Mapped[float]
    max_trials: Mapped[int | None]
    seed: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float]
    cancelled: Mapped[bool]
    start: Mapped[dict[str, Any]]
    source: Mapped[str]
    eligible: Mapped[bool]
    arm: Mapped[str | None]
    propensity: Mapped[float | None]
    draw_seed: Mapped[int | None] = mapped_column(BigInteger)
    evaluations: Mapped[int]
    best_score: Mapped[float | None]
    best_standard_error: Mapped[float | None]
    finished_at: Mapped[datetime]


class AutoMLEvaluationRow(TenantScoped, Base):
    """A configuration that was scored or failed, in the order of ending, then those looked at on a
    part of the folds (with the score that they promised), then those never started."""

    __tablename__ = "automl_evaluation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "search_id"],
            ["automl_search.tenant_id", "automl_search.id"],
            ondelete="CASCADE",
        ),
    )

    search_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    family: Mapped[str]
    params: Mapped[dict[str, Any]]
    status: Mapped[str]
    reason: Mapped[str | None]
    score: Mapped[float | None]
    standard_error: Mapped[float | None]
    fit_seconds: Mapped[float | None]
    ended_at: Mapped[float | None]
