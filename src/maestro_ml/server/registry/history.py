"""Adds to the immutable history of models, and to the audit log with it."""

from __future__ import annotations

from maestro_ml.contracts.registry import Model, ModelEventKind, Stage
from maestro_ml.server.kernel.clock import now
from maestro_ml.server.kernel.db import UnitOfWork
from maestro_ml.server.kernel.ids import new_id
from maestro_ml.server.registry.tables import ModelEventRow


def note(
    unit: UnitOfWork,
    model: Model,
    kind: ModelEventKind,
    *,
    version: int | None = None,
    alias: str | None = None,
    stage: Stage | None = None,
    previous: str | None = None,
) -> None:
    """Add one change of `model` to its history and to the audit log."""
    unit.session.add(
        ModelEventRow(
            id=new_id(),
            model_id=model.id,
            model=model.name,
            at=now(),
            actor=unit.context.actor.name,
            kind=kind.value,
            version=version,
            alias=alias,
            stage=None if stage is None else stage.value,
            previous=previous,
        )
    )
    after = {"model": model.name, "version": version, "alias": alias, "stage": stage}
    subject, _, done = kind.value.partition("_")
    unit.record(
        f"registry.{subject}.{done}",
        "model",
        model.id,
        before=None if previous is None else {"previous": previous},
        after={name: value for name, value in after.items() if value is not None},
    )
