"""From the registered models that MLflow's client returns to what an import sends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from maestro_ml.cli.transfer.mlflow_entities import to_time
from maestro_ml.cli.transfer.source import SourceModel
from maestro_ml.contracts.model_imports import ModelImport, VersionImport
from maestro_ml.contracts.registry import Stage, VersionState

_STATES = {
    "READY": VersionState.READY,
    "PENDING_REGISTRATION": VersionState.PENDING,
    "FAILED_REGISTRATION": VersionState.FAILED,
}


def to_model(model: Any, versions: Iterable[Any]) -> SourceModel:
    """A model with its versions, lowest number first."""
    aliases: dict[int, list[str]] = {}
    for alias, number in dict(model.aliases or {}).items():
        aliases.setdefault(int(number), []).append(alias)
    body = ModelImport(
        name=model.name,
        description=model.description or "",
        tags=dict(model.tags or {}),
        created_at=to_time(model.creation_timestamp),
        updated_at=to_time(model.last_updated_timestamp),
    )
    found = [_version(each, aliases.get(int(each.version), [])) for each in versions]
    return SourceModel(body, tuple(sorted(found, key=lambda version: version.version)))


def _version(found: Any, aliases: list[str]) -> VersionImport:
    return VersionImport(
        model=found.name,
        version=int(found.version),
        state=_STATES.get(str(found.status), VersionState.FAILED),
        stage=Stage(found.current_stage or "None"),
        aliases=sorted(aliases),
        description=found.description or "",
        tags=dict(found.tags or {}),
        source=found.source or "",
        run_id=found.run_id or "",
        run_link=found.run_link or "",
        logged_model_id=getattr(found, "model_id", None) or None,
        created_by=found.user_id or "",
        created_at=to_time(found.creation_timestamp),
        updated_at=to_time(found.last_updated_timestamp),
    )
