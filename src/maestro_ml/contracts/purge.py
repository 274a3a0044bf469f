"""Emptying the trash of experiments and runs, as it crosses the wire."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from maestro_ml.contracts.base import Contract, Request
from maestro_ml.contracts.tracking import ExperimentId, RunId

Days = Annotated[int, Field(ge=0, le=36_500)]


class RunPurge(Request):
    """Runs to be gone for good: those named, or those that lie in the trash for so many days."""

    run_ids: list[RunId] = Field(default_factory=list, max_length=1000)
    older_than_days: Days | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.run_ids) == (self.older_than_days is not None):
            raise ValueError("name either run_ids or older_than_days")
        return self


class ExperimentPurge(Request):
    """Experiments to be gone with all their runs: those named, or by their days in the trash."""

    experiment_ids: list[ExperimentId] = Field(default_factory=list, max_length=1000)
    older_than_days: Days | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.experiment_ids) == (self.older_than_days is not None):
            raise ValueError("name either experiment_ids or older_than_days")
        return self


class PurgeReport(Contract):
    """What is gone: `file_bytes` from the object store, `row_bytes` in the database before its indexes.

    `kept`: runs that stay because a registered model version comes from them.
    """

    experiments: int = 0
    runs: int = 0
    kept: int = 0
    points: int = 0
    file_bytes: int = 0
    row_bytes: int = 0

    def plus(self, other: PurgeReport) -> PurgeReport:
        """Both together."""
        added = {name: value + getattr(other, name) for name, value in self.model_dump().items()}
        return PurgeReport(**added)
