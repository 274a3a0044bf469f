"""From rows of the registry to what crosses the wire."""

from __future__ import annotations

from collections.abc import Iterable

from maestro_ml.contracts.registry import (
    Model,
    ModelFile,
    ModelId,
    ModelVersion,
    ModelVersionId,
    Signature,
    Stage,
    VersionState,
)
from maestro_ml.server.registry.tables import ModelRow, VersionRow


def to_model(row: ModelRow, latest: int | None, aliases: dict[str, int]) -> Model:
    """The contract of a model."""
    return Model(
        id=ModelId(row.id),
        name=row.name,
        description=row.description,
        tags=row.tags,
        latest_version=latest,
        aliases=aliases,
        created_at=row.created_at,
        created_by=row.created_by,
        updated_at=row.updated_at,
    )


def to_version(row: VersionRow, name: str, aliases: Iterable[str]) -> ModelVersion:
    """The contract of a version of the model `name`."""
    return ModelVersion(
        id=ModelVersionId(row.id),
        model=name,
        version=row.number,
        state=VersionState(row.state),
        stage=Stage(row.stage),
        aliases=[*aliases],
        description=row.description,
        tags=row.tags,
        source_run_id=row.source_run_id or None,
        source=row.source,
        run_link=row.run_link or None,
        logged_model_id=row.logged_model_id,
        flavor=row.flavor,
        signature=None if row.signature is None else Signature.model_validate(row.signature),
        input_example=row.input_example,
        metrics=row.metrics,
        params=row.params,
        files=[ModelFile.model_validate(each) for each in row.files],
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        created_at=row.created_at,
        created_by=row.created_by,
        updated_at=row.updated_at,
    )
