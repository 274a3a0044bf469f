"""Models, their versions, aliases, stages and history as they cross the wire."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, NewType
from uuid import UUID

from pydantic import Field, StringConstraints

from maestro_ml.contracts.base import Contract, Request, Tags, Timestamp

ModelId = NewType("ModelId", UUID)
ModelVersionId = NewType("ModelVersionId", UUID)

Description = Annotated[str, StringConstraints(max_length=5000)]


class VersionState(StrEnum):
    """Only a ready version can be downloaded, loaded or deployed."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class Stage(StrEnum):
    """MLflow's stages, read in any case; aliases stand beside them."""

    NONE = "None"
    STAGING = "Staging"
    PRODUCTION = "Production"
    ARCHIVED = "Archived"

    @classmethod
    def _missing_(cls, value: object) -> Stage | None:
        return next((stage for stage in cls if stage.lower() == str(value).lower()), None)


class SignatureColumn(Contract):
    """A column that goes in or comes out; `type` is one of MLflow's (long, double, string, …)."""

    name: str
    type: str
    required: bool = True


class Signature(Contract):
    """What a model takes and gives, if it says so in columns."""

    inputs: list[SignatureColumn]
    outputs: list[SignatureColumn]


class ModelFile(Contract):
    """One file of a version; `path` is relative to the model's folder, `sha256` in hexadecimal."""

    path: str
    size: int
    sha256: str


class ModelOrder(StrEnum):
    """The order of a list of models: by name, or what was changed last first."""

    NAME = "name"
    UPDATED = "updated"


class Model(Contract):
    """A named line of versions; `aliases` maps each alias to a version number."""

    id: ModelId
    name: str
    description: str
    tags: dict[str, str]
    latest_version: int | None
    aliases: dict[str, int]
    created_at: Timestamp
    created_by: str
    updated_at: Timestamp


class ModelVersion(Contract):
    """One immutable set of files with a number that is never given twice.

    `sha256` is the hash over the paths and hashes of all files: equal hashes mean equal models.
    `source` tells what it was registered from, if not from an upload; then it may have no files here.
    """

    id: ModelVersionId
    model: str
    version: int
    state: VersionState
    stage: Stage
    aliases: list[str]
    description: str
    tags: dict[str, str]
    source_run_id: str | None
    source: str | None = None
    run_link: str | None = None
    logged_model_id: str | None = None
    flavor: str
    signature: Signature | None
    input_example: Any
    metrics: dict[str, float]
    params: dict[str, str]
    files: list[ModelFile]
    size_bytes: int
    sha256: str
    created_at: Timestamp
    created_by: str
    updated_at: Timestamp


class ModelCreate(Request):
    """A model without versions yet; `/` and `:` are refused in its name."""

    name: str
    description: Description = ""
    tags: Tags = Field(default_factory=dict)


class ModelUpdate(Request):
    """What is left out stays; `tags` replaces all tags."""

    name: str | None = None
    description: Description | None = None
    tags: Tags | None = None


class VersionUpdate(Request):
    """What is left out stays; `tags` replaces all tags."""

    description: Description | None = None
    tags: Tags | None = None


class AliasSet(Request):
    """The version that the alias names from now on."""

    version: Annotated[int, Field(ge=1)]


class StageTransition(Request):
    """`archive_existing` moves the versions that hold the stage now to Archived."""

    stage: Stage
    archive_existing: bool = False


class ModelEventKind(StrEnum):
    """What can happen to a model."""

    MODEL_CREATED = "model_created"
    MODEL_RENAMED = "model_renamed"
    MODEL_DELETED = "model_deleted"
    VERSION_REGISTERED = "version_registered"
    VERSION_DELETED = "version_deleted"
    ALIAS_SET = "alias_set"
    ALIAS_REMOVED = "alias_removed"
    STAGE_CHANGED = "stage_changed"


class ModelEvent(Contract):
    """One change, never altered; `previous` is the version, stage or name from before."""

    id: UUID
    at: Timestamp
    actor: str
    kind: ModelEventKind
    model: str
    version: int | None
    alias: str | None
    stage: Stage | None
    previous: str | None


class ModelHistory(Contract):
    """How a model stood at the time `at`, and what had happened to it by then, newest first."""

    at: Timestamp
    exists: bool
    versions: list[int]
    aliases: dict[str, int]
    stages: dict[int, Stage]
    events: list[ModelEvent]
    next_cursor: str | None = None


class ModelComparison(Contract):
    """Versions side by side: every metric, and the params and columns in which they differ."""

    versions: list[ModelVersion]
    metrics: dict[str, dict[int, float | None]]
    params: dict[str, dict[int, str | None]]
    columns: dict[str, dict[int, str | None]]
